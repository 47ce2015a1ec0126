//! Makes a folder a work tree of a repository at a commit, as `git worktree` does, but on no list of git's: it is ours.
//!
//! What runs in the folder finds history, tags and an index, so that it sees what it would see in a checkout.

use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::world::entry_path;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::oid;

/// Links a folder that holds the files of a commit. `own` is the folder for its HEAD and index, inside the common one.
pub(crate) fn link(repository: &Repository, commit: &ObjectId, folder: &Path, own: &Path) -> Result<(), Error> {
    let common = repository.common_folder();
    let common = common.canonicalize().unwrap_or(common);
    let write = |path: &Path, text: String| {
        fs::write(path, text).map_err(|error| {
            Error::failed("file-unwritable", format!("write {}: {error}", path.display()))
                .help("make room, and the folder writable")
        })
    };
    write(&own.join("HEAD"), format!("{}\n", commit.0))?;
    write(&own.join("commondir"), format!("{}\n", common.display()))?;
    write(&own.join("gitdir"), format!("{}\n", folder.join(".git").display()))?;
    write(&folder.join(".git"), format!("gitdir: {}\n", own.display()))?;
    index(folder, commit).map_err(|error| broken("make the index of a fresh folder", &error))
}

/// The index of the commit with the stamps of the files as they are, so that nobody has to read them to compare.
fn index(folder: &Path, commit: &ObjectId) -> Result<(), git2::Error> {
    let opened = git2::Repository::open(folder)?;
    let id = oid(commit).ok_or_else(|| git2::Error::from_str("the commit has no full id"))?;
    let tree = opened.find_commit(id)?.tree()?;
    let mut index = opened.index()?;
    index.read_tree(&tree)?;
    let entries: Vec<git2::IndexEntry> = index.iter().collect();
    for mut entry in entries {
        if stamp(&entry_path::below(folder, &entry.path), &mut entry) {
            index.add(&entry)?;
        }
    }
    index.write()
}

/// Takes over what the file system says of a file.
#[cfg(unix)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index keeps the lower 32 bits")]
fn stamp(path: &Path, entry: &mut git2::IndexEntry) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(found) = path.symlink_metadata() else { return false };
    if found.is_dir() {
        return false;
    }
    let time = |seconds: i64, nanoseconds: i64| git2::IndexTime::new(seconds as i32, nanoseconds as u32);
    (entry.ctime, entry.mtime) = (time(found.ctime(), found.ctime_nsec()), time(found.mtime(), found.mtime_nsec()));
    (entry.dev, entry.ino) = (found.dev() as u32, found.ino() as u32);
    (entry.uid, entry.gid, entry.file_size) = (found.uid(), found.gid(), found.size() as u32);
    true
}

#[cfg(not(unix))]
fn stamp(_: &Path, _: &mut git2::IndexEntry) -> bool {
    false
}
