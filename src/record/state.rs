//! What is known after the last valid line of a ledger: where it ends, the Merkle frontier, what is not settled yet.

use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Break;
use crate::record::chain::Position;
use crate::record::line::Line;
use crate::record::lookup::Lookup;
use crate::record::merkle::Frontier;
use crate::record::named;

/// The file of the ledger.
pub const LEDGER: &str = "ledger.jsonl";

/// A line that was appended without waiting for the disk, and after which nothing was waited for yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsettled {
    /// Its number.
    pub n: u64,
    /// Where it begins.
    pub offset: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// The objects that it names.
    pub objects: Vec<Digest>,
}

/// What is known.
#[derive(Clone, Debug)]
pub struct Known {
    /// Where the next line goes.
    pub position: Position,
    /// The Merkle tree over all lines.
    pub frontier: Frontier,
    /// The digest of the first line; zero before it.
    pub first: Digest,
    /// The lines at the end that promise nothing.
    pub unsettled: Vec<Unsettled>,
    /// What earlier runs left.
    pub lookup: Lookup,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            position: Position::START,
            frontier: Frontier::default(),
            first: Digest::ZERO,
            unsettled: Vec::new(),
            lookup: Lookup::default(),
        }
    }
}

impl Known {
    /// The same for a reader: what is not settled yet is for the one who writes.
    pub(crate) fn settled(&self) -> Self {
        let Self { position, first, .. } = *self;
        let (frontier, lookup) = (self.frontier.clone(), self.lookup.clone());
        Self { position, frontier, first, unsettled: Vec::new(), lookup }
    }

    /// Goes on through the bytes behind the known end, and says where they stop being a ledger.
    pub fn read_on(&mut self, bytes: &[u8]) -> Option<Break> {
        let from = self.position;
        let (position, found) = chain::follow(from, bytes, |line, bytes| self.see(&line, bytes));
        self.position = position;
        found
    }

    /// Takes the next line from the one who wrote it.
    pub(crate) fn push(&mut self, line: &Line, bytes: &[u8]) {
        let Position { n, offset, .. } = self.position;
        self.see(line, bytes);
        self.position = Position { n: n + 1, offset: offset + line.length, head: line.digest, last: offset };
    }

    /// Takes the next line.
    pub(crate) fn see(&mut self, line: &Line, bytes: &[u8]) {
        self.frontier.add(bytes);
        if line.n == 0 {
            self.first = line.digest;
        }
        if line.soon {
            let objects = named::objects(&line.event);
            self.unsettled.push(Unsettled { n: line.n, offset: line.offset, bytes: bytes.to_vec(), objects });
        } else {
            self.unsettled.clear();
        }
        self.lookup.see(line);
    }
}
