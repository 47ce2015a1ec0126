//! What a package is compared with: the newest release of its own line of history, or the reason why there is none.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::loose_version;
use crate::facts::manifest;
use crate::facts::releases;
use crate::facts::tag_line::Line;
use crate::facts::tag_line::Tagged;
use crate::release::plan::Baseline;
use crate::release::plan::Blocker;
use crate::release::plan::Source;
use crate::release::stated;

/// The most tags outside of the examined history that are asked where they parted from it.
const ASIDE: usize = 4;

/// The seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// The most tags of the whole repository at which a package without tags is looked for.
const BEHIND: usize = 60;

/// Seen from when tags are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// All tags count: one that holds the checkout says that the checkout is old.
    Now,
    /// What came after the examined commit is left out of account: a plan as it would have been.
    Then,
}

/// The revision that stands in for a missing tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// As it was written.
    pub reference: String,
    /// Its commit.
    pub commit: ObjectId,
}

/// Says whether a commit is behind the examined one, even where its clock was far ahead: by where their histories parted.
pub fn is_behind(history: &dyn History, commit: &ObjectId) -> Result<bool, Unavailable> {
    Ok(history.is_in_head(commit)? || history.parted(commit)?.as_ref() == Some(commit))
}

/// What stands against a plan where the history gave no answer: what could not be read is not taken for what is not there.
pub fn unread(error: &Unavailable) -> Blocker {
    Blocker::new("no-history", error.to_string(), error.remedy()).unproven()
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A release to compare with.
    At(Baseline),
    /// The package was never released; the fragment says how that is known.
    First(String),
    /// Nothing can be compared, and why.
    Refused(Blocker),
}

/// What the search needs.
pub struct Search<'a> {
    /// The facts of the tree.
    pub facts: &'a Facts,
    /// The history behind it.
    pub history: &'a dyn History,
    /// The tags of each package.
    pub lines: &'a [Line<'a>],
    /// From when it is seen.
    pub view: View,
    /// What stands in for a missing tag.
    pub given: Option<&'a Given>,
    /// The package names at commits, kept between questions.
    pub seen: std::cell::RefCell<BTreeMap<(ObjectId, String), Option<String>>>,
}

