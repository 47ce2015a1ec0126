//! A declared claim whose evidence is missing, changed, or says something else.

use crate::facts::place::Place;
use crate::facts::policy::vocabulary::nearest;
use crate::rules::claims::binding;
use crate::rules::claims::sentences;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "claim-unsupported",
    group: "claims",
    level: Level::Deny,
    claim: "every declared claim rests on the evidence that it names",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

Each `[[claim]]` of the policy with its evidence, and with the sentences of Markdown files that bear its name:

    [[claim]]
    name = \"msrv\"
    evidence = { file = \"Cargo.toml\", key = \"package.rust-version\" }

    <!-- governed: claim msrv -->
    It builds with Rust 1.85 and newer.

A mark speaks of the sentence that it stands in or behind; one that stands alone, of the next sentence or block of code.
The evidence is one of

- `{ file, key }` or `{ file, regex }`: a value in a file, which must stand in each sentence. With `sha256` it must have
  that digest instead (several matches of a `regex` are joined with line ends);
- `{ file, sha256 }`: a whole file, bound by its digest;
- `{ step }`: the outcome of a step, `{ output }`, with the same keys: what a step keeps. Only a run tells how they
  stand, so a check holds nothing but the sentence against the mark, and that some step keeps the output; the proof of a
  run has the claim with what it came to.

With `sha256:` and 12 to 64 digits behind its name a mark binds the sentence too: its words, each run of white space as
one blank, must have that digest. `cargo governed check` says the digest that is found, so both are written by hand
after reading, never by `--fix`.

## Example of drift

`rust-version = \"1.88\"` in Cargo.toml, and the sentence above; or a mark whose claim the policy does not declare.

## How to mend it

Write what the evidence says, or take the claim back: mark and `[[claim]]`. Where a digest has changed, read the sentence
against the evidence, then write the new digest.

## When the rule keeps silent

Nothing is declared and nothing marked; the mark stands in code, in a fixture or in vendored text, or in a file that is no
Markdown. A whole file without `sha256`, a file that is not read as text or has no keys, and an empty value leave the
claim unproven.
";

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for (_, one) in binding::judged(context.facts, context.policy) {
        outcome.looked_at += one.looked_at;
        outcome.findings.extend(one.findings);
        outcome.unproven.extend(one.unproven);
    }
    let names = || context.policy.claims.iter().map(|claim| claim.name.value.as_str());
    let policy = context.policy.path.as_deref().unwrap_or("governed.toml");
    for marked in sentences::marked(context.facts) {
        let name = marked.mark.name.as_str();
        if names().any(|known| known == name) {
            continue;
        }
        outcome.look();
        let message = if name.is_empty() {
            "the mark names no claim".to_owned()
        } else {
            format!("{name} is claimed, and the policy declares no such claim")
        };
        let at = context.facts.place(&marked.file.path, marked.mark.span, "claimed here");
        let why = match nearest(name, names()) {
            Some(near) => format!("it declares {near}"),
            None => "a claim without evidence is a promise".to_owned(),
        };
        outcome.find(Finding::new(message, at).against(Place::whole(policy, "declares no such claim")).why(why));
    }
    outcome
}
