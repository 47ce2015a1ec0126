//! The events of the steps of a run: beginnings, output, ends, and what stands in for an execution.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::steps::event_words::Doubt;
use crate::steps::event_words::Lease;
use crate::steps::outcome::Confinement;
use crate::steps::outcome::Evidence;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;

/// An attempt of a step begins; its process starts only when this is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBegan {
    /// The run.
    pub run: String,
    /// The step.
    pub step: String,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The key: the digest of the pre-image, which is an object.
    pub key: Digest,
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The shepherd that ends the step when the engine dies.
    pub lease: Lease,
}

/// Which stream bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A piece of output, at most 64 KiB or one second of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepOutput {
    /// The run.
    pub run: String,
    /// The step.
    pub step: String,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The stream.
    pub stream: Stream,
    /// The object with the bytes, secrets taken out.
    pub object: Digest,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it came, in milliseconds from the beginning of the attempt.
    pub at_ms: u64,
}

/// An attempt of a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepEnded {
    /// The run.
    pub run: String,
    /// The step.
    pub step: String,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// The key, as in the beginning: a reuse finds the result by it.
    pub key: Digest,
    /// The key that the step has since: cargo wrote the lock file that was not there when the step began. The result is
    /// reused under this one alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Digest>,
    /// How it ended.
    pub state: State,
    /// The exit code; none where a signal ended it.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// How long it took.
    pub duration_ms: u64,
    /// The processor time of it and of its descendants, where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_ms: Option<u64>,
    /// Why this result proves nothing, though the step passed: it is not reused, and the verdict can't be accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unproven: Vec<Doubt>,
    /// What a reader must know and what decides nothing: variables withheld, output cut, processes that were left behind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Doubt>,
    /// The isolation that was reached.
    pub isolation: Confinement,
    /// What it left as evidence.
    #[serde(default)]
    pub evidence: Evidence,
    /// The files that it made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
    /// The digests of both streams after normalisation, `out` and `err`, with the version of the normaliser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normal: Option<Normal>,
    /// What it wrote, as the lines before this one tell piece by piece; none where there are too many pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams: Option<Streams>,
}

/// The kept output of one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// How many bytes were kept.
    pub bytes: u64,
    /// The objects in order.
    pub objects: Vec<Digest>,
}

/// The kept output of both streams.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Streams {
    /// Standard output.
    pub out: Kept,
    /// Standard error.
    pub err: Kept,
}

/// The streams after normalisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Normal {
    /// The normaliser and its version: `cargo-test/1`.
    pub by: String,
    /// The object with the normalised standard output.
    pub out: Digest,
    /// The object with the normalised standard error.
    pub err: Digest,
}

/// A kept result stands in for a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReused {
    /// The run that reuses.
    pub run: String,
    /// The step.
    pub step: String,
    /// The key that both have.
    pub key: Digest,
    /// The run that executed it.
    pub from: String,
    /// The number of the line in the ledger that holds the result.
    pub line: u64,
    /// When it was executed: the time of that line.
    pub executed_at: String,
}

/// A step never began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepNotRun {
    /// The run.
    pub run: String,
    /// The step.
    pub step: String,
    /// Why: `need-failed`, `tool-missing`, `interrupted`, `not-selected`.
    pub why: Doubt,
}
