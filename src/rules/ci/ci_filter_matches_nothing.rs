//! `ci-filter-matches-nothing`: a path pattern or folder of the CI configuration that fits nothing in the tree.

use crate::facts::Facts;
use crate::facts::ignored::Ignored;
use crate::facts::path;
use crate::facts::path_pattern::PathPattern;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::tree::Mode;
use crate::facts::workflow::document::Workflow;
use crate::facts::workflow::filters;
use crate::facts::workflow::filters::Filter;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-filter-matches-nothing",
    group: "ci",
    level: Level::Deny,
    claim: "every path that a workflow or a code-owner file names is in the tree",
    page: "\
## What is compared

The patterns under `on.*.paths`, the filters of `dorny/paths-filter` and `tj-actions/changed-files`, `hashFiles(...)`, \
`working-directory` and the lines of `CODEOWNERS`, against the paths of the tree. Where a folder was renamed or left the \
repository, its pattern stays behind: changes in the new place start no workflow and ask no owner.

## Example of drift

```yaml
on:
  pull_request:
    paths:
      - 'crates/parser/**'     # the folder is called crates/syntax now
```

## How to mend it

Write the new path, or delete the line.

## When the rule keeps silent

Names that any folder may hold (`**/*.proto`, `build.rs`), exclusions (`!docs/**`, `paths-ignore`), lock files and what \
else a build makes, folders that an earlier step of the job makes or checks out, submodules. One dead pattern among live \
ones is a warning; a list in which no pattern fits anything is a denial, because the event can't start the workflow.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = unread::noted(context.facts);
    let facts = context.facts;
    if facts.tree.is_package_archive() {
        return outcome;
    }
    for (file, workflow) in facts.workflows() {
        for filter in filters::of(file.text(), workflow) {
            judge_filter(facts, file, &filter, &mut outcome);
        }
        for job in &workflow.jobs {
            judge_folders(facts, file, workflow, job, &mut outcome);
        }
    }
    for path in ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"] {
        if let Some(file) = facts.file(path) {
            judge_owners(facts, file, &mut outcome);
        }
    }
    outcome
}

fn judge_filter(facts: &Facts, file: &SourceFile, filter: &Filter, outcome: &mut Outcome) {
    let mut live = 0;
    let mut dead = Vec::new();
    for pattern in filter.patterns.iter().filter(|pattern| !pattern.value.starts_with('!')) {
        let Some(parsed) = PathPattern::filter(&pattern.value) else {
            live += 1;
            continue;
        };
        outcome.look();
        if fits_anything(facts, &parsed) {
            live += 1;
        } else {
            dead.push((pattern, is_of_one_place(facts, &pattern.value)));
        }
    }
    let never = filter.trigger && live == 0 && dead.iter().any(|(_, specific)| *specific);
    for (pattern, specific) in dead {
        if !specific {
            continue;
        }
        let message = if never {
            format!(
                "`{}` matches no file, nor does any other pattern of {}: it never starts the workflow",
                pattern.value, filter.decides
            )
        } else {
            format!("`{}` matches no file: it decides nothing for {}", pattern.value, filter.decides)
        };
        let certainty = if never { Certainty::Certain } else { Certainty::Probable };
        outcome.find(
            Finding::new(message, facts.place(&file.path, pattern.span, "matches nothing"))
                .against(missing(facts, &pattern.value))
                .certainty(certainty),
        );
    }
}

fn fits_anything(facts: &Facts, pattern: &PathPattern) -> bool {
    facts.tree.entries().iter().any(|entry| {
        pattern.matches(&entry.path)
            // What lies in a submodule can't be seen.
            || entry.mode == Mode::Submodule && pattern.prefix().starts_with(entry.path.as_ref())
    })
}

/// Names that a pattern may hold in reserve: they come and go with a build or with a tool.
const RESERVED: &[&str] =
    &["Cargo.lock", "target", "node_modules", "dist", "build", "rust-toolchain", "rust-toolchain.toml", "vendor"];

/// Says whether a pattern names a place of this repository, not a kind of file that may turn up anywhere.
fn is_of_one_place(facts: &Facts, pattern: &str) -> bool {
    let bare = pattern.trim_start_matches("./");
    let Some((first, rest)) = bare.split_once('/') else { return false };
    let reserved = bare.split('/').any(|part| RESERVED.contains(&part));
    let hidden = first.starts_with('.') && first != ".github";
    !first.contains("**") && !reserved && !hidden && !rest.is_empty() && !facts.tree.hides(bare)
}

/// The place that is missing: the longest literal folder of a pattern.
fn missing(facts: &Facts, pattern: &str) -> Place {
    let mut folder = String::new();
    for part in pattern.trim_start_matches("./").split('/').take_while(|part| !part.contains(['*', '[', '?'])) {
        folder = path::child(&folder, part);
        if !facts.tree.exists(&folder) {
            break;
        }
    }
    let label = if facts.tree.exists(&folder) { "holds nothing that fits" } else { "is not there" };
    if folder.is_empty() { Place::whole(pattern, "is not there") } else { Place::whole(folder, label) }
}

