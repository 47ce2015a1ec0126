//! From what the witnesses say to what is left to do: each package is out, comes out now, or came out earlier; a
//! contradiction stops everything.

use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::earlier;
use crate::release::publishing::seen::OnRegistry;
use crate::release::publishing::seen::OnTag;
use crate::release::publishing::seen::Package;
use crate::release::publishing::seen::Scene;
use crate::release::witness::Asked;

/// How a package stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stands {
    /// All demanded witnesses say that it is out.
    Out,
    /// Something is left to do.
    ToDo,
    /// It came out earlier, from the commit; this release does not touch it.
    Earlier(String),
    /// Something speaks against it.
    Blocked,
}

impl Stands {
    /// The word in documents.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::ToDo => "to-do",
            Self::Earlier(_) => "earlier",
            Self::Blocked => "blocked",
        }
    }
}

/// What is left to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// How each package stands, in their order.
    pub stands: Vec<Stands>,
    /// The acts in their order: all uploads, then tags, pushes and forge releases.
    pub acts: Vec<Act>,
    /// What speaks against doing any of them.
    pub blockers: Vec<Blocker>,
}

/// Decides.
pub fn settle(scene: &Scene<'_>) -> Settled {
    let mut settled = Settled::default();
    let mut of_tags = Vec::new();
    for package in scene.packages {
        if let Some(commit) = earlier::from(scene, package) {
            let unfinished = earlier::unfinished(scene, package, &commit);
            settled.stands.push(if unfinished.is_some() { Stands::Blocked } else { Stands::Earlier(commit) });
            settled.blockers.extend(unfinished);
            continue;
        }
        let (blocked, acts) = (settled.blockers.len(), settled.acts.len() + of_tags.len());
        if let Some(why) = &package.unwritten {
            let remedy = "write the section (cargo governed release prepare), commit, and run and prove that commit";
            settled.blockers.push(Blocker::new("changelog-missing", why.clone(), remedy).of(&package.name));
        }
        if let Some(on) = &package.registry {
            upload(scene, package, on, &mut settled);
        }
        if let Some(on) = &package.tag {
            tag(scene, package, on, &mut of_tags, &mut settled.blockers);
        }
        forge(scene, package, &mut of_tags, &mut settled.blockers);
        settled.stands.push(match () {
            () if settled.blockers.len() > blocked => Stands::Blocked,
            () if settled.acts.len() + of_tags.len() > acts || awaited(package, &of_tags) => Stands::ToDo,
            () => Stands::Out,
        });
    }
    of_tags.sort_by_key(rank);
    settled.acts.extend(of_tags);
    settled
}

/// Uploads come first; then each kind for all packages before the next.
fn rank(act: &Act) -> u8 {
    match act {
        Act::Upload { .. } => 0,
        Act::Tag { .. } | Act::Fetch { .. } => 1,
        Act::Push { .. } => 2,
        Act::ForgeRelease { .. } => 3,
    }
}

/// Whether an act of another package that shares the tag is awaited.
fn awaited(package: &Package, acts: &[Act]) -> bool {
    let name = package.tag.as_ref().and_then(|on| on.name.as_ref());
    acts.iter().any(|act| match act {
        Act::Tag { name: tag } | Act::Fetch { name: tag, .. } | Act::Push { name: tag, .. } => Some(tag) == name,
        Act::ForgeRelease { packages, .. } => packages.contains(&package.index),
        Act::Upload { .. } => false,
    })
}

