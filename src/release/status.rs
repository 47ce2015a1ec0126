//! The state of a release: for the version in each manifest, what every witness says of it, side by side.

use semver::Version;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::loose_version;
use crate::facts::policy::Policy;
use crate::facts::policy::release::WITNESSES;
use crate::facts::policy::release::Witness;
use crate::facts::releases::Releases;
use crate::facts::tag_line::Line;
use crate::release::entries;
use crate::release::stated;
use crate::release::tags;
use crate::release::witness::Asked;
use crate::release::witness::Outside;
use crate::release::witness::Packed;
use crate::release::witness::Standing;
use crate::release::witness::Testimony;

/// Why a witness outside of the repository is not known: nobody asked it.
pub const NOT_ASKED: &str = "it was not asked: no connection was opened";

/// What is known of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The package, as an index into the packages of the tree.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// The version in its manifest.
    pub version: Version,
    /// What each witness says, in the order of [`WITNESSES`].
    pub testimonies: Vec<Testimony>,
}

impl State {
    /// Whether all demanded witnesses agree; none where one of them could not be asked and no other one disagrees.
    pub fn agree(&self) -> Option<bool> {
        let any = |standing| self.testimonies.iter().any(|one| one.standing == standing);
        if any(Standing::Missing) || any(Standing::Contradicts) {
            Some(false)
        } else if any(Standing::Unknown) {
            None
        } else {
            Some(true)
        }
    }
}

/// What the states are made of.
pub struct Scene<'a> {
    /// The facts of the tree.
    pub facts: &'a Facts,
    /// The history behind it.
    pub history: &'a dyn History,
    /// The policy.
    pub policy: &'a Policy,
    /// The changelogs with the packages that they speak for.
    pub releases: &'a Releases<'a>,
    /// The tags of each package.
    pub lines: &'a [Line<'a>],
    /// What was asked outside.
    pub outside: &'a Outside,
}

/// The state of some packages, in their order.
pub fn states(scene: &Scene<'_>, packages: &[usize]) -> Vec<State> {
    packages.iter().filter_map(|&index| state(scene, index)).collect()
}

fn state(scene: &Scene<'_>, index: usize) -> Option<State> {
    let package = &scene.facts.cargo.packages[index];
    let version = package.version.as_ref()?.value.clone();
    let testimonies = WITNESSES.iter().map(|(_, witness)| {
        let (standing, says) = match witness {
            Witness::Manifest => (Standing::Agrees, format!("{} states {version}", package.manifest)),
            Witness::Changelog => changelog(scene, index, &version),
            Witness::Tag => tag(scene, index, &version),
            Witness::Registry => registry(scene, index, &version),
            Witness::Forge => forge(scene, index),
        };
        let standing = if demanded(scene, index, *witness) { standing } else { Standing::NotDemanded };
        Testimony { witness: *witness, standing, says }
    });
    Some(State { index, name: package.name.value.clone(), testimonies: testimonies.collect(), version })
}

/// Says whether the policy demands a witness; without a policy those that the repository has for the package.
fn demanded(scene: &Scene<'_>, index: usize, witness: Witness) -> bool {
    if let Some(witnesses) = &scene.policy.release.witnesses {
        return witnesses.iter().any(|one| one.value == witness);
    }
    match witness {
        Witness::Manifest => true,
        Witness::Changelog => entries::of_package(&scene.releases.changelogs, scene.facts, index)
            .is_some_and(|kept| !kept.changelog.ended),
        Witness::Tag => scene.history.head().is_some(),
        Witness::Registry => scene.facts.cargo.packages[index].is_publishable(),
        Witness::Forge => false,
    }
}

fn changelog(scene: &Scene<'_>, index: usize, version: &Version) -> (Standing, String) {
    let Some(kept) = entries::of_package(&scene.releases.changelogs, scene.facts, index) else {
        return (Standing::Missing, "no changelog speaks for it".to_owned());
    };
    let cargo = &scene.facts.cargo;
    if let Some(section) = kept.section_of(cargo, index, version) {
        return if section.title.planned {
            (Standing::Missing, format!("{} only plans {version}", kept.path))
        } else {
            (Standing::Agrees, format!("{} has a section for it", kept.path))
        };
    }
    let released = kept.releases(cargo, index).filter(|(section, _)| !section.title.planned);
    match released.map(|(_, release)| &release.version.value).max() {
        Some(newest) if newest > version => {
            (Standing::Contradicts, format!("{} is at {newest} already, and has no {version}", kept.path))
        }
        Some(newest) => (Standing::Missing, format!("{} ends with {newest}", kept.path)),
        None => (Standing::Missing, format!("{} has no section for it", kept.path)),
    }
}

