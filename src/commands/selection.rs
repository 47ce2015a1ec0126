//! `--rule` and `-p`: which rules are run, and whose findings are kept.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::facts::Facts;
use crate::judge::judging::Outcomes;
use crate::rules;
use crate::rules::finding::Finding;
use crate::rules::rule::Rule;

/// The rules of the given names or groups, in the order of the documentation; all of them where none is named.
pub(crate) fn rules(names: &[String]) -> Result<Vec<&'static Rule>, Error> {
    if let Some(unknown) = names.iter().find(|name| !rules::all().any(|rule| is_meant(rule, name))) {
        let known = rules::all().flat_map(|rule| [rule.name, rule.group]);
        let help = nearest(unknown, known).map_or_else(
            || "list them with `cargo governed explain --all`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Error::usage("unknown-rule", format!("find a rule or group `{unknown}`")).help(help));
    }
    Ok(rules::all().filter(|rule| names.is_empty() || names.iter().any(|name| is_meant(rule, name))).collect())
}

fn is_meant(rule: &Rule, name: &str) -> bool {
    rule.name == name || rule.group == name
}

/// Keeps the findings that have a place in one of the packages; all of them where none is named.
pub(crate) fn keep_packages(outcomes: &mut Outcomes, facts: &Facts, names: &[String]) -> Result<(), Error> {
    if names.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<&str> = facts.cargo.packages.iter().map(|package| package.name.value.as_str()).collect();
    if let Some(unknown) = names.iter().find(|name| !known.contains(name.as_str())) {
        let error = Error::usage("unknown-package", format!("find a package `{unknown}` in the tree"));
        return Err(match nearest(unknown, known.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("name one that `cargo metadata --no-deps` lists"),
        });
    }
    let is_in = |path: &str| facts.cargo.owner(path).is_some_and(|package| names.contains(&package.name.value));
    let stays =
        |finding: &Finding| std::iter::once(&finding.at).chain(&finding.against).any(|place| is_in(&place.path));
    for (_, outcome) in outcomes {
        outcome.findings.retain(&stays);
    }
    Ok(())
}

/// The known name that is most like a given one, if one is like it at all.
fn nearest<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let alike = known.map(|name| (strsim::damerau_levenshtein(given, name), name));
    alike.filter(|(distance, name)| *distance <= name.len().max(3) / 3).min().map(|(_, name)| name)
}
