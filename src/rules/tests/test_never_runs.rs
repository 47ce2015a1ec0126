//! `test-never-runs`: every test function is part of a target whose tests run.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::manifest::TargetKind;
use crate::facts::modules::TargetRef;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::rust_source::Rust;
use crate::facts::rust_source::item::Within;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;
use crate::rules::tests::orphan;
use crate::rules::tests::orphan::Orphan;

/// The rule.
pub const RULE: Rule = Rule {
    name: "test-never-runs",
    group: "tests",
    level: Level::Deny,
    claim: "every test function is compiled into a target whose tests run",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

The rule looks for test functions (`#[test]`, `#[tokio::test]`, `#[rstest]`, ...) in files that no target compiles, and
in files that only targets compile whose tests cargo leaves out (`test = false`).

A test that never runs is worse than none: it is edited with the code around it, counted by readers, and it is always
green.

## Example of drift

    # Cargo.toml                       # src/config.rs
    [lib]                              #[test]
    test = false                       fn parses_a_port() { ... }    never runs

## How to mend it

Declare the file with `mod` in its parent, delete what was left behind by a move, or take `test = false` away.

## When the rule keeps silent

One finding stands for one file, at its first test. The same file tested through another target (a binary with
`test = false` beside a library) is fine, and so is a target that a command in CI, a script or a Makefile selects by
`--lib`, `--bin`, `--test` or `--all-targets`, which runs it nevertheless. Modules declared by macros, `#[path]`,
`include!` and `automod` count as declared. The rule keeps silent about fixtures, UI tests that a harness names by path
or folder, examples and benchmarks, targets with an own harness, and files whose comment at the top says that they are
kept. Where the declaration stands there as a comment, or a `[[test]]` has `test = false`, it only notes.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    if facts.tree.is_package_archive() {
        return outcome;
    }
    let mut switched_off = BTreeSet::new();
    for orphan in orphan::orphans(facts).iter().filter(|orphan| orphan.tests() > 0) {
        outcome.look();
        // One declaration behind `//` is one decision, however many files lie below it.
        let place = (orphan.parent.path.clone(), orphan.parent.line);
        if orphan.disabled && !switched_off.insert(place) {
            continue;
        }
        outcome.find(never_compiled(facts, orphan));
    }
    for (file, rust) in facts.rust().filter(|(_, rust)| first_test(rust).is_some()) {
        let Some(&by) = facts.modules().compiled.get(&file.path) else { continue };
        if facts.zone(&file.path) != Zone::Own {
            continue;
        }
        outcome.look();
        if !facts.modules().tested.contains_key(&file.path) {
            outcome.findings.extend(left_out(facts, file, rust, by));
        }
    }
    outcome
}

/// The place of the first test and how many there are.
fn first_test(rust: &Rust) -> Option<(crate::facts::place::Span, usize)> {
    let mut tests = rust.tests.iter().filter(|test| test.within != Within::MacroDefinition);
    let first = tests.next()?;
    Some((first.attribute, 1 + tests.count()))
}

fn at_first_test(facts: &Facts, file: &SourceFile, rust: &Rust) -> Option<(Place, String)> {
    let (span, count) = first_test(rust)?;
    let (label, tests) = match count {
        1 => ("the test".to_owned(), "1 test".to_owned()),
        _ => (format!("the first of {count} tests"), format!("{count} tests")),
    };
    Some((facts.place(&file.path, span, label), tests))
}

fn never_compiled(facts: &Facts, orphan: &Orphan<'_>) -> Finding {
    let (at, tests) = at_first_test(facts, orphan.file, orphan.rust)
        .unwrap_or_else(|| (Place::whole(orphan.file.path.as_ref(), ""), String::new()));
    let message = format!("{tests} in {} never run: no target compiles the file", orphan.file.path);
    let against = autotests_off(facts, orphan).unwrap_or_else(|| orphan.parent.clone());
    let certainty = if orphan.disabled { Certainty::Unsure } else { Certainty::Certain };
    let finding = Finding::new(message, at).against(against).certainty(certainty);
    let top = orphan.file.content.text.line_span(1);
    if finding.at.line > 1 {
        return finding.against(facts.place(&orphan.file.path, top, "no target compiles this file"));
    }
    finding
}

/// Where `autotests = false` stands, if that is why a file right below `tests/` is no target.
fn autotests_off(facts: &Facts, orphan: &Orphan<'_>) -> Option<Place> {
    if path::parent(&orphan.file.path) != path::child(&orphan.package.folder, "tests") {
        return None;
    }
    let manifest = facts.file(&orphan.package.manifest)?;
    let Parsed::Manifest(facts_of) = &manifest.content.parsed else { return None };
    let key = facts_of.package.as_ref()?.autotests.as_ref().filter(|key| !key.value)?;
    Some(facts.place(&manifest.path, key.span, "and no `[[test]]` names the file"))
}

/// The finding for tests in a file that only targets with `test = false` compile.
fn left_out(facts: &Facts, file: &SourceFile, rust: &Rust, by: TargetRef) -> Option<Finding> {
    let package = &facts.cargo.packages[by.package];
    let target = &package.targets[by.target];
    let off = target.test_key?;
    let switch = match target.kind {
        TargetKind::Lib => "--lib",
        TargetKind::Bin => "--bin",
        TargetKind::Test => "--test",
        TargetKind::Example | TargetKind::Bench | TargetKind::Build => return None,
    };
    if !target.harness || package.zone != Zone::Own || is_selected(facts, switch) {
        return None;
    }
    let (at, tests) = at_first_test(facts, file, rust)?;
    let message = format!("{tests} in {} never run: the target that compiles the file has `test = false`", file.path);
    let against = facts.place(&package.manifest, off, "keeps its tests from running");
    // A test target that is switched off is meant to be asked for by name, if only by people.
    let certainty = if target.kind == TargetKind::Test { Certainty::Unsure } else { Certainty::Certain };
    Some(Finding::new(message, at).against(against).certainty(certainty))
}

/// Says whether some command runs tests of targets that it selects by kind: then `test = false` does not hold it back.
fn is_selected(facts: &Facts, switch: &str) -> bool {
    facts
        .files
        .values()
        .filter(|file| matches!(file.kind, Kind::Workflow | Kind::Action | Kind::Text | Kind::CargoConfig))
        .any(|file| {
            memchr::memmem::find(file.text().as_bytes(), switch.as_bytes())
                .or_else(|| memchr::memmem::find(file.text().as_bytes(), b"--all-targets"))
                .is_some()
                && file.text().lines().any(|line| {
                    line.contains("test")
                        && (line.contains(switch) || line.contains("--all-targets"))
                        && (line.contains("cargo") || line.contains("nextest"))
                })
        })
}
