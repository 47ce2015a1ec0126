//! One line of the ledger: an event with its number, the digest of the line before, the time, and a sum of its own.

use std::borrow::Cow;

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::facts::digest::Digest;
use crate::steps::event::Event;

/// The names that a line has for itself, before and behind those of the event.
pub const RESERVED: &[&str] = &["n", "prev", "at", "soon", "event", "sum"];
/// How many digits the sum has.
const SUM_DIGITS: usize = 16;
/// What stands in front of the sum.
const SUM_MARK: &str = ",\"sum\":\"";
/// What stands behind it.
const SUM_END: &str = "\"}\n";

/// A line that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 0.
    pub n: u64,
    /// The digest of the line before; zero for the first.
    pub prev: Digest,
    /// When it was written, by the clock of the machine: for people, never for the order.
    pub at: String,
    /// Whether it was appended without waiting for the disk. One that was not promises all objects named so far.
    pub soon: bool,
    /// The event.
    pub event: Event,
    /// The digest of this line's bytes, its end of line with them.
    pub digest: Digest,
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How many bytes it has, its end of line with them.
    pub length: u64,
}

/// What is wrong with a line, taken alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its end is missing.
    Unterminated,
    /// The sum at its end is not that of its bytes, or is not there.
    Sum,
    /// The bytes are whole and say nothing that we know: a known event with other fields.
    Malformed(String),
}

/// What a writer gives beside the event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    pub n: u64,
    pub prev: Digest,
    pub at: &'a str,
    pub soon: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    n: u64,
    prev: Digest,
    at: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    soon: bool,
    #[serde(flatten)]
    event: &'a Event,
}

#[derive(Deserialize)]
struct Read<'a> {
    n: u64,
    prev: Digest,
    #[serde(borrow)]
    at: Cow<'a, str>,
    #[serde(default)]
    soon: bool,
    #[serde(borrow)]
    event: Cow<'a, str>,
}

/// The bytes of a line, its end with them.
pub(crate) fn encode(head: Head<'_>, event: &Event) -> Result<Vec<u8>, serde_json::Error> {
    let written = Written { n: head.n, prev: head.prev, at: head.at, soon: head.soon, event };
    let mut bytes = serde_json::to_vec(&written)?;
    bytes.pop();
    let sum = sum_of(&bytes);
    bytes.extend_from_slice(SUM_MARK.as_bytes());
    bytes.extend_from_slice(sum.as_bytes());
    bytes.extend_from_slice(SUM_END.as_bytes());
    Ok(bytes)
}

/// Reads the bytes of a line, its end with them.
pub(crate) fn decode(bytes: &[u8], offset: u64) -> Result<Line, Fault> {
    let bare = without_sum(bytes)?;
    // The sum is the last name of the object; without it the object is closed again.
    let mut text = Vec::with_capacity(bare.len() + 1);
    text.extend_from_slice(bare);
    text.push(b'}');
    let malformed = |error: serde_json::Error| Fault::Malformed(error.to_string());
    let read: Read<'_> = serde_json::from_slice(&text).map_err(malformed)?;
    let event = event_of(&read.event, &text).map_err(malformed)?;
    Ok(Line {
        n: read.n,
        prev: read.prev,
        at: read.at.into_owned(),
        soon: read.soon,
        event,
        digest: Digest::of(bytes),
        offset,
        length: bytes.len() as u64,
    })
}

/// Says whether bytes are a line that was written whole, whatever stands around it.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    without_sum(bytes).is_ok()
}

/// The bytes in front of the sum, if it is right.
fn without_sum(bytes: &[u8]) -> Result<&[u8], Fault> {
    let rest = bytes.strip_suffix(b"\n").ok_or(Fault::Unterminated)?;
    let rest = rest.strip_suffix(b"\"}").ok_or(Fault::Sum)?;
    let (rest, sum) = rest.split_at_checked(rest.len().wrapping_sub(SUM_DIGITS)).ok_or(Fault::Sum)?;
    let bare = rest.strip_suffix(SUM_MARK.as_bytes()).ok_or(Fault::Sum)?;
    if sum_of(bare).as_bytes() == sum { Ok(bare) } else { Err(Fault::Sum) }
}

fn sum_of(bytes: &[u8]) -> String {
    let mut sum = Digest::of(bytes).hex();
    sum.truncate(SUM_DIGITS);
    sum
}

/// Reads an event by its name: fields that we do not know are a newer writer's, a name that we do not know its event.
///
/// Not left to the enum: it would take a known name with wrong fields for an unknown one.
fn event_of(name: &str, text: &[u8]) -> Result<Event, serde_json::Error> {
    fn as_is<T: DeserializeOwned>(text: &[u8], event: fn(T) -> Event) -> Result<Event, serde_json::Error> {
        serde_json::from_slice(text).map(event)
    }
    match name {
        "store-began" => as_is(text, Event::StoreBegan),
        "run-began" => as_is(text, Event::RunBegan),
        "step-began" => as_is(text, Event::StepBegan),
        "step-output" => as_is(text, Event::StepOutput),
        "step-ended" => as_is(text, Event::StepEnded),
        "step-reused" => as_is(text, Event::StepReused),
        "step-not-run" => as_is(text, Event::StepNotRun),
        "shard-joined" => as_is(text, Event::ShardJoined),
        "judged" => as_is(text, Event::Judged),
        "replayed" => as_is(text, Event::Replayed),
        "run-ended" => as_is(text, Event::RunEnded),
        "proved" => as_is(text, Event::Proved),
        "recovered" => as_is(text, Event::Recovered),
        "quarantined" => as_is(text, Event::Quarantined),
        "release-began" => as_is(text, Event::ReleaseBegan),
        "release-act-began" => as_is(text, Event::ReleaseActBegan),
        "release-act-ended" => as_is(text, Event::ReleaseActEnded),
        "release-ended" => as_is(text, Event::ReleaseEnded),
        "collected" => as_is(text, Event::Collected),
        _ => {
            let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(text)?;
            fields.retain(|name, _| name == "event" || !RESERVED.contains(&name.as_str()));
            Ok(Event::Unknown(fields))
        }
    }
}
