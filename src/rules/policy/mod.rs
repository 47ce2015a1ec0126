//! The rules of the group `policy`: what is wrong with the exceptions themselves.

pub mod waiver_expired;
pub mod waiver_unused;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&waiver_expired::RULE, &waiver_unused::RULE];
