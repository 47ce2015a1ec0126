//! What registries have of the packages of a plan, where they were asked: the second witness of what was released.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::history::ObjectId;
use crate::facts::loose_version;
use crate::facts::tag_line::Line;
use crate::release::baseline::Found;
use crate::release::plan::Baseline;
use crate::release::plan::Because;
use crate::release::plan::Blocker;
use crate::release::plan::Kind;
use crate::release::plan::Plan;
use crate::release::plan::Planned;
use crate::release::plan::Source;
use crate::release::step::Weight;
use crate::release::witness::Asked;
use crate::release::witness::Published;

/// The code of a release that no tag names, of a package among tagged ones.
const NO_TAG: &str = "no-tag";

/// What a registry says of one package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The name of the registry in cargo's configuration.
    pub registry: String,
    /// All versions that it has.
    pub answer: Asked<Vec<Published>>,
}

impl Registered {
    /// The versions, where it answered.
    fn versions(&self) -> &[Published] {
        match &self.answer {
            Asked::Answer(versions) => versions,
            Asked::Unknown(_) => &[],
        }
    }
}

/// Where a packed crate was packed, as the crate itself says and this history knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From this commit, which is behind the examined one.
    Behind(ObjectId),
    /// From this commit, which has the examined one behind it.
    Later(ObjectId),
    /// From this commit, which is on a branch of its own.
    Beside(ObjectId),
    /// Nothing can be compared with it: a fragment that says why.
    Unknown(String),
}

/// The versions of a registry that a plan can't pass over, the newest first: newer than what the package is compared with,
/// and named by no tag.
pub fn untold<'r>(registered: &'r Registered, found: &Found, line: &Line<'_>) -> Vec<&'r Published> {
    let base = match found {
        Found::At(baseline) => Some(&baseline.version),
        Found::First(_) => None,
        Found::Refused(blocker) if blocker.code == NO_TAG => None,
        Found::Refused(_) => return Vec::new(),
    };
    // Beside a release a pre-release is another one's beginning; who has released nothing else has released those.
    let released = registered.versions().iter().any(|one| one.version.pre.is_empty() && !one.yanked);
    let counts = |one: &Published| match base {
        Some(base) => {
            one.version > *base
                && !loose_version::same(&one.version, base)
                && (one.version.pre.is_empty() || !base.pre.is_empty())
        }
        None => one.version.pre.is_empty() || !released,
    };
    let untold = |one: &&Published| !one.yanked && counts(one) && line.of(&one.version).is_none();
    let mut found: Vec<&Published> = registered.versions().iter().filter(untold).collect();
    found.sort_by(|one, other| other.version.cmp(&one.version));
    found
}

/// What a package at a version is compared with once its registry has told of another one that no tag names; none where
/// that one is of another branch, as tags are.
pub fn settled(
    package: (&str, &Version),
    registered: &Registered,
    found: &Found,
    version: &Version,
    origin: Origin,
) -> Option<Found> {
    let (name, current) = package;
    let is_given = matches!(found, Found::At(baseline) if baseline.source == Source::Given);
    let (code, why, remedy) = match origin {
        Origin::Beside(_) if !loose_version::same(version, current) => return None,
        Origin::Behind(commit) | Origin::Beside(commit) if !is_given => {
            return Some(Found::At(Baseline {
                version: version.clone(),
                source: Source::Registry,
                reference: called(name, version, registered),
                commit,
                why: "no tag names it, and the packed crate names this commit".to_owned(),
            }));
        }
        Origin::Behind(_) | Origin::Beside(_) => (
            "registry-ahead",
            "it is newer than the revision that was given".to_owned(),
            format!("name the commit of {version}: --baseline REV, or leave --baseline out"),
        ),
        Origin::Later(_) => (
            "checkout-old",
            "it was packed from a commit that already holds this one".to_owned(),
            "bring the checkout up to date (git pull)".to_owned(),
        ),
        Origin::Unknown(why) => (
            "registry-ahead",
            why,
            "fetch all branches and tags (git fetch --all --tags), or name that release: --baseline REV".to_owned(),
        ),
    };
    let message = format!("no tag names {}: {why}", called(name, version, registered));
    Some(Found::Refused(Blocker::new(code, message, remedy).of(name)))
}

