//! `ci-name-unknown`: a package, feature or target in a CI command that the workspace it runs in does not have.

use crate::facts::Facts;
use crate::facts::manifest::TargetKind;
use crate::facts::path;
use crate::facts::path_pattern::PathPattern;
use crate::facts::place::Place;
use crate::facts::shell::lexer::Word;
use crate::facts::workflow::cargo_calls;
use crate::facts::workflow::cargo_calls::Call;
use crate::facts::workflow::scripts::Script;
use crate::facts::workspace::Package;
use crate::facts::workspace::Workspace;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-name-unknown",
    group: "ci",
    level: Level::Deny,
    claim: "every package, feature and target that a CI command names is in the workspace it runs in",
    page: "\
## What is compared

The names behind `-p`, `--exclude`, `--features`, `--test`, `--bin`, `--example` and `--bench` in the cargo commands of \
workflows (also through `cargo hack`, `nextest` and the like), against the packages, features and targets of the workspace \
of the folder in which the command runs. Names that come from a matrix are taken row by row.

## Example of drift

```yaml
- run: cargo test -p my-macro --features full      # the package is called my-macros
```

## How to mend it

Write the name that the manifest has, or delete the command.

## When the rule keeps silent

`cargo update`, `tree`, `install`, `add` and others that take names of foreign packages; dependencies (`-p serde`, \
`serde/derive`); globs that fit a member; folders that a run decides or an earlier step makes; jobs whose earlier steps \
edit manifests. An `--exclude` of an unknown package is a warning: cargo itself only warns.
",
    check,
};

/// The subcommands whose names are those of the workspace.
const OWN: &[&str] = &[
    "build", "check", "clippy", "test", "bench", "run", "doc", "rustdoc", "rustc", "fix", "publish", "package", "list",
    "archive", "nextest",
];

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = unread::noted(context.facts);
    let facts = context.facts;
    if facts.tree.is_package_archive() {
        return outcome;
    }
    for (file, workflow) in facts.workflows() {
        for (script, calls) in cargo_calls::of(file, workflow) {
            if edits_manifests(&script) {
                continue;
            }
            for call in calls.iter().filter(|call| OWN.contains(&call.cargo.subcommand.as_str())) {
                judge(facts, &script, call, &mut outcome);
            }
        }
    }
    outcome
}

/// Says whether the job may change which packages there are before or in this script.
fn edits_manifests(script: &Script<'_>) -> bool {
    const EDITS: &[&str] = &[
        "cargo new",
        "cargo init",
        "cargo add",
        "git apply",
        "git checkout",
        "git switch",
        "patch ",
        "mv ",
        "cp ",
        "git clone",
        "cargo generate",
    ];
    script.job.steps[..=script.index].iter().filter_map(|step| step.run.as_ref()).any(|run| {
        EDITS.iter().any(|edit| run.value.contains(edit))
            || run.value.contains("sed") && run.value.contains("Cargo.toml")
    })
}

/// The workspace around a folder, and the package in it where one is there.
struct Home<'a> {
    workspace: &'a Workspace,
    package: Option<&'a Package>,
}

fn home<'a>(facts: &'a Facts, folder: &str) -> Option<Home<'a>> {
    if !facts.tree.exists(folder) || facts.tree.hides(folder) {
        return None;
    }
    let mut at = folder;
    loop {
        if let Some(package) = facts.cargo.package_in(at) {
            return Some(Home { workspace: facts.cargo.workspace_of(package), package: Some(package) });
        }
        if let Some(workspace) = facts.cargo.workspaces.iter().find(|workspace| workspace.folder == at) {
            return Some(Home { workspace, package: None });
        }
        if at.is_empty() || facts.tree.has_file(&path::child(at, "Cargo.toml")) {
            return None;
        }
        at = path::parent(at);
    }
}

