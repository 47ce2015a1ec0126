//! What came of publishing: plain data for renderers and callers.

use crate::error::Error;
use crate::gate::decision::Decision;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::seen::Package;
use crate::release::publishing::settle::Stands;

/// What became of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It would be done: nothing was done.
    Would,
    /// It was done now.
    Done,
    /// It was found to be done already, by a command that was interrupted.
    Found,
    /// It was not done.
    NotDone,
    /// It may have been done.
    Unknown,
}

impl State {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Would => "would",
            Self::Done => "done",
            Self::Found => "found",
            Self::NotDone => "not-done",
            Self::Unknown => "unknown",
        }
    }
}

/// An act, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The act.
    pub act: Act,
    /// What became of it.
    pub state: State,
    /// What was seen, in one line; empty where there is nothing to say.
    pub says: String,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Whether acts were to be done.
    pub execute: bool,
    /// The commit that comes out.
    pub commit: String,
    /// The branch that decided.
    pub base: String,
    /// What the gate came to.
    pub decision: Decision,
    /// The name of the release in the record; none where nothing was written there.
    pub release: Option<String>,
    /// The packages as they were last seen, in the order in which they come out.
    pub packages: Vec<Package>,
    /// How each of them stands.
    pub stands: Vec<Stands>,
    /// The acts, in their order.
    pub acts: Vec<Acted>,
    /// What speaks against going on.
    pub blockers: Vec<Blocker>,
    /// What of our own work failed.
    pub failure: Option<Error>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

impl Report {
    /// The verdict: `accepted`, `refused`, `unproven` or `failed`.
    pub fn verdict(&self) -> &'static str {
        if !self.decision.allows() || self.blockers.iter().any(|one| !one.unproven) {
            "refused"
        } else if self.failure.is_some() {
            "failed"
        } else if self.blockers.is_empty() {
            "accepted"
        } else {
            "unproven"
        }
    }
}
