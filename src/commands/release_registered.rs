//! `release plan --online`: the registries of the planned packages, asked as a second witness of what was released.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::commands::release_ground::Read;
use crate::commands::release_outside::Reach;
use crate::commands::release_outside::Registries;
use crate::error::Error;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::tag_line::Line;
use crate::release::baseline;
use crate::release::baseline::Found;
use crate::release::registered;
use crate::release::registered::Origin;
use crate::release::registered::Registered;
use crate::release::untagged;
use crate::release::witness::Published;
use crate::world::registry::door::Door;

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
    let mut answers = Answers::new();
    for (index, answer) in registries.versions(read, indices) {
        let own = registries.of_package(&facts.cargo.packages[index]).ok().flatten();
        let registry = own.map_or_else(|| "the registry".to_owned(), |own| own.name);
        answers.insert(index, Registered { registry, answer });
    }
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
        let Ok(Some(registry)) = registries.of_package(package) else { continue };
        let Some(door) = registries.door(&registry) else { continue };
        let name = package.name.value.as_str();
        let mut origin = |one: &Published| origin(history, &door, name, one);
        if let Some(next) = untagged::settled((name, current), registered, found, &untold, &mut origin) {
            *found = next;
        }
    }
    Ok(answers)
}

/// Where a version was packed, as this history knows it.
fn origin(history: &dyn History, door: &Door, name: &str, published: &Published) -> Origin {
    let version = &published.version;
    let packed = match door.origin(name, version, &published.checksum) {
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
