//! Paths inside a tree: `/` between the parts, relative to the root, never leaving it.

/// The folder of a path; empty for the root.
pub fn parent(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    path.rfind('/').map_or(path, |at| &path[at + 1..])
}

/// What stands behind the last dot of the file name; empty without one.
pub fn extension(path: &str) -> &str {
    let name = file_name(path);
    name.rfind('.').filter(|&at| at > 0).map_or("", |at| &name[at + 1..])
}

/// The path of a child in a folder.
pub fn child(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Resolves a relative path against a folder; none where it is absolute or leaves the root.
///
/// Backslashes count as `/`, as cargo on Windows reads them; `.` and empty parts vanish.
pub fn join(folder: &str, relative: &str) -> Option<String> {
    let relative = relative.replace('\\', "/");
    let absolute = relative.starts_with('/') || relative.as_bytes().get(1) == Some(&b':');
    if absolute || relative.contains('\0') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    // The folder, too, may be a text of the repository.
    for part in folder.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Says whether a path lies in a folder (or is it); every path lies in the root.
pub fn is_within(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_paths_never_leave_the_root() {
        assert_eq!(join("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(join("a", "../..").as_deref(), None);
        assert_eq!(join("a", "/etc/passwd"), None);
        assert_eq!(join("a", r"..\x").as_deref(), Some("x"));
        assert_eq!(join("", "C:/x"), None);
        assert_eq!(join("../a", "b"), None, "a folder that leaves it, either");
    }

    #[test]
    fn parts_of_a_path() {
        assert_eq!((parent("a/b.rs"), file_name("a/b.rs"), extension("a/b.rs")), ("a", "b.rs", "rs"));
        assert_eq!((parent("x"), extension(".gitignore")), ("", ""));
        assert!(is_within("a/b", "a") && is_within("a", "a") && !is_within("ab", "a"));
    }
}
