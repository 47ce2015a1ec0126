//! What every witness says now of each package that may come out.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

use semver::Version;

use crate::commands::release_forge::Forge;
use crate::commands::release_ground::Read;
use crate::commands::release_outside;
use crate::commands::release_outside::OFFLINE;
use crate::commands::release_outside::Reach;
use crate::commands::release_outside::Registries;
use crate::commands::release_outside::Surveyed;
use crate::commands::release_remote;
use crate::commands::release_status;
use crate::facts::history::Unavailable;
use crate::facts::loose_version;
use crate::facts::policy::release::Witness;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::release::publishing::seen::OnRegistry;
use crate::release::publishing::seen::OnTag;
use crate::release::publishing::seen::Package;
use crate::release::publishing::seen::TagAt;
use crate::release::stated;
use crate::release::status::State;
use crate::release::tags;
use crate::release::witness::Asked;
use crate::release::witness::Outside;
use crate::release::witness::Published;
use crate::release::witness::Standing;
use crate::world::registry::configured::Registry;
use crate::world::registry::credential;
use crate::world::registry::credential::Credential;
use crate::world::registry::door::Door;
use crate::world::registry::survey::Survey;

/// Where is looked: opened once for a whole command.
pub(crate) struct Places {
    pub(crate) registries: Registries,
    pub(crate) doors: BTreeMap<String, Door>,
    pub(crate) remote: Option<String>,
    pub(crate) forge: Result<Forge, String>,
    pub(crate) variables: BTreeMap<OsString, OsString>,
    pub(crate) reach: Reach,
}

/// A package, and what about it does not change while it comes out.
pub(crate) struct Candidate {
    pub(crate) index: usize,
    pub(crate) named: bool,
    /// The registry, where one is demanded and may take it, and the checksum of the packed crate.
    pub(crate) registry: Option<Registry>,
    pub(crate) checksum: String,
}

/// All versions of packages on their registries, by package.
pub(crate) type Versions = BTreeMap<usize, Vec<Published>>;

/// Looks at every package. The versions of crates that an index has beside are given too, by package.
pub(crate) fn look(read: &Read, root: &Path, places: &Places, candidates: &[Candidate]) -> (Vec<Package>, Versions) {
    let indices: Vec<usize> = candidates.iter().map(|one| one.index).collect();
    let demanded = release_status::of(read, &indices, &Outside::default());
    let tags = read.examined.history().tags().unwrap_or_default();
    let lines: Vec<Line<'_>> = tag_line::lines(&read.examined.facts.cargo, tags);
    let facts = &read.examined.facts.cargo.packages;
    let asked = candidates.iter().filter_map(|one| {
        Some((one.index, facts[one.index].name.value.as_str(), one.registry.as_ref()?.name.as_str()))
    });
    let asked: Vec<(usize, &str, &str)> = asked.collect();
    let Surveyed { surveys, versions } = release_outside::survey(&places.doors, &asked);
    let stored = stored(&surveys, candidates, &demanded, &versions);
    let remote = on_remote(root, places, &tag_names(read, &indices));
    let mut packages = Vec::new();
    let mut all = BTreeMap::new();
    for candidate in candidates {
        let Some(state) = demanded.iter().find(|state| state.index == candidate.index) else { continue };
        let is_demanded = |witness: Witness| standing(state, witness) != Standing::NotDemanded;
        let registry = candidate.registry.as_ref().filter(|_| is_demanded(Witness::Registry));
        // What was not asked is never taken for an answer.
        let asked = versions.get(&candidate.index).cloned().unwrap_or_else(|| Asked::Unknown(OFFLINE.to_owned()));
        if let Asked::Answer(found) = &asked {
            all.insert(candidate.index, found.clone());
        }
        let tag = is_demanded(Witness::Tag).then(|| on_tag(read, remote.as_ref(), &lines, state));
        let forge =
            is_demanded(Witness::Forge).then(|| match (&places.forge, tag.as_ref().and_then(|on| on.name.as_ref())) {
                (Ok(forge), Some(name)) => forge.release(name),
                (Ok(_), None) => Asked::Answer(None),
                (Err(why), _) => Asked::Unknown(why.clone()),
            });
        packages.push(Package {
            index: candidate.index,
            name: state.name.clone(),
            version: state.version.clone(),
            registry: registry.map(|registry| on_registry(places, candidate, registry, state, &asked, &stored)),
            tag,
            forge,
            unwritten: unwritten(state),
            named: candidate.named,
        });
    }
    (packages, all)
}

/// The names of the tags of packages at the versions of their manifests.
pub(crate) fn tag_names(read: &Read, indices: &[usize]) -> Vec<String> {
    let facts = &read.examined.facts;
    let tags = read.examined.history().tags().unwrap_or_default();
    let lines: Vec<Line<'_>> = tag_line::lines(&facts.cargo, tags);
    let name = |&index: &usize| {
        let version = &facts.cargo.packages[index].version.as_ref()?.value;
        tags::name(facts, &read.policy, &lines, index, version)
    };
    indices.iter().filter_map(name).collect()
}

fn standing(state: &State, witness: Witness) -> Standing {
    state.testimonies.iter().find(|one| one.witness == witness).map_or(Standing::NotDemanded, |one| one.standing)
}

