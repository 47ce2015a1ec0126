//! The versions in manifests and the requirements of those who depend on them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use semver::Version;

use crate::facts::Facts;
use crate::facts::manifest::Dependency;
use crate::facts::manifest::DependencyKind;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Span;
use crate::facts::zone::Zone;
use crate::release::dependents;
use crate::release::edit::requirement;
use crate::release::edit::set::Edits;
use crate::release::plan::Blocker;
use crate::release::plan::Plan;

/// A version that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What the manifest states.
    pub from: Version,
    /// What it shall state.
    pub to: Version,
}

/// All packages whose version moves: those of the plan, and those that take theirs from the same place.
pub fn moved(facts: &Facts, plan: &Plan) -> BTreeMap<usize, Moved> {
    let packages = &facts.cargo.packages;
    let mut places: BTreeMap<(&Arc<str>, Span), &Version> = BTreeMap::new();
    for planned in plan.packages.iter().filter(|planned| planned.moves()) {
        if let (Some(version), Some(next)) = (&packages[planned.index].version, &planned.next) {
            places.insert((&version.path, version.span), next);
        }
    }
    let moved = packages.iter().enumerate().filter_map(|(index, package)| {
        let version = package.version.as_ref()?;
        let next = places.get(&(&version.path, version.span))?;
        Some((index, Moved { from: version.value.clone(), to: (*next).clone() }))
    });
    moved.collect()
}

/// Writes the versions and the requirements. What can't be written mechanically is a blocker.
pub fn edit(facts: &Facts, moved: &BTreeMap<usize, Moved>, edits: &mut Edits) -> Vec<Blocker> {
    for (index, one) in moved {
        if let Some(version) = &facts.cargo.packages[*index].version {
            edits.add(&version.path, version.span, one.to.to_string());
        }
    }
    let mut blockers = Vec::new();
    let mut done: BTreeSet<(String, Span)> = BTreeSet::new();
    for wanted in requirements(facts, moved) {
        let Wanted { at, local, released } = wanted;
        let one = &moved[&local];
        let stale = dependents::takes(&at.value, &one.to) == Some(false);
        let states = requirement::states(&at.value, &one.from) || requirement::led_to(&at.value, &one.to);
        let follows = released && states;
        if !(stale || follows) || !done.insert((at.path.to_string(), at.span)) {
            continue;
        }
        match requirement::rewritten(&at.value, &one.to) {
            Some(text) => {
                edits.add(&at.path, at.span, text);
            }
            None if stale => {
                let name = &facts.cargo.packages[local].name.value;
                let place = facts.place(&at.path, at.span, "");
                let message =
                    format!("{}:{} needs {name} {}, which does not take {}", at.path, place.line, at.value, one.to);
                let remedy = format!("write a requirement there that takes {name} {}", one.to);
                blockers.push(Blocker::new("requirement-unclear", message, remedy).of(name));
            }
            None => {}
        }
    }
    blockers
}

/// A requirement on a package whose version moves.
struct Wanted {
    at: Located<String>,
    local: usize,
    /// Whether what states it comes out, too.
    released: bool,
}

fn requirements(facts: &Facts, moved: &BTreeMap<usize, Moved>) -> Vec<Wanted> {
    let mut found = Vec::new();
    for (index, package) in facts.cargo.packages.iter().enumerate().filter(|(_, package)| package.zone == Zone::Own) {
        for edge in &package.dependencies {
            let local = edge.local.filter(|local| moved.contains_key(local));
            if let (Some(at), Some(local)) = (&edge.version, local) {
                found.push(Wanted { at: at.clone(), local, released: moved.contains_key(&index) });
            }
        }
    }
    // What no member takes is stated all the same.
    for workspace in facts.cargo.workspaces.iter().filter(|workspace| workspace.declared) {
        let table = facts.manifest(&workspace.manifest).and_then(|manifest| manifest.workspace.as_ref());
        let own = |dependency: &&Dependency| dependency.kind == DependencyKind::Workspace;
        for dependency in table.into_iter().flat_map(|table| &table.dependencies).filter(own) {
            let folder = dependency.path.as_ref().and_then(|at| path::join(&workspace.folder, &at.value));
            let local =
                folder.and_then(|folder| facts.cargo.index_in(&folder)).filter(|local| moved.contains_key(local));
            if let (Some(version), Some(local)) = (&dependency.version, local) {
                let at =
                    Located { value: version.value.clone(), path: Arc::clone(&workspace.manifest), span: version.span };
                found.push(Wanted { at, local, released: true });
            }
        }
    }
    found
}
