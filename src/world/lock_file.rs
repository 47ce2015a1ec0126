//! The lock file of a workspace as it is on the disk: cargo obeys it whether git tracks it, ignores it or never saw it.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;

/// The bytes of the lock file; none where there is none.
pub fn read(root: &Path, path: &str) -> Result<Option<Vec<u8>>, Error> {
    match std::fs::read(root.join(path)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::failed("lock-unreadable", format!("read {path}: {error}")).at(path)),
    }
}
