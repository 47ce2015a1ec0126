//! `ci-pin-mislabelled`: two pins of an action whose commit ids and version comments contradict each other.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::workflow::job::Uses;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-pin-mislabelled",
    group: "ci",
    level: Level::Warn,
    claim: "every pinned action carries the version comment of its commit",
    page: "\
## What is compared

Actions pinned to a full commit id with a version in the comment behind it, against the other pins of the same action. \
One commit cannot be two releases, and one full version cannot be two commits: one of the two comments is wrong, and a \
reader (or an update tool that reads the comment) takes one release for another.

## Example of drift

```yaml
- uses: actions/checkout@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v4.2.0
# and in another workflow
- uses: actions/checkout@8f4b7f84864484a7bf31766abe9204da3cbe65b3 # v4.1.1
```

## How to mend it

Ask the action's repository which tag names the commit (`git ls-remote --tags`), and write that version at both places.

## When the rule keeps silent

`v4` and `v4.2.0` agree: the one is a part of the other. Two commits under `v4` agree as well, because that tag moves. \
Comments without a version (`# stable`, `# main`) say nothing about a release.
",
    check,
};

/// One pin with a version in its comment.
struct Pin<'a> {
    path: &'a str,
    uses: &'a Uses,
    commit: &'a str,
    version: &'a str,
}

impl Pin<'_> {
    fn place(&self, facts: &Facts) -> Place {
        let span = self.uses.comment.as_ref().map_or(self.uses.text.span, |comment| comment.span);
        facts.place(self.path, span, format!("{} at {}", self.version, &self.commit[..7]))
    }
}

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = unread::noted(context.facts);
    let mut actions: BTreeMap<String, Vec<Pin<'_>>> = BTreeMap::new();
    let workflows = context.facts.workflows().flat_map(|(file, workflow)| {
        let steps = workflow
            .jobs
            .iter()
            .flat_map(|job| job.steps.iter().filter_map(|step| step.uses.as_ref()).chain(&job.uses));
        steps.map(move |uses| (file, uses))
    });
    let composites = context.facts.actions().flat_map(|(file, action)| {
        action.steps.iter().filter_map(|step| step.uses.as_ref()).map(move |uses| (file, uses))
    });
    for (file, uses) in workflows.chain(composites) {
        if let Some((commit, version)) = labelled(uses) {
            outcome.look();
            // Actions of one repository share its commits: `owner/name/path` is pinned with `owner/name`.
            let name = uses.target.split('/').take(2).collect::<Vec<_>>().join("/").to_ascii_lowercase();
            actions.entry(name).or_default().push(Pin { path: &file.path, uses, commit, version });
        }
    }
    for (name, pins) in &actions {
        judge(context.facts, name, pins, &mut outcome);
    }
    outcome
}

/// The commit and the version of a pin: `v4.2.0` of `# v4.2.0`, `# tag=v4.2.0` or `# @v4.2.0`.
fn labelled(uses: &Uses) -> Option<(&str, &str)> {
    let commit = uses.pin()?.value.as_str();
    let comment = uses.comment.as_ref()?.value.as_str();
    let word = comment.split([' ', '\t', ',', '(']).next()?;
    let version = word.rsplit(['@', '=', '/']).next()?.trim_start_matches(['v', 'V']);
    let numbers = version.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numbers.then_some((commit, version))
}

fn judge(facts: &Facts, name: &str, pins: &[Pin<'_>], outcome: &mut Outcome) {
    let mut by_commit: BTreeMap<&str, Vec<&Pin<'_>>> = BTreeMap::new();
    let mut by_version: BTreeMap<&str, Vec<&Pin<'_>>> = BTreeMap::new();
    for pin in pins {
        by_commit.entry(pin.commit).or_default().push(pin);
        if pin.version.split('.').count() == 3 {
            by_version.entry(pin.version).or_default().push(pin);
        }
    }
    for (commit, pins) in by_commit {
        let clash = |one: &Pin<'_>, other: &Pin<'_>| !is_part(one.version, other.version);
        let message = |one: &Pin<'_>, other: &Pin<'_>| {
            format!("`{name}` at {} is called {} here and {} elsewhere", &commit[..7], one.version, other.version)
        };
        report(facts, &pins, |pin| pin.version, clash, message, outcome);
    }
    for (version, pins) in by_version {
        let clash = |one: &Pin<'_>, other: &Pin<'_>| one.commit != other.commit;
        let message = |one: &Pin<'_>, other: &Pin<'_>| {
            format!("`{name}` {version} is {} here and {} elsewhere", &one.commit[..7], &other.commit[..7])
        };
        report(facts, &pins, |pin| pin.commit, clash, message, outcome);
    }
}

fn is_part(one: &str, other: &str) -> bool {
    let within =
        |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    within(one, other) || within(other, one)
}

/// Reports the pins that clash with what most of the others say; of equal numbers the first in order counts as right.
fn report<'a>(
    facts: &Facts,
    pins: &[&Pin<'a>],
    says: impl Fn(&Pin<'a>) -> &'a str,
    clash: impl Fn(&Pin<'a>, &Pin<'a>) -> bool,
    message: impl Fn(&Pin<'a>, &Pin<'a>) -> String,
    outcome: &mut Outcome,
) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for pin in pins {
        *counts.entry(says(pin)).or_default() += 1;
    }
    let Some(most) = pins.iter().rev().max_by_key(|pin| counts[says(pin)]) else { return };
    for pin in pins.iter().filter(|pin| clash(pin, most)) {
        let finding = Finding::new(message(pin, most), pin.place(facts)).against(most.place(facts));
        outcome.find(finding.why("one commit is one release: one of the two comments names another one"));
    }
}
