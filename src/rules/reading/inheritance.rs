//! What manifests take from a workspace that does not have it: cargo reads none of the packages then.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::Manifest;
use crate::facts::manifest::PackageKeys;
use crate::facts::manifest::WorkspaceTable;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::workspace::Package;
use crate::facts::workspace::Workspace;
use crate::facts::workspace::found_readme;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::outcome::Outcome;

/// Compares what the maintainers' own packages inherit with what their workspaces hand down.
pub(super) fn check(facts: &Facts, outcome: &mut Outcome) {
    for workspace in facts.cargo.workspaces.iter().filter(|workspace| workspace.declared) {
        let Some(table) = whole(facts, &workspace.manifest).and_then(|root| root.workspace.as_ref()) else { continue };
        let shared: BTreeSet<&str> = table.dependencies.iter().map(|one| one.key.value.as_str()).collect();
        for package in workspace.members.iter().map(|&index| &facts.cargo.packages[index]) {
            let Some(manifest) = whole(facts, &package.manifest).filter(|_| package.zone == Zone::Own) else {
                continue;
            };
            let heir = Heir { facts, workspace, table, package };
            let lacking = manifest.package.iter().flat_map(|own| lacking(&own.keys, &table.package));
            let handed_down = |key: &str| key == "readme" && found_readme(&facts.tree, &workspace.folder).is_some();
            for (key, span) in lacking.filter(|(key, _)| !handed_down(key)) {
                heir.lacks(&format!("[workspace.package] {key}"), span, outcome);
            }
            let inherited = manifest.dependencies.iter().filter(|one| one.kind != DependencyKind::Patch);
            for (one, span) in inherited.filter_map(|one| Some((one, one.workspace?))) {
                if !shared.contains(one.key.value.as_str()) {
                    heir.lacks(&format!("[workspace.dependencies] {}", one.key.value), span, outcome);
                }
            }
        }
    }
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        named_root(facts, package, outcome);
    }
}

/// A manifest that was read whole.
fn whole<'a>(facts: &'a Facts, path: &str) -> Option<&'a Manifest> {
    facts.manifest(path).filter(|_| facts.file(path).is_some_and(|file| file.content.problems.is_empty()))
}

struct Heir<'a> {
    facts: &'a Facts,
    workspace: &'a Workspace,
    table: &'a WorkspaceTable,
    package: &'a Package,
}

impl Heir<'_> {
    fn lacks(&self, what: &str, span: Span, outcome: &mut Outcome) {
        let message = format!("{} inherits {what}, which its workspace does not have", self.package.name.value);
        let at = self.facts.place(&self.package.manifest, span, "takes it from the workspace");
        let against = self.facts.place(&self.workspace.manifest, self.table.span, "does not hand it down");
        outcome.find(Finding::new(message, at).against(against).why("cargo can't read the manifest"));
    }
}

/// The keys that a package inherits and its workspace does not have.
fn lacking(own: &PackageKeys, shared: &PackageKeys) -> Vec<(&'static str, Span)> {
    fn one<T>(own: Option<&Inherit<T>>, shared: Option<&Inherit<T>>) -> Option<Span> {
        match (own, shared) {
            (Some(Inherit::Workspace(span)), None) => Some(*span),
            _ => None,
        }
    }
    let keys = [
        ("version", one(own.version.as_ref(), shared.version.as_ref())),
        ("edition", one(own.edition.as_ref(), shared.edition.as_ref())),
        ("rust-version", one(own.rust_version.as_ref(), shared.rust_version.as_ref())),
        ("description", one(own.description.as_ref(), shared.description.as_ref())),
        ("license", one(own.license.as_ref(), shared.license.as_ref())),
        ("license-file", one(own.license_file.as_ref(), shared.license_file.as_ref())),
        ("readme", one(own.readme.as_ref(), shared.readme.as_ref())),
        ("repository", one(own.repository.as_ref(), shared.repository.as_ref())),
        ("homepage", one(own.homepage.as_ref(), shared.homepage.as_ref())),
        ("documentation", one(own.documentation.as_ref(), shared.documentation.as_ref())),
        ("publish", one(own.publish.as_ref(), shared.publish.as_ref())),
        ("include", one(own.include.as_ref(), shared.include.as_ref())),
        ("exclude", one(own.exclude.as_ref(), shared.exclude.as_ref())),
    ];
    keys.into_iter().filter_map(|(key, span)| Some((key, span?))).collect()
}

/// `package.workspace` that leads to a manifest which is no workspace: circles end here, too.
fn named_root(facts: &Facts, package: &Package, outcome: &mut Outcome) {
    let Some(named) = whole(facts, &package.manifest)
        .and_then(|manifest| manifest.package.as_ref())
        .and_then(|table| table.workspace.as_ref())
    else {
        return;
    };
    let Some(target) = path::join(&package.folder, &named.value) else { return };
    let target = if path::file_name(&target) == "Cargo.toml" { target } else { path::child(&target, "Cargo.toml") };
    let Some(root) = whole(facts, &target).filter(|root| root.workspace.is_none()) else { return };
    let message = format!("{} names {target} as its workspace, which is none", package.name.value);
    let at = facts.place(&package.manifest, named.span, "names it as the workspace");
    let span = root.package.as_ref().map_or(Span::default(), |table| table.span);
    let against = facts.place(&target, span, "has no [workspace]");
    outcome.find(Finding::new(message, at).against(against).why("cargo can't read the manifest"));
}
