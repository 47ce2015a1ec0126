//! The events of a run, as they stand in the ledger: plain numbered data, written once and never changed.
//!
//! A line of the ledger has the names `n`, `prev`, `at`, `soon`, `event` and `sum` for itself: no event has a field of these
//! names. Fields may be added with a default, never removed or renamed within a format number: an older reader skips what it
//! does not know, and a newer one reads what an older writer left out.

use serde::Deserialize;
use serde::Serialize;

pub use crate::steps::event_release::ReleaseActBegan;
pub use crate::steps::event_release::ReleaseActEnded;
pub use crate::steps::event_release::ReleaseBegan;
pub use crate::steps::event_release::ReleaseEnded;
pub use crate::steps::event_release::ReleasedPackage;
use crate::steps::event_replayed::Replayed;
pub use crate::steps::event_run::CheckSummary;
pub use crate::steps::event_run::JudgedRun;
pub use crate::steps::event_run::Machine;
pub use crate::steps::event_run::RunBegan;
pub use crate::steps::event_run::RunEnded;
pub use crate::steps::event_run::RunPolicy;
pub use crate::steps::event_run::RunSubject;
pub use crate::steps::event_run::Shard;
pub use crate::steps::event_run::ShardJoined;
pub use crate::steps::event_run::may_be_one_place;
pub use crate::steps::event_step::Kept;
pub use crate::steps::event_step::Normal;
pub use crate::steps::event_step::StepBegan;
pub use crate::steps::event_step::StepEnded;
pub use crate::steps::event_step::StepNotRun;
pub use crate::steps::event_step::StepOutput;
pub use crate::steps::event_step::StepReused;
pub use crate::steps::event_step::Stream;
pub use crate::steps::event_step::Streams;
pub use crate::steps::event_store::Collected;
pub use crate::steps::event_store::Quarantined;
pub use crate::steps::event_store::Recovered;
pub use crate::steps::event_store::StoreBegan;
pub use crate::steps::event_words::Doubt;
pub use crate::steps::event_words::Lease;
use crate::steps::proved::Proved;

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
    /// A release is carried out.
    ReleaseBegan(ReleaseBegan),
    /// An act of a release is about to be done.
    ReleaseActBegan(ReleaseActBegan),
    /// An act of a release came to an end.
    ReleaseActEnded(ReleaseActEnded),
    /// A release was carried out as far as it went.
    ReleaseEnded(ReleaseEnded),
    /// An event of a newer minor format; its line is kept and chained, its meaning is not known.
    #[serde(untagged)]
    Unknown(serde_json::Map<String, serde_json::Value>),
}