/// What is known of a package that no tag names, and whose versions on the registry are all of other branches.
pub fn elsewhere(name: &str, registered: &Registered, found: &Found, newest: &Version) -> Option<Found> {
    if matches!(found, Found::At(_)) {
        return None;
    }
    let called = called(name, newest, registered);
    let message = format!("no tag names {called}, and it was packed from a branch that is not behind this commit");
    let remedy = "begin from the branch of that release, or name what this one is compared with: --baseline REV";
    Some(Found::Refused(Blocker::new("registry-ahead", message, remedy).of(name)))
}

fn called(name: &str, version: &Version, registered: &Registered) -> String {
    format!("{name} {version} on {}", registered.registry)
}

/// What is known of a package without tags, of which a registry has nothing either.
pub fn never_out(registered: &Registered, found: &Found, says_released: bool) -> Option<Found> {
    let is_untagged = matches!(found, Found::Refused(blocker) if blocker.code == NO_TAG);
    let has_none = matches!(&registered.answer, Asked::Answer(versions) if versions.is_empty());
    (is_untagged && has_none && !says_released)
        .then(|| Found::First(format!("no tag names it, and {} has no version of it", registered.registry)))
}

/// Lays the answers beside a plan: as reasons that say where they come from, and as blockers where they speak against it.
pub fn weigh(plan: &mut Plan, answers: &BTreeMap<usize, Registered>) {
    for planned in &mut plan.packages {
        let Some(registered) = answers.get(&planned.index) else { continue };
        let blocker = match &registered.answer {
            Asked::Unknown(why) => Some(unknown(planned, registered, why)),
            Asked::Answer(versions) => {
                let detail = told(planned, registered, versions);
                planned.because.push(Because::new(Kind::Registry, Weight::Nothing, detail));
                taken(planned, registered, versions)
            }
        };
        let is_known =
            |new: &Blocker| plan.blockers.iter().any(|one| (one.code, &one.package) == (new.code, &new.package));
        plan.blockers.extend(blocker.filter(|new| !is_known(new)));
    }
    plan.blockers.sort();
}

/// Who does not answer says nothing: neither that a version is there nor that it is not.
fn unknown(planned: &mut Planned, registered: &Registered, why: &str) -> Blocker {
    let message = format!("what {} has of {} is not known: {why}", registered.registry, planned.name);
    planned.unproven.push(message.clone());
    let remedy = "ask again later, or plan from the tags alone: without --online";
    Blocker::new("registry-unknown", message, remedy).of(&planned.name).unproven()
}

/// A version is taken once and for ever, even where it was yanked.
fn taken(planned: &Planned, registered: &Registered, versions: &[Published]) -> Option<Blocker> {
    let next = planned.next.as_ref()?;
    let taken = versions.iter().find(|one| loose_version::same(&one.version, next))?;
    let name = &planned.name;
    let message = format!("{} has {name} {} already, and takes no version twice", registered.registry, taken.version);
    let remedy = format!("fetch the tags (git fetch --tags), or plan another version: --set {name}=VERSION");
    Some(Blocker::new("version-exists", message, remedy).of(name))
}

