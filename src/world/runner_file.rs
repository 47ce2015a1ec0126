//! The files by which a step of a workflow speaks to its runner: always appended to.

use std::fs;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::error::Error;

/// Appends to a file of the runner.
pub fn append(path: &Path, text: &str) -> Result<(), Error> {
    let written = OpenOptions::new().create(true).append(true).open(path);
    written.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        Error::failed("file-unwritable", format!("write {}: {error}", path.display())).at(path.display().to_string())
    })
}

/// How many bytes a file has; 0 where there is none.
pub fn size(path: &Path) -> usize {
    fs::metadata(path).map_or(0, |metadata| usize::try_from(metadata.len()).unwrap_or(usize::MAX))
}
