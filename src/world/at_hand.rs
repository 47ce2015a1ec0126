//! Whether a folder has anything to do with a repository at all.

use std::path::Path;

/// Says whether a folder, or one around it, is that of a git repository or of a cargo package.
pub fn is_repository(folder: &Path) -> bool {
    let there = |path: &Path| path.symlink_metadata().is_ok();
    // A bare repository has no `.git` of its own.
    let is_one = |folder: &Path| {
        there(&folder.join(".git")) || there(&folder.join("Cargo.toml")) || there(&folder.join("objects/pack"))
    };
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    folder.ancestors().any(is_one)
}
