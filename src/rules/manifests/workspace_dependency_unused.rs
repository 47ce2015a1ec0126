//! Entries of `[workspace.dependencies]` that no member inherits.

use std::collections::BTreeSet;

use crate::facts::path;
use crate::facts::workspace::Package;
use crate::facts::workspace::Workspace;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::manifests::broken;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "workspace-dependency-unused",
    group: "manifests",
    level: Level::Warn,
    claim: "every dependency that a workspace shares is inherited by a member",
    page: "\
`[workspace.dependencies]` says once which version the members use. An entry that no member inherits looks like a fact
about the build and is none: a reader, or a bot that raises versions, takes it for one.

## What is compared

Each entry of `[workspace.dependencies]` with the `NAME.workspace = true` entries of all members of that workspace, in
every dependency table.

## Example of drift

`time = \"0.1\"` is shared by the workspace, but the last member that inherited it was removed.

## How to mend it

Delete the entry, or inherit it where a member repeats the version by hand.

## When the rule keeps silent

An entry with a `path` to a package of this repository belongs to a catalogue of the local packages, which version bumps
read. Where a member's manifest can't be parsed nothing is said about its workspace; the claim is then unproven.",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    let broken = broken::manifests(facts);
    let strays: Vec<&Package> = facts.cargo.packages.iter().filter(|package| package.stray.is_some()).collect();
    for workspace in facts.cargo.workspaces.iter().filter(|workspace| workspace.declared) {
        let Some(manifest) = facts.manifest(&workspace.manifest) else { continue };
        let Some(table) = &manifest.workspace else { continue };
        if table.dependencies.is_empty() || facts.zone(&workspace.manifest) != Zone::Own {
            continue;
        }
        if let Some(broken) = broken.iter().find(|path| path::is_within(path, &workspace.folder)) {
            outcome.unproven(format!("{broken} could not be read, and it may be a member"));
            continue;
        }
        let inherited = inherited(context, workspace, &strays);
        for entry in &table.dependencies {
            let local = entry.path.as_ref().and_then(|path| path::join(&workspace.folder, &path.value));
            if local.is_some_and(|folder| facts.tree.has_file(&path::child(&folder, "Cargo.toml"))) {
                continue;
            }
            outcome.look();
            if !inherited.contains(entry.key.value.as_str()) {
                let message = format!("no member of the workspace inherits `{}`", entry.key.value);
                let place = facts.place(&workspace.manifest, entry.key.span, "shared, and used by nobody");
                let count = workspace.members.len();
                let members = if count == 1 { "its only member".to_owned() } else { format!("its {count} members") };
                outcome.find(Finding::new(message, place).against(facts.place(
                    &workspace.manifest,
                    table.span,
                    format!("none of {members} inherits it"),
                )));
            }
        }
    }
    outcome
}

fn inherited<'a>(context: &Context<'a>, workspace: &Workspace, strays: &[&'a Package]) -> BTreeSet<&'a str> {
    let packages = workspace.members.iter().map(|&member| &context.facts.cargo.packages[member]);
    // A package that the workspace does not list inherits from it all the same.
    let strays = strays.iter().copied();
    let strays = strays.filter(|package| package.stray.as_deref() == Some(workspace.manifest.as_ref()));
    packages
        .chain(strays)
        .flat_map(|package| &package.dependencies)
        .filter(|edge| edge.inherited)
        .map(|edge| edge.key.value.as_str())
        .collect()
}
