//! Reads the whole record without a lock: every valid line, and what stands behind the last one.

use std::io;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Break;
use crate::record::chain::Why;
use crate::record::checkpoint::Checkpoint;
use crate::record::failure;
use crate::record::line::Line;
use crate::record::load;
use crate::record::objects::Objects;
use crate::record::recovery;
use crate::record::recovery::End;
use crate::record::state::Known;
use crate::record::state::LEDGER;
use crate::world::storage::Storage;
use std::sync::Arc;

/// How often the record is read again when it seems torn: a writer may be in the middle of a line.
const TRIES: usize = 3;

/// All that the record says.
pub struct Reading {
    /// The valid lines, from the first.
    pub lines: Vec<Line>,
    /// What stands behind them.
    pub end: End,
    /// Where and why the chain ends before the bytes do.
    pub broken: Option<Break>,
    /// The checkpoint: none without one, and the reason where it can't be read.
    pub checkpoint: Option<Result<Checkpoint, String>>,
    /// The root over the lines that the checkpoint covers; none where they are not there.
    pub covered_root: Option<Digest>,
    /// What is known behind the last valid line.
    pub known: Known,
}

/// Reads the record. Without one there are no lines, and the end is whole.
pub fn read(storage: &Arc<dyn Storage>) -> Result<Reading, Error> {
    let mut reading = read_once(storage)?;
    for _ in 1..TRIES {
        if reading.end == End::Whole {
            break;
        }
        reading = read_once(storage)?;
    }
    Ok(reading)
}

fn read_once(storage: &Arc<dyn Storage>) -> Result<Reading, Error> {
    // The checkpoint first: a run that ends meanwhile makes both grow, and must not look like a cut.
    let checkpoint = load::checkpoint(&**storage)?;
    let bytes = match storage.read(LEDGER, 0, u64::MAX) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(failure::of(&**storage, "read", LEDGER, &error)),
    };
    let covers = checkpoint.as_ref().and_then(|read| read.as_ref().ok()).map(|checkpoint| checkpoint.size);
    let mut known = Known::default();
    let mut covered_root = None;
    let mut lines = Vec::new();
    let (position, broken) = chain::follow(known.position, &bytes, |line, bytes| {
        known.see(&line, bytes);
        if covers == Some(known.frontier.size()) {
            covered_root = Some(known.frontier.root());
        }
        lines.push(line);
    });
    known.position = position;
    if let Some(Break { why: Why::Newer(format, version), .. }) = &broken {
        return Err(failure::newer(&**storage, LEDGER, format, version));
    }
    let rest = bytes.get(usize::try_from(position.offset).unwrap_or(usize::MAX)..).unwrap_or_default();
    let objects = Objects::new(Arc::clone(storage));
    let is_good = |digest: &Digest| objects.is_good(digest);
    let end = recovery::judge(&known, broken.as_ref(), rest, checkpoint.as_ref(), &is_good);
    Ok(Reading { lines, end, broken, checkpoint, covered_root, known })
}
