//! Where a line stands in the ledger, and what it must be to be that line.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::record::line::Line;

/// Where a line stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Its number.
    pub n: u64,
    /// Where it begins.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
    /// The digest of its bytes.
    pub digest: Digest,
}

impl Spot {
    /// The place of a line.
    pub fn of(line: &Line) -> Self {
        Self { n: line.n, offset: line.offset, length: line.length, digest: line.digest }
    }
}
