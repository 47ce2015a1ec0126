//! Replaces the text of one file of a checkout: whole or not at all, never through a link, its permissions kept.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::limits;
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
    let result = write_new(&beside, Some(&target), after).and_then(|()| std::fs::rename(&beside, &target));
    result.map_err(|error| {
        // What is left of a failed write is ours alone; the file itself is as it was.
        let _ = std::fs::remove_file(&beside);
        format!("it could not be written: {}", error.kind())
    })
}

/// The text of a file below a root, read through no link; none where it is not there.
pub fn text_of(root: &Path, path: &str) -> Result<Option<String>, String> {
    let target = entry_path::below(root, path.as_bytes());
    if target.symlink_metadata().is_err() {
        return Ok(None);
    }
    real_folder(root, &target)?;
    let bytes = file::read(&target, limits::TOTAL_BYTES).map_err(|problem| problem.message)?;
    String::from_utf8(bytes).map(Some).map_err(|_| "it is no UTF-8".to_owned())
}

/// The folder of a file, which must be the one that its path says: no part of it is a link.
pub(super) fn real_folder(root: &Path, target: &Path) -> Result<PathBuf, String> {
    let said = |error: std::io::Error| format!("its folder could not be found: {}", error.kind());
    let root_folder = root.canonicalize().map_err(said)?;
    let folder = target.parent().ok_or("it has no folder")?;
    let relative = folder.strip_prefix(root).map_err(|_| "it lies outside of the tree")?;
    let real = folder.canonicalize().map_err(said)?;
    if real == root_folder.join(relative) { Ok(real) } else { Err("a link leads to it".to_owned()) }
}

/// Writes a text into a new file, with the permissions of another one.
pub(super) fn write_new(beside: &Path, like: Option<&Path>, text: &str) -> std::io::Result<()> {
    let permissions = like.map(|like| like.symlink_metadata().map(|found| found.permissions())).transpose()?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(beside)?;
    file.write_all(text.as_bytes())?;
    permissions.map_or(Ok(()), |permissions| file.set_permissions(permissions))?;
    file.sync_all()
}
