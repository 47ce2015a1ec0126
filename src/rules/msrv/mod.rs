//! The rules of the group `msrv`.

mod activation;
pub mod msrv_below_dependency;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&msrv_below_dependency::RULE];