/// What a registry has, in one line.
fn told(planned: &Planned, registered: &Registered, versions: &[Published]) -> String {
    let registry = &registered.registry;
    let Some(newest) = versions.iter().map(|one| &one.version).max() else {
        return format!("{registry} has no version of it");
    };
    let Some(baseline) = &planned.baseline else { return format!("{registry} has {newest} as the newest of it") };
    let (version, reference) = (&baseline.version, &baseline.reference);
    let rest =
        if loose_version::same(newest, version) { String::new() } else { format!("; the newest there is {newest}") };
    match versions.iter().find(|one| loose_version::same(&one.version, version)) {
        None => format!("{registry} does not have {version}, which {reference} names{rest}"),
        Some(one) if one.yanked => format!("{registry} has {version}, and it was yanked{rest}"),
        Some(_) => format!("{registry} has {version}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::history::Tag;
    use crate::facts::tag_line::Tagged;
    use crate::release::step::Bump;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    fn id(text: &str) -> ObjectId {
        ObjectId(Arc::from(text))
    }

    fn baseline(text: &str, source: Source) -> Found {
        let (reference, commit, why) = (format!("v{text}"), id("0"), String::new());
        Found::At(Baseline { version: version(text), source, reference, commit, why })
    }

    fn untagged() -> Found {
        Found::Refused(Blocker::new(NO_TAG, "", "").unproven())
    }

    /// Versions of a registry; a `y` at the end says that one was yanked.
    fn registered(there: &[&str]) -> Registered {
        let published = |text: &&str| {
            let bare = text.trim_end_matches('y');
            Published { version: version(bare), checksum: String::new(), yanked: bare.len() < text.len() }
        };
        Registered { registry: "mine".to_owned(), answer: Asked::Answer(there.iter().map(published).collect()) }
    }

    fn plan(found: &Found, next: Option<&str>) -> Plan {
        let baseline = match found {
            Found::At(baseline) => Some(baseline.clone()),
            _ => None,
        };
        let planned = Planned {
            index: 3,
            name: "a".to_owned(),
            current: version("1.2.3"),
            next: next.map(version),
            bump: Bump::None,
            baseline,
            because: Vec::new(),
            unproven: Vec::new(),
            tag: None,
        };
        Plan { packages: vec![planned], ..Plan::default() }
    }

    #[test]
    fn what_no_tag_names_and_is_newer_is_found() {
        for (found, there, tags, expected) in [
            (baseline("1.2.3", Source::Tag), &["1.2.2", "1.2.3"][..], &[][..], &[][..]),
            (baseline("1.2.3", Source::Tag), &["1.2.3", "1.3.0", "1.4.0"], &[], &["1.4.0", "1.3.0"]),
            (baseline("1.2.3", Source::Tag), &["1.2.3", "1.3.0", "1.2.4"], &["1.3.0"], &["1.2.4"]),
            // A maintenance branch: what is newer is tagged on another line.
            (baseline("1.2.3", Source::Tag), &["1.2.3", "2.0.0"], &["2.0.0"], &[]),
            (baseline("1.2.3", Source::Tag), &["1.2.3", "2.0.0-rc.1", "1.3.0y"], &[], &[]),
            (baseline("2.0.0-rc.1", Source::Tag), &["2.0.0-rc.1", "2.0.0-rc.2"], &[], &["2.0.0-rc.2"]),
            (Found::First(String::new()), &["0.1.0", "0.2.0-rc.1"], &[], &["0.1.0"]),
            (Found::First(String::new()), &["0.2.0-rc.1"], &[], &["0.2.0-rc.1"]),
            (Found::First(String::new()), &[], &[], &[]),
            (untagged(), &["1.2.2", "1.2.3"], &[], &["1.2.3", "1.2.2"]),
            (Found::Refused(Blocker::new("version-back", "", "")), &["9.0.0"], &[], &[]),
        ] {
            let tags: Vec<Tag> = tags.iter().map(|text| Tag { name: format!("v{text}"), commit: id("1") }).collect();
            let tagged: Vec<Tagged<'_>> =
                tags.iter().map(|tag| Tagged { version: version(&tag.name[1..]), tag, at: 1 }).collect();
            let line = Line { tags: tagged, shared: false };
            let registered = registered(there);
            let names: Vec<String> =
                untold(&registered, &found, &line).iter().map(|one| one.version.to_string()).collect();
            assert_eq!(names, expected, "{found:?} {there:?}");
        }
    }

    #[test]
    fn a_packed_crate_that_names_its_commit_stands_in_for_a_tag_and_nothing_else_does() {
        let (answer, current) = (registered(&["1.3.0"]), version("1.3.0"));
        let settled = |found: &Found, current: &Version, origin: Origin| {
            settled(("a", current), &answer, found, &version("1.3.0"), origin)
        };
        for origin in [Origin::Behind(id("7")), Origin::Beside(id("7"))] {
            let Some(Found::At(taken)) = settled(&untagged(), &current, origin) else { panic!("its commit is known") };
            assert_eq!((taken.source, taken.commit, taken.version), (Source::Registry, id("7"), version("1.3.0")));
            assert_eq!(taken.reference, "a 1.3.0 on mine");
        }
        let tagged = baseline("1.2.3", Source::Tag);
        for (found, origin, code) in [
            (&tagged, Origin::Unknown("it is dirty".to_owned()), "registry-ahead"),
            (&tagged, Origin::Later(id("7")), "checkout-old"),
            (&baseline("1.2.3", Source::Given), Origin::Behind(id("7")), "registry-ahead"),
        ] {
            let Some(Found::Refused(blocker)) = settled(found, &current, origin) else { panic!("{found:?}") };
            assert_eq!((blocker.code, blocker.unproven), (code, false), "{blocker:?}");
        }
        // Another line, as a tag of a branch of its own.
        let before = version("1.2.3");
        assert_eq!(settled(&tagged, &before, Origin::Beside(id("7"))), None);
        assert_eq!(elsewhere("a", &answer, &tagged, &current), None);
        assert!(matches!(elsewhere("a", &answer, &untagged(), &current), Some(Found::Refused(_))));
    }

    #[test]
    fn without_tags_only_a_registry_that_has_nothing_says_that_nothing_is_out() {
        assert!(
            matches!(never_out(&registered(&[]), &untagged(), false), Some(Found::First(why)) if why.contains("mine"))
        );
        assert_eq!(never_out(&registered(&[]), &untagged(), true), None, "the changelog tells of releases");
        assert_eq!(never_out(&registered(&["0.1.0y"]), &untagged(), false), None);
        let silent = Registered { registry: "mine".to_owned(), answer: Asked::Unknown("no connection".to_owned()) };
        assert_eq!(never_out(&silent, &untagged(), false), None);
    }

    #[track_caller]
    fn check(found: &Found, next: Option<&str>, there: &[&str], codes: &[&str], says: &str) {
        let mut plan = plan(found, next);
        weigh(&mut plan, &BTreeMap::from([(3, registered(there))]));
        let blockers: Vec<&str> = plan.blockers.iter().map(|blocker| blocker.code).collect();
        assert_eq!((blockers.as_slice(), plan.packages[0].because[0].detail.as_str()), (codes, says), "{plan:?}");
        assert!(plan.blockers.iter().all(|blocker| !blocker.unproven));
    }

    #[test]
    fn answers_are_reasons_that_name_their_source() {
        let tagged = baseline("1.2.3", Source::Tag);
        check(&tagged, Some("1.2.4"), &["1.2.2", "1.2.3"], &[], "mine has 1.2.3");
        check(&tagged, Some("1.2.4"), &["1.2.3", "2.0.0"], &[], "mine has 1.2.3; the newest there is 2.0.0");
        check(&tagged, None, &["1.2.3y"], &[], "mine has 1.2.3, and it was yanked");
        let missing = "mine does not have 1.2.3, which v1.2.3 names; the newest there is 1.2.2";
        check(&tagged, Some("1.2.4"), &["1.2.2"], &[], missing);
        check(&Found::First(String::new()), Some("0.1.0"), &[], &[], "mine has no version of it");
    }

    #[test]
    fn no_version_is_taken_twice_even_where_it_was_yanked() {
        let tagged = baseline("1.2.3", Source::Tag);
        let says = "mine has 1.2.3; the newest there is 1.2.4";
        check(&tagged, Some("1.2.4"), &["1.2.3", "1.2.4"], &["version-exists"], says);
        check(&tagged, Some("1.2.4"), &["1.2.3", "1.2.4y"], &["version-exists"], says);
    }

    #[test]
    fn no_answer_is_no_good_one() {
        let mut plan = plan(&baseline("1.2.3", Source::Tag), Some("1.2.4"));
        let silent = Registered { registry: "mine".to_owned(), answer: Asked::Unknown("no connection".to_owned()) };
        weigh(&mut plan, &BTreeMap::from([(3, silent)]));
        assert!(plan.blockers[0].unproven && plan.blockers[0].code == "registry-unknown", "{plan:?}");
        assert_eq!((plan.packages[0].because.len(), plan.packages[0].unproven.len()), (0, 1));
    }
}
