//! Asks the witnesses outside of the repository: the registries of packages, by cargo's configuration, and the forge.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use crate::commands::proving;
use crate::commands::release_forge::Forge;
use crate::commands::release_forge::Given;
use crate::commands::release_ground::Read;
use crate::commands::release_packed;
use crate::commands::release_remote;
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
use crate::world::registry::survey::Survey;

/// How long one question may take, with all its attempts.
const PATIENCE: Duration = Duration::from_secs(40);
/// Why nothing is asked offline.
pub(crate) const OFFLINE: &str = "it was not asked: --offline was said";
/// Why nothing is known of a registry whose questions came to no end.
const DIED: &str = "the thread that asked died";
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

    /// The registry of each package, by its index; what keeps one from being found is told beside.
    pub(crate) fn of_packages(
        &self,
        read: &Read,
        indices: &[usize],
    ) -> (Vec<(usize, Registry)>, BTreeMap<usize, String>) {
        let packages = &read.examined.facts.cargo.packages;
        let (mut found, mut unknown) = (Vec::new(), BTreeMap::new());
        for &index in indices {
            match self.of_package(&packages[index]) {
                Ok(registry) => found.extend(registry.map(|registry| (index, registry))),
                Err(error) => {
                    unknown.insert(index, error.to_string());
                }
            }
        }
        (found, unknown)
    }

    /// One door to each of some registries, by their names; none offline.
    pub(crate) fn doors<'r>(&self, registries: impl Iterator<Item = &'r Registry>) -> BTreeMap<String, Door> {
        let mut doors = BTreeMap::new();
        for registry in registries.filter(|_| self.reach == Reach::Online) {
            let open = || Door::open(&self.configured, registry, &self.cache, PATIENCE);
            doors.entry(registry.name.clone()).or_insert_with(open);
        }
        doors
    }
}

/// What registries have of some packages, and the questions about them that were asked.
pub(crate) struct Surveyed<'d> {
    /// The questions, by the name of the registry.
    pub(crate) surveys: BTreeMap<&'d str, Survey<'d>>,
    /// All versions of each package, by its index.
    pub(crate) versions: BTreeMap<usize, Asked<Vec<Published>>>,
}

/// Asks all registries at once for all versions of packages; each with its index, its name and the name of its registry.
pub(crate) fn survey<'d>(doors: &'d BTreeMap<String, Door>, packages: &[(usize, &str, &str)]) -> Surveyed<'d> {
    let surveys: BTreeMap<&str, Survey<'_>> =
        doors.iter().map(|(name, door)| (name.as_str(), Survey::of(door))).collect();
    // What no thread answers for stays unknown: nobody was asked, or who asked died.
    let unanswered = |registry: &str| if surveys.contains_key(registry) { DIED } else { OFFLINE };
    let unasked = packages.iter().map(|(index, _, registry)| (*index, Asked::Unknown(unanswered(registry).to_owned())));
    let mut versions: BTreeMap<usize, Asked<Vec<Published>>> = unasked.collect();
    let ask = |registry: &str, survey: &Survey<'_>| -> Vec<(usize, Asked<Vec<Published>>)> {
        let mine: Vec<&(usize, &str, &str)> = packages.iter().filter(|(_, _, own)| *own == registry).collect();
        let names: Vec<&str> = mine.iter().map(|(_, name, _)| *name).collect();
        mine.iter().map(|(index, ..)| *index).zip(survey.versions(&names).into_iter().map(asked)).collect()
    };
    std::thread::scope(|scope| {
        let ask = &ask;
        let asking: Vec<_> =
            surveys.iter().map(|(registry, survey)| scope.spawn(move || ask(registry, survey))).collect();
        versions.extend(asking.into_iter().flat_map(|one| one.join().unwrap_or_default()));
    });
    Surveyed { surveys, versions }
}

fn asked(found: Result<Vec<Entry>, crate::world::registry::failure::Failure>) -> Asked<Vec<Published>> {
    match found {
        Ok(entries) => Asked::Answer(entries.into_iter().map(published).collect()),
        Err(failure) => Asked::Unknown(failure.to_string()),
    }
}

