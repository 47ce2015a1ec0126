//! `--rule` and `-p`: which rules are run, and whose findings are kept.

use std::collections::BTreeSet;

use crate::commands::names;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::policy::Policy;
use crate::judge::judging;
use crate::judge::report::Report;
use crate::rules;
use crate::rules::finding::Finding;
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

/// Keeps the findings that have a place in one of the packages, and judges by them; all of them where none is named. How
/// a claim stands is still said of the whole tree: it does not hold because its findings lie elsewhere.
pub(crate) fn keep_packages(report: &mut Report, facts: &Facts, packages: &[String]) -> Result<(), Error> {
    if packages.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<&str> = facts.cargo.packages.iter().map(|package| package.name.value.as_str()).collect();
    if let Some(unknown) = packages.iter().find(|name| !known.contains(name.as_str())) {
        return Err(names::unknown_package(unknown, &Vec::from_iter(known)));
    }
    let is_in = |path: &str| facts.cargo.owner(path).is_some_and(|package| packages.contains(&package.name.value));
    let stays =
        |finding: &Finding| std::iter::once(&finding.at).chain(&finding.against).any(|place| is_in(&place.path));
    let before = report.findings.len();
    report.findings.retain(|judged| stays(&judged.finding));
    let left_out = before - report.findings.len();
    if left_out > 0 {
        report.subject.notes.push(format!("findings that --package leaves out, waived ones too: {left_out}"));
    }
    report.verdict = judging::verdict(report);
    Ok(())
}
