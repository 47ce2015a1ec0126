//! The rules of the group `authority`.

pub mod cargo_alias_shadows;
pub mod cargo_runner_replaced;
mod own_configs;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&cargo_alias_shadows::RULE, &cargo_runner_replaced::RULE];
