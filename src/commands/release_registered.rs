//! `release plan --online`: the registries of the planned packages, asked as a second witness of what was released.

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;

use crate::commands::release_ground::Read;
use crate::commands::release_outside;
use crate::commands::release_outside::OFFLINE;
use crate::commands::release_outside::Reach;
use crate::commands::release_outside::Registries;
use crate::commands::release_outside::Surveyed;
use crate::error::Error;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::releases::Releases;
use crate::facts::tag_line::Line;
use crate::release::baseline;
use crate::release::baseline::Found;
use crate::release::entries;
use crate::release::registered;
use crate::release::registered::Origin;
use crate::release::registered::Registered;
use crate::release::untagged;
use crate::release::witness::Asked;
use crate::release::witness::Published;
use crate::world::registry::survey::Survey;

/// What the registries have, by package.
pub(crate) type Answers = BTreeMap<usize, Registered>;

/// Asks the registries of packages, and lets their answers stand in for tags that are missing, or speak against the plan.
pub(crate) fn settle(
    read: &Read,
    lines: &[Line<'_>],
    indices: &[usize],
    found: &mut [Found],
) -> Result<Answers, Error> {
    if read.examined.root.is_none() {
        return Err(Error::usage("online-past", "ask registries about a revision: they tell of today")
            .help("leave out --online or --rev"));
    }
    let (facts, history) = (&read.examined.facts, read.examined.history());
    let registries = Registries::of(read, Reach::Online, None)?;
    let (owners, unknown) = registries.of_packages(read, indices);
    let doors = registries.doors(owners.iter().map(|(_, registry)| registry));
    let packages = &facts.cargo.packages;
    let asked: Vec<(usize, &str, &str)> = owners
        .iter()
        .map(|(index, registry)| (*index, packages[*index].name.value.as_str(), registry.name.as_str()))
        .collect();
    let Surveyed { surveys, mut versions } = release_outside::survey(&doors, &asked);
    let mut answers = Answers::new();
    for (index, registry) in &owners {
        let answer = versions.remove(index).unwrap_or_else(|| Asked::Unknown(OFFLINE.to_owned()));
        answers.insert(*index, Registered { registry: registry.name.clone(), answer });
    }
    for (index, why) in unknown {
        answers.insert(index, Registered { registry: "the registry".to_owned(), answer: Asked::Unknown(why) });
    }
    let releases = Releases::of(facts, history);
    for (&index, found) in indices.iter().zip(found) {
        let Some(registered) = answers.get(&index) else { continue };
        let package = &facts.cargo.packages[index];
        let Some(current) = package.version.as_ref().map(|version| &version.value) else { continue };
        if let Some(first) = registered::never_out(registered, found, baseline::says_released(facts, index)) {
            *found = first;
            continue;
        }
        let untold = registered::untold(registered, found, &lines[index]);
        if untold.is_empty() {
            continue;
        }
        let Some(survey) = surveys.get(registered.registry.as_str()) else { continue };
        let name = package.name.value.as_str();
        let mut origin = |one: &Published| origin(history, survey, name, one);
        let Some(next) = untagged::settled((name, current), registered, found, &untold, &mut origin) else { continue };
        let kept = entries::of_package(&releases.changelogs, facts, index);
        let knows = |version: &Version| {
            lines[index].of(version).is_some()
                || kept.is_some_and(|kept| kept.section_of(&facts.cargo, index, version).is_some())
        };
        *found = untagged::owned(next, registered, &knows);
    }
    Ok(answers)
}

/// Where a version was packed, as this history knows it.
fn origin(history: &dyn History, survey: &Survey<'_>, name: &str, published: &Published) -> Origin {
    let version = &published.version;
    let packed = match survey.origin(name, version, &published.checksum) {
        Ok(Some(packed)) => packed,
        Ok(None) => return Origin::Unknown("its packed crate names no commit".to_owned()),
        Err(failure) => return Origin::Unknown(format!("where it was packed is not known: {failure}")),
    };
    if packed.dirty {
        return Origin::Unknown(format!("it was packed from changes that are in no commit, upon {}", packed.commit));
    }
    let commit = ObjectId(Arc::from(packed.commit));
    placed(history, &commit).unwrap_or_else(|error| match error {
        // An object that is not there is all that a whole clone can lack.
        Unavailable::Broken(_) => {
            Origin::Unknown(format!("it was packed from {}, which can't be read in this clone", commit.0))
        }
        error => Origin::Unknown(format!("it was packed from {}, and {error}", commit.0)),
    })
}

fn placed(history: &dyn History, commit: &ObjectId) -> Result<Origin, Unavailable> {
    if baseline::is_behind(history, commit)? {
        return Ok(Origin::Behind(commit.clone()));
    }
    let head = history.head().ok_or(Unavailable::NoHistory)?;
    Ok(match history.parted(commit)? {
        Some(parted) if parted == head.id => Origin::Later(commit.clone()),
        Some(_) => Origin::Beside(commit.clone()),
        None => {
            Origin::Unknown(format!("it was packed from {}, which has no history in common with this one", commit.0))
        }
    })
}
