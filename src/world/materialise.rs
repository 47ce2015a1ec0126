//! Writes a tree into a fresh folder, byte for byte as git's objects hold it: no filters, no hooks, no line endings changed.

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::path;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::world::checkout::Checkout;
use crate::world::entry_path;

/// Why a submodule is left empty.
pub const SUBMODULE: &str = "a submodule, whose files are another repository's";

/// Writes all files of a tree below a folder that must be empty or missing. Says what could not be written as it is.
///
/// Links are made last, so that no file is ever written through one.
pub fn write(checkout: &Checkout, folder: &Path) -> Result<Vec<String>, Error> {
    prepare(folder)?;
    let mut left: Vec<String> =
        checkout.unlisted.iter().map(|unread| format!("{}: {}", unread.path, unread.problem.message)).collect();
    let (links, files): (Vec<&Entry>, Vec<&Entry>) =
        checkout.tree.entries().iter().partition(|entry| entry.mode == Mode::Symlink);
    for entry in files.into_iter().chain(links) {
        let Some(target) = place_of(folder, &entry.path) else {
            left.push(format!("{}: the name can't be written", entry.path));
            continue;
        };
        if let Some(reason) = write_one(checkout, entry, &target)? {
            left.push(format!("{}: {reason}", entry.path));
        }
    }
    Ok(left)
}

/// A file that is to be written again from wherever its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The path from the root of the tree.
    pub path: String,
    /// What it is.
    pub mode: Mode,
    /// The digest of its bytes; of a link's target; of a submodule's commit.
    pub digest: Digest,
}

/// Where bytes may be: what it gives is taken only if it has the digest that is wanted.
pub type Source<'s> = &'s dyn Fn(&Wanted) -> Option<Vec<u8>>;

/// Writes files below a folder that must be empty or missing, each from the first source that has its very bytes. Says
/// which can't be had.
pub fn write_listed(files: &[Wanted], sources: &[Source<'_>], folder: &Path) -> Result<Vec<String>, Error> {
    prepare(folder)?;
    let mut left = Vec::new();
    let (links, plain): (Vec<&Wanted>, Vec<&Wanted>) = files.iter().partition(|file| file.mode == Mode::Symlink);
    for file in plain.into_iter().chain(links) {
        let target = place_of(folder, &file.path).filter(|_| file.mode != Mode::Special);
        let bytes = sources.iter().filter_map(|source| source(file)).find(|bytes| Digest::of(bytes) == file.digest);
        let Some((target, bytes)) = target.zip(bytes) else {
            left.push(file.path.clone());
            continue;
        };
        written(file.mode, &bytes, &target).map_err(|error| failed(&target, &error))?;
    }
    Ok(left)
}

fn prepare(folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let mut entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    if entries.next().is_some() {
        let message = format!("write a tree into {}: it is not empty", folder.display());
        return Err(Error::failed("folder-not-empty", message).help("name a folder that is empty or not there"));
    }
    Ok(())
}

/// The place of an entry; none where the path leaves the folder, or would be read as a repository of its own.
fn place_of(folder: &Path, file: &str) -> Option<PathBuf> {
    let is_plain = path::join("", file).is_some_and(|joined| joined == file);
    let is_git = file.split('/').any(|part| part.eq_ignore_ascii_case(".git"));
    (is_plain && !is_git).then(|| entry_path::below(folder, file.as_bytes()))
}

fn write_one(checkout: &Checkout, entry: &Entry, target: &Path) -> Result<Option<&'static str>, Error> {
    if entry.mode == Mode::Special {
        return Ok(Some("not a regular file, or a name that is no UTF-8"));
    }
    let bytes = if entry.mode == Mode::Submodule { Ok(Vec::new()) } else { checkout.read(entry, u64::MAX) };
    let Ok(bytes) = bytes else { return Ok(Some("its bytes could not be read")) };
    written(entry.mode, &bytes, target).map_err(|error| failed(target, &error))?;
    Ok((entry.mode == Mode::Submodule).then_some(SUBMODULE))
}

fn written(mode: Mode, bytes: &[u8], target: &Path) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    match mode {
        Mode::Submodule => fs::create_dir_all(target),
        Mode::Symlink => link(bytes, target),
        mode => file(bytes, target, mode == Mode::Executable),
    }
}

fn file(bytes: &[u8], target: &Path, executable: bool) -> io::Result<()> {
    let mut file = fs::File::create_new(target)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    if executable {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = executable;
    Ok(())
}

#[cfg(unix)]
fn link(bytes: &[u8], target: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes), target)
}

#[cfg(not(unix))]
fn link(bytes: &[u8], target: &Path) -> io::Result<()> {
    // As git does where links can't be made: a file that holds the target.
    fs::write(target, bytes)
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::failed("file-unwritable", format!("write {}: {error}", path.display()))
        .help("make room, or name another folder")
}
