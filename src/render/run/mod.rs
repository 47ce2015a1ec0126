//! The report of a run for people and for programs: what `run` prints and what `inspect` shows.

pub mod checked;
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