fn upload(scene: &Scene<'_>, package: &Package, on: &OnRegistry, settled: &mut Settled) {
    let (name, version) = (&package.name, package.version.to_string());
    let ours = |checksum: &str| checksum == on.checksum || scene.journal.meant(name, &version, scene.commit, checksum);
    let differs = |checksum: &str| {
        let message = format!(
            "{} has {name} {version} with the checksum {checksum}, and the crate packed from this commit has {}",
            on.registry, on.checksum
        );
        let remedy = "find out who published it, and give this commit another version; a version is never replaced";
        Blocker::new("checksum-differs", message, remedy).of(name)
    };
    let unknown = |why: &str| {
        let message = format!("whether {} has {name} {version} is not known: {why}", on.registry);
        Blocker::new("registry-unknown", message, "reach the registry and repeat the command").of(name).unproven()
    };
    match (&on.index, &on.stored) {
        (Asked::Unknown(why), _) | (Asked::Answer(None), Asked::Unknown(why)) => settled.blockers.push(unknown(why)),
        (Asked::Answer(Some(published)), _) if !ours(&published.checksum) => {
            settled.blockers.push(differs(&published.checksum));
        }
        (Asked::Answer(Some(published)), _) if published.yanked => {
            let message = format!("{name} {version} is on {} and was yanked", on.registry);
            let remedy = "undo it (cargo yank --undo), or give this commit another version";
            settled.blockers.push(Blocker::new("yanked", message, remedy).of(name));
        }
        (Asked::Answer(Some(_)), _) => {}
        (Asked::Answer(None), Asked::Answer(Some(checksum))) if !ours(checksum) => {
            settled.blockers.push(differs(checksum));
        }
        (Asked::Answer(None), Asked::Answer(stored)) => {
            if !on.has_token && stored.is_none() {
                let message = format!("cargo has no token for {}, and {name} {version} is not there", on.registry);
                let remedy =
                    "cargo login, or set cargo's variable for it (CARGO_REGISTRY_TOKEN), or a credential provider";
                settled.blockers.push(Blocker::new("no-token", message, remedy).of(name).unproven());
            }
            settled.acts.push(Act::Upload {
                index: package.index,
                name: name.clone(),
                version: package.version.clone(),
                registry: on.registry.clone(),
                checksum: on.checksum.clone(),
            });
        }
    }
}

fn tag(scene: &Scene<'_>, package: &Package, on: &OnTag, acts: &mut Vec<Act>, blockers: &mut Vec<Blocker>) {
    let Some(name) = &on.name else {
        let message = format!("nothing says how the tag of {} {} is called", package.name, package.version);
        let remedy = "name the form in the policy: [release] tag = \"{package}-v{version}\"";
        blockers.push(Blocker::new("tag-unnamed", message, remedy).of(&package.name));
        return;
    };
    let elsewhere = |place: &str, commit: &str| {
        let message = format!("the tag {name} is {place} already and names {commit}, not {}", scene.commit);
        let remedy =
            "give this commit another version, or publish from the commit that is tagged; a tag is never moved";
        Blocker::new("tag-elsewhere", message, remedy).of(&package.name)
    };
    let unknown = |place: &str, why: &str| {
        let message = format!("whether the tag {name} is {place} is not known: {why}");
        Blocker::new("tag-unknown", message, "mend what is named and repeat the command").of(&package.name).unproven()
    };
    let here = match &on.here {
        Asked::Unknown(why) => {
            blockers.push(unknown("here", why));
            return;
        }
        Asked::Answer(Some(at)) if at.commit != scene.commit => {
            blockers.push(elsewhere("here", &at.commit));
            return;
        }
        Asked::Answer(at) => at.is_some(),
    };
    let mut wanted = Vec::new();
    let remote = || scene.remote.unwrap_or_default().to_owned();
    match &on.there {
        // A tag that only this clone has is no witness to anybody else.
        None => {
            let message = format!("the tag {name} has to be pushed, and this clone has no remote `origin`");
            let remedy = "git remote add origin ADDRESS, or name another remote with --remote";
            blockers.push(Blocker::new("no-remote", message, remedy).of(&package.name));
        }
        Some(Asked::Unknown(why)) => blockers.push(unknown(&format!("on {}", remote()), why)),
        Some(Asked::Answer(Some(commit))) if commit != scene.commit => {
            blockers.push(elsewhere(&format!("on {}", remote()), commit));
        }
        Some(Asked::Answer(Some(_))) if here => {}
        Some(Asked::Answer(Some(_))) => wanted.push(Act::Fetch { name: name.clone(), remote: remote() }),
        Some(Asked::Answer(None)) => {
            if !here {
                wanted.push(Act::Tag { name: name.clone() });
            }
            wanted.push(Act::Push { name: name.clone(), remote: remote() });
        }
    }
    for act in wanted {
        if !acts.contains(&act) {
            acts.push(act);
        }
    }
}

