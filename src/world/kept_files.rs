//! Finds the files that a step declares as its outputs, and reads them for the record.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use globset::GlobMatcher;

/// The most entries that are looked at for one glob.
const MOST: usize = 100_000;
/// The most bytes of one file that are kept.
pub const LARGEST: u64 = 256 << 20;

/// The regular files below a root that a glob matches, with their paths from there, in order. Links are not followed.
pub fn matching(root: &Path, beginning: &str, glob: &GlobMatcher) -> Vec<(String, PathBuf)> {
    let start = beginning.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    let mut open = vec![start.to_owned()];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && seen < MOST {
                open.push(path);
            } else if kind.is_file() && glob.is_match(&path) {
                found.push((path, entry.path()));
            }
        }
    }
    found.sort();
    found
}

/// The bytes of a file, unless it is larger than what is kept.
pub fn read(path: &Path) -> Option<Vec<u8>> {
    let metadata = path.symlink_metadata().ok()?;
    if metadata.is_file() && metadata.len() <= LARGEST { fs::read(path).ok() } else { None }
}

/// Moves a file away, so that it is never taken for good, and never lost.
pub fn move_to(path: &Path, target: &Path) -> std::io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(path, target).or_else(|_| {
        fs::copy(path, target)?;
        fs::remove_file(path)
    })
}

/// Writes the files of a generated crate below a folder that is made anew.
pub fn write_all(folder: &Path, files: &[(String, String)]) -> std::io::Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// Takes a generated folder away; what can't be removed stays, and harms nothing.
pub fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
