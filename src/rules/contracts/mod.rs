//! The rules of the group `contracts`.

pub mod contract_broken;
mod declared;
mod same_as;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&contract_broken::RULE];
