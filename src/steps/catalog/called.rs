//! What a built-in step comes to in a tree.

use crate::steps::step::Step;

/// What a built-in step comes to in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called {
    /// The tree calls for it.
    For(Box<Step>),
    /// The tree does not, and why: `no workflow runs clippy`.
    Not(String),
}

/// A built-in step that the plan does without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub step: String,
    /// Why: `cargo-semver-checks is not installed`.
    pub why: String,
}
