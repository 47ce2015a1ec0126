//! The rules of the group `manifests`.

pub mod manifest_path_missing;
pub mod path_dependency_mismatch;
pub mod pattern_matches_nothing;
pub mod workspace_dependency_unused;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[
    &path_dependency_mismatch::RULE,
    &manifest_path_missing::RULE,
    &pattern_matches_nothing::RULE,
    &workspace_dependency_unused::RULE,
];
