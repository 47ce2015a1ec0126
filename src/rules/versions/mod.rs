//! The rules of the group `versions`.

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[];
