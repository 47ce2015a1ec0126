//! Packages whose `rust-version` is below that of a local package they always build.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::facts::place::Span;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::msrv::activation;
use crate::rules::msrv::activation::Reached;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "msrv-below-dependency",
    group: "msrv",
    level: Level::Deny,
    claim: "every package builds with the Rust version that it promises: no local dependency demands a newer one",
    page: "\
`rust-version` is a promise. A package can't keep it when a package of the same repository that it always builds demands
a newer compiler: `cargo install` on the promised version fails.

## What is compared

The `rust-version` of each package with that of every local package that its default features build, however many steps
away: normal and build dependencies, and optional ones that the default features turn on.

## Example of drift

The application says `rust-version = \"1.85\"`; its default features turn on a new crate of the workspace that says 1.88.

## How to mend it

Raise the `rust-version` of the dependent, lower that of the dependency, or take it out of the default features.

## When the rule keeps silent

Dev-dependencies don't count, nor do optional dependencies outside the default features or edges that are never active
(`cfg(any())`). A dependency with a lower `rust-version` is fine. Where the README of the dependent names both versions
and the edge is optional, the two promises are declared and nothing is said.",
    check,
};

/// The most edges that are followed.
const EDGES: usize = 1_000_000;

/// The most packages that are told of one dependency: examples of one library all share its cause.
const EACH: usize = 5;

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let packages = &facts.cargo.packages;
    let mut outcome = Outcome::default();
    let mut seen: BTreeSet<(Arc<str>, Span, Arc<str>, Span)> = BTreeSet::new();
    let versions: BTreeMap<usize, Version> =
        packages.iter().enumerate().filter_map(|(index, package)| Some((index, promised(package)?))).collect();
    let mut budget = EDGES;
    let mut told: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    let newest = versions.values().max().copied();
    for (&index, &own) in &versions {
        let package = &packages[index];
        if package.zone != Zone::Own || !package.dependencies.iter().any(|edge| edge.local.is_some()) {
            continue;
        }
        outcome.look();
        if newest.is_some_and(|newest| newest <= own) {
            continue;
        }
        let Some(reached) = activation::reached(packages, index, &mut budget) else {
            outcome.unproven("too many packages depend on each other to follow all edges");
            break;
        };
        let worst = reached
            .into_iter()
            .filter_map(|reached| Some((*versions.get(&reached.package)?, reached)))
            .filter(|(version, _)| *version > own)
            .max_by_key(|(version, reached)| {
                (*version, std::cmp::Reverse((reached.is_conditional, reached.steps, reached.package)))
            });
        let Some((_, reached)) = worst else { continue };
        let dependency = &packages[reached.package];
        let (Some(at), Some(demand)) = (&package.rust_version, &dependency.rust_version) else { continue };
        let key = (Arc::clone(&at.path), at.span, Arc::clone(&demand.path), demand.span);
        if both_are_declared(context, package, &reached, &at.value, &demand.value) || !seen.insert(key) {
            continue;
        }
        let told = told.entry(reached.package).or_insert((0, 0));
        told.0 += 1;
        if told.0 <= EACH {
            told.1 = outcome.findings.len();
            outcome.find(finding(context, package, dependency, &reached));
        } else {
            let why = format!("{} more packages promise less than {} demands", told.0 - EACH, dependency.name.value);
            outcome.findings[told.1].why = Some(why);
        }
    }
    outcome
}

fn finding(context: &Context<'_>, package: &Package, dependency: &Package, reached: &Reached) -> Finding {
    let facts = context.facts;
    let (at, demand) = (package.rust_version.as_ref(), dependency.rust_version.as_ref());
    let (at, demand) = (at.expect("compared before"), demand.expect("compared before"));
    let message = format!(
        "{} promises Rust {}, but it builds {}, which demands {}",
        package.name.value, at.value, dependency.name.value, demand.value
    );
    let mut finding = Finding::new(message, facts.place_of(at, "promises this"))
        .against(facts.place_of(demand, format!("{} demands this", dependency.name.value)));
    let edge = &package.dependencies[reached.first_edge];
    finding = finding.against(facts.place_of(&edge.key, "depends on it here"));
    if reached.is_conditional { finding.certainty(Certainty::Probable) } else { finding }
}

/// Says whether the edge is optional and the README of the dependent names both versions.
fn both_are_declared(context: &Context<'_>, package: &Package, reached: &Reached, own: &str, other: &str) -> bool {
    let text = package.readme.as_deref().and_then(|path| context.facts.text(path)).unwrap_or_default();
    let short = |version: &str| version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    reached.is_optional && text.contains(&short(own)) && text.contains(&short(other))
}

/// A Rust version: major, minor, patch.
type Version = (u64, u64, u64);

fn promised(package: &Package) -> Option<Version> {
    let mut parts = package.rust_version.as_ref()?.value.split('.').map(|part| part.parse::<u64>().ok());
    let major = parts.next()??;
    let minor = parts.next().map_or(Some(0), |part| part)?;
    let patch = parts.next().map_or(Some(0), |part| part)?;
    Some((major, minor, patch))
}
