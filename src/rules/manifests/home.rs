//! The repository that the manifests of a tree name as theirs.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::manifests::forge_url;
use crate::rules::manifests::forge_url::Repository;

/// The repository that most packages name.
pub(super) struct Home<'a> {
    /// The repository.
    pub(super) repository: Repository,
    /// The first package that names it, the one at the root before all.
    pub(super) package: &'a Package,
    /// How many packages name it.
    pub(super) votes: usize,
}

/// Finds the repository that more than half of the maintainers' own packages name; none where there is no majority.
pub(super) fn of(facts: &Facts) -> Option<Home<'_>> {
    let mut votes: BTreeMap<Repository, Vec<&Package>> = BTreeMap::new();
    let mut all = 0;
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        let named = package.repository.as_ref().and_then(|url| forge_url::read(&url.value));
        if let Some((repository, _)) = named {
            votes.entry(repository).or_default().push(package);
            all += 1;
        }
    }
    let (repository, packages) = votes.into_iter().max_by_key(|(_, packages)| packages.len())?;
    let package = packages.iter().min_by_key(|package| (package.folder.len(), &package.folder))?;
    (packages.len() * 2 > all).then_some(Home { repository, package, votes: packages.len() })
}
