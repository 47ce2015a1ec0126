//! Writes a file that the caller asked for: a report, a man page.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// Writes a file, and the folders above it that are missing.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let result = folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    result.map_err(|error| {
        Error::failed("file-unwritable", format!("write {}: {error}", path.display()))
            .at(path.display().to_string())
            .help("give a path that can be written")
    })
}
