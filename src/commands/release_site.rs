//! All that is open while a release comes out: the tree, the record, registries, remote and forge; and the packages, packed.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use crate::commands::proving;
use crate::commands::release_assets::Handed;
use crate::commands::release_forge::Forge;
use crate::commands::release_forge::Given;
use crate::commands::release_ground::Read;
use crate::commands::release_look;
use crate::commands::release_look::Candidate;
use crate::commands::release_look::Places;
use crate::commands::release_look::Versions;
use crate::commands::release_outside::OFFLINE;
use crate::commands::release_outside::Reach;
use crate::commands::release_outside::Registries;
use crate::commands::release_remote;
use crate::commands::release_status;
use crate::commands::shown;
use crate::error::Error;
use crate::release::order;
use crate::release::plan::Blocker;
use crate::release::publishing::journal::Journal;
use crate::release::publishing::report::Report;
use crate::release::publishing::seen::Package;
use crate::release::publishing::seen::Scene;
use crate::release::publishing::settle;
use crate::release::publishing::settle::Settled;
use crate::release::publishing::settle::Stands;
use crate::world::git::remote;
use crate::world::process::publishing;
use crate::world::process::publishing::Yard;
use crate::world::record_folder;

/// The folder that takes what is packed, below that of proofs.
const PACKED: &str = "release/packed";

/// How a release is published: the arguments, resolved.
pub(crate) struct How<'a> {
    /// Whether anything is done.
    pub(crate) execute: bool,
    /// The branch that decides.
    pub(crate) base: String,
    /// The proof; where runs write it without one.
    pub(crate) proof: Option<PathBuf>,
    /// The packages; empty means all that are released.
    pub(crate) packages: Vec<String>,
    /// The registry of all packages; that of cargo's configuration and of their manifests without one.
    pub(crate) registry: Option<String>,
    /// The remote that tags go to.
    pub(crate) remote: Option<String>,
    /// Whether anything outside may be asked.
    pub(crate) reach: Reach,
    /// The longest wait for an index, and for a registry that limits us.
    pub(crate) wait: Duration,
    /// How long a registry may take to finish what was cut off.
    pub(crate) settle: Duration,
    /// What is known of the forge.
    pub(crate) forge: Given,
    /// The files that releases on the forge carry.
    pub(crate) assets: Handed,
    /// Hears what is done.
    pub(crate) talk: &'a (dyn Fn(&str) + Sync),
}

/// All that is open while a release comes out.
pub(crate) struct Site<'a> {
    pub(crate) how: &'a How<'a>,
    pub(crate) folder: &'a Path,
    pub(crate) root: PathBuf,
    pub(crate) record: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) commit: String,
    pub(crate) proof: Option<PathBuf>,
    pub(crate) places: Places,
}

/// What was seen, and what follows.
pub(crate) struct View {
    pub(crate) packages: Vec<Package>,
    pub(crate) versions: Versions,
    pub(crate) settled: Settled,
}

impl<'a> Site<'a> {
    pub(crate) fn open(
        folder: &'a Path,
        root: PathBuf,
        how: &'a How<'a>,
        read: &Read,
        commit: &str,
        proof: Option<PathBuf>,
    ) -> Result<Self, Error> {
        let variables: BTreeMap<_, _> = std::env::vars_os().collect();
        let remote = release_remote::named(&root, &variables, how.remote.as_deref())?;
        let registries = Registries::of(read, how.reach, how.registry.as_deref())?;
        let forge = match how.reach {
            Reach::Online => Forge::of(&how.forge, remote::origin(folder).as_deref()),
            Reach::Offline => Err(OFFLINE.to_owned()),
        };
        let target = proving::folder(&root, &read.examined.facts).join(PACKED);
        let record = record_folder::of(folder, &root)?;
        let (doors, reach) = (BTreeMap::new(), how.reach);
        let places = Places { registries, doors, remote, forge, variables, reach };
        Ok(Self { how, folder, root, record, target, commit: commit.to_owned(), proof, places })
    }

