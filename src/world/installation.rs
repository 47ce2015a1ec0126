//! What is installed around a tree, found without running anything: programs on the path, cargo's own configuration files.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The most bytes of a configuration file that are read.
const LIMIT: u64 = 1 << 20;

/// The first file of a name on a search path that could be run.
pub fn program(name: &str, search_path: &OsStr) -> Option<PathBuf> {
    let file = if cfg!(windows) { format!("{name}.exe") } else { name.to_owned() };
    std::env::split_paths(search_path).map(|folder| folder.join(&file)).find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The configuration files that cargo reads in a folder: those of the folders above it too, and that of cargo's home.
pub fn cargo_configurations(folder: &Path, cargo_home: Option<&Path>) -> Vec<(PathBuf, String)> {
    let above = folder.ancestors().map(|folder| folder.join(".cargo"));
    let folders: Vec<PathBuf> = above.chain(cargo_home.map(Path::to_path_buf)).collect();
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    for folder in folders {
        // Of the two names cargo takes the older one where both are there.
        let file = ["config", "config.toml"].iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let Some(path) = file.filter(|path| !found.iter().any(|(known, _)| known == path)) else { continue };
        let small = path.metadata().is_ok_and(|metadata| metadata.len() <= LIMIT);
        if let Some(text) = small.then(|| fs::read_to_string(&path).ok()).flatten() {
            found.push((path, text));
        }
    }
    found
}
