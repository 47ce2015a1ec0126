//! Finds the file that a command names, as the system's own search would.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;

/// The file that `program` names: a path counts from `folder`, a bare name is looked up in the folders of `path`.
pub fn find(program: &str, path: Option<&OsStr>, folder: &Path) -> Option<PathBuf> {
    if program.is_empty() {
        return None;
    }
    if program.contains('/') || (cfg!(windows) && program.contains('\\')) {
        return Some(folder.join(program)).filter(|file| is_executable(file));
    }
    let endings: &[&str] = if cfg!(windows) { &["", ".exe"] } else { &[""] };
    let folders = std::env::split_paths(path?);
    let mut files = folders.flat_map(|part| endings.iter().map(move |ending| part.join(format!("{program}{ending}"))));
    // An empty or relative part of the path counts from the folder of the step.
    files.find_map(|file| Some(folder.join(file)).filter(|file| is_executable(file)))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_as_the_system_finds_them() {
        let path = OsStr::new("/nowhere:/bin:/usr/bin");
        let here = Path::new("/");
        assert!(find("sh", Some(path), here).is_some_and(|file| file.ends_with("sh")));
        assert_eq!(find("/bin/sh", None, here), Some(PathBuf::from("/bin/sh")));
        assert_eq!(find("bin/sh", None, here), Some(PathBuf::from("/bin/sh")));
        assert_eq!(find("no-such-program-is-here", Some(path), here), None);
        assert_eq!(find("sh", None, here), None);
        assert_eq!(find("/etc/passwd", None, here), None, "not executable");
        assert_eq!(find("/etc", None, here), None, "a folder");
        assert_eq!(find("", Some(path), here), None);
    }
}
