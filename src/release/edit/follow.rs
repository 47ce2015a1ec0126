//! What must follow a version that moved, as the rules find it: snippets, addresses, recipes, contracts, lock files.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::policy::Policy;
use crate::release::edit::set::Edits;
use crate::rules;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rules whose findings a moved version can make.
const RULES: &[&str] = &[
    "snippet-outdated",
    "version-copy-outdated",
    "contract-broken",
    "lockfile-stale",
    "path-dependency-mismatch",
    "changelog-missing-version",
    "changelog-out-of-order",
    "changelog-link-broken",
    "manifest-url-outdated",
    "badge-outdated",
];

/// What the rules found, by rule.
pub struct Found {
    /// The findings that are no mere notes.
    pub findings: Vec<(&'static str, Finding)>,
}

/// Runs the rules over a tree.
pub fn look(facts: &Facts, history: &dyn History, policy: &Policy, today: Date) -> Found {
    let context = Context { facts, history, policy, base: None, change: None, today };
    let rules = rules::all().filter(|rule| RULES.contains(&rule.name));
    let of = |rule: &'static Rule| (rule.check)(&context).findings.into_iter().map(|finding| (rule.name, finding));
    let loud = |(_, finding): &(&str, Finding)| finding.certainty != Certainty::Unsure;
    Found { findings: rules.flat_map(of).filter(loud).collect() }
}

impl Found {
    /// What tells a finding from those of another tree: its rule, its place and its words.
    pub fn keys(&self) -> BTreeSet<(&'static str, String, String)> {
        self.findings.iter().map(|(rule, finding)| (*rule, finding.at.path.clone(), finding.message.clone())).collect()
    }

    /// The findings that were not there before.
    pub fn new_ones<'f>(
        &'f self,
        before: &'f BTreeSet<(&'static str, String, String)>,
    ) -> impl Iterator<Item = &'f (&'static str, Finding)> {
        self.findings
            .iter()
            .filter(|(rule, finding)| !before.contains(&(*rule, finding.at.path.clone(), finding.message.clone())))
    }
}

/// Takes the fixes of findings. Says whether there were any.
pub fn fix<'f>(findings: impl Iterator<Item = &'f (&'static str, Finding)>, edits: &mut Edits) -> bool {
    let mut any = false;
    for fix in findings.filter_map(|(_, finding)| finding.fix.as_ref()) {
        for edit in &fix.edits {
            any |= edits.add(&edit.path, edit.span, edit.text.clone());
        }
    }
    any
}
