//! Writes a memo: whole or not at all. It may be lost, and then it is made again; it is never half there.

use std::fs;
use std::path::Path;

use crate::error::Error;

/// Replaces a file by another one of the same name.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: std::io::Error| {
        Error::failed("memo-unwritable", format!("keep what was hashed in {}: {error}", path.display()))
    };
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(failed)?;
    let scratch = path.with_extension(format!("{}.new", std::process::id()));
    let written = fs::write(&scratch, bytes).and_then(|()| fs::rename(&scratch, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&scratch);
        failed(error)
    })
}
