//! Compares one lock file with the workspace that it locks.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use semver::Version;
use semver::VersionReq;

use crate::facts::Facts;
use crate::facts::lockfile::LockedPackage;
use crate::facts::lockfile::Lockfile;
use crate::facts::manifest::DependencyKind;
use crate::facts::path;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Edge;
use crate::facts::workspace::Package;
use crate::facts::workspace::Workspace;
use crate::rules::finding::Finding;

/// A lock file beside the root of a workspace.
pub(super) struct Locked<'a> {
    facts: &'a Facts,
    file: &'a SourceFile,
    workspace: &'a Workspace,
    by_name: BTreeMap<&'a str, Vec<&'a LockedPackage>>,
    lockfile: &'a Lockfile,
}

impl<'a> Locked<'a> {
    pub(super) fn new(
        facts: &'a Facts,
        file: &'a SourceFile,
        lockfile: &'a Lockfile,
        workspace: &'a Workspace,
    ) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&LockedPackage>> = BTreeMap::new();
        for package in &lockfile.packages {
            by_name.entry(&package.name.value).or_default().push(package);
        }
        Self { facts, file, workspace, by_name, lockfile }
    }

    /// All contradictions, in order of the lock file.
    pub(super) fn compare(&self) -> Vec<Finding> {
        let packages = &self.facts.cargo.packages;
        let members: BTreeSet<usize> = self.workspace.members.iter().copied().collect();
        let (local, sees_all) = self.local(&members);
        let mut found = Vec::new();
        for &index in &local {
            let is_member = members.contains(&index);
            let stale = self.version(&packages[index], is_member);
            // A path dependency of another version was locked before its manifest changed: that is the cause of the rest.
            if is_member || stale.is_none() {
                self.dependencies(&packages[index], is_member, &mut found);
            }
            found.extend(stale);
        }
        let renamed = found.iter().position(|finding| finding.at.line == 0);
        let names: BTreeSet<&str> = local.iter().map(|&index| packages[index].name.value.as_str()).collect();
        let left_over = self.lockfile.local().filter(|locked| sees_all && !names.contains(locked.name.value.as_str()));
        for (count, locked) in left_over.enumerate() {
            let message = format!("{} is locked as a local package, but no manifest has this name", locked.name.value);
            let place = self.facts.place(&self.file.path, locked.name.span, "is locked");
            // A member that is not locked, beside one that is left over, was renamed: one contradiction, not two.
            let member = renamed.filter(|_| count == 0).map(|at| found.remove(at).against.remove(0));
            let against = member.unwrap_or_else(|| self.root("needs no such package"));
            found.push(Finding::new(message, place).against(against));
        }
        found.sort_by(|one, other| one.at.span.cmp(&other.at.span).then_with(|| one.message.cmp(&other.message)));
        found
    }

    fn root(&self, label: &str) -> crate::facts::place::Place {
        let package = self.facts.cargo.package_in(&self.workspace.folder);
        let manifest = self.facts.manifest(&self.workspace.manifest);
        let table = manifest.and_then(|manifest| manifest.workspace.as_ref()).map(|table| table.span);
        let span = table.or_else(|| package.map(|package| package.name.span)).unwrap_or_default();
        self.facts.place(&self.workspace.manifest, span, label)
    }

    /// The members and what they reach by path; and whether all paths, patches too, could be followed.
    fn local(&self, members: &BTreeSet<usize>) -> (BTreeSet<usize>, bool) {
        let packages = &self.facts.cargo.packages;
        let mut found = members.clone();
        let mut rest: Vec<usize> = members.iter().copied().collect();
        let mut sees_all = true;
        while let Some(index) = rest.pop() {
            let is_member = members.contains(&index);
            for edge in &packages[index].dependencies {
                let counts = is_member || edge.kind != DependencyKind::Dev;
                if edge.path.is_none() || !counts {
                    continue;
                }
                match edge.local.or_else(|| self.patched(edge, &packages[index].folder)) {
                    Some(next) if found.insert(next) => rest.push(next),
                    Some(_) => {}
                    None => sees_all = false,
                }
            }
        }
        // The patches of a virtual workspace belong to no package.
        let root = self.facts.manifest(&self.workspace.manifest);
        for patch in root.iter().flat_map(|manifest| &manifest.dependencies) {
            if let (DependencyKind::Patch, Some(to)) = (patch.kind, &patch.path) {
                let folder = path::join(&self.workspace.folder, &to.value);
                match folder.and_then(|folder| self.facts.cargo.index_in(&folder)) {
                    Some(next) => drop(found.insert(next)),
                    None => sees_all = false,
                }
            }
        }
        (found, sees_all)
    }

    fn patched(&self, edge: &Edge, folder: &str) -> Option<usize> {
        let to = edge.path.as_ref().filter(|_| edge.kind == DependencyKind::Patch)?;
        self.facts.cargo.index_in(&path::join(folder, &to.value)?)
    }

    /// A local package that is locked at another version, or a member that is not locked at all.
    fn version(&self, package: &Package, is_member: bool) -> Option<Finding> {
        let name = &package.name.value;
        let locked: Vec<_> = self.by_name.get(name.as_str()).into_iter().flatten().collect();
        let local: Vec<_> = locked.iter().filter(|locked| locked.source.is_none()).collect();
        let Some(first) = local.first() else {
            let message = format!("{name} is a member of the workspace and is not locked");
            let place = crate::facts::place::Place::whole(self.file.path.as_ref(), "does not name it");
            return is_member
                .then(|| Finding::new(message, place).against(self.facts.place_of(&package.name, "is a member")));
        };
        let version = package.version.as_ref()?;
        let written = version.value.to_string();
        if local.iter().any(|locked| locked.version.value == written) {
            return None;
        }
        let message = format!("{name} is locked at {}, its manifest says {written}", first.version.value);
        let place = self.facts.place(&self.file.path, first.version.span, format!("locks {name} at this version"));
        Some(Finding::new(message, place).against(self.facts.place_of(version, "is this")))
    }

    /// The dependencies of a local package that are not locked, are left over, or are locked outside their requirement. Of
    /// a path dependency outside the workspace only what every build of it needs is locked for certain.
    fn dependencies(&self, package: &Package, is_member: bool, found: &mut Vec<Finding>) {
        let name = package.name.value.as_str();
        let Some(locked) = self.by_name.get(name).into_iter().flatten().find(|locked| locked.source.is_none()) else {
            return;
        };
        let edges = || package.dependencies.iter().filter(|edge| edge.kind != DependencyKind::Patch);
        let wanted: BTreeSet<&str> = edges().map(|edge| edge.package.as_str()).collect();
        for one in &locked.dependencies {
            let on = one.value.split(' ').next().unwrap_or_default();
            if !wanted.contains(on) {
                let message = format!("{name} is locked with {on}, which its manifest does not need");
                let place = self.facts.place(&self.file.path, one.span, "is locked");
                found
                    .push(Finding::new(message, place).against(self.facts.place_of(&package.name, "does not need it")));
            }
        }
        let needed = |edge: &&Edge| is_member || edge.kind != DependencyKind::Dev && !edge.optional;
        for edge in edges().filter(|edge| edge.package != name).filter(needed) {
            let entries: Vec<_> = locked.dependencies.iter().filter(|one| names(&one.value, &edge.package)).collect();
            if entries.is_empty() {
                let message = format!("{name} needs {}, and is locked without it", edge.package);
                let place = self.facts.place(&self.file.path, locked.name.span, "is locked without it");
                found.push(Finding::new(message, place).against(self.facts.place_of(&edge.key, "needs it")));
            } else {
                found.extend(self.requirement(edge, entries.iter().map(|one| one.value.as_str())));
            }
        }
    }

    fn requirement<'e>(&self, edge: &Edge, entries: impl Iterator<Item = &'e str>) -> Option<Finding> {
        let written = edge.version.as_ref().filter(|_| edge.path.is_none() && !edge.foreign)?;
        let requirement = VersionReq::parse(&written.value).ok()?;
        let mut chosen = Vec::new();
        for entry in entries {
            let version = entry.split(' ').nth(1);
            let of_it = self.by_name.get(edge.package.as_str()).into_iter().flatten();
            chosen.extend(of_it.filter(|locked| version.is_none_or(|version| locked.version.value == version)));
        }
        let admits = |locked: &&&LockedPackage| {
            Version::parse(&locked.version.value).is_ok_and(|version| requirement.matches(&version))
        };
        // A patch may stand in with a version that only its own requirement decides.
        if chosen.is_empty() || chosen.iter().any(|locked| admits(locked) || locked.source.is_none()) {
            return None;
        }
        let locked = chosen[0];
        let message = format!(
            "{} is locked at {}, the manifest asks for `{}`",
            edge.package, locked.version.value, written.value
        );
        let place = self.facts.place(&self.file.path, locked.version.span, "is locked at this version");
        Some(Finding::new(message, place).against(self.facts.place_of(written, "asks for this")))
    }
}

/// Says whether an entry (`name`, `name version`, `name version (source)`) names a package.
fn names(entry: &str, package: &str) -> bool {
    entry.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
