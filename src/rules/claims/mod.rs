//! The rules of the group `claims`.

pub mod binding;
pub mod bound;
pub mod claim_unsupported;
mod evidence;
mod sentences;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&claim_unsupported::RULE];