/// A tag that only this clone has is no witness to anybody else: the remote is asked for the same one.
fn tag(scene: &Scene<'_>, index: usize, version: &Version) -> (Standing, String) {
    let (standing, says, here) = tag_here(scene, index, version);
    let remote = scene.outside.remote.as_deref();
    let there = scene.outside.tag.get(&index);
    match (standing, here, remote, there) {
        (Standing::Agrees, _, None, _) => {
            (Standing::Missing, format!("{says}, and this clone has no remote to push it to"))
        }
        (Standing::Agrees, _, Some(remote), None) => {
            (Standing::Unknown, format!("{says}; whether {remote} has it is not known: {NOT_ASKED}"))
        }
        (Standing::Agrees, _, Some(remote), Some(Asked::Unknown(why))) => {
            (Standing::Unknown, format!("{says}; whether {remote} has it is not known: {why}"))
        }
        (Standing::Agrees, _, Some(remote), Some(Asked::Answer(None))) => {
            (Standing::Missing, format!("{says}, and {remote} does not have it"))
        }
        (Standing::Agrees, Some(here), Some(remote), Some(Asked::Answer(Some(there)))) => {
            if *there == *here.0 {
                (Standing::Agrees, format!("{says} and on {remote}"))
            } else {
                (Standing::Contradicts, format!("{says} and names {}, and on {remote} {there}", here.0))
            }
        }
        (Standing::Missing, None, Some(remote), Some(Asked::Answer(Some(_)))) => {
            (Standing::Missing, format!("{says} here, and {remote} has it: git fetch --tags"))
        }
        _ => (standing, says),
    }
}

/// What the tags of this clone say, and the commit of the one that agrees.
fn tag_here<'s>(scene: &'s Scene<'_>, index: usize, version: &Version) -> (Standing, String, Option<&'s ObjectId>) {
    let unknown = |error: &Unavailable| (Standing::Unknown, format!("{error}; {}", error.remedy()), None);
    if let Err(error) = scene.history.tags() {
        return unknown(&error);
    }
    let line = &scene.lines[index];
    let Some(tagged) = line.of(version) else {
        if scene.history.is_shallow() {
            return unknown(&Unavailable::Shallow);
        }
        let name = tags::name(scene.facts, scene.policy, scene.lines, index, version);
        let (standing, says) = match line.tags.iter().rev().find(|tagged| tagged.version > *version) {
            Some(newer) => {
                (Standing::Contradicts, format!("there is no tag of {version}, and {} is newer", newer.tag.name))
            }
            None => {
                (Standing::Missing, name.map_or("it has no tag".to_owned(), |name| format!("there is no tag {name}")))
            }
        };
        return (standing, says, None);
    };
    let name = &tagged.tag.name;
    match stated::version_at(scene.facts, scene.history, index, &tagged.tag.commit) {
        Ok(Some(stated)) if !loose_version::same(&stated, version) => {
            (Standing::Contradicts, format!("{name} is there, and its manifest says {stated}"), None)
        }
        Ok(_) => (Standing::Agrees, format!("{name} is here"), Some(&tagged.tag.commit)),
        Err(error) => unknown(&error),
    }
}

fn registry(scene: &Scene<'_>, index: usize, version: &Version) -> (Standing, String) {
    match scene.outside.registry.get(&index) {
        None => (Standing::Unknown, NOT_ASKED.to_owned()),
        Some(Asked::Unknown(why)) => (Standing::Unknown, why.clone()),
        Some(Asked::Answer(versions)) => match versions.iter().find(|one| one.version == *version) {
            Some(one) if one.yanked => (Standing::Contradicts, format!("{version} is there, and was yanked")),
            Some(_) => packed(scene.outside.packed.get(&index), &format!("{version} is there")),
            None => match versions.iter().map(|one| &one.version).max() {
                Some(newest) => (Standing::Missing, format!("the newest there is {newest}")),
                None => (Standing::Missing, "no version of it is there".to_owned()),
            },
        },
    }
}

/// What is there must be what the tag names: a version is never replaced, and a tag may have been set elsewhere.
fn packed(packed: Option<&Packed>, says: &str) -> (Standing, String) {
    match packed {
        None | Some(Packed::Unsaid | Packed::Here { dirty: false }) => (Standing::Agrees, says.to_owned()),
        Some(Packed::Here { dirty: true }) => {
            (Standing::Agrees, format!("{says}, packed from changes to the commit of its tag"))
        }
        Some(Packed::Alike { commit }) => {
            (Standing::Agrees, format!("{says}, packed from {commit}, which has the same files as its tag"))
        }
        Some(Packed::Elsewhere { commit, tagged }) => {
            (Standing::Contradicts, format!("{says}, packed from {commit}, and its tag names {tagged}"))
        }
        Some(Packed::Unknown(why)) => {
            (Standing::Unknown, format!("{says}; whether it is what its tag names is not known: {why}"))
        }
    }
}

fn forge(scene: &Scene<'_>, index: usize) -> (Standing, String) {
    match scene.outside.forge.get(&index) {
        None => (Standing::Unknown, NOT_ASKED.to_owned()),
        Some(Asked::Unknown(why)) => (Standing::Unknown, why.clone()),
        Some(Asked::Answer(None)) => (Standing::Missing, "there is no release of its tag".to_owned()),
        Some(Asked::Answer(Some(release))) if release.draft => {
            (Standing::Missing, format!("the release of {} is a draft", release.tag))
        }
        Some(Asked::Answer(Some(release))) => (Standing::Agrees, format!("{} is there", release.url)),
    }
}
