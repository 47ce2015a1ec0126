//! Follows the chain of a ledger from a known place on: whole lines, each with the digest of the one before.

use std::fmt;

use memchr::memchr;

use crate::facts::digest::Digest;
use crate::record::line;
use crate::record::line::Fault;
use crate::record::line::Line;
use crate::steps::event::Event;

/// The major number of the format that this version reads and writes.
pub const MAJOR: u64 = 1;
/// The format that this version writes.
pub const FORMAT: &str = "1.0";

/// A place between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The number of the next line.
    pub n: u64,
    /// Where it begins.
    pub offset: u64,
    /// The digest of the line before.
    pub head: Digest,
    /// Where that line begins.
    pub last: u64,
}

impl Position {
    /// In front of the first line.
    pub const START: Self = Self { n: 0, offset: 0, head: Digest::ZERO, last: 0 };
}

/// Why the chain ends before the bytes do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The line is not whole, or not a line.
    Line(Fault),
    /// Its number is not the next one.
    Number(u64),
    /// It names another line as the one before.
    Previous,
    /// The first line is not the beginning of a store, or a later one is.
    First,
    /// The format is newer than this version reads: the format, and the version that wrote it.
    Newer(String, String),
}

/// Where the chain ends before the bytes do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The number that the line should have.
    pub n: u64,
    /// Where it begins.
    pub offset: u64,
    /// Why it is not taken.
    pub why: Why,
}

impl Break {
    /// The place, as editors know it.
    pub fn place(&self) -> String {
        place(self.n)
    }
}

/// The place of a line, as editors know it: they count from 1.
pub fn place(n: u64) -> String {
    format!("ledger.jsonl:{}", n.saturating_add(1))
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(Fault::Unterminated) => write!(formatter, "the line has no end"),
            Self::Line(Fault::Sum) => write!(formatter, "the line is not what its sum says"),
            Self::Line(Fault::Malformed(message)) => write!(formatter, "the line can't be read: {message}"),
            Self::Number(n) => write!(formatter, "the line has the number {n}"),
            Self::Previous => write!(formatter, "the line does not follow from the one before"),
            Self::First => write!(formatter, "a store begins with `store-began`, and only once"),
            Self::Newer(format, _) => write!(formatter, "the format is {format}, and this version reads {MAJOR}.x"),
        }
    }
}

/// Follows the chain through bytes that begin at a position; gives every line with its bytes.
///
/// The position behind the last valid line is given back, and the break if bytes are left.
pub fn follow(from: Position, bytes: &[u8], mut each: impl FnMut(Line, &[u8])) -> (Position, Option<Break>) {
    let mut position = from;
    let mut rest = bytes;
    while !rest.is_empty() {
        let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (bytes, behind) = rest.split_at(length);
        match next(position, bytes) {
            Ok(line) => {
                position = Position {
                    n: position.n + 1,
                    offset: position.offset + line.length,
                    head: line.digest,
                    last: position.offset,
                };
                each(line, bytes);
            }
            Err(why) => return (position, Some(Break { n: position.n, offset: position.offset, why })),
        }
        rest = behind;
    }
    (position, None)
}

fn next(position: Position, bytes: &[u8]) -> Result<Line, Why> {
    let line = line::decode(bytes, position.offset).map_err(Why::Line)?;
    if line.n != position.n {
        return Err(Why::Number(line.n));
    }
    if line.prev != position.head {
        return Err(Why::Previous);
    }
    match (&line.event, position.n) {
        (Event::StoreBegan(began), 0) => match major(&began.format) {
            Some(major) if major <= MAJOR => Ok(line),
            Some(_) => Err(Why::Newer(began.format.clone(), began.version.clone())),
            None => Err(Why::Line(Fault::Malformed(format!("`{}` is no format", began.format)))),
        },
        (Event::StoreBegan(_), _) | (_, 0) => Err(Why::First),
        _ => Ok(line),
    }
}

fn major(format: &str) -> Option<u64> {
    let (major, minor) = format.split_once('.')?;
    minor.parse::<u64>().ok()?;
    major.parse().ok()
}
