//! Packages that must be released because a package that they need is: their requirement would not take its next version.

use semver::Version;
use semver::VersionReq;

use crate::facts::Facts;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::TargetKind;
use crate::facts::workspace::Edge;
use crate::facts::workspace::Package;
use crate::release::plan::Plan;
use crate::release::step::Weight;

/// The dependencies of a package that whoever builds it needs too, and that lead to a package of the tree.
pub fn shipped(package: &Package) -> impl Iterator<Item = (&Edge, usize)> {
    let built = |edge: &&Edge| matches!(edge.kind, DependencyKind::Normal | DependencyKind::Build);
    package.dependencies.iter().filter(built).filter_map(|edge| Some((edge, edge.local?)))
}

/// What comes out in the same plan of what a package needs: names and versions, in order.
pub fn coming(facts: &Facts, plan: &Plan, index: usize) -> Vec<String> {
    let needed: Vec<usize> = shipped(&facts.cargo.packages[index]).map(|(_, local)| local).collect();
    let needed = plan.released().filter(|planned| planned.index != index && needed.contains(&planned.index));
    needed.filter_map(|planned| Some(format!("{} {}", planned.name, planned.next.as_ref()?))).collect()
}

/// Says whether a requirement takes a version; none where it can't be read.
pub fn takes(requirement: &str, version: &Version) -> Option<bool> {
    VersionReq::parse(requirement).ok().map(|requirement| requirement.matches(version))
}

/// What a package must do when one that it needs comes out under another version: none where its requirement takes it.
///
/// The detail says why. A breaking step of a package whose types it shows is a breaking step of its own.
pub(super) fn asks(
    facts: &Facts,
    package: usize,
    edge: &Edge,
    name: &str,
    step: (Option<&Version>, &Version),
) -> Option<(Weight, String)> {
    let (last, next) = step;
    let requirement = edge.version.as_ref()?;
    if takes(&requirement.value, next)? {
        return None;
    }
    let plain = format!("it needs {name} {}, which becomes {next}", requirement.value);
    let breaks = last.is_some_and(|last| !is_compatible(last, next));
    match shown(facts, package, &edge.key.value).filter(|_| breaks && edge.kind == DependencyKind::Normal) {
        Some(place) => Some((Weight::Breaking, format!("{plain} and breaks, and is part of its own API ({place})"))),
        None => Some((Weight::Fix, plain)),
    }
}

/// Says whether cargo takes the later version for the earlier one.
fn is_compatible(last: &Version, next: &Version) -> bool {
    VersionReq::parse(&last.to_string()).is_ok_and(|requirement| requirement.matches(next))
}

/// Where the library shows names of a dependency to those who use it.
fn shown(facts: &Facts, index: usize, key: &str) -> Option<String> {
    let package = &facts.cargo.packages[index];
    let path = format!("{}::", key.replace('-', "_"));
    let reexport = format!("pub use {}", path.trim_end_matches("::"));
    let compiled = facts
        .modules()
        .compiled
        .iter()
        .filter(|(_, by)| by.package == index && package.targets[by.target].kind == TargetKind::Lib);
    for (file, _) in compiled {
        let Some(text) = facts.text(file).filter(|text| text.contains(reexport.trim_start_matches("pub use "))) else {
            continue;
        };
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let is_reexport =
                line.strip_prefix(reexport.as_str()).is_some_and(|rest| rest.starts_with([':', ';', ' ']));
            let is_item = line.starts_with("pub ") && line.contains(&path) && !line.starts_with("pub use crate");
            if is_reexport || is_item {
                return Some(format!("{file}:{}", number + 1));
            }
        }
    }
    None
}
