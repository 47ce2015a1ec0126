//! Packages that tests stage: they lie below a folder of tests and nothing of ours builds on them.

use std::collections::HashSet;

use crate::facts::workspace::membership::Workspace;
use crate::facts::workspace::package::Package;
use crate::facts::zone::Zone;

/// Puts the packages that only tests read into the zone of fixtures.
///
/// Such a package lies below `tests/` or `test/`, its workspace begins there too (so the repository's own workspace does
/// not build it), and no package from elsewhere depends on it by path.
pub(super) fn mark(workspaces: &[Workspace], packages: &mut [Package]) {
    let staged = |folder: &str| {
        let below = |part: &str| folder.split('/').rev().skip(1).any(|one| one == part);
        below("tests") || below("test")
    };
    let wanted: HashSet<usize> = packages
        .iter()
        .filter(|package| package.zone == Zone::Own && !staged(&package.folder))
        .flat_map(|package| package.dependencies.iter().filter_map(|edge| edge.local))
        .collect();
    for (index, package) in packages.iter_mut().enumerate() {
        let is_own = package.zone == Zone::Own && !wanted.contains(&index);
        if is_own && staged(&package.folder) && staged(&workspaces[package.workspace].folder) {
            package.zone = Zone::Fixture;
        }
    }
}
