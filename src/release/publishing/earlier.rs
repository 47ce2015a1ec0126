//! Packages that came out earlier, from another commit: known by their bytes and their tag, and whole only where every
//! demanded witness that others can see has it too.

use crate::release::plan::Blocker;
use crate::release::publishing::seen::Package;
use crate::release::publishing::seen::Scene;
use crate::release::publishing::seen::TagAt;
use crate::release::witness::Asked;

/// The commit from which a package came out earlier; none where it belongs to this release.
pub(super) fn from(scene: &Scene<'_>, package: &Package) -> Option<String> {
    if package.named {
        return None;
    }
    let on = package.registry.as_ref();
    let published = on.and_then(|on| match &on.index {
        Asked::Answer(Some(published)) => Some((on, published)),
        _ => None,
    });
    let tagged = match package.tag.as_ref().map(|on| &on.here) {
        Some(Asked::Answer(Some(at))) => Some(at),
        _ => None,
    };
    let elsewhere = |at: &&TagAt| at.commit != scene.commit && at.behind && at.states_version;
    match (published, tagged.filter(elsewhere)) {
        // The bytes name the commit that they were packed from: those of an earlier release differ from ours.
        (Some((on, published)), Some(at)) if published.checksum != on.checksum => Some(at.commit.clone()),
        (Some((on, published)), None) if tagged.is_none() && published.checksum != on.checksum => {
            let version = package.version.to_string();
            let commit = scene.journal.released_at(&package.name, &version, &published.checksum)?;
            (commit != scene.commit).then(|| commit.to_owned())
        }
        // Kept from every registry: its tag alone tells.
        (None, Some(at)) if on.is_none() => Some(at.commit.clone()),
        _ => None,
    }
}

/// What speaks against leaving a release from an earlier commit alone: this commit can't finish it.
pub(super) fn unfinished(scene: &Scene<'_>, package: &Package, commit: &str) -> Option<Blocker> {
    let called = format!("{} {} came out earlier, from {commit}", package.name, package.version);
    let missing = |what: String| {
        let remedy = format!(
            "publish from that commit, with its proof: git switch --detach {commit} && cargo governed release publish --execute"
        );
        Some(Blocker::new("release-unfinished", format!("{called}, and {what}"), remedy).of(&package.name))
    };
    let unknown = |code: &'static str, what: String| {
        let remedy = "mend what is named and repeat the command";
        Some(Blocker::new(code, format!("{called}, and {what}"), remedy).of(&package.name).unproven())
    };
    if let Some(on) = &package.tag {
        let Some(name) = &on.name else { return missing("nothing says how its tag is called".to_owned()) };
        let remote = scene.remote.unwrap_or_default();
        match &on.there {
            None => return missing(format!("this clone has no remote that could have its tag {name}")),
            Some(Asked::Unknown(why)) => {
                return unknown("tag-unknown", format!("whether {remote} has its tag {name} is not known: {why}"));
            }
            Some(Asked::Answer(None)) => return missing(format!("its tag {name} is not on {remote}")),
            Some(Asked::Answer(Some(there))) if there != commit => {
                let remedy = "find out which commit came out; a tag is never moved";
                let message = format!("{called}, and its tag {name} names {there} on {remote}");
                return Some(Blocker::new("tag-elsewhere", message, remedy).of(&package.name));
            }
            Some(Asked::Answer(Some(_))) => {}
        }
    }
    match &package.forge {
        Some(Asked::Unknown(why)) => {
            unknown("forge-unknown", format!("whether the forge has its release is not known: {why}"))
        }
        Some(Asked::Answer(None)) => missing("the forge has no release of it".to_owned()),
        Some(Asked::Answer(Some(release))) if release.draft => {
            let remedy = "publish the draft or delete it; whose it is can't be seen from here";
            let message = format!("{called}, and the forge has only a draft of its release");
            Some(Blocker::new("forge-draft", message, remedy).of(&package.name))
        }
        None | Some(Asked::Answer(Some(_))) => None,
    }
}
