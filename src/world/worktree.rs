//! The work tree of a git repository: the files that git tracks.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;

/// Lists the tracked files of the repository around a folder; gives the root too.
pub fn list(folder: &Path) -> Result<(PathBuf, Tree), Error> {
    let repository = git2::Repository::discover(folder)
        .map_err(|error| Error::failed("git", format!("open the repository: {}", error.message())))?;
    let root = repository.workdir().unwrap_or_else(|| repository.path()).to_path_buf();
    let index = repository
        .index()
        .map_err(|error| Error::failed("git", format!("open the repository: {}", error.message())))?;
    let entries = index
        .iter()
        .map(|entry| Entry {
            path: Arc::from(String::from_utf8_lossy(&entry.path).as_ref()),
            mode: match entry.mode {
                0o120_000 => Mode::Symlink,
                0o160_000 => Mode::Submodule,
                0o100_755 => Mode::Executable,
                _ => Mode::File,
            },
            id: Some(Arc::from(entry.id.to_string())),
            tracked: true,
        })
        .collect();
    Ok((root, Tree::new(entries)))
}
