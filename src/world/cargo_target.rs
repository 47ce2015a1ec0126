//! Knows cargo's target folder when it sees one: what is built is no part of the repository.

use std::path::Path;

/// Says whether cargo keeps what it builds in a folder: it leaves its own mark there, or the name and the place say so.
pub(crate) fn is_one(folder: &Path) -> bool {
    folder.join("CACHEDIR.TAG").exists()
        || folder.file_name().is_some_and(|name| name == "target") && folder.with_file_name("Cargo.toml").exists()
}
