//! Rules: pure functions from facts to outcomes, one file a rule, a folder a group.
//!
//! Nothing here does I/O, reads a clock or the environment, prints, or counts findings.

pub mod authority;
pub mod changelog;
pub mod ci;
pub mod claims;
pub mod contracts;
pub mod docs;
pub mod finding;
pub mod level;
pub mod manifests;
pub mod msrv;
pub mod outcome;
pub mod policy;
pub mod reading;
pub mod rule;
pub mod tests;
pub mod versions;

use crate::facts::policy::vocabulary::Vocabulary;
use crate::rules::rule::Rule;

/// The groups in the order of the documentation.
const GROUPS: &[&[&Rule]] = &[
    reading::RULES,
    policy::RULES,
    versions::RULES,
    msrv::RULES,
    changelog::RULES,
    manifests::RULES,
    tests::RULES,
    ci::RULES,
    docs::RULES,
    contracts::RULES,
    claims::RULES,
    authority::RULES,
];

/// All rules, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.iter().copied())
}

/// The names that a policy may use.
pub fn vocabulary() -> Vocabulary {
    Vocabulary { rules: all().map(|rule| (rule.name, rule.group)).collect() }
}
