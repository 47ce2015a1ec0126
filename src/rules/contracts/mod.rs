//! The rules of the group `contracts`.

pub mod contract_broken;
mod declared;
mod planned_section;
mod posix_regex;
mod release_script;
mod replacements;
mod same_as;
mod stream_call;
mod stream_edit;
mod sync_comment;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&contract_broken::RULE];
