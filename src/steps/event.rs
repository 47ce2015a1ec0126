//! The events of a run, as they stand in the ledger: plain numbered data, written once and never changed.
//!
//! A line of the ledger has the names `n`, `prev`, `at`, `soon`, `event` and `sum` for itself: no event has a field of these
//! names. Fields may be added with a default, never removed or renamed within a format number: an older reader skips what it
//! does not know, and a newer one reads what an older writer left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::steps::event_replayed::Replayed;
use crate::steps::outcome::Confinement;
use crate::steps::outcome::Evidence;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;
use crate::steps::proved::Proved;

/// Who holds something: a process, for as long as it lives. A pid alone is given again by the system.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// The id of the system's boot.
    pub boot: String,
    /// The process.
    pub pid: u32,
    /// When it started, in the system's own ticks.
    pub started: u64,
}

/// The tree that a run is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSubject {
    /// `worktree`, `revision` or `folder`.
    pub source: String,
    /// The commit, where there is one.
    pub revision: Option<String>,
    /// The git tree id of the commit.
    pub tree: Option<String>,
    /// Whether the tree differs from that commit.
    pub dirty: bool,
    /// The object with the listing of every file: path, mode and digest.
    pub listing: Digest,
}

/// The policy that was applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPolicy {
    /// The file; none for the built-in defaults.
    pub path: Option<String>,
    /// The digest of its bytes in hexadecimal.
    pub sha256: Option<String>,
}

/// The machine that a run was done on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The operating system: `linux`.
    pub os: String,
    /// The architecture: `x86_64`.
    pub arch: String,
    /// How many threads it offers.
    pub threads: usize,
}

/// A part of a plan: `2/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u32,
    /// Of how many.
    pub total: u32,
}

/// A run begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunBegan {
    /// The run.
    pub run: String,
    /// The version of this tool.
    pub version: String,
    /// The tree.
    pub subject: RunSubject,
    /// The revision whose policy and waivers are applied, by its commit; none without `--base`.
    pub base: Option<String>,
    /// The policy.
    pub policy: RunPolicy,
    /// The object with the plan, the same on every machine.
    pub plan: Digest,
    /// The machine.
    pub machine: Machine,
    /// The engine's process.
    pub lease: Lease,
    /// The part of the plan that this machine does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The run that this one goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<String>,
    /// The runs of other machines that this one joins; it executes nothing itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<String>,
    /// The reason of `--override`: the run is not certifiable, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
    /// The run whose steps this one does again, to compare: nothing of it is evidence for another run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replays: Option<String>,
}

/// The record of a run of another machine joins a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardJoined {
    /// The run that joins it.
    pub run: String,
    /// The part of the plan that it did; none for a run of the whole plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// Its name on the machine that did it.
    pub from: String,
    /// The object with the lines of that machine's ledger, byte for byte, the last one the end of that run.
    pub lines: Digest,
    /// How long the steps took there that it executed and that passed, in milliseconds: what a later plan expects.
    #[serde(default)]
    pub took: BTreeMap<String, u64>,
}

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

/// Why exit 0 is not enough, or a step is not what it seems. The code is a stable word: `inputs-moved`, `tests-none-run`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Doubt {
    /// The stable word.
    pub code: String,
    /// One sentence for people, with names and numbers.
    pub message: String,
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

/// What the rules came to, for the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckSummary {
    /// The verdict of the check alone.
    pub verdict: String,
    /// Findings by level, waived ones apart, and the new ones.
    pub deny: u64,
    /// Findings of level warn.
    pub warn: u64,
    /// Findings of level note.
    pub note: u64,
    /// Findings that a waiver covers.
    pub waived: u64,
    /// Findings that the base does not have.
    pub new: u64,
    /// The object with the whole report, `cargo-governed/check/1`.
    pub report: Digest,
}

/// The verdict, and all that it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgedRun {
    /// The run.
    pub run: String,
    /// The check.
    pub check: CheckSummary,
    /// `accepted`, `refused` or `unproven`.
    pub verdict: String,
    /// What decided it; empty where it is accepted.
    pub because: Vec<Doubt>,
}

/// A run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnded {
    /// The run.
    pub run: String,
    /// The verdict once more.
    pub verdict: String,
    /// How long it took.
    pub duration_ms: u64,
    /// False after `--override`.
    pub certifiable: bool,
}

/// The tail of the ledger was torn and was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// How many bytes were cut.
    pub bytes: u64,
    /// Their digest.
    pub sha256: Digest,
    /// Where they are kept, from the folder of the record.
    pub quarantine: String,
}

/// A file that an unended step left half-written was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// The run that was interrupted.
    pub run: String,
    /// The step that was writing.
    pub step: String,
    /// The path from the root of the tree.
    pub path: String,
    /// The digest of the bytes.
    pub sha256: Digest,
    /// Where they are kept, from the folder of the record.
    pub quarantine: String,
}

/// The first line of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreBegan {
    /// The format, `1.0`: a newer major is refused, a newer minor is read.
    pub format: String,
    /// The version of the tool that began it, and so one that reads it.
    #[serde(default)]
    pub version: String,
}

/// Objects that nothing needs any more were removed, or are lost; the lines that name them stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// The object with the digests that were removed, one a line, sorted.
    pub removed: Digest,
    /// How many objects.
    pub objects: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// Whether nobody wanted them gone: they were missing or altered, and a recovery said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The first line.
    StoreBegan(StoreBegan),
    /// A run begins.
    RunBegan(RunBegan),
    /// An attempt of a step begins.
    StepBegan(StepBegan),
    /// A piece of output.
    StepOutput(StepOutput),
    /// An attempt of a step ended.
    StepEnded(StepEnded),
    /// A kept result stands in for a step.
    StepReused(StepReused),
    /// A step never began.
    StepNotRun(StepNotRun),
    /// The record of another machine joins.
    ShardJoined(ShardJoined),
    /// The verdict.
    Judged(JudgedRun),
    /// A replay was judged.
    Replayed(Replayed),
    /// A run ended.
    RunEnded(RunEnded),
    /// A proof was made.
    Proved(Proved),
    /// The torn tail was cut.
    Recovered(Recovered),
    /// A half-written output was taken away.
    Quarantined(Quarantined),
    /// Objects were removed.
    Collected(Collected),
    /// An event of a newer minor format; its line is kept and chained, its meaning is not known.
    #[serde(untagged)]
    Unknown(serde_json::Map<String, serde_json::Value>),
}
