//! Reads what is known of a ledger from a storage, by the index where there is one that fits. Takes no lock.

use std::io;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain::Break;
use crate::record::chain::Position;
use crate::record::chain::Why;
use crate::record::checkpoint;
use crate::record::checkpoint::Checkpoint;
use crate::record::failure;
use crate::record::index;
use crate::record::state::Known;
use crate::record::state::LEDGER;
use crate::world::storage::Storage;

/// What is known, and what is behind it.
pub(crate) struct Loaded {
    pub known: Known,
    pub tail: Tail,
}

/// The bytes behind the last valid line.
#[derive(Default)]
pub(crate) struct Tail {
    /// Where the chain ends before the bytes do.
    pub broken: Option<Break>,
    /// The bytes from there on.
    pub rest: Vec<u8>,
}

/// Reads the whole ledger, or what was added since the index was written. Without a ledger nothing is known.
pub(crate) fn load(storage: &dyn Storage) -> Result<Loaded, Error> {
    let indexed = storage.read(index::PATH, 0, index::MOST).ok().and_then(|bytes| index::read(&bytes));
    if let Some(mut known) = indexed
        && let Some(tail) = read_on(storage, &mut known)?
    {
        return Ok(Loaded { known, tail });
    }
    load_whole(storage)
}

/// Reads the whole ledger, whatever the index says.
pub(crate) fn load_whole(storage: &dyn Storage) -> Result<Loaded, Error> {
    let mut known = Known::default();
    let tail = read_on(storage, &mut known)?.unwrap_or_default();
    Ok(Loaded { known, tail })
}

/// Reads on from what is known; none where the ledger does not hold the last known line any more.
pub(crate) fn read_on(storage: &dyn Storage, known: &mut Known) -> Result<Option<Tail>, Error> {
    let Position { offset, head, last, n } = known.position;
    let bytes = match storage.read(LEDGER, last, u64::MAX) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(failure::of(storage, "read", LEDGER, &error)),
    };
    let length = usize::try_from(offset - last).unwrap_or(usize::MAX);
    let Some((line, rest)) = bytes.split_at_checked(length) else { return Ok(None) };
    if n > 0 && Digest::of(line) != head {
        return Ok(None);
    }
    let broken = known.read_on(rest);
    if let Some(Break { why: Why::Newer(format, version), .. }) = &broken {
        return Err(failure::newer(storage, LEDGER, format, version));
    }
    let taken = usize::try_from(known.position.offset - offset).unwrap_or(usize::MAX);
    let rest = rest.get(taken..).unwrap_or_default().to_vec();
    Ok(Some(Tail { broken, rest }))
}

/// Reads the checkpoint: none without one, and the reason where it can't be read.
pub(crate) fn checkpoint(storage: &dyn Storage) -> Result<Option<Result<Checkpoint, String>>, Error> {
    match storage.read(checkpoint::PATH, 0, checkpoint::MOST) {
        Ok(bytes) => Ok(Some(Checkpoint::parse(&bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure::of(storage, "read", checkpoint::PATH, &error)),
    }
}
