//! The rules of the group `authority`.

mod allowed;
pub mod authority_touched;
pub mod authority_weakened;
pub mod cargo_alias_shadows;
pub mod cargo_runner_replaced;
mod own_configs;
mod replacement;
pub mod token;
pub mod weakened;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] =
    &[&authority_weakened::RULE, &authority_touched::RULE, &cargo_alias_shadows::RULE, &cargo_runner_replaced::RULE];