fn forge(scene: &Scene<'_>, package: &Package, acts: &mut Vec<Act>, blockers: &mut Vec<Blocker>) {
    let Some(asked) = &package.forge else { return };
    let Some(tag) = package.tag.as_ref().and_then(|on| on.name.clone()) else {
        let message = format!("the forge release of {} {} has no tag", package.name, package.version);
        let remedy = "demand the tag too: [release] witnesses = [.., \"tag\", .., \"forge\"]";
        blockers.push(Blocker::new("forge-without-tag", message, remedy).of(&package.name));
        return;
    };
    match asked {
        Asked::Unknown(why) => {
            let message = format!("whether the forge has a release of {tag} is not known: {why}");
            let remedy = "reach the forge (GITHUB_TOKEN, GITHUB_REPOSITORY) and repeat the command";
            blockers.push(Blocker::new("forge-unknown", message, remedy).of(&package.name).unproven());
        }
        Asked::Answer(Some(release)) if release.draft => {
            let message = format!("the forge has a draft of the release of {tag}");
            let remedy = "publish the draft or delete it; whose it is can't be seen from here";
            blockers.push(Blocker::new("forge-draft", message, remedy).of(&package.name));
        }
        Asked::Answer(Some(_)) => {}
        Asked::Answer(None) => {
            if !scene.forge_token {
                let message = format!("the forge release of {tag} is demanded, and there is no token to make it");
                let remedy = "set GITHUB_TOKEN to a token that may write contents";
                blockers.push(Blocker::new("no-forge-token", message, remedy).of(&package.name).unproven());
            }
            let same = acts.iter_mut().find_map(|act| match act {
                Act::ForgeRelease { tag: known, packages } if *known == tag => Some(packages),
                _ => None,
            });
            match same {
                Some(packages) => packages.push(package.index),
                None => acts.push(Act::ForgeRelease { tag, packages: vec![package.index] }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;
    use crate::release::publishing::journal::Journal;
    use crate::release::publishing::seen::TagAt;
    use crate::release::witness::ForgeRelease;
    use crate::release::witness::Published;

    fn package(index: Asked<Option<&str>>, here: Option<&str>, there: Option<&str>) -> Package {
        let at = |commit: &str| TagAt { commit: commit.to_owned(), behind: commit != "aside", states_version: true };
        let version = Version::new(0, 1, 0);
        let published = |sum: &str| Published { version: version.clone(), checksum: sum.to_owned(), yanked: false };
        Package {
            index: 0,
            name: "a".to_owned(),
            version: version.clone(),
            registry: Some(OnRegistry {
                registry: "mine".to_owned(),
                checksum: "ours".to_owned(),
                index: match index {
                    Asked::Answer(sum) => Asked::Answer(sum.map(published)),
                    Asked::Unknown(why) => Asked::Unknown(why),
                },
                stored: Asked::Answer(None),
                has_token: true,
            }),
            tag: Some(OnTag {
                name: Some("v0.1.0".to_owned()),
                here: Asked::Answer(here.map(at)),
                there: Some(Asked::Answer(there.map(str::to_owned))),
            }),
            forge: None,
            unwritten: None,
            named: false,
        }
    }

    /// How it stands, its acts and what speaks against it.
    fn settled(package: Package) -> (Stands, Vec<&'static str>, Vec<&'static str>) {
        let (journal, packages) = (Journal::default(), [package]);
        let remote = Some("origin");
        let scene = Scene { commit: "head", remote, forge_token: true, packages: &packages, journal: &journal };
        let settled = settle(&scene);
        let acts = settled.acts.iter().map(Act::kind).collect();
        (settled.stands[0].clone(), acts, settled.blockers.iter().map(|one| one.code).collect())
    }

    #[test]
    fn what_is_left_follows_from_what_every_witness_says() {
        let (none, ours, theirs) = (Asked::Answer(None), Asked::Answer(Some("ours")), Asked::Answer(Some("theirs")));
        let head = Some("head");
        for (index, here, there, expected) in [
            (none.clone(), None, None, (Stands::ToDo, vec!["upload", "tag", "push"], vec![])),
            (ours.clone(), None, None, (Stands::ToDo, vec!["tag", "push"], vec![])),
            (ours.clone(), head, None, (Stands::ToDo, vec!["push"], vec![])),
            (ours.clone(), None, head, (Stands::ToDo, vec!["fetch"], vec![])),
            (ours.clone(), head, head, (Stands::Out, vec![], vec![])),
            // A tag alone brings nothing out.
            (none.clone(), head, head, (Stands::ToDo, vec!["upload"], vec![])),
            (theirs.clone(), None, None, (Stands::Blocked, vec!["tag", "push"], vec!["checksum-differs"])),
            (none.clone(), Some("before"), None, (Stands::Blocked, vec!["upload"], vec!["tag-elsewhere"])),
            (none, None, Some("before"), (Stands::Blocked, vec!["upload"], vec!["tag-elsewhere"])),
            // The bytes of this commit under the tag of another one.
            (ours, Some("before"), None, (Stands::Blocked, vec![], vec!["tag-elsewhere"])),
            (theirs.clone(), Some("before"), Some("before"), (Stands::Earlier("before".to_owned()), vec![], vec![])),
            // It came out earlier, and the push of its tag was refused.
            (theirs.clone(), Some("before"), None, (Stands::Blocked, vec![], vec!["release-unfinished"])),
            (theirs.clone(), Some("before"), head, (Stands::Blocked, vec![], vec!["tag-elsewhere"])),
            (theirs, Some("aside"), None, (Stands::Blocked, vec![], vec!["checksum-differs", "tag-elsewhere"])),
            (Asked::Unknown("cut".to_owned()), head, head, (Stands::Blocked, vec![], vec!["registry-unknown"])),
        ] {
            assert_eq!(settled(package(index.clone(), here, there)), expected, "{index:?} {here:?} {there:?}");
        }
    }

    #[test]
    fn a_file_that_is_stored_is_believed_before_the_index_shows_it() {
        let mut late = package(Asked::Answer(None), Some("head"), Some("head"));
        let on = late.registry.as_mut().expect("a registry");
        (on.stored, on.has_token) = (Asked::Answer(Some("ours".to_owned())), false);
        assert_eq!(settled(late.clone()), (Stands::ToDo, vec!["upload"], vec![]));
        late.registry.as_mut().expect("a registry").stored = Asked::Answer(Some("theirs".to_owned()));
        assert_eq!(settled(late.clone()).2, ["checksum-differs"]);
        late.registry.as_mut().expect("a registry").stored = Asked::Unknown("cut".to_owned());
        assert_eq!(settled(late).2, ["registry-unknown"]);
    }

    #[test]
    fn a_tag_that_can_be_pushed_nowhere_is_no_witness() {
        for here in [None, Some("head")] {
            let mut local = package(Asked::Answer(Some("ours")), here, None);
            local.tag.as_mut().expect("a tag").there = None;
            assert_eq!(settled(local), (Stands::Blocked, vec![], vec!["no-remote"]), "{here:?}");
        }
    }

    #[test]
    fn what_the_caller_names_must_come_from_this_commit() {
        let mut named = package(Asked::Answer(Some("theirs")), Some("before"), None);
        named.named = true;
        assert_eq!(settled(named).2, ["checksum-differs", "tag-elsewhere"]);
    }

    #[test]
    fn what_came_out_earlier_is_whole_only_where_others_see_it() {
        let before = || package(Asked::Answer(Some("theirs")), Some("before"), Some("before"));
        let (tag, url) = ("v0.1.0".to_owned(), String::new());
        let on_forge = |draft: bool| ForgeRelease { tag: tag.clone(), url: url.clone(), draft };
        let with = |there: Option<Asked<Option<String>>>, forge: Option<Asked<Option<ForgeRelease>>>| {
            let mut one = before();
            one.tag.as_mut().expect("a tag").there = there;
            one.forge = forge;
            settled(one)
        };
        let pushed = Some(Asked::Answer(Some("before".to_owned())));
        let cut = || "cut".to_owned();
        assert_eq!(with(pushed.clone(), Some(Asked::Answer(Some(on_forge(false))))).2, [""; 0]);
        for (there, forge, code) in [
            (None, None, "release-unfinished"),
            (Some(Asked::Unknown(cut())), None, "tag-unknown"),
            (pushed.clone(), Some(Asked::Answer(None)), "release-unfinished"),
            (pushed.clone(), Some(Asked::Answer(Some(on_forge(true)))), "forge-draft"),
            (pushed, Some(Asked::Unknown(cut())), "forge-unknown"),
        ] {
            assert_eq!(with(there, forge), (Stands::Blocked, vec![], vec![code]));
        }
    }
}
