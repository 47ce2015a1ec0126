//! What to do about a ledger that does not end with a valid line, or is shorter than it was: first a plan, from values alone.

use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Break;
use crate::record::checkpoint::Checkpoint;
use crate::record::checkpoint::PATH;
use crate::record::line;
use crate::record::objects::QUARANTINE;
use crate::record::state::Known;

/// The end of a ledger that is to be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The number of the first line that goes.
    pub n: u64,
    /// Where it begins.
    pub offset: u64,
    /// How many bytes go.
    pub bytes: u64,
    /// Their digest.
    pub sha256: Digest,
    /// Why.
    pub why: String,
}

impl Cut {
    /// The cut of all bytes from an offset on.
    fn new(n: u64, offset: u64, bytes: &[u8], why: String) -> Self {
        Self { n, offset, bytes: bytes.len() as u64, sha256: Digest::of(bytes), why }
    }

    /// Where the bytes are kept, from the folder of the record.
    pub fn quarantine(&self) -> String {
        format!("{QUARANTINE}/tail-{}-{}", self.n, self.sha256.hex())
    }

    /// The place of the first line that goes.
    pub fn place(&self) -> String {
        chain::place(self.n)
    }
}

/// How a ledger ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With a valid line.
    Whole,
    /// A write did not end: nothing in the tail was ever acknowledged. Any writer cuts it.
    Torn(Cut),
    /// The machine went down: lines that were not waited for name objects that did not reach the disk. Any writer cuts them.
    Unsettled(Cut),
    /// Whole lines stand behind one that is not valid: somebody altered it, or the machine went down. Only
    /// `recover --execute` cuts it.
    Broken(Cut),
    /// Lines that the checkpoint covers are gone or altered. Nothing mends that.
    Tampered {
        /// The first line that is not as it was.
        place: String,
        /// What is wrong.
        why: String,
    },
}

/// Judges the end of a ledger. `rest` are the bytes behind the last valid line, `is_good` says whether an object is there and
/// is what its name says.
pub fn judge(
    known: &Known,
    broken: Option<&Break>,
    rest: &[u8],
    checkpoint: Option<&Result<Checkpoint, String>>,
    is_good: &dyn Fn(&Digest) -> bool,
) -> End {
    let covered = match checkpoint {
        Some(Ok(checkpoint)) => checkpoint.size,
        Some(Err(why)) => return End::Tampered { place: PATH.to_owned(), why: why.clone() },
        None => 0,
    };
    if known.position.n < covered {
        let gone = format!("the ledger has {} lines, and the checkpoint covers {covered}", known.position.n);
        let why = broken.map_or(gone, |broken| broken.why.to_string());
        return End::Tampered { place: chain::place(known.position.n), why };
    }
    if let Some(ended) = known.lookup.must_be_covered().filter(|ended| *ended >= covered) {
        let why = format!("the run that ended in {} is not covered, and a later one began", chain::place(ended));
        return End::Tampered { place: PATH.to_owned(), why };
    }
    let torn = broken.map(|broken| Cut::new(broken.n, broken.offset, rest, broken.why.to_string()));
    let lost = lost(known, rest, is_good);
    let is_lost = lost.is_some();
    match lost.or(torn) {
        None => End::Whole,
        Some(cut) if holds_whole_line(rest) => End::Broken(cut),
        Some(cut) if is_lost => End::Unsettled(cut),
        Some(cut) => End::Torn(cut),
    }
}

/// Looks at the lines that promise nothing: the first whose objects are not there goes, with all behind it.
fn lost(known: &Known, rest: &[u8], is_good: &dyn Fn(&Digest) -> bool) -> Option<Cut> {
    let (at, object) = known.unsettled.iter().enumerate().find_map(|(at, line)| {
        let object = line.objects.iter().find(|object| !is_good(object))?;
        Some((at, object))
    })?;
    let lines = &known.unsettled[at..];
    let bytes: Vec<u8> = lines.iter().flat_map(|line| line.bytes.iter()).chain(rest).copied().collect();
    let why = format!("the object {object} did not reach the disk");
    Some(Cut::new(lines[0].n, lines[0].offset, &bytes, why))
}

/// Says whether any line in bytes was written whole.
fn holds_whole_line(bytes: &[u8]) -> bool {
    bytes.split_inclusive(|&byte| byte == b'\n').any(line::is_whole)
}
