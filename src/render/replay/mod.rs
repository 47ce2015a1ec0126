//! A run whose steps were done again, for people and for programs.

pub mod human;
pub mod json;

use crate::record::verify::Fault;
use crate::steps::compare::replayed::Replayed;
use crate::steps::explain_key::Difference;

/// What a live replay came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Every step came to the same, by the declared level.
    Stands,
    /// A step did not, or the record was altered.
    Differs,
    /// Nothing says either.
    NotComparable,
}

impl Verdict {
    /// The word in the record and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stands => "stands",
            Self::Differs => "differs",
            Self::NotComparable => "not-comparable",
        }
    }

    /// The exit code.
    pub fn exit(self) -> u8 {
        match self {
            Self::Stands => 0,
            Self::Differs => 1,
            Self::NotComparable => 3,
        }
    }
}

/// One step that was done again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStep {
    /// Its standing and what differs.
    pub judged: Replayed,
    /// The first layer that differs: of the replay where the step drifted, else of the replay or the checkout.
    pub layer: Option<String>,
    /// In what the checkout differs from the recorded run; told, and no part of what was done again.
    pub checkout: Vec<Difference>,
    /// What took times, places and orders out of the output before it was compared; none where nothing was kept.
    pub normaliser: Option<String>,
}

/// The tree that the steps were done again on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// `recorded`, or `revision` with `--rev`.
    pub source: &'static str,
    /// The commit.
    pub revision: Option<String>,
    /// Whether the recorded tree differed from its commit.
    pub dirty: bool,
}

/// A live replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The run.
    pub run: String,
    /// The run that the replay is recorded as; none where nothing was executed.
    pub replay: Option<String>,
    /// The tree.
    pub tree: Tree,
    /// The declared level: `same-outcome`.
    pub accept: &'static str,
    /// How many tests may differ at the level `within-budget`, and how many did.
    pub flaky_tests: (u64, u64),
    /// The steps in the order of the plan.
    pub steps: Vec<LiveStep>,
    /// What in the record is not as it was written: nothing is executed then.
    pub altered: Vec<Fault>,
    /// Why nothing could be done again.
    pub why: Option<String>,
    /// Why the checkout could not be compared with the recorded run, where it could not.
    pub checkout_unread: Option<String>,
    /// What it came to.
    pub verdict: Verdict,
}
