//! From a plan to all edits: versions, requirements, lock files, changelogs, and what the rules say must follow.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use semver::Version;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::kept_changelog::Kept;
use crate::facts::policy::Policy;
use crate::facts::releases::Releases;
use crate::facts::retagged::Retagged;
use crate::release::edit::changelog;
use crate::release::edit::changelog::Release;
use crate::release::edit::citation;
use crate::release::edit::doc_links;
use crate::release::edit::follow;
use crate::release::edit::left;
use crate::release::edit::locks;
use crate::release::edit::overlay;
use crate::release::edit::set::Change;
use crate::release::edit::set::Edits;
use crate::release::edit::versions;
use crate::release::edit::versions::Moved;
use crate::release::entries;
use crate::release::plan::Blocker;
use crate::release::plan::Plan;

/// How often a fix may make another one necessary.
const ROUNDS: usize = 5;

/// Whether changelogs are edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changelogs {
    /// They are.
    Move,
    /// They are left alone.
    Leave,
}

/// What edits are made of.
pub struct Ground<'a> {
    /// The facts of the tree.
    pub facts: &'a Facts,
    /// The history behind it.
    pub history: &'a dyn History,
    /// The policy.
    pub policy: &'a Policy,
    /// The plan.
    pub plan: &'a Plan,
    /// The day of the release.
    pub date: Date,
    /// Whether changelogs are edited.
    pub changelogs: Changelogs,
}

/// All edits of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prepared {
    /// The files that change, in order of the paths.
    pub changes: Vec<Change>,
    /// What keeps them from being written.
    pub blockers: Vec<Blocker>,
    /// What a person must still do: what the rules find and can't fix, and what nobody wrote.
    pub left: Vec<String>,
}

/// Makes the edits. The same ground always makes the same ones, and made twice they change nothing more.
pub fn prepare(ground: &Ground<'_>) -> Prepared {
    let moved = versions::moved(ground.facts, ground.plan);
    let mut edits = Edits::default();
    let mut blockers = versions::edit(ground.facts, &moved, &mut edits);
    locks::edit(ground.facts, &moved, &mut edits);
    if ground.changelogs == Changelogs::Move {
        changelogs(ground, &mut edits, &mut blockers);
    }
    let (texts, mut left) = followed(ground, &moved, edits.texts(ground.facts));
    left.extend(left::unnamed(ground.plan, ground.policy));
    if ground.changelogs == Changelogs::Move {
        let prepared = (!texts.is_empty()).then(|| overlay::facts(ground.facts, &texts));
        left.extend(left::unwritten(ground.plan, prepared.as_ref().unwrap_or(ground.facts), ground.history));
    }
    let changes = texts.into_iter().filter_map(|(path, after)| {
        let before: Arc<str> = Arc::from(ground.facts.text(&path)?);
        Some(Change { path, before, after })
    });
    blockers.sort();
    Prepared { changes: changes.collect(), blockers, left }
}

fn changelogs(ground: &Ground<'_>, edits: &mut Edits, blockers: &mut Vec<Blocker>) {
    let releases = Releases::of(ground.facts, ground.history);
    let mut told: BTreeMap<String, &Version> = BTreeMap::new();
    for planned in ground.plan.released() {
        let Some(version) = &planned.next else { continue };
        let kept: Option<&Kept> = entries::of_package(&releases.changelogs, ground.facts, planned.index);
        let Some(kept) = kept else { continue };
        match told.get(kept.path.as_ref()) {
            Some(other) if *other == version => continue,
            Some(other) => {
                let message = format!("{} would have to tell of {other} and of {version} at once", kept.path);
                let remedy = "release one after the other with -p PACKAGE, or give each package its own changelog";
                blockers.push(Blocker::new("changelog-shared", message, remedy).of(&planned.name));
                continue;
            }
            None => told.insert(kept.path.to_string(), version),
        };
        let release = Release {
            index: planned.index,
            name: &planned.name,
            version,
            date: ground.date,
            tag: planned.tag.as_deref(),
            before: planned.baseline.as_ref().map(|baseline| baseline.reference.as_str()),
            last: planned.baseline.as_ref().map(|baseline| &baseline.version),
        };
        blockers.extend(changelog::edit(ground.facts, kept, &release, edits).err());
    }
}

/// The texts with all that must follow, and what is left to a person.
fn followed(
    ground: &Ground<'_>,
    moved: &BTreeMap<usize, Moved>,
    mut texts: BTreeMap<String, String>,
) -> (BTreeMap<String, String>, Vec<String>) {
    if texts.is_empty() {
        return (texts, Vec::new());
    }
    let known = follow::look(ground.facts, ground.history, ground.policy, ground.date).keys();
    let tags = ground.plan.released().filter_map(|planned| planned.tag.clone());
    let future = Retagged::with(ground.history, tags);
    for _ in 0..ROUNDS {
        let facts = overlay::facts(ground.facts, &texts);
        let found = follow::look(&facts, &future, ground.policy, ground.date);
        let mut edits = Edits::default();
        let mut any = follow::fix(found.new_ones(&known), &mut edits);
        for (_, finding) in found.new_ones(&known) {
            any |= citation::fix(&facts, finding, ground.date, &mut edits);
            any |= doc_links::fix(&facts, finding, moved, &mut edits);
        }
        if !any {
            let left = found.new_ones(&known).map(|(rule, finding)| {
                let line = if finding.at.line == 0 { String::new() } else { format!(":{}", finding.at.line) };
                format!("{}{line}: {} [{rule}]", finding.at.path, finding.message)
            });
            return (texts.clone(), left.collect());
        }
        texts.extend(edits.texts(&facts));
    }
    (texts, vec!["the fixes of the rules follow one another without an end".to_owned()])
}
