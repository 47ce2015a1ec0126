//! What a gate decides from: all of it was found by the gate itself, but for the proof.

use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::facts::policy::Policy;
use crate::facts::policy::gate::GateBase;
use crate::gate::act::Act;
use crate::judge::report::Report;
use crate::proof::bundle::Bundle;
use crate::proof::resource::GitId;
use crate::proof::verified::Verified;
use crate::steps::plan::Plan;
use crate::steps::replaced::Replaced;

/// How a proof came to the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The caller named a file outside the repository.
    Outside,
    /// The caller named a file inside it, where the tested code could have written it.
    Inside,
    /// It lay where runs write it.
    Found,
}

/// A proof, if there is one.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// There is none, and why.
    None(&'a str),
    /// The bytes are none, and why.
    Malformed(&'a str),
    /// One that was read whole, and what its verification came to.
    Proof(&'a Bundle, &'a Verified),
}

/// The base: where it is, and whether it is the same there and at the tip.
#[derive(Clone, Debug)]
pub struct Base {
    /// The tip of the branch.
    pub tip: GitId,
    /// Where the histories parted.
    pub parted: GitId,
    /// Whether the policy is the same in both.
    pub same_policy: bool,
    /// What is demanded where the policy does not say.
    pub default: GateBase,
}

/// All of it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The act.
    pub act: Act,
    /// The policy of the base, with what the tree adds to it.
    pub policy: &'a Policy,
    /// The plan that this policy makes of the tree, without optional tools.
    pub plan: &'a Plan,
    /// The same plan with optional tools: what is known of a step that is required only by name.
    pub whole: &'a Plan,
    /// The plan that the base makes of itself; or why there is none.
    pub before: Result<&'a Plan, &'a str>,
    /// Whether somebody whom the base trusts signed for a weaker authority, or the base leaves it to the forge.
    pub is_accepted: bool,
    /// The digest of the files that each step reads; none for a tree with submodules, whose files are not at hand.
    pub inputs: Option<&'a BTreeMap<String, Digest>>,
    /// The proof.
    pub given: Given<'a>,
    /// How it came.
    pub handed: Handed,
    /// The base.
    pub base: &'a Base,
    /// Whether this clone has a remote to compare with.
    pub has_remote: bool,
    /// What the rules say of the tree under the policy of the base, today.
    pub report: &'a Report,
    /// Checked-in settings that could decide a step.
    pub replaced: &'a [Replaced],
    /// Checked-in settings by which somebody would hear the token of a release.
    pub exposed: &'a [String],
    /// Now, in seconds since 1970.
    pub now: i64,
}
