//! The digest of a file's bytes, read from the disk piece by piece, and the stamp that the file had before.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::Digest as _;
use sha2::Sha256;

use crate::facts::digest::Digest;
use crate::facts::problem::Problem;
use crate::world::entry_path;
use crate::world::file;
use crate::world::stamp::Stamp;

/// The most bytes that are held at once.
const PIECE: usize = 1 << 18;
/// How often a file is read again that moves while it is read.
const TRIES: usize = 3;

/// The digest of the regular file at a path, with the stamp from before its first byte was read.
///
/// Where the file moves under the reading it is read again; one that never rests keeps the older stamp, so that a later
/// comparison shows it as moved.
pub(crate) fn of_file(path: &Path) -> Result<(Digest, Stamp), Problem> {
    let mut last = None;
    for _ in 0..TRIES {
        let mut opened = file::open_regular(path)?;
        let before = stamp_of(&opened)?;
        let digest = hash(&mut opened, before.size)?;
        let is_at_rest = stamp_of(&opened)? == before;
        last = Some((digest, before));
        if is_at_rest {
            break;
        }
    }
    last.ok_or_else(|| file::problem("it can't be read"))
}

/// The digest of a link's target, with the stamp of the link itself.
pub(crate) fn of_link(path: &Path) -> Result<(Digest, Stamp), Problem> {
    let stamp = Stamp::at(path).ok_or_else(|| file::problem("it is gone"))?;
    let target = path.read_link().map_err(|error| file::unreadable(&error))?;
    Ok((Digest::of(&entry_path::bytes_of(&target)), stamp))
}

fn stamp_of(file: &File) -> Result<Stamp, Problem> {
    file.metadata().map(|metadata| Stamp::of(&metadata)).map_err(|error| file::unreadable(&error))
}

fn hash(file: &mut File, size: u64) -> Result<Digest, Problem> {
    let mut hasher = Sha256::new();
    let mut piece = vec![0; usize::try_from(size.saturating_add(1)).map_or(PIECE, |size| size.min(PIECE))];
    loop {
        match file.read(&mut piece) {
            Ok(0) => return Ok(Digest(hasher.finalize().into())),
            Ok(length) => hasher.update(&piece[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(file::unreadable(&error)),
        }
    }
}
