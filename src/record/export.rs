//! A run as it leaves its machine: a stretch of the ledger, byte for byte, and every object that it needs.
//!
//! The folder is laid out as a record is, so it is checked in the same way: each line names the one before, each object
//! is named by its digest. The lines are written last: without them the folder is no export.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::failure;
use crate::record::line::Line;
use crate::record::named;
use crate::record::objects;
use crate::record::objects::Objects;
use crate::record::part;
use crate::record::part::Part;
use crate::record::slice;
use crate::record::state::LEDGER;
use crate::steps::event::Event;
use crate::world::storage::Storage;

/// A run that was read from a folder, or is about to be written into one.
pub struct Export {
    /// What the run did.
    pub part: Part,
    /// The lines, byte for byte.
    pub bytes: Vec<u8>,
    /// The objects.
    pub objects: BTreeSet<Digest>,
    source: Objects,
}

/// Why a folder gives no run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Something in it is not as it was written: the place, and why.
    Altered(String, String),
    /// No run ends with its last line.
    Unfinished,
}

/// Takes a run out of a record, or out of an export of it; without a name, the one that the last line ends.
///
/// The outer error is that of a storage that can't be read.
pub fn take(storage: &Arc<dyn Storage>, run: Option<&str>) -> Result<Result<Export, Unusable>, Error> {
    let failed = |error| failure::of(&**storage, "read", LEDGER, &error);
    let all = storage.read(LEDGER, 0, u64::MAX).map_err(failed)?;
    let lines = match slice::read(&all) {
        Ok(lines) => lines,
        Err(broken) => return Ok(Err(Unusable::Altered(chain::place(broken.n), broken.why.to_string()))),
    };
    let end = match run {
        None => lines.len().checked_sub(1),
        // Behind its end stand the lines that say which proofs were made of it.
        Some(run) => lines.iter().rposition(|line| matches!(&line.event, Event::RunEnded(ended) if ended.run == run)),
    };
    let Some(end) = end else { return Ok(Err(Unusable::Unfinished)) };
    let Some(whole) = Part::of(lines[..=end].to_vec()) else { return Ok(Err(Unusable::Unfinished)) };
    let needed = part::needed(&whole.lines, &whole.began.run);
    let first = needed.first().map_or(0, |line| line.offset);
    let last = &whole.lines[end];
    let range = index(first)..index(last.offset + last.length);
    let bytes = all.get(range).unwrap_or_default().to_vec();
    let source = Objects::new(Arc::clone(storage));
    let objects = match closure(&source, &needed) {
        Ok(objects) => objects,
        Err(unusable) => return Ok(Err(unusable)),
    };
    let part = slice::read(&bytes)
        .ok()
        .and_then(Part::of)
        .filter(|part| part.check().is_some() && part.began.replays.is_none());
    Ok(part.map(|part| Export { part, bytes, objects, source }).ok_or(Unusable::Unfinished))
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The objects that lines name, and those that are named inside of them and are there.
fn closure(source: &Objects, lines: &[&Line]) -> Result<BTreeSet<Digest>, Unusable> {
    let needed: BTreeSet<Digest> = lines.iter().flat_map(|line| named::objects(&line.event)).collect();
    let optional = lines.iter().flat_map(|line| named::optional(&line.event));
    let mut open: Vec<Digest> = optional.filter(|digest| source.has(digest)).chain(needed).collect();
    let mut found = BTreeSet::new();
    while let Some(digest) = open.pop() {
        if found.insert(digest) {
            let bytes = source
                .read(&digest)
                .map_err(|error| Unusable::Altered(objects::path(&digest), format!("could not {}", error.message)))?;
            open.extend(
                named::inside(&bytes).into_iter().filter(|digest| !found.contains(digest) && source.has(digest)),
            );
        }
    }
    Ok(found)
}

impl Export {
    /// The bytes of an object.
    pub fn object(&self, digest: &Digest) -> Result<Vec<u8>, Error> {
        self.source.read(digest)
    }

    /// Writes the run into an empty folder.
    pub fn write(&self, into: &dyn Storage) -> Result<(), Error> {
        for digest in &self.objects {
            let path = objects::path(digest);
            let bytes = self.object(digest)?;
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let written = into.make_folder(folder).and_then(|()| into.create(&path, &bytes));
            written.map_err(|error| failure::of(into, "write", &path, &error))?;
        }
        into.make_folder("")
            .and_then(|()| into.create(LEDGER, &self.bytes))
            .map_err(|error| failure::of(into, "write", LEDGER, &error))
    }
}
