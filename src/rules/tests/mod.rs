//! The rules of the group `tests`.

mod ci_coverage;
mod mention;
mod orphan;
pub mod package_untested_in_ci;
mod script_suite;
pub mod source_unreachable;
pub mod test_never_runs;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&test_never_runs::RULE, &source_unreachable::RULE, &package_untested_in_ci::RULE];
