//! A waiver that covers nothing.

use crate::facts::place::Place;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "waiver-unused",
    group: "policy",
    level: Level::Warn,
    claim: "every waiver covers a finding",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

Every waiver, in the policy (`[[waiver]]`) and in comments (`governed: allow(rule): reason`), with the
findings of its rule. A waiver covers a finding by the place that is said to be stale: by the glob in `path`, or, in a
comment, by its own line and the next one that is not blank.

A waiver that covers nothing is an exception that nobody needs any more, or one that never worked: a misspelt path, a
comment one line too high. The next real finding there would vanish unseen.

## Example of drift

    [[waiver]]
    rule = \"doc-path-missing\"
    path = \"doc/**\"            # the folder is called docs
    reason = \"generated at release\"

## How to mend it

Remove the waiver, or correct its rule, path or place.

## When the rule keeps silent

A comment that looks like a waiver and can't be read as one is reported too: it names no rule, gives no reason behind
`allow(...):`, has a date that is none, or lacks the `until` that `[check] require-until` demands.

The rule of the waiver was not run (`--rule`), found nothing of its kind in the tree, or could
not judge all of it (no tags fetched); the waiver has expired (`waiver-expired`); it stands in a fixture, a vendored copy or
an archive, or in the code of a Markdown file. No waiver covers a finding of this rule.
";

/// What became of a waiver, as far as it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It covers a finding.
    Covers,
    /// It covers nothing.
    CoversNothing,
    /// It is no waiver at all; the fragment says why.
    Unreadable(String),
}

/// A waiver that was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdleWaiver {
    /// Its rules, with commas between them.
    pub rules: String,
    /// Where it stands.
    pub at: Place,
    /// What became of it.
    pub fate: Fate,
}

/// Nothing: facts alone don't say what a waiver covers. Judging puts [`outcome`] in the place of this one.
fn check(_: &Context<'_>) -> Outcome {
    Outcome::default()
}

/// The outcome, once the waivers have been held against the findings.
pub fn outcome(waivers: &[IdleWaiver]) -> Outcome {
    let mut outcome = Outcome::default();
    for waiver in waivers {
        outcome.look();
        let rules = &waiver.rules;
        let found = match &waiver.fate {
            Fate::Covers => continue,
            Fate::CoversNothing => Finding::new(format!("the waiver of {rules} covers no finding"), waiver.at.clone())
                .why("what it excused is gone, or it stands in the wrong place"),
            Fate::Unreadable(why) => Finding::new(format!("the waiver covers nothing: {why}"), waiver.at.clone())
                .why("what can't be read is never taken for an exception"),
        };
        outcome.find(found);
    }
    outcome
}
