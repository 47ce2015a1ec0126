//! The rule `file-unparsable`: files that cargo, GitHub or a reader would open and that can't be read.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::parse::LFS_POINTER;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::problem::Problem;
use crate::facts::source::SourceFile;
use crate::facts::tree::Mode;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::outcome::Unproven;
use crate::rules::reading::inheritance;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "file-unparsable",
    group: "reading",
    level: Level::Deny,
    claim: "every manifest, lock file, workflow, configuration, source and document can be read",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

A file that can't be read can't be checked, and what cargo or GitHub can't read does not work.

Each file against the format that its path promises: TOML for manifests, lock files, toolchain files and
cargo's configuration, YAML for workflows and actions, UTF-8 for every text. A manifest that is a folder, a FIFO or a
device counts as well, and so does one that inherits from a workspace what the workspace does not have, or names as its
workspace a package that is none.

## Example of drift

`.github/workflows/ci.yml` has a tab in its indentation. GitHub rejects the file, no job runs, and no check
on the pull request turns red.

## How to mend it

Correct the file at the place shown. A file that is broken on purpose belongs in a folder that says so
(`tests/fixtures`, `testdata`, ...), or under a waiver.

## Levels

Manifests, lock files, workflows and configuration deny; sources and documents that are no UTF-8 warn;
other text is a note, and so is a Git LFS pointer, and a manifest that is itself a template or lies below tests.

## When the rule keeps silent

On text in other encodings below tests, and in fixtures, vendored, archived and template folders. Files that could not be opened (no permission, a blob
that a partial clone does not have) are no fault of the repository: they make the claim unproven. So does a manifest,
lock file, workflow or configuration that is a symbolic link: tools follow it, the check never does.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    for file in facts.files.values() {
        outcome.look();
        let mut problems = file.content.problems.iter().filter(|problem| !problem.limit);
        if let Some(first) = problems.next()
            && facts.zone(&file.path) == Zone::Own
            && !is_input(file)
        {
            outcome.find(broken(file, first, problems.count()));
        }
    }
    for entry in facts.tree.entries().iter().filter(|entry| entry.mode == Mode::Special) {
        let kind = Kind::of(&entry.path);
        if is_opened_by_tools(kind) && facts.zone(&entry.path) == Zone::Own {
            outcome.look();
            outcome.find(not_a_file(&entry.path, "no regular file"));
        }
    }
    for folder in facts.tree.folders().filter(|folder| is_opened_by_tools(Kind::of(folder))) {
        // A folder `rust-toolchain` may well hold an action of that name: only a name with an ending is that of a file.
        if path::extension(folder).is_empty() || facts.zone(folder) != Zone::Own {
            continue;
        }
        outcome.look();
        outcome.find(not_a_file(folder, "a folder"));
    }
    for entry in facts.tree.entries().iter().filter(|entry| entry.mode == Mode::Symlink) {
        // A tool follows the link, and we never do: what it reads there is not known.
        if is_opened_by_tools(Kind::of(&entry.path)) && facts.zone(&entry.path) == Zone::Own {
            let at = Some(Place::whole(entry.path.to_string(), "is a symbolic link"));
            let why = "links are never followed: what a tool reads there is not known".to_owned();
            outcome.unproven.push(Unproven { why, at });
        }
    }
    inheritance::check(facts, &mut outcome);
    outcome.unproven.extend(unread(facts));
    outcome
}

/// The kinds that a program opens by their name.
fn is_opened_by_tools(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Manifest
            | Kind::Lockfile
            | Kind::CargoConfig
            | Kind::Toolchain
            | Kind::ClippyConfig
            | Kind::Workflow
            | Kind::Action
            | Kind::Policy
    )
}

/// Says whether a text is most likely input of a test, in an encoding of its own: no rule reads promises there.
fn is_input(file: &SourceFile) -> bool {
    let below_tests = path::parent(&file.path).split('/').any(|part| matches!(part, "tests" | "test" | "examples"));
    below_tests
        && file.kind == Kind::Text
        && matches!(path::extension(&file.path), "txt" | "csv" | "html" | "json" | "")
}

fn broken(file: &SourceFile, first: &Problem, more: usize) -> Finding {
    let text = &file.content.text;
    let place = match first.span {
        Some(span) if !text.as_str().is_empty() => text.place(&file.path, visible(text.as_str(), span), "here"),
        _ => Place::whole(file.path.to_string(), "can't be read"),
    };
    let others = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    Finding::new(format!("{} can't be read: {}{others}", file.path, first.message), place).certainty(certainty(file))
}

/// An empty span would show no caret: it takes the character behind it.
fn visible(text: &str, span: Span) -> Span {
    let start = span.start.min(text.len());
    let next = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start, span.end.max(start + next).min(text.len()))
}

fn certainty(file: &SourceFile) -> Certainty {
    if file.text().starts_with(LFS_POINTER) {
        return Certainty::Unsure;
    }
    let is_template = file.text().contains("{{") || file.text().contains("{%");
    let is_below_tests = file.path.split('/').any(|part| matches!(part, "tests" | "test" | "testing" | "examples"));
    match file.kind {
        Kind::Rust | Kind::Markdown | Kind::Changelog if !is_below_tests => Certainty::Probable,
        kind if is_opened_by_tools(kind) && is_below_tests => Certainty::Unsure,
        Kind::Workflow | Kind::Action => Certainty::Certain,
        kind if is_opened_by_tools(kind) && !is_template => Certainty::Certain,
        _ => Certainty::Unsure,
    }
}

fn not_a_file(path: &str, what: &str) -> Finding {
    Finding::new(format!("{path} is {what}"), Place::whole(path, what)).why("it is opened by this name")
}

/// What could not be opened, one entry for each reason.
fn unread(facts: &Facts) -> Vec<Unproven> {
    let mut found: Vec<(Unproven, usize)> = Vec::new();
    for missed in facts.unread.iter().filter(|missed| !missed.problem.limit) {
        if let Some((_, count)) = found.iter_mut().find(|(one, _)| one.why == missed.problem.message) {
            *count += 1;
        } else {
            let at = Some(Place::whole(missed.path.to_string(), "was not read"));
            found.push((Unproven { why: missed.problem.message.clone(), at }, 0));
        }
    }
    found
        .into_iter()
        .map(|(mut one, more)| {
            if more > 0 {
                one.why = format!("{} ({more} more like it)", one.why);
            }
            one
        })
        .collect()
}
