//! The rules of the group `versions`.

pub mod tag_disagrees;
pub mod version_untagged;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&version_untagged::RULE, &tag_disagrees::RULE];
