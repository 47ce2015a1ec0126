//! Replaces the text of a file of a checkout: whole or not at all, never through a link, its permissions kept.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::world::entry_path;
use crate::world::file;

/// Replaces the text of the file at a path (from the root, with `/`), if it is still what it was; says why not.
pub fn rewrite(root: &Path, path: &str, before: &str, after: &str) -> Result<(), String> {
    let target = entry_path::below(root, path.as_bytes());
    let folder = real_folder(root, &target)?;
    let bytes = file::read(&target, before.len() as u64 + 1).map_err(|problem| problem.message)?;
    if bytes != before.as_bytes() {
        return Err("it changed since it was read".to_owned());
    }
    let name = target.file_name().ok_or("it has no name")?.to_string_lossy().into_owned();
    let beside = folder.join(format!(".{name}.{}.governed", std::process::id()));
    let result = write_new(&beside, &target, after).and_then(|()| std::fs::rename(&beside, &target));
    result.map_err(|error| {
        // What is left of a failed write is ours alone; the file itself is as it was.
        let _ = std::fs::remove_file(&beside);
        format!("it could not be written: {}", error.kind())
    })
}

/// One file that is to be replaced.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'a> {
    /// The path from the root, with `/`.
    pub path: &'a str,
    /// What it must still hold.
    pub before: &'a str,
    /// What it shall hold.
    pub after: &'a str,
}

/// A file whose new text lies beside it.
struct Staged {
    target: PathBuf,
    beside: PathBuf,
    kept: PathBuf,
}

/// Replaces the texts of several files: all of them or none. Every new text is on the disk before the first one takes its
/// name, and where one can't, those before it are put back.
pub fn rewrite_all(root: &Path, files: &[Replacement<'_>]) -> Result<(), String> {
    let mut staged: Vec<Staged> = Vec::new();
    let result = files
        .iter()
        .try_for_each(|file| stage(root, file, &mut staged).map_err(|why| format!("{}: {why}", file.path)))
        .and_then(|()| exchange(&staged));
    for one in &staged {
        let _ = std::fs::remove_file(&one.beside);
        let _ = std::fs::remove_file(&one.kept);
    }
    result
}

fn stage(root: &Path, file: &Replacement<'_>, staged: &mut Vec<Staged>) -> Result<(), String> {
    let target = entry_path::below(root, file.path.as_bytes());
    let folder = real_folder(root, &target)?;
    let bytes = file::read(&target, file.before.len() as u64 + 1).map_err(|problem| problem.message)?;
    if bytes != file.before.as_bytes() {
        return Err("it changed since it was read".to_owned());
    }
    let name = target.file_name().ok_or("it has no name")?.to_string_lossy().into_owned();
    let own = std::process::id();
    let beside = folder.join(format!(".{name}.{own}.governed"));
    let kept = folder.join(format!(".{name}.{own}.governed-kept"));
    staged.push(Staged { target: target.clone(), beside: beside.clone(), kept: kept.clone() });
    let said = |error: std::io::Error| format!("it could not be written: {}", error.kind());
    write_new(&beside, &target, file.after).map_err(said)?;
    // The old file under another name: putting it back is one rename.
    std::fs::hard_link(&target, &kept).or_else(|_| std::fs::copy(&target, &kept).map(|_| ())).map_err(said)
}

fn exchange(staged: &[Staged]) -> Result<(), String> {
    for (at, one) in staged.iter().enumerate() {
        if let Err(error) = std::fs::rename(&one.beside, &one.target) {
            let back = staged[..at].iter().filter(|done| std::fs::rename(&done.kept, &done.target).is_err());
            let lost: Vec<String> = back.map(|done| done.target.display().to_string()).collect();
            let rest = if lost.is_empty() { String::new() } else { format!("; not put back: {}", lost.join(", ")) };
            return Err(format!("{}: it could not be replaced: {}{rest}", one.target.display(), error.kind()));
        }
    }
    Ok(())
}

/// The folder of a file, which must be the one that its path says: no part of it is a link.
fn real_folder(root: &Path, target: &Path) -> Result<PathBuf, String> {
    let said = |error: std::io::Error| format!("its folder could not be found: {}", error.kind());
    let root_folder = root.canonicalize().map_err(said)?;
    let folder = target.parent().ok_or("it has no folder")?;
    let relative = folder.strip_prefix(root).map_err(|_| "it lies outside of the tree")?;
    let real = folder.canonicalize().map_err(said)?;
    if real == root_folder.join(relative) { Ok(real) } else { Err("a link leads to it".to_owned()) }
}

fn write_new(beside: &Path, target: &Path, text: &str) -> std::io::Result<()> {
    let permissions = target.symlink_metadata()?.permissions();
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(permissions)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_files_change_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(root.join("a"), "one").unwrap();
        std::fs::write(root.join("b"), "two").unwrap();
        let file = |path, before, after| Replacement { path, before, after };
        let read = || ["a", "b"].map(|name| std::fs::read_to_string(root.join(name)).unwrap());
        assert!(rewrite_all(&root, &[file("a", "one", "1"), file("b", "changed", "2")]).is_err());
        assert!(rewrite_all(&root, &[file("a", "one", "1"), file("missing", "", "2")]).is_err());
        assert_eq!(read(), ["one", "two"]);
        rewrite_all(&root, &[file("a", "one", "1"), file("b", "two", "2")]).unwrap();
        assert_eq!(read(), ["1", "2"]);
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 2, "nothing is left beside them");
    }

    #[test]
    fn what_was_exchanged_before_a_failure_is_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for name in ["a", "b"] {
            std::fs::write(root.join(name), name).unwrap();
        }
        let mut staged = Vec::new();
        for path in ["a", "b"] {
            stage(&root, &Replacement { path, before: path, after: "new" }, &mut staged).unwrap();
        }
        // The new text of the second file vanishes between the two phases.
        std::fs::remove_file(&staged[1].beside).unwrap();
        assert!(exchange(&staged).is_err());
        assert_eq!(std::fs::read_to_string(root.join("a")).unwrap(), "a");
        assert_eq!(std::fs::read_to_string(root.join("b")).unwrap(), "b");
    }
}
