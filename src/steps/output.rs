//! What an attempt writes, on its way to the record: scrubbed, cut into pieces, counted against the cap.

use crate::error::Error;
use crate::steps::event::Event;
use crate::steps::event::StepOutput;
use crate::steps::event::Stream;
use crate::steps::execution::Captured;
use crate::steps::scrub::Scrubber;
use crate::steps::scrub::Secrets;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;

/// The most bytes of a piece.
const PIECE: usize = 64 << 10;
/// The longest that a piece waits for more, in milliseconds.
const PATIENCE: u64 = 1000;

/// Whose output it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose<'a> {
    pub(super) run: &'a str,
    pub(super) step: &'a str,
    pub(super) attempt: u32,
}

/// Gathers the output of an attempt.
pub(super) struct Gathering<'a> {
    whose: Whose<'a>,
    sink: &'a dyn Sink,
    room: u64,
    out: Lane,
    err: Lane,
    captured: Captured,
    now: u64,
}

/// One stream.
struct Lane {
    stream: Stream,
    scrubber: Scrubber,
    piece: Vec<u8>,
    /// When the first byte of the piece came.
    since: u64,
}

impl Lane {
    fn new(stream: Stream, secrets: &Secrets) -> Self {
        Self { stream, scrubber: Scrubber::new(secrets), piece: Vec::new(), since: 0 }
    }
}

impl<'a> Gathering<'a> {
    pub(super) fn new(whose: Whose<'a>, sink: &'a dyn Sink, secrets: &Secrets, cap: u64) -> Self {
        let (out, err) = (Lane::new(Stream::Out, secrets), Lane::new(Stream::Err, secrets));
        Self { whose, sink, room: cap, out, err, captured: Captured::default(), now: 0 }
    }

    /// Takes bytes of a stream and gives them scrubbed.
    pub(super) fn push(&mut self, stream: Stream, bytes: Vec<u8>, at_ms: u64) -> Result<Vec<u8>, Error> {
        let clean = self.lane(stream).scrubber.push(bytes);
        self.keep(stream, &clean, at_ms)?;
        self.pass_time(at_ms)?;
        Ok(clean)
    }

    /// Ends a stream: what the scrubber held back comes out.
    pub(super) fn drain(&mut self, stream: Stream) -> Result<Vec<u8>, Error> {
        let clean = self.lane(stream).scrubber.finish();
        self.keep(stream, &clean, self.now)?;
        Ok(clean)
    }

    /// Writes the last pieces, and gives all that was kept.
    pub(super) fn finish(mut self) -> Result<Captured, Error> {
        self.write(Stream::Out)?;
        self.write(Stream::Err)?;
        Ok(self.captured)
    }

    fn lane(&mut self, stream: Stream) -> &mut Lane {
        match stream {
            Stream::Out => &mut self.out,
            Stream::Err => &mut self.err,
        }
    }

    /// Keeps what there is room for, and counts the rest.
    fn keep(&mut self, stream: Stream, clean: &[u8], at_ms: u64) -> Result<(), Error> {
        let fits = usize::try_from(self.room).unwrap_or(usize::MAX).min(clean.len());
        let (mut kept, cut) = clean.split_at(fits);
        self.room -= fits as u64;
        self.captured.cut += cut.len() as u64;
        while !kept.is_empty() {
            let lane = self.lane(stream);
            if lane.piece.is_empty() {
                lane.since = at_ms;
            }
            let (now, later) = kept.split_at(kept.len().min(PIECE - lane.piece.len()));
            lane.piece.extend_from_slice(now);
            kept = later;
            if lane.piece.len() == PIECE {
                self.write(stream)?;
            }
        }
        Ok(())
    }

    /// Time passed: what has waited long enough is written.
    pub(super) fn pass_time(&mut self, now: u64) -> Result<(), Error> {
        self.now = self.now.max(now);
        for stream in [Stream::Out, Stream::Err] {
            let now = self.now;
            if now.saturating_sub(self.lane(stream).since) >= PATIENCE {
                self.write(stream)?;
            }
        }
        Ok(())
    }

    /// Hands a piece to the record.
    fn write(&mut self, stream: Stream) -> Result<(), Error> {
        let (sink, whose) = (self.sink, self.whose);
        let lane = self.lane(stream);
        if lane.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut lane.piece);
        let event = StepOutput {
            run: whose.run.to_owned(),
            step: whose.step.to_owned(),
            attempt: whose.attempt,
            stream: lane.stream,
            object: sink.object(&piece)?,
            bytes: piece.len() as u64,
            at_ms: lane.since,
        };
        sink.append(&Event::StepOutput(event.clone()), Durability::Soon)?;
        let Captured { out, err, kept, .. } = &mut self.captured;
        let (bytes, kept) = if stream == Stream::Out { (out, &mut kept.out) } else { (err, &mut kept.err) };
        bytes.extend(piece);
        kept.bytes += event.bytes;
        kept.objects.push(event.object);
        Ok(())
    }
}
