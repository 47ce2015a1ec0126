//! The rules of the group `ci`.

pub mod ci_config_dead;
pub mod ci_filter_matches_nothing;
pub mod ci_gate_skippable;
pub mod ci_name_unknown;
pub mod ci_pin_mislabelled;
pub mod ci_step_unreachable;
pub mod ci_toolchain_overridden;
pub mod gate_vacuous;
mod unread;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[
    &ci_step_unreachable::RULE,
    &ci_toolchain_overridden::RULE,
    &ci_gate_skippable::RULE,
    &ci_filter_matches_nothing::RULE,
    &ci_pin_mislabelled::RULE,
    &ci_config_dead::RULE,
    &ci_name_unknown::RULE,
    &gate_vacuous::RULE,
];
