//! The names that a person types: rules and groups, with the nearest one where a name is unknown.

use crate::error::Error;
use crate::facts::policy::vocabulary::nearest;
use crate::rules;
use crate::rules::rule::Rule;

/// Finds a rule by its name.
pub fn rule(name: &str) -> Result<&'static Rule, Error> {
    rules::all().find(|rule| rule.name == name).ok_or_else(|| {
        let known: Vec<&str> = rules::all().map(|rule| rule.name).collect();
        unknown("rule", name, &known)
    })
}

/// Says whether a rule or a group has this name.
pub fn rule_or_group(name: &str) -> Result<(), Error> {
    let mut known: Vec<&str> = rules::all().flat_map(|rule| [rule.name, rule.group]).collect();
    if known.contains(&name) {
        return Ok(());
    }
    known.sort_unstable();
    known.dedup();
    Err(unknown("rule or group", name, &known))
}

/// The error of a package that is not in the tree.
pub fn unknown_package(name: &str, known: &[&str]) -> Error {
    let error = Error::usage("unknown-package", format!("find a package named `{name}` in the tree"));
    match nearest(name, known.iter().copied()) {
        Some(nearest) => error.help(format!("did you mean `{nearest}`?")),
        None => error.help("name one that `cargo metadata --no-deps` lists"),
    }
}

fn unknown(what: &str, name: &str, known: &[&str]) -> Error {
    let error = Error::usage("unknown-rule", format!("find a {what} named `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(nearest) => error.help(format!("did you mean `{nearest}`? `cargo governed explain` lists all")),
        None => error.help("run `cargo governed explain` for the list"),
    }
}
