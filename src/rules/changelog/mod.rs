//! The rules of the group `changelog`.

pub mod changelog_missing_version;
pub mod gaps;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&changelog_missing_version::RULE];
