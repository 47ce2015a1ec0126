//! The index: what is known of a ledger up to some line, so that opening a long one does not read all of it.
//!
//! It is derived and may be lost: one that is stale is read on from, one that is missing or wrong is made anew. What it
//! says of a result is checked against the line of the ledger on use.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::record::chain::Position;
use crate::record::lookup::Lookup;
use crate::record::merkle::Frontier;
use crate::record::state::Known;

/// The file.
pub(crate) const PATH: &str = "index";
/// The most bytes of it that are read.
pub(crate) const MOST: u64 = 256 << 20;
/// The form of the file; another one is not read.
const FORM: u32 = 4;

#[derive(Serialize)]
struct Written<'a> {
    form: u32,
    n: u64,
    offset: u64,
    head: Digest,
    last: u64,
    first: Digest,
    frontier: &'a Frontier,
    lookup: &'a Lookup,
    /// How many bytes of records of each kind follow.
    records: [usize; 3],
}

#[derive(Deserialize)]
struct Read {
    form: u32,
    n: u64,
    offset: u64,
    head: Digest,
    last: u64,
    first: Digest,
    frontier: Frontier,
    lookup: Lookup,
    records: [usize; 3],
}

/// The bytes of the index: one line of JSON, the records, the digest of both. None while lines are not settled.
pub(crate) fn write(known: &Known) -> Option<Vec<u8>> {
    if !known.unsettled.is_empty() {
        return None;
    }
    let Position { n, offset, head, last } = known.position;
    let (first, frontier, lookup) = (known.first, &known.frontier, &known.lookup);
    let all = known.lookup.records();
    let records = [all[0].len(), all[1].len(), all[2].len()];
    let written = Written { form: FORM, n, offset, head, last, first, frontier, lookup, records };
    let mut bytes = serde_json::to_vec(&written).ok()?;
    bytes.push(b'\n');
    for records in &all {
        bytes.extend_from_slice(records);
    }
    let digest = Digest::of(&bytes);
    bytes.extend_from_slice(&digest.0);
    Some(bytes)
}

/// Reads an index; none where anything about it is wrong.
pub(crate) fn read(bytes: &[u8]) -> Option<Known> {
    let (bytes, digest) = bytes.split_last_chunk::<32>()?;
    if Digest::of(bytes).0 != *digest {
        return None;
    }
    let end = memchr::memchr(b'\n', bytes)?;
    let read: Read = serde_json::from_slice(&bytes[..end]).ok()?;
    let Read { form, n, offset, head, last, first, frontier, lookup, records } = read;
    let mut rest = &bytes[end + 1..];
    let mut take = |length: usize| {
        let (records, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some(records.to_vec())
    };
    let records = [take(records[0])?, take(records[1])?, take(records[2])?];
    let lookup = lookup.with_records(records).filter(|_| rest.is_empty())?;
    let sound = form == FORM && frontier.is_sound() && frontier.size() == n && last < offset && n > 0;
    let position = Position { n, offset, head, last };
    sound.then(|| Known { position, frontier, first, unsettled: Vec::new(), lookup })
}
