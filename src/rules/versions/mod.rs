//! The rules of the group `versions`.

mod copied;
mod current;
pub(crate) mod doc_url;
mod install;
mod passage;
mod recipe;
pub mod snippet_outdated;
mod stated;
pub mod tag_disagrees;
pub mod version_copy_outdated;
pub mod version_untagged;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] =
    &[&snippet_outdated::RULE, &version_copy_outdated::RULE, &version_untagged::RULE, &tag_disagrees::RULE];