fn judge_folders(facts: &Facts, file: &SourceFile, workflow: &Workflow, job: &Job, outcome: &mut Outcome) {
    for (index, step) in job.steps.iter().enumerate() {
        let own = step.working_directory.as_ref();
        let inherited = || job.defaults.working_directory.as_ref().or(workflow.defaults.working_directory.as_ref());
        let Some(folder) = own.or_else(|| inherited().filter(|_| step.run.is_some())) else { continue };
        let Some(path) = path::join("", &folder.value) else { continue };
        if folder.value.contains(['$', '~', '*']) || path.is_empty() {
            continue;
        }
        outcome.look();
        if facts.tree.exists(&path) || facts.tree.hides(&path) || is_made(facts, job, index, &path) {
            continue;
        }
        let message = format!("the step runs in `{path}`, a folder that is not in the tree");
        outcome.find(
            Finding::new(message, facts.place(&file.path, folder.span, "is not there"))
                .against(Place::whole(path, "is not there"))
                .certainty(Certainty::Probable),
        );
        if own.is_none() {
            return;
        }
    }
}

/// Says whether a step up to this one may make the folder: it names it, or it brings files from elsewhere.
fn is_made(facts: &Facts, job: &Job, index: usize, folder: &str) -> bool {
    // What git ignores is made by something, on the way or by a script.
    if Ignored::of(facts).names(folder) {
        return true;
    }
    let first = folder.split('/').next().unwrap_or_default();
    let brings = |target: &str| {
        let lower = target.to_ascii_lowercase();
        ["download", "artifact", "cache", "clone", "extract", "unzip"].iter().any(|word| lower.contains(word))
    };
    let outside = !facts.tree.exists(first);
    job.container
        || job.steps[..=index].iter().any(|step| {
            let mut texts = step
                .with
                .iter()
                .map(|(_, value)| value.value.as_str())
                .chain(step.run.iter().map(|run| run.value.as_str()));
            let local = step.uses.as_ref().is_some_and(|uses| uses.local().is_some() || brings(&uses.target));
            let foreign = step.input("repository").is_some();
            let scripted = step.run.as_ref().is_some_and(|run| {
                ["git clone", "tar ", "unzip", "mkdir", "cargo new", "cargo init", "npx", "wasm-pack"]
                    .iter()
                    .any(|word| run.value.contains(word))
            });
            local || foreign || scripted || outside && texts.any(|text| text.contains(first))
        })
        || job.steps[..index].iter().any(|step| builds_beside(facts, step, folder))
}

/// Says whether a step builds something in the folder around a missing one.
fn builds_beside(facts: &Facts, step: &Step, folder: &str) -> bool {
    const BUILDERS: &[&str] = &[
        "npm ",
        "pnpm ",
        "yarn",
        "bun ",
        "make",
        "just ",
        "node ",
        "python",
        "gradle",
        "trunk ",
        "maturin",
        "cargo build",
    ];
    let mut around = path::parent(folder);
    while !around.is_empty() && !facts.tree.has_folder(around) {
        around = path::parent(around);
    }
    let works_in = step.working_directory.as_ref().and_then(|folder| path::join("", &folder.value));
    !around.is_empty()
        && works_in.is_some_and(|works_in| works_in == around)
        && step.run.as_ref().is_some_and(|run| BUILDERS.iter().any(|word| run.value.contains(word)))
}

fn judge_owners(facts: &Facts, file: &SourceFile, outcome: &mut Outcome) {
    for line in 1..=file.content.text.line_count() {
        let text = file.content.text.line(line);
        let bare = text.split('#').next().unwrap_or_default();
        let Some(pattern) = bare.split_whitespace().next() else { continue };
        let Some(parsed) = PathPattern::owners(pattern) else { continue };
        outcome.look();
        let fits = fits_anything(facts, &parsed) || facts.tree.folders().any(|folder| parsed.matches(folder));
        let specific = pattern.trim_end_matches('/').contains('/')
            && is_of_one_place(facts, pattern.trim_start_matches('/'))
            || pattern.starts_with('/') && !pattern.contains('*');
        if fits || !specific {
            continue;
        }
        let start = file.content.text.line_span(line).start + text.find(pattern).unwrap_or(0);
        let at = Spanned::new(pattern, Span::new(start, start + pattern.len()));
        outcome.find(
            Finding::new(
                format!("`{pattern}` owns nothing: no path of the tree matches it"),
                facts.place(&file.path, at.span, "matches nothing"),
            )
            .against(missing(facts, pattern.trim_start_matches('/')))
            .why("changes in the place that it meant ask nobody for a review")
            .certainty(Certainty::Probable),
        );
    }
}
