//! The versions of a registry that no tag names, asked one after another where they were packed.

use semver::Version;

use crate::release::baseline::Found;
use crate::release::plan::Blocker;
use crate::release::registered;
use crate::release::registered::Origin;
use crate::release::registered::Registered;
use crate::release::witness::Asked;
use crate::release::witness::Published;

/// How many versions of a package are asked where they were packed: for each of them a crate is downloaded.
const ASKED: usize = 16;

/// What a package at a version is compared with, once the versions that no tag names were asked, the newest first; none
/// where they change nothing.
pub fn settled(
    package: (&str, &Version),
    registered: &Registered,
    found: &Found,
    untold: &[&Published],
    origin: &mut dyn FnMut(&Published) -> Origin,
) -> Option<Found> {
    let newest = untold.first()?;
    let mut ask = |one: &&Published| registered::settled(package, registered, found, &one.version, origin(one));
    untold.iter().take(ASKED).find_map(&mut ask).or_else(|| match untold.get(ASKED) {
        Some(next) => Some(unasked(package.0, registered, &next.version)),
        None => registered::elsewhere(package.0, registered, found, &newest.version),
    })
}

/// One that was not asked may be the newest that is behind this commit.
fn unasked(name: &str, registered: &Registered, next: &Version) -> Found {
    let message = format!(
        "no tag names {ASKED} newer versions of {name} on {}, all of other branches: where {next} was packed was not asked",
        registered.registry
    );
    let remedy = "fetch all tags (git fetch --all --tags), or name what this one is compared with: --baseline REV";
    Found::Refused(Blocker::new("registry-ahead", message, remedy).of(name).unproven())
}

/// Says beside a refusal that the name may be somebody else's: where this repository, by its tags and its changelog, knows none
/// of the versions that the registry has.
pub fn owned(found: Found, registered: &Registered, knows: &dyn Fn(&Version) -> bool) -> Found {
    let Found::Refused(blocker) = found else { return found };
    let Asked::Answer(versions) = &registered.answer else { return Found::Refused(blocker) };
    if blocker.code != "registry-ahead" || versions.iter().any(|one| knows(&one.version)) {
        return Found::Refused(blocker);
    }
    let name = blocker.package.clone().unwrap_or_default();
    let what = if versions.len() == 1 {
        "the one version".to_owned()
    } else {
        format!("any of the {} versions", versions.len())
    };
    let message = format!(
        "{}; neither a tag nor a changelog of this repository knows {what} of {name} on {}: the name may be somebody else's",
        blocker.message, registered.registry
    );
    let remedy = format!(
        "{}; where the name is somebody else's (cargo owner --list {name}), choose another one",
        blocker.remedy
    );
    Found::Refused(Blocker { message, remedy, ..blocker })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::history::ObjectId;
    use crate::release::plan::Baseline;
    use crate::release::plan::Source;

    fn id(text: &str) -> ObjectId {
        ObjectId(Arc::from(text))
    }

    /// What comes of versions of other branches, the one of a number packed behind this commit.
    fn among(count: usize, behind: Option<usize>) -> Option<Found> {
        let published = |minor: usize| Published {
            version: Version::new(1, minor as u64, 0),
            checksum: String::new(),
            yanked: false,
        };
        let versions: Vec<Published> = (1..=count).rev().map(published).collect();
        let untold: Vec<&Published> = versions.iter().collect();
        let registered = Registered { registry: "mine".to_owned(), answer: Asked::Answer(versions.clone()) };
        let version = Version::new(1, 0, 0);
        let (source, reference, commit, why) = (Source::Tag, "v1.0.0".to_owned(), id("0"), String::new());
        let found = Found::At(Baseline { version: version.clone(), source, reference, commit, why });
        let mut origin = |one: &Published| match behind {
            Some(minor) if one.version.minor == minor as u64 => Origin::Behind(id("7")),
            _ => Origin::Beside(id("8")),
        };
        settled(("a", &version), &registered, &found, &untold, &mut origin)
    }

    #[test]
    fn many_versions_of_other_branches_hide_none_of_this_one() {
        assert_eq!(among(ASKED, None), None, "all of them are of other branches");
        for count in [6, ASKED] {
            let Some(Found::At(taken)) = among(count, Some(1)) else { panic!("{count}: one is behind this commit") };
            assert_eq!((taken.version, taken.source), (Version::new(1, 1, 0), Source::Registry));
        }
        for behind in [None, Some(1)] {
            let Some(Found::Refused(blocker)) = among(ASKED + 1, behind) else { panic!("one was not asked") };
            assert!(blocker.code == "registry-ahead" && blocker.unproven, "{blocker:?}");
        }
    }
}
