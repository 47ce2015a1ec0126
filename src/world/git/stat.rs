//! What stands in the work tree for an entry of the index, and whether it is what the index says.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::Path;

use git2::IndexEntry;
use git2::ObjectType;
use git2::Oid;

use crate::facts::tree::Mode;
use crate::world::disk;
use crate::world::entry_path;
use crate::world::file;

/// The state of an entry's path in the work tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing is there, or a folder where a file should be.
    Gone,
    /// What the index says, bytes and mode.
    Same(Mode),
    /// Something else.
    Changed(Mode),
}

/// What the comparison needs to know of the repository.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// When the index was written, in seconds and nanoseconds: a file that is not older may have changed unseen.
    pub index_time: (i64, i64),
    /// `core.fileMode`: whether the run bit of the file system means anything.
    pub trusts_mode: bool,
}

/// Compares an entry with the work tree.
pub(crate) fn standing(root: &Path, entry: &IndexEntry, rules: Rules) -> Standing {
    let path = entry_path::below(root, &entry.path);
    let indexed = mode_of(entry.mode);
    let metadata = match path.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Standing::Gone,
        // It may well be there: reading it will say why it can't be read.
        Err(_) => return Standing::Changed(indexed),
    };
    if metadata.is_dir() {
        // What it has checked out is looked at by `submodule`.
        return if indexed == Mode::Submodule { Standing::Same(Mode::Submodule) } else { Standing::Gone };
    }
    let mode = match disk::mode_of(&metadata) {
        Mode::File | Mode::Executable if !rules.trusts_mode && indexed != Mode::Symlink => indexed,
        mode => mode,
    };
    if mode == Mode::Special || mode != indexed {
        return Standing::Changed(mode);
    }
    let same = stat_agrees(entry, &metadata, rules.index_time) || bytes_agree(&path, &metadata, entry.id, mode);
    if same { Standing::Same(mode) } else { Standing::Changed(mode) }
}

/// The mode that a number of git's says.
pub(crate) fn mode_of(mode: u32) -> Mode {
    match mode {
        0o120_000 => Mode::Symlink,
        0o160_000 => Mode::Submodule,
        0o100_755 => Mode::Executable,
        _ => Mode::File,
    }
}

/// The times, the inode and the size are those that git wrote down, and older than the index.
#[cfg(unix)]
fn stat_agrees(entry: &IndexEntry, metadata: &Metadata, index_time: (i64, i64)) -> bool {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i32, nanoseconds: u32| (i64::from(seconds), i64::from(nanoseconds));
    let modified = time(entry.mtime.seconds(), entry.mtime.nanoseconds());
    let changed = time(entry.ctime.seconds(), entry.ctime.nanoseconds());
    modified == (metadata.mtime(), metadata.mtime_nsec())
        && changed == (metadata.ctime(), metadata.ctime_nsec())
        && u64::from(entry.ino) == metadata.ino() & u64::from(u32::MAX)
        && u64::from(entry.file_size) == metadata.len()
        && modified < index_time
}

#[cfg(not(unix))]
fn stat_agrees(_: &IndexEntry, _: &Metadata, _: (i64, i64)) -> bool {
    false
}

/// Hashes what is there: the last word where the stat data says nothing.
fn bytes_agree(path: &Path, metadata: &Metadata, id: Oid, mode: Mode) -> bool {
    let bytes = match mode {
        Mode::Symlink => path.read_link().map(|target| entry_path::bytes_of(&target)).ok(),
        _ => file::read(path, metadata.len()).ok(),
    };
    bytes
        .is_some_and(|bytes| is_blob(&bytes, id) || without_carriage_returns(&bytes).is_some_and(|lf| is_blob(&lf, id)))
}

fn is_blob(bytes: &[u8], id: Oid) -> bool {
    Oid::hash_object(ObjectType::Blob, bytes).is_ok_and(|found| found == id)
}

/// The bytes as git stores them where an attribute asks for CRLF in the work tree; none without CRLF.
fn without_carriage_returns(bytes: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(bytes, b"\r\n")?;
    let mut plain = Vec::with_capacity(bytes.len());
    for (index, &byte) in bytes.iter().enumerate() {
        if byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            plain.push(byte);
        }
    }
    Some(plain)
}
