//! The rules of the group `ci`.

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[];
