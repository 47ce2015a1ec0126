//! `--rule` and `-p`: which rules are run, and whose findings are kept.

use std::collections::BTreeSet;

use crate::commands::names;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::judge::judging::Outcomes;
use crate::rules;
use crate::rules::finding::Finding;
use crate::rules::policy::waiver_unused;
use crate::rules::rule::Rule;

/// The rules of the given names or groups, in the order of the documentation; all of them where none is named.
pub(crate) fn rules(names: &[String]) -> Result<Vec<&'static Rule>, Error> {
    for name in names {
        names::rule_or_group(name)?;
    }
    Ok(rules::all().filter(|rule| names.is_empty() || names.iter().any(|name| is_meant(rule, name))).collect())
}

fn is_meant(rule: &Rule, name: &str) -> bool {
    rule.name == name || rule.group == name
}

/// The note that names what the policy demands and `--rule` leaves out; none where nothing is.
pub(crate) fn note_of_demanded(policy: &Policy, rules: &[&'static Rule]) -> Option<String> {
    let demanded = policy.check.demand.iter().map(|name| name.value.as_str());
    let left_out: BTreeSet<&str> = demanded.filter(|name| !rules.iter().any(|rule| is_meant(rule, name))).collect();
    let names = Vec::from_iter(left_out).join(", ");
    (!names.is_empty()).then(|| format!("the policy demands claims that --rule leaves out: {names}"))
}

/// Keeps the findings that have a place in one of the packages; all of them where none is named. Gives a note where some
/// are left out.
pub(crate) fn keep_packages(
    outcomes: &mut Outcomes,
    facts: &Facts,
    packages: &[String],
) -> Result<Option<String>, Error> {
    if packages.is_empty() {
        return Ok(None);
    }
    let known: BTreeSet<&str> = facts.cargo.packages.iter().map(|package| package.name.value.as_str()).collect();
    if let Some(unknown) = packages.iter().find(|name| !known.contains(name.as_str())) {
        return Err(names::unknown_package(unknown, &Vec::from_iter(known)));
    }
    let is_in = |path: &str| facts.cargo.owner(path).is_some_and(|package| packages.contains(&package.name.value));
    let stays =
        |finding: &Finding| std::iter::once(&finding.at).chain(&finding.against).any(|place| is_in(&place.path));
    let mut left_out = 0;
    for (_, outcome) in &mut *outcomes {
        let before = outcome.findings.len();
        outcome.findings.retain(&stays);
        left_out += before - outcome.findings.len();
    }
    // A waiver of a finding that was left out is not unused.
    outcomes.retain(|(rule, _)| rule.name != waiver_unused::RULE.name);
    Ok((left_out > 0).then(|| format!("findings that --package leaves out, waived ones too: {left_out}")))
}
