//! The rules of the group `changelog`.

pub mod changelog_link_broken;
pub mod changelog_missing_version;
pub mod changelog_not_updated;
pub mod changelog_out_of_order;
pub mod compare_link;
mod entry;
pub mod gaps;
pub mod history_rewritten;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[
    &changelog_missing_version::RULE,
    &changelog_out_of_order::RULE,
    &changelog_link_broken::RULE,
    &changelog_not_updated::RULE,
    &history_rewritten::RULE,
];
