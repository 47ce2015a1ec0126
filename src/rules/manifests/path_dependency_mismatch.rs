//! Requirements of path dependencies that do not admit the version of the package at the path.

use std::collections::BTreeSet;
use std::sync::Arc;

use semver::Op;
use semver::Version;
use semver::VersionReq;

use crate::facts::manifest::DependencyKind;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Span;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "path-dependency-mismatch",
    group: "manifests",
    level: Level::Deny,
    claim: "every version requirement of a path dependency admits the version of the package at the path",
    page: "\
A dependency may name a path and a version: cargo builds with the path, the registry sees the version. Both must agree.

## What is compared

The `version` of each dependency that also has a `path` (in `[dependencies]`, `[dev-dependencies]`,
`[build-dependencies]`, their `[target.*]` forms and `[workspace.dependencies]`) with the `version` of the package whose
manifest lies at that path, inherited versions included.

## Example of drift

`core = { path = \"../core\", version = \"0.3\" }` while `core/Cargo.toml` says `version = \"0.4.0\"`: cargo refuses to
resolve the workspace.

## How to mend it

Raise the requirement to the version of the local package; `--fix` does so and keeps an operator such as `=` or `~`.

## When the rule keeps silent

A requirement that is older but still admits the version (`0.4` for 0.4.7) is no contradiction. Fixtures, templates and
vendored packages are not looked at, nor are dependencies whose path lies outside the repository.",
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    let mut seen: BTreeSet<(Arc<str>, Span)> = BTreeSet::new();
    let mut compare = |requirement: Located<String>, local: &Package, certainty: Certainty| {
        let Some(version) = &local.version else { return };
        let Ok(parsed) = VersionReq::parse(&requirement.value) else { return };
        if !seen.insert((Arc::clone(&requirement.path), requirement.span)) {
            return;
        }
        outcome.look();
        if parsed.matches(&version.value) {
            return;
        }
        let message = format!(
            "the requirement `{}` does not admit {} {}, the package at its path",
            requirement.value, local.name.value, version.value
        );
        let mut finding = Finding::new(message, facts.place_of(&requirement, "asks for this"))
            .against(facts.place_of(version, "is this"))
            .certainty(certainty);
        if certainty == Certainty::Certain {
            finding = finding.why("cargo refuses to resolve it");
        }
        if let Some(text) = raised(&requirement.value, &parsed, &version.value) {
            finding = finding.replace_with(text);
        }
        outcome.find(finding);
    };
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        for edge in package.dependencies.iter().filter(|edge| edge.kind != DependencyKind::Patch) {
            if let (Some(requirement), Some(local)) = (&edge.version, edge.local) {
                compare(requirement.clone(), &facts.cargo.packages[local], Certainty::Certain);
            }
        }
    }
    for (file, manifest) in facts.manifests().filter(|(file, _)| facts.zone(&file.path) == Zone::Own) {
        for entry in manifest.workspace.iter().flat_map(|workspace| &workspace.dependencies) {
            let (Some(path), Some(version)) = (&entry.path, &entry.version) else { continue };
            let folder = path::join(path::parent(&file.path), &path.value);
            if let Some(local) = folder.and_then(|folder| facts.cargo.package_in(&folder)) {
                let path = Arc::clone(&file.path);
                // Members that inherit the entry were compared above; nobody builds with this one yet.
                compare(Located { value: version.value.clone(), path, span: version.span }, local, Certainty::Probable);
            }
        }
    }
    outcome
}

/// The requirement with the version put in, where it is so plain that nothing else can be meant.
fn raised(written: &str, parsed: &VersionReq, version: &Version) -> Option<String> {
    let [comparator] = parsed.comparators.as_slice() else { return None };
    let operator = match comparator.op {
        Op::Caret | Op::Tilde | Op::Exact => written.trim_start().split(|one: char| one.is_ascii_digit()).next()?,
        _ => return None,
    };
    Some(format!("{operator}{version}"))
}
