//! Which local packages the default features of a package build.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::VecDeque;

use crate::facts::manifest::DependencyKind;
use crate::facts::workspace::Edge;
use crate::facts::workspace::Package;

/// A local package that is built, and how it was reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reached {
    /// The package.
    pub(super) package: usize,
    /// The edges between.
    pub(super) steps: usize,
    /// The edge of the first package that leads to it.
    pub(super) first_edge: usize,
    /// Whether one of the edges is optional.
    pub(super) is_optional: bool,
    /// Whether one of the edges holds on some targets only.
    pub(super) is_conditional: bool,
}

/// The local packages that are built with a package and its default features, without dev-dependencies.
///
/// The budget counts edges over all calls; none when it is spent, because a chain of thousands of packages would cost
/// its length squared.
pub(super) fn reached(packages: &[Package], from: usize, budget: &mut usize) -> Option<Vec<Reached>> {
    let mut states: BTreeMap<usize, (Reached, BTreeSet<String>)> = BTreeMap::new();
    let start = Reached { package: from, steps: 0, first_edge: 0, is_optional: false, is_conditional: false };
    let mut open = VecDeque::from([(start, BTreeSet::from(["default".to_owned()]))]);
    while let Some((reached, asked)) = open.pop_front() {
        let package = &packages[reached.package];
        let known = states.entry(reached.package).or_insert_with(|| (reached, BTreeSet::new()));
        let is_new = known.1.is_empty();
        let before = known.1.len();
        // A way that always holds says more than one that was found first.
        let is_surer = (reached.is_conditional, reached.is_optional) < (known.0.is_conditional, known.0.is_optional);
        if is_surer {
            known.0 = reached;
        }
        known.1.extend(closure(package, asked));
        // The empty name stands for the package itself, so that one without features is not visited for ever.
        known.1.insert(String::new());
        if !is_new && !is_surer && known.1.len() == before {
            continue;
        }
        let (reached, enabled) = (known.0, known.1.clone());
        *budget = budget.checked_sub(package.dependencies.len() + 1)?;
        for (index, edge) in package.dependencies.iter().enumerate() {
            let Some(next) = edge.local.filter(|_| is_active(edge, &enabled)) else { continue };
            let next = Reached {
                package: next,
                steps: reached.steps + 1,
                first_edge: if reached.steps == 0 { index } else { reached.first_edge },
                is_optional: reached.is_optional || edge.optional,
                is_conditional: reached.is_conditional || edge.target.is_some(),
            };
            open.push_back((next, asked_of(edge, &enabled)));
        }
    }
    states.remove(&from);
    Some(states.into_values().map(|(reached, _)| reached).collect())
}

/// The features and what they turn on inside the package: names, `dep:x`, `x/y`, `x?/y`.
fn closure(package: &Package, asked: BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest: Vec<String> = asked.into_iter().collect();
    while let Some(name) = rest.pop() {
        if let Some(enables) = package.enables.get(&name) {
            rest.extend(enables.iter().filter(|one| !found.contains(*one)).cloned());
        }
        found.insert(name);
    }
    found
}

fn is_active(edge: &Edge, enabled: &BTreeSet<String>) -> bool {
    if !matches!(edge.kind, DependencyKind::Normal | DependencyKind::Build) {
        return false;
    }
    let never = |target: &String| {
        let target: String = target.chars().filter(|one| !one.is_whitespace()).collect();
        target == "cfg(any())" || target == "cfg(false)" || target == "cfg(not(all()))"
    };
    if edge.target.as_ref().is_some_and(never) {
        return false;
    }
    let key = &edge.key.value;
    !edge.optional
        || enabled.contains(key)
        || enabled.contains(&format!("dep:{key}"))
        || enabled.iter().any(|one| one.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with('/')))
}

/// The features that an edge asks of its package.
fn asked_of(edge: &Edge, enabled: &BTreeSet<String>) -> BTreeSet<String> {
    let key = edge.key.value.as_str();
    let mut asked: BTreeSet<String> = edge.features.iter().cloned().collect();
    if edge.default_features {
        asked.insert("default".to_owned());
    }
    for one in enabled {
        let rest = one.strip_prefix(key).and_then(|rest| rest.strip_prefix('/').or_else(|| rest.strip_prefix("?/")));
        asked.extend(rest.map(str::to_owned));
    }
    asked
}
