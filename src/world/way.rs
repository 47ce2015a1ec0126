//! The way to a file: every link on it, folders' links among them. Whoever turns one of them leads to another file.

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

/// As many links as Linux follows.
const MOST: usize = 40;

/// The links on the way to a path, in order, and what they lead to, which comes last and need not be there.
pub(crate) fn to(path: &Path) -> Vec<PathBuf> {
    let mut links = Vec::new();
    let mut real = PathBuf::new();
    let mut rest = parts(path);
    while let Some(part) = rest.pop() {
        if part == "." {
            continue;
        }
        if part == ".." {
            real.pop();
            continue;
        }
        let next = real.join(&part);
        match next.read_link() {
            Ok(target) if links.len() < MOST => {
                rest.extend(parts(&target));
                links.push(next);
            }
            _ => real = next,
        }
    }
    links.push(real);
    links
}

/// The parts of a path, the last first.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_owned()).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn every_link_on_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let at = |path: &str| root.join(path);
        std::fs::create_dir_all(at("v1")).unwrap();
        std::fs::write(at("v1/cc"), "").unwrap();
        symlink("v1", at("current")).unwrap();
        symlink(at("current/cc"), at("alt")).unwrap();
        symlink("./v1/../alt", at("cc")).unwrap();
        assert_eq!(to(&at("cc")), [at("cc"), at("alt"), at("current"), at("v1/cc")]);
        assert_eq!(to(&at("v1/cc")), [at("v1/cc")]);
        assert_eq!(to(&at("current/none")), [at("current"), at("v1/none")]);
        symlink("round", at("round")).unwrap();
        assert_eq!(to(&at("round")).len(), MOST + 1);
    }
}
