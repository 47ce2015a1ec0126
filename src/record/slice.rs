//! A stretch of a ledger: whole lines in their order, the first of which need not be the first of the ledger.

use crate::facts::digest::Digest;
use crate::record::chain;
use crate::record::chain::Break;
use crate::record::chain::Position;
use crate::record::chain::Why;
use crate::record::line;
use crate::record::line::Line;

/// Reads a stretch; each line must follow from the one before, to the last byte.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, Break> {
    let length = memchr::memchr(b'\n', bytes).map_or(bytes.len(), |at| at + 1);
    let first = line::decode(&bytes[..length], 0).map_err(|fault| Break { n: 0, offset: 0, why: Why::Line(fault) })?;
    let head = if first.n == 0 { Digest::ZERO } else { first.prev };
    let mut lines = Vec::new();
    let before = Position { n: first.n, offset: 0, head, last: 0 };
    let (_, broken) = chain::follow(before, bytes, |line, _| lines.push(line));
    broken.map_or(Ok(lines), Err)
}
