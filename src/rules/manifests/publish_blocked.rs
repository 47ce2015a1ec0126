//! Published packages that `cargo publish` or the registry would refuse as they stand.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::facts::manifest::DependencyKind;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::workspace::Edge;
use crate::facts::workspace::Package;
use crate::rules::finding::Edit;
use crate::rules::finding::Finding;
use crate::rules::finding::Fix;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::manifests::published;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "publish-blocked",
    group: "manifests",
    level: Level::Deny,
    claim: "every package that is published could be published as it stands",
    page: "\
A fault that only `cargo publish` sees is seen too late: half of a workspace is on the registry, the rest is refused.

## What is compared

Packages that are evidently published (a link leads to them on crates.io, a document or workflow runs `cargo publish` for
them, a published package needs them, or they are complete and a tag bears their name) with what the registry demands: a
description, a licence, and for every normal and build dependency a version requirement that is not `*`. A local
dependency with `publish = false` is found too; a git dependency without a version is noted, it may wait for a release.

## Example of drift

`nu-path = { path = \"../nu-path\" }` in a crate that three published crates depend on: `cargo publish` refuses a
dependency without a version.

## How to mend it

Add the missing key (`--fix` adds the version of a local package that has what crates.io asks for), or say `publish = false`.

## When the rule keeps silent

Internal packages that nothing shows to be published are left alone, with or without `publish = false`. Dev-dependencies
without a version are dropped by cargo when it packages. Packages that go to another registry than crates.io need no
description or licence.",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut check = Check { context, outcome: Outcome::default(), seen: BTreeSet::new(), by_git: BTreeMap::new() };
    for (index, evidence) in published::evidence(context) {
        let package = &context.facts.cargo.packages[index];
        check.outcome.look();
        if published::goes_to_crates_io(package) {
            check.metadata(package, &evidence);
        }
        for edge in &package.dependencies {
            if matches!(edge.kind, DependencyKind::Normal | DependencyKind::Build) {
                check.edge(package, edge, &evidence);
            }
        }
    }
    check.outcome
}

struct Check<'a> {
    context: &'a Context<'a>,
    outcome: Outcome,
    /// The places that were found already: many packages inherit one entry.
    seen: BTreeSet<(Arc<str>, Span)>,
    /// The findings about packages that depend on others by git, by the name of the package.
    by_git: BTreeMap<String, usize>,
}

impl Check<'_> {
    fn metadata(&mut self, package: &Package, evidence: &Place) {
        let licence = package.license.is_some() || package.license_file.is_some();
        let missing = match (package.description.is_some(), licence) {
            (true, true) => return,
            (true, false) => "licence",
            (false, true) => "description",
            (false, false) => "description and no licence",
        };
        let name = &package.name.value;
        let message = format!("{name} is published and has no {missing}");
        let place = self.context.facts.place_of(&package.name, format!("has no {missing}"));
        self.outcome.find(Finding::new(message, place).against(evidence.clone()).why("crates.io refuses it"));
    }

    fn edge(&mut self, package: &Package, edge: &Edge, evidence: &Place) {
        let facts = self.context.facts;
        let source = edge.path.as_ref().or(edge.version.as_ref()).unwrap_or(&edge.key);
        if !self.seen.insert((Arc::clone(&source.path), source.span)) {
            return;
        }
        let name = &package.name.value;
        let on = &edge.package;
        let local = edge.local.map(|local| &facts.cargo.packages[local]);
        let finding = match (&edge.version, &edge.path) {
            (None, Some(path)) => {
                let message = format!("{name} is published and depends on {on} by path without a version");
                let mut finding = Finding::new(message, facts.place_of(path, "has no version"));
                if let Some(version) = local.and_then(|local| local.version.as_ref()) {
                    finding = finding.against(facts.place_of(version, "is the version of the package there"));
                    // A package that can't follow to the registry as it is would be the next obstacle: a person decides.
                    if local.is_some_and(published::is_complete) {
                        finding.fix = self.add_version(path, &version.value.to_string());
                    }
                }
                finding.why("cargo publish refuses a dependency without a version")
            }
            (None, None) if edge.foreign => {
                let place = facts.place_of(&edge.key, "has no version");
                // Those of one package are told once.
                if let Some(&told) = self.by_git.get(name) {
                    self.outcome.findings[told].against.push(place);
                    return;
                }
                self.by_git.insert(name.clone(), self.outcome.findings.len());
                let message = format!("{name} is published and depends on {on} by git without a version");
                let finding = Finding::new(message, place);
                finding.why("cargo publish refuses it; perhaps on purpose until a release").certainty(Certainty::Unsure)
            }
            (Some(version), _) if version.value.trim() == "*" => {
                let message = format!("{name} is published and depends on any version of {on}");
                Finding::new(message, facts.place_of(version, "any version")).why("crates.io refuses wildcards")
            }
            (Some(_), Some(path)) if local.is_some_and(|local| local.version.is_some() && !local.is_publishable()) => {
                let message = format!("{name} is published and depends on {on}, which is never published");
                let finding = Finding::new(message, facts.place_of(path, "is needed from the registry"));
                let publish = local.and_then(|local| local.publish.as_ref());
                let finding = match publish {
                    Some(publish) => finding.against(facts.place_of(publish, "says that it is not published")),
                    None => finding,
                };
                // A feature that nobody has to turn on may be under work since the last release.
                finding.certainty(if edge.optional { Certainty::Unsure } else { Certainty::Probable })
            }
            _ => return,
        };
        self.outcome.find(finding.against(evidence.clone()));
    }

    /// The edit that puts a version before the `path` of an inline table.
    fn add_version(&self, path: &crate::facts::place::Located<String>, version: &str) -> Option<Fix> {
        let text = self.context.facts.text(&path.path)?;
        let before = text.get(..path.span.start)?;
        let key = before.rfind("path")?;
        let between = &before[key + 4..];
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let is_inline = between.chars().all(|one| one.is_whitespace() || "=\"'".contains(one))
            && before.get(line..key)?.contains('{')
            && before[..key].trim_end().ends_with(['{', ',']);
        is_inline.then(|| Fix {
            title: format!("add `version = \"{version}\"`"),
            edits: vec![Edit {
                path: path.path.to_string(),
                span: Span::new(key, key),
                text: format!("version = \"{version}\", "),
            }],
        })
    }
}
