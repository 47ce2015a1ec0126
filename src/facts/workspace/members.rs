//! Which workspace each manifest belongs to, as cargo finds it.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::facts::manifest::WorkspaceTable;
use crate::facts::path;
use crate::facts::workspace::glob;
use crate::facts::workspace::glob::Folders;
use crate::facts::workspace::inherit;
use crate::facts::workspace::manifests::Manifests;

/// Where a manifest belongs; indices into [`Manifests::all`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Belonging {
    /// The root that has it as a member (a root has itself).
    pub(super) root: Option<usize>,
    /// The root that cargo finds from the manifest, whether or not it lists it.
    pub(super) found: Option<usize>,
}

struct Root<'a> {
    folder: &'a str,
    excluded: HashSet<String>,
    explicit: HashSet<String>,
}

impl<'a> Root<'a> {
    fn new(folder: &'a str, table: &WorkspaceTable) -> Self {
        let joined = |list: &[crate::facts::place::Spanned<String>]| {
            list.iter().filter_map(|one| path::join(folder, &one.value)).collect()
        };
        Self { folder, excluded: joined(&table.exclude), explicit: joined(&table.members) }
    }

    fn excludes(&self, mut folder: &str) -> bool {
        if self.excluded.is_empty() {
            return false;
        }
        let mut excluded = false;
        loop {
            if self.explicit.contains(folder) {
                return false;
            }
            excluded |= self.excluded.contains(folder);
            if folder.is_empty() {
                return excluded;
            }
            folder = path::parent(folder);
        }
    }
}

/// Finds the workspace of every manifest.
pub(super) fn belongings(manifests: &Manifests<'_>) -> Vec<Belonging> {
    let roots: HashMap<usize, Root<'_>> = manifests
        .all
        .iter()
        .enumerate()
        .filter_map(|(index, lying)| Some((index, Root::new(lying.folder, lying.manifest.workspace.as_ref()?))))
        .collect();
    let mut belongings: Vec<Belonging> = (0..manifests.all.len())
        .map(|index| Belonging { root: None, found: find_root(manifests, &roots, index) })
        .collect();
    let folders = Folders::around(manifests);
    let mut order: Vec<usize> = roots.keys().copied().collect();
    order.sort_unstable();
    for root in order {
        for member in members(manifests, &roots[&root], root, &belongings, &folders) {
            let belonging = &mut belongings[member];
            if belonging.found == Some(root) || belonging.root.is_none() {
                belonging.root = Some(root);
            }
        }
    }
    belongings
}

/// The root that cargo finds from a manifest: itself, the one it names, or the nearest above that does not exclude it.
fn find_root(manifests: &Manifests<'_>, roots: &HashMap<usize, Root<'_>>, index: usize) -> Option<usize> {
    let lying = &manifests.all[index];
    if roots.contains_key(&index) {
        return Some(index);
    }
    let named = |index: usize| manifests.all[index].manifest.package.as_ref()?.workspace.as_ref();
    if let Some(named) = named(index) {
        return named_root(manifests, lying.folder, &named.value);
    }
    manifests.above(lying.folder).find_map(|above| match roots.get(&above) {
        Some(root) => (!root.excludes(lying.folder)).then_some(above),
        None => named_root(manifests, manifests.all[above].folder, &named(above)?.value),
    })
}

/// The root that `package.workspace` names; none where no root is there.
fn named_root(manifests: &Manifests<'_>, folder: &str, named: &str) -> Option<usize> {
    let path = path::join(folder, named)?;
    let folder = if path == "Cargo.toml" { "" } else { path.trim_end_matches("/Cargo.toml") };
    manifests.in_folder(folder).filter(|&root| manifests.all[root].manifest.workspace.is_some())
}

/// The members of a root: itself, what `members` names, and the path dependencies of members inside its folder.
fn members(
    manifests: &Manifests<'_>,
    root: &Root<'_>,
    root_index: usize,
    belongings: &[Belonging],
    folders: &Folders<'_>,
) -> BTreeSet<usize> {
    let lying = &manifests.all[root_index];
    let Some(table) = &lying.manifest.workspace else { return BTreeSet::new() };
    let shared = inherit::shared(table);
    let mut found = BTreeSet::from([root_index]);
    let mut rest = vec![root_index];
    let mut add = |rest: &mut Vec<usize>, member: usize| {
        let other = &manifests.all[member];
        let is_root = other.manifest.workspace.is_some() && member != root_index;
        if !is_root && !root.excludes(other.folder) && found.insert(member) {
            rest.push(member);
        }
    };
    for member in named_members(manifests, lying.folder, table.members.iter().map(|one| one.value.as_str()), folders) {
        add(&mut rest, member);
    }
    while let Some(member) = rest.pop() {
        let member = &manifests.all[member];
        for dependency in &member.manifest.dependencies {
            let Some(folder) = inherit::dependency_folder(dependency, member.folder, root.folder, &shared) else {
                continue;
            };
            let Some(other) = manifests.in_folder(&folder) else { continue };
            if path::is_within(&folder, root.folder) || belongings[other].found == Some(root_index) {
                add(&mut rest, other);
            }
        }
    }
    found
}

/// The manifests that patterns of `members` or `default-members` name.
pub(super) fn named_members<'p>(
    manifests: &Manifests<'_>,
    folder: &str,
    patterns: impl Iterator<Item = &'p str>,
    folders: &Folders<'_>,
) -> Vec<usize> {
    let mut found = Vec::new();
    for pattern in patterns.filter_map(|pattern| path::join(folder, pattern)) {
        if glob::is_glob(&pattern) {
            found.extend(folders.matching(&pattern).into_iter().filter_map(|folder| manifests.in_folder(folder)));
        } else {
            found.extend(manifests.in_folder(&pattern));
        }
    }
    found
}
