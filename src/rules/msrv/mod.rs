//! The rules of the group `msrv`.

mod activation;
mod badge;
mod image;
mod job_name;
pub mod msrv_below_dependency;
pub mod msrv_disagrees;
pub mod msrv_outdated_in_docs;
mod pin;
mod promise;
mod rust_version;
mod statement;
mod travis;
mod wording;

use crate::rules::rule::Rule;

/// The rules of the group, in the order of the documentation.
pub const RULES: &[&Rule] = &[&msrv_outdated_in_docs::RULE, &msrv_below_dependency::RULE, &msrv_disagrees::RULE];
