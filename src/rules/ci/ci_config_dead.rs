//! `ci-config-dead`: CI configuration that can do nothing: updates of folders without manifests, events nobody sends.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::path_pattern::PathPattern;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::yaml::parse;
use crate::facts::yaml::tree::YamlNode;
use crate::rules::ci::unread;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "ci-config-dead",
    group: "ci",
    level: Level::Warn,
    claim: "every piece of CI configuration has something to act on",
    page: "\
## What is compared

- `.github/dependabot.yml`: each `package-ecosystem` with its folders, against the manifests in these folders.
- `workflow_run`: the names of the workflows that it waits for, against the names of the workflows of the tree.
- `.travis.yml`, `appveyor.yml`, `.circleci/` beside GitHub workflows: a note, because they may still be switched on.

## Example of drift

```yaml
updates:
  - package-ecosystem: cargo
    directory: /backend        # the manifest is in /server now: no update is ever proposed
```

## How to mend it

Write the folder that holds the manifest, or delete the entry.

## When the rule keeps silent

Ecosystems whose manifests it does not know, folders given by a pattern that some manifest fits, submodules.
",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    // What the configuration names is not in the package of a registry.
    if context.facts.tree.is_package_archive() {
        return Outcome::default();
    }
    let mut outcome = unread::noted(context.facts);
    let facts = context.facts;
    for path in [".github/dependabot.yml", ".github/dependabot.yaml"] {
        if let Some(file) = facts.file(path) {
            judge_updates(facts, file, &mut outcome);
        }
    }
    judge_waiting(facts, &mut outcome);
    if facts.workflows().next().is_some() {
        for path in [".travis.yml", "appveyor.yml", ".appveyor.yml", ".circleci/config.yml"] {
            if facts.tree.has_file(path) {
                outcome.look();
                outcome.find(retired(facts, path));
            }
        }
    }
    outcome
}

fn retired(facts: &Facts, path: &str) -> Finding {
    let workflow = facts.workflows().next().map_or(".github/workflows", |(file, _)| &file.path);
    Finding::new(
        format!("{path} configures a second CI beside the GitHub workflows"),
        Place::whole(path, "may have retired"),
    )
    .against(Place::whole(workflow, "runs the checks"))
    .why("a CI that was switched off looks like a check that runs")
    .certainty(Certainty::Unsure)
}

/// The file names that an ecosystem looks for; none where we do not know them all.
fn manifests(ecosystem: &str) -> Option<&'static [&'static str]> {
    Some(match ecosystem {
        "cargo" => &["Cargo.toml"],
        "npm" => &["package.json"],
        "gomod" => &["go.mod"],
        "gitsubmodule" => &[".gitmodules"],
        "bundler" => &["Gemfile", "gems.rb"],
        "composer" => &["composer.json"],
        "mix" => &["mix.exs"],
        "pub" => &["pubspec.yaml"],
        "rust-toolchain" => &["rust-toolchain.toml", "rust-toolchain"],
        "uv" => &["pyproject.toml", "uv.lock"],
        _ => return None,
    })
}

fn judge_updates(facts: &Facts, file: &SourceFile, outcome: &mut Outcome) {
    let yaml = parse::parse(file.text(), &mut Vec::new());
    let Some(updates) = yaml.root().and_then(|root| root.get("updates")) else { return };
    for update in updates.items() {
        let Some(ecosystem) = update.get("package-ecosystem").and_then(YamlNode::text) else { continue };
        let folders =
            ["directory", "directories"].into_iter().filter_map(|key| update.get(key)).flat_map(YamlNode::scalars);
        for folder in folders {
            outcome.look();
            if let Some(finding) = judge_update(facts, file, ecosystem, &folder) {
                outcome.find(finding);
            }
        }
    }
}

fn judge_update(facts: &Facts, file: &SourceFile, ecosystem: &str, folder: &Spanned<String>) -> Option<Finding> {
    let bare = folder.value.trim_matches('/').trim_start_matches("./");
    let bare = if bare == "." { "" } else { bare };
    if facts.tree.hides(&path::child(bare, "x")) {
        return None;
    }
    let (message, missing) = if bare.contains(['*', '?', '[', '{']) {
        let (pattern, names) = (PathPattern::filter(bare)?, manifests(ecosystem)?);
        let fits = facts.tree.folders().any(|folder| {
            pattern.matches(folder) && names.iter().any(|name| facts.tree.has_file(&path::child(folder, name)))
        });
        if fits || names.iter().any(|name| bare.starts_with('*') && facts.tree.has_file(name)) {
            return None;
        }
        (format!("no folder that fits `{bare}` holds a manifest of {ecosystem}"), bare.to_owned())
    } else if !facts.tree.exists(bare) {
        (format!("{ecosystem} is to be updated in `{bare}`, which is not in the tree"), bare.to_owned())
    } else {
        let names = manifests(ecosystem)?;
        if names.iter().any(|name| facts.tree.has_file(&path::child(bare, name))) {
            return None;
        }
        let shown = if bare.is_empty() { "the root" } else { bare };
        (
            format!("{ecosystem} is to be updated in {shown}, which holds no {}", names.join(" or ")),
            path::child(bare, names[0]),
        )
    };
    let finding = Finding::new(message, facts.place(&file.path, folder.span, "holds no manifest"));
    Some(finding.against(Place::whole(missing, "is not there")).why("no update is ever proposed, and nobody notices"))
}

/// `workflow_run` waits for workflows by name.
fn judge_waiting(facts: &Facts, outcome: &mut Outcome) {
    // A workflow that could not be read may be the one that is waited for.
    if facts.of_kind(Kind::Workflow).any(|file| !file.content.problems.is_empty()) {
        return;
    }
    let names: Vec<&str> = facts
        .workflows()
        .map(|(file, workflow)| workflow.name.as_ref().map_or(file.path.as_ref(), |name| name.value.as_str()))
        .collect();
    for (file, workflow) in facts.workflows() {
        for trigger in workflow.triggers.iter().filter(|trigger| trigger.event.value == "workflow_run") {
            for name in trigger.workflows.iter().filter(|name| !name.value.contains(['*', '$', '?', '['])) {
                outcome.look();
                if names.contains(&name.value.as_str()) {
                    continue;
                }
                let message = format!("it waits for the workflow `{}`, and no workflow has that name", name.value);
                outcome.find(
                    Finding::new(message, facts.place(&file.path, name.span, "names no workflow"))
                        .against(Place::whole(".github/workflows", format!("has {}", names.join(", "))))
                        .why("it never starts"),
                );
            }
        }
    }
}
