//! `source-unreachable`: every source file of a package is part of a target.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

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
    name: "source-unreachable",
    group: "tests",
    level: Level::Warn,
    claim: "every source file of a package is part of one of its targets",
    page: PAGE,
    check,
};

const PAGE: &str = "\
## What is compared

The rule follows `mod`, `#[path]`, `include!` and macros that declare modules from the roots of all targets of all
packages, whatever `cfg` says, and names the `.rs` files below `src/` and `tests/` that nothing reaches.

Such a file looks like code: it is read, reviewed, edited in refactorings and shipped in the package, but no compiler
ever sees it. Mostly a module was moved and its old copy stayed.

## Example of drift

    src/
      lib.rs          mod format;
      format.rs       the module
      parse/
        format.rs     what it was before it moved: nobody compiles it

## How to mend it

Delete the file, or declare it with `mod`.

## When the rule keeps silent

One finding stands for a whole tree of modules: the file at its top is named, and how many lie below it. Where the file
holds tests, `test-never-runs` speaks instead.

The rule keeps silent about files whose name can be no module's or that have a `main` below `tests/`, about files that a
test harness, a build script, a macro or a script names by path or by folder, about fixtures and templates, about packages
that Bazel or Buck builds too, and about a file whose comment at the top says that it is kept. Where the declaration
stands there as a comment, it only notes.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome { looked_at: facts.modules().compiled.len(), ..Outcome::default() };
    if facts.tree.is_package_archive() {
        return outcome;
    }
    let orphans = orphan::orphans(facts);
    let mut switched_off = BTreeSet::new();
    let mut below: BTreeMap<&str, usize> = BTreeMap::new();
    for orphan in orphans.iter().filter(|orphan| orphan.below_another) {
        *below.entry(orphan.package.folder.as_str()).or_default() += 1;
    }
    // A file with `main` below `tests/` is rather a case of a harness that we do not know than a lost module.
    let is_case = |orphan: &Orphan<'_>| orphan.rust.main.is_some() && orphan.file.path.contains("tests/");
    for orphan in orphans.iter().filter(|orphan| !orphan.below_another && orphan.tests() == 0 && !is_case(orphan)) {
        outcome.look();
        // Of what is switched off in comments one place is shown for each package.
        if orphan.disabled && !switched_off.insert(orphan.package.folder.as_str()) {
            continue;
        }
        let first = orphan.file.content.text.line_span(1);
        let at = facts.place(&orphan.file.path, first, "no target compiles this file");
        let message = format!("no target of package `{}` compiles {}", orphan.package.name.value, orphan.file.path);
        let certainty = if orphan.disabled { Certainty::Unsure } else { Certainty::Certain };
        let mut finding = Finding::new(message, at).against(orphan.parent.clone()).certainty(certainty);
        if let Some(count) = below.get(orphan.package.folder.as_str()) {
            finding = finding.why(format!("{count} further files of the package are only reached from such files"));
        }
        outcome.find(finding);
    }
    outcome
}
