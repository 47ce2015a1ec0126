//! The events of a run as a whole: how it begins, what it was on and under which policy, what it came to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;
use crate::steps::event_words::Doubt;
use crate::steps::event_words::Lease;

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
    /// How many steps there are, where `--step` chose some of them; none where all were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen_of: Option<u64>,
    /// The run that this one goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<String>,
    /// The runs of other machines that this one joins; it executes nothing itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<String>,
    /// How many machines must have come to a result where several runs are joined; none where all must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quorum: Option<u32>,
    /// The reason of `--override`: the run is not certifiable, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
    /// The run whose steps this one does again, to compare: nothing of it is evidence for another run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replays: Option<String>,
    /// Which work tree of the repository it is, as a digest under a secret of the record; none where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Digest>,
}

/// Says whether two runs may be in the same folder: where one does not say, they may.
pub fn may_be_one_place(one: Option<&Digest>, other: Option<&Digest>) -> bool {
    one.is_none() || other.is_none() || one == other
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
    /// The object with the same report as SARIF; runs of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sarif: Option<Digest>,
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
    /// The object with the run as `JUnit` XML; runs of older versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub junit: Option<Digest>,
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
