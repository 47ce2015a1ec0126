//! The words between engine, shepherd and keeper: orders as JSON lines downwards, words as JSON lines from the keeper,
//! frames from the shepherd.

use std::io;
use std::io::BufRead;
use std::io::Read;
use std::io::Write;

use serde::Deserialize;
use serde::Serialize;

use crate::world::process::identity::Identity;
use crate::world::process::spec::Ended;
use crate::world::process::spec::Launch;
use crate::world::process::spec::Pipe;
use crate::world::process::spec::Reached;
use crate::world::process::spec::Report;

/// The most bytes of one piece of output.
pub(super) const PIECE: usize = 64 << 10;
/// The most bytes of a frame: words are small, and nothing else is larger than a piece.
const FRAME: usize = 1 << 20;

/// What the engine tells the shepherd.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// Start a step under this number, never used before.
    Start(u32, Launch),
    /// End it.
    End(u32),
}

/// What a keeper tells the shepherd, and the shepherd the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Word {
    Began { process: Identity, reached: Reached },
    Unstarted(String),
    Ended(Ended),
    Lost { left: Vec<String> },
}

impl From<Word> for Report {
    fn from(word: Word) -> Self {
        match word {
            Word::Began { process, reached } => Self::Began { process, reached },
            Word::Unstarted(why) => Self::Unstarted(why),
            Word::Ended(ended) => Self::Ended(ended),
            Word::Lost { left } => Self::Lost { left },
        }
    }
}

/// Writes a value as one line.
pub(super) fn write_line(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// Reads a value from one line; none at the end of the stream.
pub(super) fn read_line<T: for<'a> Deserialize<'a>>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    if from.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}

/// What a frame holds.
pub(super) enum Content {
    Output { pipe: Pipe, bytes: Vec<u8>, at_ms: u64 },
    Word(Word),
}

/// Writes a piece of output: kind, step, milliseconds, length, bytes.
pub(super) fn write_output(to: &mut impl Write, step: u32, pipe: Pipe, at_ms: u64, bytes: &[u8]) -> io::Result<()> {
    write_frame(to, if pipe == Pipe::Out { b'o' } else { b'e' }, step, at_ms, bytes)
}

/// Writes a word.
pub(super) fn write_word(to: &mut impl Write, step: u32, word: &Word) -> io::Result<()> {
    write_frame(to, b'w', step, 0, &serde_json::to_vec(word)?)
}

fn write_frame(to: &mut impl Write, kind: u8, step: u32, at_ms: u64, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::Error::other("a frame is too long"))?;
    let mut head = [kind; 17];
    head[1..5].copy_from_slice(&step.to_le_bytes());
    head[5..13].copy_from_slice(&at_ms.to_le_bytes());
    head[13..].copy_from_slice(&length.to_le_bytes());
    to.write_all(&head)?;
    to.write_all(bytes)
}

/// Reads a frame and the step that it is about; none at the end of the stream.
pub(super) fn read_frame(from: &mut impl Read) -> io::Result<Option<(u32, Content)>> {
    let mut head = [0; 17];
    match from.read_exact(&mut head) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let [kind, rest @ ..] = head;
    let (step, at_ms, length) = (number(&rest[..4]), number(&rest[4..12]), number(&rest[12..]));
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if length > FRAME {
        return Err(io::Error::other("a frame is too long"));
    }
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    let content = match kind {
        b'o' => Content::Output { pipe: Pipe::Out, bytes, at_ms },
        b'e' => Content::Output { pipe: Pipe::Err, bytes, at_ms },
        b'w' => Content::Word(serde_json::from_slice(&bytes)?),
        _ => return Err(io::Error::other("a frame of an unknown kind")),
    };
    Ok(Some((u32::try_from(step).unwrap_or(u32::MAX), content)))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_as_they_were_written() {
        let mut wire = Vec::new();
        write_output(&mut wire, 7, Pipe::Err, 70_000, b"\xff\n\0").expect("memory takes all");
        write_word(&mut wire, 8, &Word::Unstarted("so".to_owned())).expect("memory takes all");
        let mut from = wire.as_slice();
        let Ok(Some((7, Content::Output { pipe: Pipe::Err, bytes, at_ms: 70_000 }))) = read_frame(&mut from) else {
            panic!("another frame");
        };
        assert_eq!(bytes, b"\xff\n\0");
        assert!(matches!(read_frame(&mut from), Ok(Some((8, Content::Word(Word::Unstarted(_)))))));
        assert!(matches!(read_frame(&mut from), Ok(None)));
    }

    #[test]
    fn a_torn_or_foreign_frame_is_an_error() {
        let mut wire = Vec::new();
        write_output(&mut wire, 7, Pipe::Out, 1, b"abc").expect("memory takes all");
        assert!(read_frame(&mut &wire[..18]).is_err());
        wire[0] = b'x';
        assert!(read_frame(&mut wire.as_slice()).is_err());
        assert!(read_frame(&mut [0xff; 17].as_slice()).is_err());
    }
}
