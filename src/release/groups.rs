//! Which packages move together: those that take their version from the workspace, share their tags, or the policy names.

use std::collections::BTreeMap;

use crate::release::ground::Ground;

/// The groups of at least two, as indices into the candidates of the ground; each with why they move together.
pub(super) fn of(ground: &Ground<'_>) -> Vec<(Vec<usize>, &'static str)> {
    let count = ground.candidates.len();
    let mut leader: Vec<usize> = (0..count).collect();
    let mut why: BTreeMap<usize, &'static str> = BTreeMap::new();
    for (members, reason) in inherited(ground).into_iter().chain(shared(ground)).chain(declared(ground)) {
        for pair in members.windows(2) {
            let (one, other) = (root(&leader, pair[0]), root(&leader, pair[1]));
            leader[one.max(other)] = one.min(other);
            why.entry(one.min(other)).or_insert(reason);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for member in 0..count {
        groups.entry(root(&leader, member)).or_default().push(member);
    }
    let several = groups.into_iter().filter(|(_, members)| members.len() > 1);
    several.map(|(leader, members)| (members, why.get(&leader).copied().unwrap_or("they share a version"))).collect()
}

fn root(leader: &[usize], mut member: usize) -> usize {
    while leader[member] != member {
        member = leader[member];
    }
    member
}

type Found = Vec<(Vec<usize>, &'static str)>;

/// `version.workspace = true`.
fn inherited(ground: &Ground<'_>) -> Found {
    let mut by_root: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, &index) in ground.candidates.iter().enumerate() {
        let package = &ground.facts.cargo.packages[index];
        if let Some(version) = package.version.as_ref() {
            by_root.entry(&version.path).or_default().push(at);
        }
    }
    by_root.into_values().map(|members| (members, "they take their version from the workspace")).collect()
}

/// Tags without a package name, and one version.
fn shared(ground: &Ground<'_>) -> Found {
    let mut by_version: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, &index) in ground.candidates.iter().enumerate() {
        let version = ground.facts.cargo.packages[index].version.as_ref().map(|version| &version.value);
        if let Some(version) = version.filter(|_| ground.lines[index].shared) {
            by_version.entry(version).or_default().push(at);
        }
    }
    by_version.into_values().map(|members| (members, "they are released under the same tags")).collect()
}

/// `[release] group`.
fn declared(ground: &Ground<'_>) -> Found {
    let at =
        |name: &str| ground.candidates.iter().position(|&index| ground.facts.cargo.packages[index].name.value == name);
    let groups = ground.policy.release.groups.iter();
    let members = groups.map(|group| group.iter().filter_map(|name| at(&name.value)).collect::<Vec<_>>());
    members.map(|members| (members, "the policy groups them")).collect()
}
