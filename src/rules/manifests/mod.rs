//! The rules of the group `manifests`.

mod badge;
pub mod badge_outdated;
mod broken;
pub(in crate::rules) mod forge_url;
pub(in crate::rules) mod home;
mod licence_text;
pub mod license_disagrees;
mod locked;
pub mod lockfile_stale;
pub mod manifest_path_missing;
pub mod manifest_url_outdated;
pub mod path_dependency_mismatch;
pub mod pattern_matches_nothing;
pub mod publish_blocked;
mod published;
pub mod workspace_dependency_unused;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[
    &publish_blocked::RULE,
    &path_dependency_mismatch::RULE,
    &license_disagrees::RULE,
    &manifest_path_missing::RULE,
    &pattern_matches_nothing::RULE,
    &manifest_url_outdated::RULE,
    &badge_outdated::RULE,
    &workspace_dependency_unused::RULE,
    &lockfile_stale::RULE,
];
