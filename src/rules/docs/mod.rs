//! The rules of the group `docs`.

mod anchors;
mod collection;
mod command_site;
mod command_text;
mod declared_options;
pub mod doc_command_unknown;
pub mod doc_feature_unknown;
pub mod doc_generated_hole;
pub mod doc_link_broken;
pub mod doc_path_missing;
mod embedded;
mod feature_gap;
mod feature_list;
mod item_url;
mod link_target;
mod man_page;
mod own_url;
mod page;
mod placeholder;
mod program;
mod renderer;
mod repeats;
mod script_path;
mod translation;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[
    &doc_path_missing::RULE,
    &doc_link_broken::RULE,
    &doc_command_unknown::RULE,
    &doc_feature_unknown::RULE,
    &doc_generated_hole::RULE,
];
