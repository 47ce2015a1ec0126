//! Asks the witnesses outside of the repository: the registries of packages, by cargo's configuration, and the forge.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::commands::proving;
use crate::commands::release_forge::Forge;
use crate::commands::release_forge::Given;
use crate::commands::release_ground::Read;
use crate::error::Error;
use crate::facts::manifest::Publish;
use crate::facts::policy::release::Witness;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::facts::workspace::Package;
use crate::release::tags;
use crate::release::witness::Asked;
use crate::release::witness::Outside;
use crate::release::witness::Published;
use crate::world::git::remote;
use crate::world::registry::configured::Configured;
use crate::world::registry::configured::Registry;
use crate::world::registry::door::Door;
use crate::world::registry::entry::Entry;

/// How long one question may take, with all its attempts.
const PATIENCE: Duration = Duration::from_secs(40);
/// Why nothing is asked offline.
pub(crate) const OFFLINE: &str = "it was not asked: --offline was said";
/// The folder for indices that are git repositories, below that of proofs.
const INDICES: &str = "index";

/// Whether anything outside may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It may.
    Online,
    /// It may not.
    Offline,
}

/// The registries of a tree, each opened once.
pub(crate) struct Registries {
    configured: Configured,
    cache: PathBuf,
    reach: Reach,
    /// The registry that the caller named for all packages.
    named: Option<String>,
}

impl Registries {
    /// Those that cargo's configuration knows around a tree. `named` is what the caller says of all packages.
    pub(crate) fn of(read: &Read, reach: Reach, named: Option<&str>) -> Result<Self, Error> {
        let root = read.examined.root.clone();
        let root = root.ok_or_else(|| {
            Error::usage("no-worktree", "find the registries of a tree without a folder").help("run inside a clone")
        })?;
        let variables: Vec<(OsString, OsString)> = std::env::vars_os().collect();
        let cache = proving::folder(&root, &read.examined.facts).join(INDICES);
        Ok(Self { configured: Configured::read(&root, &variables), cache, reach, named: named.map(str::to_owned) })
    }

    /// The registry that cargo would publish a package to; none for one that is kept from all.
    pub(crate) fn of_package(&self, package: &Package) -> Result<Option<Registry>, Error> {
        if !package.is_publishable() {
            return Ok(None);
        }
        let allowed = match package.publish.as_ref().map(|located| &located.value) {
            Some(Publish::Registries(names)) => names.as_slice(),
            _ => &[],
        };
        let name = &package.name.value;
        if let Some(named) = &self.named {
            if !allowed.is_empty() && !allowed.contains(named) {
                let message = format!("publish {name} to `{named}`: its manifest allows {}", allowed.join(", "));
                return Err(Error::usage("registry-not-allowed", message).help("name one that `publish` allows"));
            }
            return self.configured.named(named).map(Some);
        }
        match allowed {
            [] => self.configured.default().map(Some),
            [only] => self.configured.named(only).map(Some),
            several => {
                let message = format!("choose a registry for {name}: its manifest allows {}", several.join(", "));
                Err(Error::usage("registry-ambiguous", message).help("name one with --registry"))
            }
        }
    }

    /// Cargo's configuration.
    pub(crate) fn configured(&self) -> &Configured {
        &self.configured
    }

    /// The door to a registry; none offline.
    pub(crate) fn door(&self, registry: &Registry) -> Option<Door> {
        (self.reach == Reach::Online).then(|| Door::open(&self.configured, registry, &self.cache, PATIENCE))
    }

    /// All versions of packages on their registries.
    pub(crate) fn versions(&self, read: &Read, indices: &[usize]) -> BTreeMap<usize, Asked<Vec<Published>>> {
        let packages = &read.examined.facts.cargo.packages;
        let mut answers = BTreeMap::new();
        let mut by_registry: Vec<(Registry, Vec<usize>)> = Vec::new();
        for &index in indices {
            match self.of_package(&packages[index]) {
                Ok(None) => {}
                Ok(Some(registry)) => match by_registry.iter_mut().find(|(known, _)| *known == registry) {
                    Some((_, indices)) => indices.push(index),
                    None => by_registry.push((registry, vec![index])),
                },
                Err(error) => {
                    answers.insert(index, Asked::Unknown(error.to_string()));
                }
            }
        }
        for (registry, indices) in by_registry {
            let Some(door) = self.door(&registry) else {
                answers.extend(indices.iter().map(|index| (*index, Asked::Unknown(OFFLINE.to_owned()))));
                continue;
            };
            let names: Vec<&str> = indices.iter().map(|&index| packages[index].name.value.as_str()).collect();
            let found = door.versions_of(&names);
            answers.extend(indices.into_iter().zip(found).map(|(index, found)| (index, asked(found))));
        }
        answers
    }
}

fn asked(found: Result<Vec<Entry>, crate::world::registry::failure::Failure>) -> Asked<Vec<Published>> {
    match found {
        Ok(entries) => Asked::Answer(entries.into_iter().map(published).collect()),
        Err(failure) => Asked::Unknown(failure.to_string()),
    }
}

/// A version as the floors above know it.
pub(crate) fn published(entry: Entry) -> Published {
    Published { version: entry.version, checksum: entry.checksum, yanked: entry.yanked }
}

/// Asks registries and, where the policy demands it, the forge.
pub(crate) fn ask(read: &Read, indices: &[usize], reach: Reach) -> Result<Outside, Error> {
    let registries = Registries::of(read, reach, None)?;
    let mut outside = Outside { registry: registries.versions(read, indices), ..Outside::default() };
    let witnesses = read.policy.release.witnesses.iter().flatten();
    if !witnesses.into_iter().any(|one| one.value == Witness::Forge) {
        return Ok(outside);
    }
    let facts = &read.examined.facts;
    let found = read.examined.history().tags().unwrap_or_default();
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, found);
    let remote = read.examined.root.as_deref().and_then(remote::origin);
    let forge = match reach {
        Reach::Online => Forge::of(&Given::from_environment(), remote.as_deref()),
        Reach::Offline => Err(OFFLINE.to_owned()),
    };
    for &index in indices {
        let Some(version) = facts.cargo.packages[index].version.as_ref().map(|version| &version.value) else {
            continue;
        };
        let answer = match (&forge, tags::name(facts, &read.policy, &lines, index, version)) {
            (Ok(forge), Some(tag)) => forge.release(&tag),
            (Ok(_), None) => Asked::Unknown("nothing says how its tag is called".to_owned()),
            (Err(why), _) => Asked::Unknown(why.clone()),
        };
        outside.forge.insert(index, answer);
    }
    Ok(outside)
}
