//! The rule `cargo-alias-shadows`: checked-in aliases that take the name of a command people and gates rely on.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::shell::cargo_commands;
use crate::rules::authority::allowed::is_allowed;
use crate::rules::authority::own_configs;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "cargo-alias-shadows",
    group: "authority",
    level: Level::Deny,
    claim: "no alias of a checked-in cargo configuration has the name of another command",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

Cargo looks into the `[alias]` table of the checked-in configuration before it looks for a program `cargo-NAME`. An alias
called `clippy` replaces clippy wherever `cargo clippy` is typed, on every machine and in CI, and an alias called
`governed` replaces this very check. An alias with the name of one of cargo's own commands is the opposite: it never runs.

The keys of `[alias]` in each `.cargo/config.toml` with cargo's own commands, with those of the Rust
distribution (`clippy`, `fmt`, `miri`) and with well-known tools that gates call (`audit`, `deny`, `nextest`, ...).

## Example of drift

`.cargo/config.toml` says `clippy = \"check\"`. `cargo clippy -- -D warnings` in CI no longer lints anything.

## How to mend it

Give the alias a name of its own, and call it by that name.

## Levels

`governed` denies; a name from the distribution or from cargo itself warns; other tools are a note. `run` refuses to accept, whatever the level, where one of its steps calls the command that the
alias replaces, unless the policy accepts it by its key (`allow = [\"alias.clippy\"]` in `[authority]`). No waiver does.

## When the rule keeps silent

Short names that cargo itself declares as aliases (`b`, `c`, `d`, `r`, `t`, `rm`), which it lets projects
change; aliases that call the command of their own name with more arguments are still reported: others type that name.
Fixtures, templates and vendored folders are passed over.
";

/// Tools that gates call by these names.
const TOOLS: &[&str] = &[
    "audit",
    "cyclonedx",
    "deny",
    "dist",
    "geiger",
    "hack",
    "insta",
    "llvm-cov",
    "machete",
    "msrv",
    "mutants",
    "nextest",
    "outdated",
    "public-api",
    "release",
    "semver-checks",
    "shear",
    "sort",
    "tarpaulin",
    "udeps",
    "vet",
];

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    for (file, config) in own_configs::of(facts).configs {
        for setting in config.below(&["alias"]).filter(|setting| setting.path.len() == 2) {
            outcome.look();
            let name = setting.path[1].as_str();
            if is_allowed(&context.policy.authority, &setting.path.join("."), &setting.value.shown()) {
                continue;
            }
            let Some((what, why, certainty)) = shadowed(name) else { continue };
            let place = file.content.text.place(&file.path, setting.key, "the alias");
            let finding = Finding::new(message(name, &what), place).why(why);
            outcome.find(uses(facts, name).into_iter().fold(finding.certainty(certainty), Finding::against));
        }
    }
    outcome
}

/// What a finding says of an alias.
pub fn message(name: &str, what: &str) -> String {
    format!("the alias `{name}` has the name of {what}")
}

/// The alias that a message speaks of.
pub fn name_in(message: &str) -> Option<&str> {
    message.strip_prefix("the alias `")?.split_once('`').map(|(name, _)| name)
}

/// What an alias of a name stands in the way of, and how sure it is that somebody is misled.
fn shadowed(name: &str) -> Option<(String, &'static str, Certainty)> {
    if name == "governed" {
        let why = "`cargo governed` runs whatever the alias says, and no check at all";
        return Some(("this check".to_owned(), why, Certainty::Certain));
    }
    if cargo_commands::OWN.contains(&name) {
        let why = "cargo ignores such an alias: it never runs";
        return Some((format!("cargo's own `{name}`"), why, Certainty::Probable));
    }
    if cargo_commands::DISTRIBUTED.contains(&name) {
        let why = "the alias runs in the place of the program that came with Rust";
        return Some((format!("`cargo-{name}` of the Rust distribution"), why, Certainty::Probable));
    }
    let why = "where the tool is installed, the alias runs in its place";
    TOOLS.contains(&name).then(|| (format!("the tool `cargo-{name}`"), why, Certainty::Unsure))
}

/// The first place of a workflow that calls the command.
fn uses(facts: &Facts, name: &str) -> Option<Place> {
    let command = format!("cargo {name}");
    facts.of_kind(Kind::Workflow).find_map(|file| {
        let text = file.text();
        let at = text.match_indices(&command).map(|(at, _)| at).find(|at| {
            let behind = text.as_bytes().get(at + command.len());
            behind.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-')
        })?;
        Some(file.content.text.place(&file.path, Span::new(at, at + command.len()), "calls it by this name"))
    })
}
