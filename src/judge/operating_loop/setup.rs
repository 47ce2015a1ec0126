//! Setup: the toolchain or the dependencies that the repository was tested with are checked in.

use crate::facts::Facts;
use crate::facts::place::Place;
use crate::facts::zone::Zone;

/// The toolchain file of the root, else the `rust-version` of a package, else a toolchain file or a lock file below; of
/// several the one nearest to the root, what is published first.
pub(super) fn source(facts: &Facts) -> Option<Place> {
    let own = |path: &str| facts.zone(path) == Zone::Own;
    let depth = |path: &str| path.matches('/').count();
    let toolchain = facts
        .toolchains()
        .filter(|(file, _)| own(&file.path))
        .filter_map(|(file, toolchain)| Some((file, toolchain.channel.as_ref()?)))
        .min_by_key(|(file, _)| depth(&file.path))
        .map(|(file, channel)| facts.place(&file.path, channel.span, "the toolchain"));
    let promised = || {
        let packages = facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own);
        let versions = packages.filter_map(|package| Some((package.is_publishable(), package.rust_version.as_ref()?)));
        let nearest = versions
            .filter(|(_, version)| own(&version.path))
            .min_by_key(|(published, version)| (!published, depth(&version.path)));
        nearest.map(|(_, version)| facts.place_of(version, "the oldest Rust that is promised"))
    };
    let locked = || {
        let nearest = facts.lockfiles().filter(|(file, _)| own(&file.path)).min_by_key(|(file, _)| depth(&file.path));
        nearest.map(|(file, _)| Place::whole(&*file.path, "the dependencies, locked"))
    };
    let (at_root, below) = match toolchain {
        Some(place) if depth(&place.path) == 0 => (Some(place), None),
        other => (None, other),
    };
    at_root.or_else(promised).or(below).or_else(locked)
}
