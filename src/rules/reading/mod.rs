//! The rules of the group `reading`.

pub mod file_unparsable;
mod inheritance;
pub mod limit_exceeded;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&file_unparsable::RULE, &limit_exceeded::RULE];
