//! The versions of the tree's own packages in its lock files, nested ones too.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::lockfile::LockedPackage;
use crate::facts::place::Span;
use crate::facts::zone::Zone;
use crate::release::edit::set::Edits;
use crate::release::edit::versions::Moved;

/// Writes the new versions wherever a lock file has one of the packages by path.
pub fn edit(facts: &Facts, moved: &BTreeMap<usize, Moved>, edits: &mut Edits) {
    let by_name: BTreeMap<(String, String), String> = moved
        .iter()
        .map(|(index, one)| {
            ((facts.cargo.packages[*index].name.value.clone(), one.from.to_string()), one.to.to_string())
        })
        .collect();
    for (file, lock) in facts.lockfiles().filter(|(file, _)| facts.zone(&file.path) == Zone::Own) {
        let next = |package: &LockedPackage| by_name.get(&(package.name.value.clone(), package.version.value.clone()));
        for package in lock.local() {
            if let Some(next) = next(package) {
                edits.add(&file.path, package.version.span, next.clone());
            }
        }
        let local = |name: &str, version: &str| {
            lock.local().any(|package| package.name.value == name && package.version.value == version)
        };
        for dependency in lock.packages.iter().flat_map(|package| &package.dependencies) {
            // `name version`: written where the lock file has several of one name; behind a source it is not ours.
            let mut words = dependency.value.split(' ');
            let (Some(name), Some(version), None) = (words.next(), words.next(), words.next()) else { continue };
            let next = by_name.get(&(name.to_owned(), version.to_owned())).filter(|_| local(name, version));
            if let Some(next) = next {
                let start = dependency.span.start + name.len() + 1;
                edits.add(&file.path, Span::new(start, start + version.len()), next.clone());
            }
        }
    }
}