/// What the changelog says against a release.
fn unwritten(state: &State) -> Option<String> {
    let changelog = state.testimonies.iter().find(|one| one.witness == Witness::Changelog)?;
    let wrong = matches!(changelog.standing, Standing::Missing | Standing::Contradicts);
    wrong.then(|| format!("{} {} is not in the changelog: {}", state.name, state.version, changelog.says))
}

/// The checksums of the files that registries hand out, of the versions that their indices do not know, by package: an index
/// may be late, and whoever uploaded may not be here to tell.
fn stored(
    surveys: &BTreeMap<&str, Survey<'_>>,
    candidates: &[Candidate],
    states: &[State],
    versions: &BTreeMap<usize, Asked<Vec<Published>>>,
) -> BTreeMap<usize, Asked<Option<String>>> {
    let mut found = BTreeMap::new();
    for (registry, survey) in surveys {
        let unknown = candidates.iter().filter_map(|one| {
            let state = states.iter().find(|state| state.index == one.index)?;
            let Asked::Answer(versions) = versions.get(&one.index)? else { return None };
            let is_asked = one.registry.as_ref().is_some_and(|own| own.name == *registry)
                && standing(state, Witness::Registry) != Standing::NotDemanded
                && !versions.iter().any(|one| one.version == state.version);
            is_asked.then_some((one, state))
        });
        let unknown: Vec<(&Candidate, &State)> = unknown.collect();
        let files: Vec<(&str, &Version, &str)> =
            unknown.iter().map(|(one, state)| (state.name.as_str(), &state.version, one.checksum.as_str())).collect();
        let answers = survey.stored(&files).into_iter().map(|answer| match answer {
            Ok(checksum) => Asked::Answer(checksum),
            Err(failure) => Asked::Unknown(failure.to_string()),
        });
        found.extend(unknown.iter().map(|(one, _)| one.index).zip(answers));
    }
    found
}

/// What the remote says of tags; none where there is none.
fn on_remote(root: &Path, places: &Places, names: &[String]) -> Option<Result<BTreeMap<String, String>, String>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    places.remote.as_ref().map(|remote| match places.reach {
        Reach::Offline => Err(OFFLINE.to_owned()),
        Reach::Online => release_remote::tags(root, &places.variables, remote, &names),
    })
}

fn on_registry(
    places: &Places,
    candidate: &Candidate,
    registry: &Registry,
    state: &State,
    asked: &Asked<Vec<Published>>,
    stored: &BTreeMap<usize, Asked<Option<String>>>,
) -> OnRegistry {
    let index = match asked {
        Asked::Answer(found) => Asked::Answer(found.iter().find(|one| one.version == state.version).cloned()),
        Asked::Unknown(why) => Asked::Unknown(why.clone()),
    };
    OnRegistry {
        registry: registry.name.clone(),
        checksum: candidate.checksum.clone(),
        index,
        stored: stored.get(&candidate.index).cloned().unwrap_or(Asked::Answer(None)),
        has_token: !matches!(credential::of(places.registries.configured(), registry), Credential::None),
    }
}

fn on_tag(
    read: &Read,
    remote: Option<&Result<BTreeMap<String, String>, String>>,
    lines: &[Line<'_>],
    state: &State,
) -> OnTag {
    let (facts, history) = (&read.examined.facts, read.examined.history());
    let name = tags::name(facts, &read.policy, lines, state.index, &state.version);
    let find = |name: &str| -> Result<Option<TagAt>, Unavailable> {
        let Some(tag) = history.tags()?.iter().find(|tag| tag.name == name) else { return Ok(None) };
        let stated = stated::version_at(facts, history, state.index, &tag.commit)?;
        Ok(Some(TagAt {
            commit: tag.commit.0.to_string(),
            behind: history.is_in_head(&tag.commit)?,
            states_version: stated.is_some_and(|stated| loose_version::same(&stated, &state.version)),
        }))
    };
    let here = match name.as_deref().map(find) {
        None => Asked::Answer(None),
        Some(Ok(found)) => Asked::Answer(found),
        Some(Err(error)) => Asked::Unknown(format!("{error}; {}", error.remedy())),
    };
    let there = remote.zip(name.as_ref()).map(|(answer, name)| release_remote::answered(answer, name));
    OnTag { name, here, there }
}

/// What was seen outside, as the states of releases take it.
pub(crate) fn outside(packages: &[Package], versions: &Versions, remote: Option<&str>) -> Outside {
    let mut outside = Outside { remote: remote.map(str::to_owned), ..Outside::default() };
    for package in packages {
        match package.registry.as_ref().map(|on| &on.index) {
            Some(Asked::Unknown(why)) => {
                outside.registry.insert(package.index, Asked::Unknown(why.clone()));
            }
            Some(Asked::Answer(_)) => {
                let found = versions.get(&package.index).cloned().unwrap_or_default();
                outside.registry.insert(package.index, Asked::Answer(found));
            }
            None => {}
        }
        if let Some(there) = package.tag.as_ref().and_then(|on| on.there.as_ref()) {
            outside.tag.insert(package.index, there.clone());
        }
        if let Some(forge) = &package.forge {
            outside.forge.insert(package.index, forge.clone());
        }
    }
    outside
}
