//! The checked-in policy: `governed.toml` or a metadata table, as plain data with the span of each entry.
//!
//! All tables are read and validated, those of verbs that do not act yet too, so that a policy never rots unseen.

pub mod accepted;
pub mod authority;
pub mod change;
pub mod check_table;
pub mod claim;
pub mod claim_mark;
pub mod contract;
pub mod evidence;
pub mod fault;
pub mod find;
pub mod gate;
pub mod inline;
pub mod level;
pub mod parse;
pub mod pattern;
pub mod quantity;
pub mod release;
pub mod replay;
pub mod run;
pub mod section;
pub mod step;
pub mod vocabulary;
pub mod waiver;

use std::sync::Arc;

use crate::facts::policy::authority::Authority;
use crate::facts::policy::check_table::CheckTable;
use crate::facts::policy::claim::Claim;
use crate::facts::policy::contract::Contract;
use crate::facts::policy::gate::Gate;
use crate::facts::policy::level::Levels;
use crate::facts::policy::release::Release;
use crate::facts::policy::replay::Replay;
use crate::facts::policy::run::Run;
use crate::facts::policy::step::Step;
use crate::facts::policy::waiver::Waiver;

/// The policy of a repository. The default is the policy of a repository without one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The file that it stands in; none for the built-in defaults. All spans of the policy are of this file.
    pub path: Option<Arc<str>>,
    /// The digest of the file's bytes, in hexadecimal.
    pub sha256: Option<String>,
    /// `[check]`.
    pub check: CheckTable,
    /// `[rules]`.
    pub levels: Levels,
    /// `[[waiver]]`, in order of the text.
    pub waivers: Vec<Waiver>,
    /// `[[contract]]`, in order of the text.
    pub contracts: Vec<Contract>,
    /// `[run]`.
    pub run: Run,
    /// `[[step]]`, in order of the text.
    pub steps: Vec<Step>,
    /// `[replay]`.
    pub replay: Replay,
    /// `[[claim]]`, in order of the text.
    pub claims: Vec<Claim>,
    /// `[authority]`.
    pub authority: Authority,
    /// `[gate.merge]`.
    pub merge_gate: Gate,
    /// `[gate.release]`.
    pub release_gate: Gate,
    /// `[release]`.
    pub release: Release,
}
