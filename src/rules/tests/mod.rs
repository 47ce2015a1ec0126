//! The rules of the group `tests`.

mod mention;
mod orphan;
pub mod source_unreachable;
pub mod test_never_runs;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&test_never_runs::RULE, &source_unreachable::RULE];