    fn yard(&self) -> Yard<'_> {
        Yard { root: &self.root, target: &self.target, variables: &self.places.variables }
    }

    /// The packages in the order in which they come out, packed; none where that speaks against going on.
    pub(crate) fn candidates(&mut self, read: &Read, report: &mut Report) -> Result<Option<Vec<Candidate>>, Error> {
        let (indices, left) = release_status::chosen(read, &self.how.packages)?;
        report.notes = left;
        let cargo = &read.examined.facts.cargo;
        let layers = match order::layers(cargo, &indices) {
            Ok(layers) => layers,
            Err(circle) => {
                let names: Vec<&str> = circle.iter().map(|&index| cargo.packages[index].name.value.as_str()).collect();
                let message = format!("none of {} can come out before the others", names.join(", "));
                let remedy = "break the circle: a dependency of tests may leave out its version";
                report.blockers.push(Blocker::new("circle", message, remedy));
                return Ok(None);
            }
        };
        if layers.is_empty() {
            let remedy = "cargo governed release plan -v says what is left out and why";
            report.blockers.push(Blocker::new(
                "nothing-to-release",
                "the tree has no package that is released",
                remedy,
            ));
            return Ok(None);
        }
        let mut candidates = Vec::new();
        for index in layers.into_iter().flatten() {
            let package = &cargo.packages[index];
            let registry = self.places.registries.of_package(package)?;
            let named = self.how.packages.contains(&package.name.value);
            candidates.push(Candidate { index, named, registry, checksum: String::new() });
        }
        self.places.doors = self.places.registries.doors(candidates.iter().filter_map(|one| one.registry.as_ref()));
        Ok(self.pack(read, &mut candidates, &|_| true, report).then_some(candidates))
    }

    /// Packs again without what came out earlier: what needs it takes it from the registry, and its checksum with it.
    pub(crate) fn pack_without_earlier(
        &self,
        read: &Read,
        candidates: &mut [Candidate],
        view: &View,
        report: &mut Report,
    ) -> bool {
        let comes_out: Vec<usize> = view
            .packages
            .iter()
            .zip(&view.settled.stands)
            .filter(|(_, stands)| !matches!(stands, Stands::Earlier(_)))
            .map(|(package, _)| package.index)
            .collect();
        self.pack(read, candidates, &|index| comes_out.contains(&index), report)
    }

    /// Packs what goes to a registry, of the packages that are wanted. What cargo says against it blocks.
    fn pack(
        &self,
        read: &Read,
        candidates: &mut [Candidate],
        wanted: &dyn Fn(usize) -> bool,
        report: &mut Report,
    ) -> bool {
        let packages = &read.examined.facts.cargo.packages;
        let is_packed = |one: &Candidate| one.registry.is_some() && wanted(one.index);
        let versions: Vec<(String, String)> = candidates
            .iter()
            .filter(|one| is_packed(one))
            .filter_map(|one| {
                let package = &packages[one.index];
                Some((package.name.value.clone(), package.version.as_ref()?.value.to_string()))
            })
            .collect();
        if versions.is_empty() {
            return true;
        }
        let names: Vec<(&str, &str)> =
            versions.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect();
        let offline = self.how.reach == Reach::Offline;
        match publishing::pack(self.yard(), &names, offline) {
            Ok(checksums) => {
                let packed = candidates.iter_mut().filter(|one| is_packed(one));
                for (candidate, checksum) in packed.zip(checksums) {
                    candidate.checksum = checksum;
                }
                true
            }
            Err(why) => {
                let message = format!("cargo can't pack what comes out: {why}");
                let remedy = "mend what cargo says, then run and prove that commit";
                let blocker = Blocker::new("package-failed", message, remedy);
                report.blockers.push(if publishing::is_missing(&why) { blocker.unproven() } else { blocker });
                false
            }
        }
    }

    pub(crate) fn journal(&self) -> Result<Journal, Error> {
        let opened = shown::open(&self.record)?;
        let mut journal = Journal::default();
        for line in opened.lines()? {
            journal.see(&line.event, &line.at);
        }
        Ok(journal)
    }

    pub(crate) fn view(&self, read: &Read, candidates: &[Candidate], journal: &Journal) -> View {
        let (packages, versions) = release_look::look(read, &self.root, &self.places, candidates);
        let settled = settle::settle(&Scene {
            commit: &self.commit,
            remote: self.places.remote.as_deref(),
            forge_token: self.places.forge.as_ref().is_ok_and(Forge::has_token),
            packages: &packages,
            journal,
        });
        View { packages, versions, settled }
    }
}
