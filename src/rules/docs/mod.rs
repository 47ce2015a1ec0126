//! The rules of the group `docs`.

mod anchors;
pub mod doc_link_broken;
mod link_target;
mod renderer;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&doc_link_broken::RULE];
