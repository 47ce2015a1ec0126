//! Which files the targets of the packages compile: what `mod`, `#[path]`, `include!` and macros reach from their roots.
//!
//! All variants count: whatever a `cfg` says, a declared file is reached. The work is linear in the sources.

pub mod resolve;
#[cfg(test)]
mod tests;
pub mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

/// A target, as indices into [`crate::facts::workspace::Cargo::packages`] and its targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetRef {
    /// The package.
    pub package: usize,
    /// The target in it.
    pub target: usize,
}

/// The files that targets reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Modules {
    /// Each file that some target compiles, with the first target that does.
    pub compiled: BTreeMap<Arc<str>, TargetRef>,
    /// Each file that a target compiles whose tests `cargo test` runs, with the first target that does.
    pub tested: BTreeMap<Arc<str>, TargetRef>,
}
