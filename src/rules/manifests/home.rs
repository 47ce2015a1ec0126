//! The repository that the manifests of a tree name as theirs.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::manifests::forge_url;
use crate::rules::manifests::forge_url::Repository;

/// The repository that most packages name.
pub(in crate::rules) struct Home<'a> {
    /// The repository.
    pub(in crate::rules) repository: Repository,
    /// The first package that names it, the one at the root before all.
    pub(in crate::rules) package: &'a Package,
    /// How many packages name it.
    pub(in crate::rules) votes: usize,
}

/// Finds the repository that more than half of the maintainers' own packages name, or the root package and its README;
/// none where there is no majority.
pub(in crate::rules) fn of(facts: &Facts) -> Option<Home<'_>> {
    let mut votes: BTreeMap<Repository, Vec<&Package>> = BTreeMap::new();
    let mut all = 0;
    for package in facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own) {
        let named = package.repository.as_ref().and_then(|url| forge_url::read(&url.value));
        if let Some((repository, _)) = named {
            votes.entry(repository).or_default().push(package);
            all += 1;
        }
    }
    // The root package speaks for the repository, above all where its README leads to the same one.
    let root = facts.cargo.package_in("").and_then(|package| Some((package, package.repository.as_ref()?)));
    if let Some((package, (repository, _))) = root.and_then(|(one, url)| Some((one, forge_url::read(&url.value)?))) {
        let most = votes.values().map(Vec::len).max().unwrap_or_default();
        let own = votes.get(&repository).map_or(0, Vec::len);
        if own < most && package.zone == Zone::Own {
            let votes = own + usize::from(is_in_readme(facts, package, &repository));
            return (votes > own).then_some(Home { repository, package, votes });
        }
    }
    let (repository, packages) = votes.into_iter().max_by_key(|(_, packages)| packages.len())?;
    let package = packages.iter().min_by_key(|package| (package.folder.len(), &package.folder))?;
    (packages.len() * 2 > all).then_some(Home { repository, package, votes: packages.len() })
}

fn is_in_readme(facts: &Facts, package: &Package, repository: &Repository) -> bool {
    let text = package.readme.as_deref().and_then(|path| facts.text(path)).unwrap_or_default().to_ascii_lowercase();
    text.contains(&format!("{}/{}", repository.owner, repository.name))
}