fn judge(facts: &Facts, script: &Script<'_>, call: &Call, outcome: &mut Outcome) {
    let Some(folders) = &call.folders else { return };
    let homes: Option<Vec<_>> = folders.iter().map(|folder| home(facts, folder)).collect();
    let Some(homes) = homes.filter(|homes| !homes.is_empty()) else { return };
    let report = |word: &Word, message: String, certainty: Certainty, label: &str| {
        let at = facts.place(&script.file.path, script.span(word.span), label);
        let against =
            homes.iter().map(|home| Place::whole(home.workspace.manifest.as_ref(), "the workspace of the command"));
        let finding = Finding::new(message, at).certainty(certainty).why("cargo fails on a name that it does not know");
        against.fold(finding, Finding::against)
    };
    for word in &call.cargo.packages {
        for name in names(script, word) {
            outcome.look();
            if homes.iter().all(|home| !has_package(facts, home.workspace, &name)) {
                let message = format!("no package of the workspace is called `{name}`");
                outcome.find(report(word, message, Certainty::Certain, "no such package"));
            }
        }
    }
    for word in &call.cargo.excluded {
        for name in names(script, word) {
            outcome.look();
            if homes.iter().all(|home| !is_member(facts, home.workspace, &name)) {
                let message = format!("`--exclude {name}` excludes nothing: no member of the workspace is called so");
                outcome.find(report(word, message, Certainty::Probable, "no such member"));
            }
        }
    }
    let Some(selected) = selected(facts, script, call, &homes) else { return };
    if call.cargo.open || selected.is_empty() {
        return;
    }
    for word in &call.cargo.features {
        for text in names(script, word) {
            for name in text.split([',', ' ']).filter(|name| !name.is_empty()) {
                outcome.look();
                if !has_feature(&selected, name)
                    && !call.cargo.other.iter().any(|flag| flag.text == "--ignore-unknown-features")
                {
                    outcome.find(report(
                        word,
                        format!("{} has no feature `{name}`", listed(&selected)),
                        Certainty::Certain,
                        "no such feature",
                    ));
                }
            }
        }
    }
    let targets = [
        (&call.cargo.tests, TargetKind::Test, "test"),
        (&call.cargo.bins, TargetKind::Bin, "binary"),
        (&call.cargo.examples, TargetKind::Example, "example"),
        (&call.cargo.benches, TargetKind::Bench, "benchmark"),
    ];
    for (words, kind, what) in targets {
        for word in words {
            for name in names(script, word).into_iter().filter(|name| !name.contains(['*', '?', '['])) {
                outcome.look();
                let there = selected
                    .iter()
                    .any(|package| package.targets.iter().any(|target| target.kind == kind && target.name == name));
                if !there {
                    outcome.find(report(
                        word,
                        format!("{} has no {what} `{name}`", listed(&selected)),
                        Certainty::Certain,
                        "no such target",
                    ));
                }
            }
        }
    }
}

/// The names that a word stands for in the rows of the job; none where only a run knows one of them.
fn names(script: &Script<'_>, word: &Word) -> Vec<String> {
    let known = match word.known() {
        Some(name) => vec![name.to_owned()],
        None if word.text.contains("${{") && !word.text.replace("${{", "").contains('$') => {
            script.texts(&word.text).unwrap_or_default().into_iter().collect()
        }
        None => Vec::new(),
    };
    known.into_iter().filter(|name| !name.is_empty() && !name.contains(['$', '`', '<'])).collect()
}

/// Says whether `-p` finds a package: a member, a dependency, or a specification that is more than a name.
fn has_package(facts: &Facts, workspace: &Workspace, name: &str) -> bool {
    if name.contains([':', '/', '\\', '#']) {
        return true;
    }
    let bare = name.split('@').next().unwrap_or_default();
    let members = || workspace.members.iter().map(|&member| &facts.cargo.packages[member]);
    let depends = || members().any(|package| package.dependencies.iter().any(|edge| edge.package == bare));
    let locked = || {
        workspace.lockfile.as_ref().is_some_and(|lockfile| {
            facts.text(lockfile).is_some_and(|text| text.contains(&format!("name = \"{bare}\"")))
        })
    };
    is_member(facts, workspace, bare) || depends() || locked() || members().next().is_none()
}

/// Says whether a member has the name, or one that fits it as a glob.
fn is_member(facts: &Facts, workspace: &Workspace, name: &str) -> bool {
    let bare = name.split('@').next().unwrap_or_default();
    let pattern = bare.contains(['*', '?', '[']).then(|| PathPattern::filter(bare));
    let fits = |package: &Package| match &pattern {
        Some(Some(pattern)) => pattern.matches(&package.name.value),
        // A glob that we do not read fits whatever cargo says.
        Some(None) => true,
        None => package.name.value == bare,
    };
    workspace.members.iter().any(|&member| fits(&facts.cargo.packages[member]))
}

/// The packages whose features and targets the command may name; none where a name is not known before a run.
fn selected<'a>(facts: &'a Facts, script: &Script<'_>, call: &Call, homes: &[Home<'a>]) -> Option<Vec<&'a Package>> {
    let mut found = Vec::new();
    for home in homes {
        let members: Vec<&Package> =
            home.workspace.members.iter().map(|&member| &facts.cargo.packages[member]).collect();
        if call.cargo.packages.is_empty() {
            match home.package.filter(|_| !call.cargo.workspace) {
                Some(package) => found.push(package),
                None => found.extend(members),
            }
            continue;
        }
        for word in &call.cargo.packages {
            let names = names(script, word);
            if names.is_empty() || names.iter().any(|name| name.contains(['*', '?', '[', ':', '/', '\\', '@'])) {
                return None;
            }
            found.extend(members.iter().filter(|package| names.contains(&package.name.value)));
        }
    }
    Some(found)
}

fn has_feature(selected: &[&Package], name: &str) -> bool {
    match name.split_once('/') {
        Some((package, feature)) => {
            let package = package.trim_end_matches('?');
            // A feature of a dependency is the dependency's to have.
            selected.iter().all(|own| own.name.value != package)
                || selected.iter().any(|own| own.name.value == package && own.features.contains_key(feature))
        }
        None => {
            name == "default"
                || name.starts_with("dep:")
                || selected.iter().any(|package| package.features.contains_key(name))
        }
    }
}

fn listed(packages: &[&Package]) -> String {
    match packages {
        [one] => format!("`{}`", one.name.value),
        _ => format!("none of the {} packages", packages.len()),
    }
}
