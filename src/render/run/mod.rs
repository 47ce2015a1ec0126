//! The report of a run for people and for programs: what `run` prints and what `inspect` shows.

pub mod checked;
pub mod comparison;
pub mod declared;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
pub mod words;

use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::record::report::RunReport;
use crate::render::run::checked::Checked;
use crate::render::run::declared::Declared;

/// A run with what the renderers show beside its report. They never open the record themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The report.
    pub report: RunReport,
    /// The end of the output of each step that did not pass, by step.
    pub tails: BTreeMap<String, String>,
    /// How many lines the ledger has, and the digest of the last one.
    pub ledger: (u64, Digest),
    /// The path of the proof, where one was written.
    pub proof: Option<String>,
    /// The folder that it was exported into, where it was.
    pub exported: Option<String>,
    /// For a run without an end: whether its engine still lives; none where that can't be known.
    pub alive: Option<bool>,
    /// What each step of the plan needs, by step; empty where the plan could not be read.
    pub needs: BTreeMap<String, Vec<String>>,
    /// The recorded report of the check, claim by claim; none where there is none to read.
    pub check: Option<Checked>,
    /// The claims that the policy declares, by what the run saw.
    pub declared: Vec<Declared>,
}

/// What a run is about that is not about the whole plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many steps it is about.
    pub steps: usize,
    /// How many the plan has; none where the plan could not be read.
    pub of: Option<u64>,
}

impl Shown {
    /// How much of the plan the run is about; none where it is all of it.
    pub fn part(&self) -> Option<Part> {
        let began = &self.report.began;
        let steps = self.report.steps.len();
        match (began.shard, began.chosen_of) {
            (None, of) => of.map(|of| Part { steps, of: Some(of) }),
            // One part of one is all of it.
            (Some(shard), _) if shard.total == 1 => None,
            (Some(_), chosen_of) => {
                let planned = u64::try_from(self.needs.len()).ok().filter(|planned| *planned > 0);
                Some(Part { steps, of: chosen_of.or(planned) })
            }
        }
    }

    /// The word of the verdict and what an accepted run comes to: of a part nothing is said about the whole. `command` says
    /// how a command stands in the text.
    pub fn agreement(&self, verdict: &str, command: fn(&str) -> String) -> (String, String) {
        let Some(Part { steps, of }) = self.part() else {
            return (verdict.to_owned(), "the rules and every step agree".to_owned());
        };
        let judge = command(match self.report.began.shard {
            Some(_) => "`cargo governed prove --merge`",
            None => "`cargo governed run`",
        });
        let steps = match of {
            Some(of) => format!("{steps} of {of} steps"),
            None => format!("{steps} steps"),
        };
        (format!("{verdict}, of this part"), format!("the rules and {steps} agree; {judge} judges the whole"))
    }
}
