//! The rule `limit-exceeded`: what was too large, too deep or too much to be read.

use crate::facts::kind::Kind;
use crate::facts::place::Place;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "limit-exceeded",
    group: "reading",
    level: Level::Warn,
    claim: "nothing in the tree is too large, too deep or too much to be read",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

Every reading has limits, so that no repository can make a check run for ever or out of memory. What lies behind a
limit was not checked, and this rule says so: silence would look like agreement.

The size of each file that would be read (8 MiB for sources and documents, 4 MiB for manifests, 32 MiB for
lock files), the number of files, the depth of folders, and how deep tables, lists and blocks nest inside a file.

## Example of drift

A README of 100 MiB. It is listed, and nothing in it is read.

## How to mend it

Split or shorten the file, or leave data out of the repository. If it must stay, put it where data lies
(`testdata`, `fixtures`), or waive the finding with its reason.

## Levels

A warning; a note for data such as JSON and plain text.

## When the rule keeps silent

In fixtures, vendored, archived and template folders, and for files that no rule would read.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome { looked_at: facts.files.len(), ..Outcome::default() };
    let is_own = |path: &str| facts.zone(path) == Zone::Own;
    for file in facts.files.values() {
        let passed = file.content.problems.iter().find(|problem| problem.limit);
        if let Some(problem) = passed.filter(|_| is_own(&file.path)) {
            let place = match problem.span {
                Some(span) => file.content.text.place(&file.path, span, "here"),
                None => Place::whole(file.path.to_string(), "not read whole"),
            };
            outcome.find(finding(&file.path, &problem.message, place));
        }
    }
    for missed in facts.unread.iter().filter(|missed| missed.problem.limit) {
        outcome.look();
        if is_own(&missed.path) {
            let place = Place::whole(missed.path.to_string(), "not read");
            outcome.find(finding(&missed.path, &missed.problem.message, place));
        }
    }
    outcome
}

fn finding(path: &str, message: &str, place: Place) -> Finding {
    let certainty = if Kind::of(path) == Kind::Text { Certainty::Unsure } else { Certainty::Certain };
    Finding::new(format!("{path} was not read whole: {message}"), place)
        .why("what was not read was not checked")
        .certainty(certainty)
}