impl Search<'_> {
    /// Finds the baseline of a package whose manifest states a version.
    pub fn of(&self, index: usize, current: &Version) -> Found {
        let package = &self.facts.cargo.packages[index];
        let found = self.try_of(index, current);
        found.unwrap_or_else(|error| Found::Refused(unread(&error).of(&package.name.value)))
    }

    fn try_of(&self, index: usize, current: &Version) -> Result<Found, Unavailable> {
        let line = self.lines.get(index).ok_or(Unavailable::NoHistory)?;
        let tags = self.counted(line)?;
        if tags.is_empty() {
            return self.untagged(index, current);
        }
        let name = &self.facts.cargo.packages[index].name.value;
        let mut aside = 0;
        for tagged in tags.iter().rev() {
            let older = tagged.version <= *current || loose_version::same(&tagged.version, current);
            let behind = self.history.is_in_head(&tagged.tag.commit)?;
            if behind || aside < ASIDE && is_behind(self.history, &tagged.tag.commit)? {
                if older {
                    return self.at(index, tagged, "the newest tag of its own behind this commit".to_owned());
                }
                let message = format!("{name} is at {current}, and {} behind it is newer", tagged.tag.name);
                let remedy = format!("write a version above {} into its manifest", tagged.version);
                return Ok(Found::Refused(Blocker::new("version-back", message, remedy).of(name)));
            }
            if aside == ASIDE {
                continue;
            }
            aside += 1;
            let Some(parted) = self.history.parted(&tagged.tag.commit)? else { continue };
            let head = self.history.head().ok_or(Unavailable::NoHistory)?;
            if parted == head.id && self.view == View::Now {
                let message = format!("the checkout is older than {}: that tag already holds it", tagged.tag.name);
                let remedy = "bring the checkout up to date (git pull), or ask about the past with --rev HEAD";
                return Ok(Found::Refused(Blocker::new("checkout-old", message, remedy).of(name)));
            }
            // A tag on a branch of its own: it is the baseline where it is the version that the manifest still states.
            if loose_version::same(&tagged.version, current) {
                let at = parted.0.get(..9).unwrap_or(&parted.0);
                let why = format!("the manifest still states it; its line parted from this one at {at}");
                return self.at(index, tagged, why);
            }
        }
        self.untagged(index, current)
    }

    /// The tags that count, the oldest version first.
    fn counted<'l>(&self, line: &'l Line<'l>) -> Result<Vec<&'l Tagged<'l>>, Unavailable> {
        let head = self.history.head().ok_or(Unavailable::NoHistory)?;
        let mut counted = Vec::new();
        for tagged in &line.tags {
            let later = self.view == View::Then && self.history.commit(&tagged.tag.commit)?.time > head.time;
            if !later {
                counted.push(tagged);
            }
        }
        Ok(counted)
    }

    fn at(&self, index: usize, tagged: &Tagged<'_>, why: String) -> Result<Found, Unavailable> {
        let package = &self.facts.cargo.packages[index];
        // Packages are renamed, and what was released under another name is another package.
        if let Some(other) = self.name_at(&tagged.tag.commit, &package.manifest)?
            && other != package.name.value
            && !self.lines[index].shared
        {
            return Ok(Found::First(format!("at {} its folder held {other}: this name is new", tagged.tag.name)));
        }
        if self.lines[index].shared && !self.was_there(index, &tagged.tag.commit)? {
            return Ok(Found::First(format!("it was not there at {}", tagged.tag.name)));
        }
        Ok(Found::At(Baseline {
            version: tagged.version.clone(),
            source: Source::Tag,
            reference: tagged.tag.name.clone(),
            commit: tagged.tag.commit.clone(),
            why,
        }))
    }

    /// Says whether a package of the same name, or one in the same folder, was there at a commit.
    fn was_there(&self, index: usize, commit: &ObjectId) -> Result<bool, Unavailable> {
        let package = &self.facts.cargo.packages[index];
        if self.name_at(commit, &package.manifest)?.is_some() {
            return Ok(true);
        }
        let lock = self.history.text_at(commit, "Cargo.lock")?;
        Ok(lock.is_some_and(|lock| lock.contains(&format!("\nname = \"{}\"\n", package.name.value))))
    }

    /// The name in the manifest of a path at a commit.
    fn name_at(&self, commit: &ObjectId, path: &str) -> Result<Option<String>, Unavailable> {
        let key = (commit.clone(), path.to_owned());
        if let Some(known) = self.seen.borrow().get(&key) {
            return Ok(known.clone());
        }
        let text = self.history.text_at(commit, path)?;
        let name = text.and_then(|text| manifest::parse(&text, &mut Vec::new())?.package?.name).map(|name| name.value);
        self.seen.borrow_mut().insert(key, name.clone());
        Ok(name)
    }

    /// What is known of a package that no tag names.
    fn untagged(&self, index: usize, current: &Version) -> Result<Found, Unavailable> {
        let package = &self.facts.cargo.packages[index];
        let name = &package.name.value;
        if let Some(given) = self.given {
            let version =
                stated::version_at(self.facts, self.history, index, &given.commit)?.unwrap_or_else(|| current.clone());
            return Ok(Found::At(Baseline {
                version,
                source: Source::Given,
                reference: given.reference.clone(),
                commit: given.commit.clone(),
                why: "no tag names it, and the caller names this revision".to_owned(),
            }));
        }
        if self.history.is_shallow() {
            return Err(Unavailable::Shallow);
        }
        if let Some(found) = self.stated_under(index)? {
            return Ok(Found::At(found));
        }
        let mut newest: Option<(&Tagged<'_>, bool)> = None;
        for line in self.lines {
            let counted = self.counted(line)?;
            if let Some(tagged) = counted.into_iter().next_back() {
                let there = self.was_there(index, &tagged.tag.commit)?;
                if newest.is_none() || there {
                    newest = Some((tagged, there));
                }
                if there {
                    break;
                }
            }
        }
        match newest {
            Some((_, false)) => return Ok(Found::First("it was in no tagged tree: it is new".to_owned())),
            None if !says_released(self.facts, index) => {
                return Ok(Found::First("nothing was ever tagged, and no changelog tells of a release".to_owned()));
            }
            None if is_prepared(self.facts, self.history, index, current) => {
                let why = "nothing was ever tagged, and its changelog tells of this very release and of no other";
                return Ok(Found::First(why.to_owned()));
            }
            _ => {}
        }
        let (message, remedy) = if newest.is_some() {
            (
                format!("other packages are tagged, and no tag names {name}: what was released of it is not known"),
                "fetch all tags (git fetch --tags), or name its last release with --baseline REV",
            )
        } else {
            (told_untagged(name), "fetch the tags (git fetch --tags), or name the last release with --baseline REV")
        };
        Ok(Found::Refused(Blocker::new("no-tag", message, remedy).of(name).unproven()))
    }

    /// A package that no tag names and that came out under the tags of the whole repository: the first tag in a row at
    /// which its manifest stated what it states at the newest one.
    fn stated_under(&self, index: usize) -> Result<Option<Baseline>, Unavailable> {
        let Some(line) = self.lines.iter().find(|line| line.shared) else { return Ok(None) };
        let mut found: Option<(Version, &Tagged<'_>)> = None;
        let mut asked = 0;
        for tagged in self.counted(line)?.into_iter().rev() {
            if asked == BEHIND {
                return Ok(None);
            }
            if !self.history.is_in_head(&tagged.tag.commit)? {
                continue;
            }
            asked += 1;
            let stated = stated::version_at(self.facts, self.history, index, &tagged.tag.commit)?;
            match (&found, stated) {
                (None, None) => return Ok(None),
                (None, Some(stated)) => found = Some((stated, tagged)),
                (Some((version, _)), Some(stated)) if stated == *version => found = Some((stated, tagged)),
                _ => break,
            }
        }
        Ok(found.map(|(version, tagged)| Baseline {
            why: format!(
                "no tag names it, and {} is the first at which its manifest stated {version}",
                tagged.tag.name
            ),
            version,
            source: Source::Tag,
            reference: tagged.tag.name.clone(),
            commit: tagged.tag.commit.clone(),
        }))
    }
}

/// Says whether a changelog tells of releases of a package.
pub fn says_released(facts: &Facts, index: usize) -> bool {
    let cargo = &facts.cargo;
    facts.changelogs().iter().any(|kept| kept.releases(cargo, index).any(|(section, _)| !section.title.planned))
}

fn told_untagged(name: &str) -> String {
    format!("the changelog tells of releases of {name}, and there is no tag")
}

/// Says whether a changelog tells of no release but the one that is about to come out: that of the manifest, written no
/// earlier than the day before the commit. An older one may have come out under a tag that this clone lacks.
fn is_prepared(facts: &Facts, history: &dyn History, index: usize, current: &Version) -> bool {
    let Some(head) = history.head() else { return false };
    let before = releases::day(head.time - DAY);
    let kept = facts.changelogs();
    let mut told =
        kept.iter().flat_map(|kept| kept.releases(&facts.cargo, index)).filter(|(one, _)| !one.title.planned);
    told.all(|(section, release)| {
        let is_new = section.title.date.as_ref().is_some_and(|date| date.value >= before);
        is_new && release.version.value == *current
    })
}

/// What speaks against taking the whole history for what is new of a package: it was released, and there is not one tag.
pub fn lost(facts: &Facts, history: &dyn History, index: usize) -> Option<Blocker> {
    let package = &facts.cargo.packages[index];
    let stated = package.version.as_ref().map(|version| &version.value);
    let is_new = stated.is_some_and(|stated| is_prepared(facts, history, index, stated));
    let is_untagged = history.tags().is_ok_and(<[_]>::is_empty);
    (is_untagged && !is_new && says_released(facts, index)).then(|| {
        let name = &package.name.value;
        let remedy = "fetch the tags (git fetch --tags), or name a version of the changelog";
        Blocker::new("no-tag", told_untagged(name), remedy).of(name).unproven()
    })
}