/// A version as the floors above know it.
fn published(entry: Entry) -> Published {
    Published { version: entry.version, checksum: entry.checksum, yanked: entry.yanked }
}

/// Asks registries, the remote of tags and, where the policy demands it, the forge.
pub(crate) fn ask(read: &Read, indices: &[usize], reach: Reach, remote: Option<&str>) -> Result<Outside, Error> {
    // Where a policy says which witnesses count, nobody else is asked.
    let demanded = read.policy.release.witnesses.as_ref();
    let counts = |witness: Witness| demanded.is_none_or(|all| all.iter().any(|one| one.value == witness));
    let registries = Registries::of(read, reach, None)?;
    let registered: &[usize] = if counts(Witness::Registry) { indices } else { &[] };
    let (found, unknown) = registries.of_packages(read, registered);
    let doors = registries.doors(found.iter().map(|(_, registry)| registry));
    let packages = &read.examined.facts.cargo.packages;
    let name = |index: usize| packages[index].name.value.as_str();
    let asked: Vec<(usize, &str, &str)> =
        found.iter().map(|(index, registry)| (*index, name(*index), registry.name.as_str())).collect();
    let Surveyed { surveys, versions } = survey(&doors, &asked);
    let mut outside = Outside { registry: versions, ..Outside::default() };
    if counts(Witness::Tag) {
        outside.packed = release_packed::look(read, &surveys, &asked, &outside.registry);
    }
    outside.registry.extend(unknown.into_iter().map(|(index, why)| (index, Asked::Unknown(why))));
    let tags = tag_names(read, indices);
    if counts(Witness::Tag) {
        of_remote(read, &tags, reach, remote, &mut outside)?;
    }
    if demanded.is_none() || !counts(Witness::Forge) {
        return Ok(outside);
    }
    let origin = read.examined.root.as_deref().and_then(remote::origin);
    let forge = match reach {
        Reach::Online => Forge::of(&Given::from_environment(), origin.as_deref()),
        Reach::Offline => Err(OFFLINE.to_owned()),
    };
    for (index, tag) in tags {
        let answer = match (&forge, tag) {
            (Ok(forge), Some(tag)) => forge.release(&tag),
            (Ok(_), None) => Asked::Unknown("nothing says how its tag is called".to_owned()),
            (Err(why), _) => Asked::Unknown(why.clone()),
        };
        outside.forge.insert(index, answer);
    }
    Ok(outside)
}

/// The name of the tag of each package at the version of its manifest, where something says how it is called.
fn tag_names(read: &Read, indices: &[usize]) -> Vec<(usize, Option<String>)> {
    let facts = &read.examined.facts;
    let found = read.examined.history().tags().unwrap_or_default();
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, found);
    let name = |&index: &usize| {
        let version = &facts.cargo.packages[index].version.as_ref()?.value;
        let known = lines[index].of(version).map(|tagged| tagged.tag.name.clone());
        Some((index, known.or_else(|| tags::name(facts, &read.policy, &lines, index, version))))
    };
    indices.iter().filter_map(name).collect()
}

/// Asks the remote that tags go to for the tags of packages.
fn of_remote(
    read: &Read,
    tags: &[(usize, Option<String>)],
    reach: Reach,
    remote: Option<&str>,
    outside: &mut Outside,
) -> Result<(), Error> {
    let Some(root) = read.examined.root.as_deref().filter(|_| read.repository.is_some()) else { return Ok(()) };
    let variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    outside.remote = release_remote::named(root, &variables, remote)?;
    let Some(remote) = &outside.remote else { return Ok(()) };
    let names: Vec<&str> = tags.iter().filter_map(|(_, name)| name.as_deref()).collect();
    let answer = match reach {
        Reach::Online => release_remote::tags(root, &variables, remote, &names),
        Reach::Offline => Err(OFFLINE.to_owned()),
    };
    for (index, name) in tags.iter().filter_map(|(index, name)| Some((*index, name.as_ref()?))) {
        outside.tag.insert(index, release_remote::answered(&answer, name));
    }
    Ok(())
}
