//! Addresses in manifests that disagree with those of the sibling packages, with the folders, or with the package itself.

use std::collections::BTreeSet;

use semver::VersionReq;

use crate::facts::Facts;
use crate::facts::place::Located;
use crate::facts::place::Place;
use crate::facts::workspace::Package;
use crate::facts::yaml::around;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::manifests::forge_url;
use crate::rules::manifests::home;
use crate::rules::manifests::home::Home;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "manifest-url-outdated",
    group: "manifests",
    level: Level::Warn,
    claim: "the addresses in the manifests lead to this repository, its folders and its packages",
    page: "\
`repository`, `homepage` and `documentation` are what a registry shows. After a repository moves to an organisation, a
crate to another folder or a package to another name, some of them keep the old address.

## What is compared

`repository` and `homepage` with the repository that most packages of the tree name; the folder behind `/tree/BRANCH/`
with the folders of the tree; `documentation` on docs.rs with the names of the packages here, and a version in it with the
version of the package.

## Example of drift

Eleven packages say `https://github.com/new-org/tool`, the twelfth still says `https://github.com/old-owner/tool`.
`repository = \"…/tree/main/crates/parser\"` after the folder became `crates/syntax`.

## How to mend it

Write the address of today, best once in `[workspace.package]`.

## When the rule keeps silent

Without a majority nobody can say which address is right. Imported packages that name a wholly different repository, sites
of their own, documentation of a sibling package and other hosts are left alone, and so is an address with a comment
beside it or right above it.",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    // The other packages of the workspace are not in a package of a registry.
    if facts.tree.is_package_archive() {
        return outcome;
    }
    let home = home::of(facts);
    let mut seen = BTreeSet::new();
    let names: BTreeSet<String> = facts.cargo.packages.iter().map(|package| plain(&package.name.value)).collect();
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        for (key, url) in [("repository", &package.repository), ("homepage", &package.homepage)] {
            let (Some(url), Some(home)) = (url, &home) else { continue };
            if seen.insert((url.path.clone(), url.span)) {
                outcome.findings.extend(address(facts, home, package, key, url, &mut outcome.looked_at));
            }
        }
        if let Some(url) = package.documentation.as_ref().filter(|url| seen.insert((url.path.clone(), url.span))) {
            outcome.findings.extend(documentation(
                facts,
                &names,
                home.as_ref(),
                (package, url),
                &mut outcome.looked_at,
            ));
        }
    }
    outcome
}

/// A name as the registry compares it.
fn plain(name: &str) -> String {
    name.replace('_', "-").to_ascii_lowercase()
}

/// An address of another repository, or of a folder that is not there.
fn address(
    facts: &Facts,
    home: &Home<'_>,
    package: &Package,
    key: &str,
    url: &Located<String>,
    looked_at: &mut usize,
) -> Option<Finding> {
    let (repository, rest) = forge_url::read(&url.value)?;
    *looked_at += 1;
    let ours = &home.repository;
    if repository != *ours {
        let has_moved = repository.name == ours.name;
        let was_alone = repository.owner == ours.owner && repository.name == package.name.value.to_ascii_lowercase();
        let is_counted = home.votes >= 2 || (key == "homepage" && has_moved);
        if !is_counted || !(has_moved || was_alone) || is_explained(facts, url) {
            return None;
        }
        let message = format!(
            "`{key}` of {} is {}, the packages here name {}",
            package.name.value,
            repository.shown(),
            ours.shown()
        );
        let named = home.package.repository.as_ref().map(|named| facts.place_of(named, "names this repository"));
        let finding = Finding::new(message, facts.place_of(url, "names another repository"));
        return Some(finding.against(named?).certainty(Certainty::Probable));
    }
    let mut parts = rest.splitn(3, '/');
    let folder = match (parts.next(), parts.next(), parts.next()) {
        (Some("tree" | "blob"), Some(_), Some(folder)) => folder.trim_end_matches('/'),
        _ => return None,
    };
    // An unpacked package has lost the folders around it.
    if package.folder.is_empty() || facts.tree.exists(folder) || facts.tree.hides(folder) {
        return None;
    }
    let message = format!("`{key}` of {} leads to the folder {folder}, which is not there", package.name.value);
    let finding = Finding::new(message, facts.place_of(url, "leads to this folder"));
    Some(
        finding
            .against(Place::whole(folder, "is not there"))
            .against(facts.place_of(&package.name, "the package is here"))
            .certainty(Certainty::Probable),
    )
}

/// Says whether a comment beside an address, or right above it, says why it is another one.
fn is_explained(facts: &Facts, url: &Located<String>) -> bool {
    let text = facts.text(&url.path).unwrap_or_default();
    around::comment_behind(text, url.span.end).is_some() || !around::comments_above(text, url.span.start).is_empty()
}

/// Documentation of a package or of a version that is not this one.
fn documentation(
    facts: &Facts,
    names: &BTreeSet<String>,
    home: Option<&Home<'_>>,
    (package, url): (&Package, &Located<String>),
    looked_at: &mut usize,
) -> Option<Finding> {
    let (_, rest) = url.value.split_once("://docs.rs/")?;
    let mut parts = rest.strip_prefix("crate/").unwrap_or(rest).split(['/', '?', '#']);
    let name = parts.next().filter(|name| !name.is_empty())?;
    *looked_at += 1;
    if plain(name) != plain(&package.name.value) {
        // A package that was brought in from another repository keeps the documentation of that one.
        let repository = package.repository.as_ref().and_then(|url| forge_url::read(&url.value));
        let is_imported = repository.is_some_and(|(repository, _)| {
            plain(&repository.name) == plain(name) && home.is_none_or(|home| home.repository != repository)
        });
        let is_known = is_imported
            || names.contains(&plain(name))
            || package.dependencies.iter().any(|edge| plain(&edge.package) == plain(name))
            || package.library().is_some_and(|library| plain(&library.name) == plain(name));
        let message = format!("`documentation` of {} is that of {name}, which is no package here", package.name.value);
        let finding = Finding::new(message, facts.place_of(url, format!("names {name}")))
            .against(facts.place_of(&package.name, "is the package"))
            .certainty(Certainty::Probable);
        return (!is_known).then_some(finding);
    }
    let written = parts.next().filter(|part| part.starts_with(|one: char| one.is_ascii_digit()))?;
    let version = package.version.as_ref()?;
    if VersionReq::parse(written).ok()?.matches(&version.value) {
        return None;
    }
    let message = format!(
        "`documentation` of {} is that of version {written}, the package is {}",
        package.name.value, version.value
    );
    Some(
        Finding::new(message, facts.place_of(url, "is that of an older version"))
            .against(facts.place_of(version, "is this version")),
    )
}
