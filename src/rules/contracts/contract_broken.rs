//! Text that is declared to follow other text, and does not: contracts, `same-as` comments, patterns of release scripts.

use crate::rules::contracts::declared;
use crate::rules::contracts::release_script;
use crate::rules::contracts::replacements;
use crate::rules::contracts::same_as;
use crate::rules::contracts::sync_comment;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "contract-broken",
    group: "contracts",
    level: Level::Deny,
    claim: "what is declared to follow another text follows it",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

- each `[[contract]]` of the policy: the value at `truth` with the value at each of `copies`. A value is found by `key`
  (a key path in TOML, JSON or YAML: `package.version`) or by `regex` (its first group, or the whole match; every match
  counts). A file, key or pattern that is no longer there breaks the contract;
- each comment `governed: same-as path#key`: the line that it stands on (or the next one, where it stands alone) must hold
  the value at that key;
- in the shell scripts of the repository, each `sed`, `perl -i` and `grep | sed` whose files are checked in: the pattern
  must match a line there. Basic and extended expressions are told apart: without `-E` a `+` is a plus sign;
- the `pre-release-replacements` of cargo-release: what they look for must be in the file;
- a comment that says `remember to update` or `also update` and names files: they must be there, and beside a Rust version
  they must not name another one only.

## Example of drift

    [[contract]]
    name = \"docker image version\"
    truth = { file = \"Cargo.toml\", key = \"package.version\" }
    copies = [{ file = \"Dockerfile\", regex = 'ARG VERSION=(\\S+)' }]

with version 1.4.0 in Cargo.toml and `ARG VERSION=1.3.0` in the Dockerfile.

A release script with `sed -i 's/^# Upcoming release/# 1.4.0/' CHANGELOG.md` while the changelog says `# Unreleased` ends
well, and the release has no heading.

## How to mend it

Write the value of the truth into the copy (`--fix` does it), or change the declaration or the pattern.

## When the rule keeps silent

Nothing is declared; a command of a script stands under a condition, deletes, changes a file
that the script makes itself, reads without keeping a part, or matches with another of its patterns; a file name is only
known to a run. Patterns of scripts warn, because a script may be run where the files differ. A file that is not read as text, or whose format has no keys, leaves the
claim unproven.
";

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    declared::check(context, &mut outcome);
    same_as::check(context.facts, &mut outcome);
    // The manifest of a package of a registry was written anew, and scripts don't run on it.
    if !context.facts.tree.is_package_archive() {
        release_script::check(context.facts, &mut outcome);
        replacements::check(context.facts, &mut outcome);
    }
    sync_comment::check(context.facts, &mut outcome);
    outcome
}
