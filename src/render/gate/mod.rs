//! The decision of a gate, for people and for programs.

pub mod human;
pub mod json;
pub mod staged;

use crate::gate::act::Act;
use crate::gate::decision::Decision;

/// What is shown of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The act.
    pub act: Act,
    /// What it came to.
    pub decision: &'a Decision,
    /// The commit that was judged.
    pub commit: Option<&'a str>,
    /// Git's id of its tree.
    pub tree: Option<&'a str>,
    /// Whether the files differ from it.
    pub dirty: bool,
    /// The base as the caller named it.
    pub base: &'a str,
    /// Its tip.
    pub tip: &'a str,
    /// Where the histories parted.
    pub parted: &'a str,
    /// The file with the policy of the base; none for the built-in defaults.
    pub policy: Option<&'a str>,
    /// Its digest.
    pub sha256: Option<&'a str>,
    /// The file with the proof; none where there was none.
    pub proof: Option<&'a str>,
}
