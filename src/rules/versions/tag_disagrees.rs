//! Tags whose manifest, at the very commit that they name, states another version.

use std::borrow::Cow;
use std::sync::Arc;

use semver::Version;

use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::facts::manifest;
use crate::facts::manifest::Inherit;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::releases::Releases;
use crate::facts::tag_line::Tagged;
use crate::facts::text::Text;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "tag-disagrees",
    group: "versions",
    level: Level::Warn,
    claim: "the newest tags of each package name the version that the manifest states at their commits",
    page: include_str!("tag_disagrees.md"),
    check,
};

/// How many of the newest tags of a package are looked at.
const NEWEST: usize = 2;
/// How many of the tags without a section in the changelog.
const STRANGE: usize = 3;
/// How many other packages are asked whether a wrong tag is theirs.
const OTHERS: usize = 50;

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let releases = Releases::of(context.facts, context.history);
    let mut shared_done = false;
    for index in 0..context.facts.cargo.packages.len() {
        let Some(line) = releases.line(index) else { continue };
        if line.shared && shared_done {
            continue;
        }
        let case = Case { context, releases: &releases, index };
        match case.judge(&mut outcome) {
            Ok(looked) => shared_done |= line.shared && looked,
            Err(error) => {
                let name = &releases.package(index).name.value;
                outcome.unproven(format!("the tags of {name} can't be compared: {error}"));
            }
        }
    }
    if let (0, true, Some(why)) = (outcome.looked_at, releases.has_history(), releases.no_tags()) {
        let dated = |kept: &Cow<'_, Kept>| kept.changelog.sections.iter().any(|section| section.title.date.is_some());
        if releases.changelogs.iter().any(dated) {
            outcome.unproven(format!("the changelog has releases, but {why}"));
        }
    }
    outcome
}

struct Case<'a> {
    context: &'a Context<'a>,
    releases: &'a Releases<'a>,
    index: usize,
}

/// A version in a manifest of another commit.
struct Stated {
    path: String,
    text: Arc<str>,
    version: Spanned<Version>,
}

impl Case<'_> {
    /// Gives whether any tag could be compared.
    fn judge(&self, outcome: &mut Outcome) -> Result<bool, Unavailable> {
        let mut pairs = Vec::new();
        for tagged in self.candidates()? {
            pairs.extend(self.stated_at(&tagged.tag.commit)?.map(|stated| (tagged, stated)));
        }
        let agrees =
            |(tagged, stated): &(&Tagged<'_>, Stated)| loose_version::same(&stated.version.value, &tagged.version);
        let near =
            |(tagged, stated): &(&Tagged<'_>, Stated)| loose_version::is_near(&stated.version.value, &tagged.version);
        // Where no tag even comes near the manifest, the tags are those of something else in the repository.
        if !pairs.iter().any(near) {
            return Ok(false);
        }
        outcome.looked_at += pairs.len();
        let wrong: Vec<_> = pairs.iter().filter(|pair| !agrees(pair)).collect();
        for (tagged, stated) in &wrong {
            // A manifest that rests while tags go by has a numbering of its own: the tags are those of a product.
            let alike: Vec<_> = wrong.iter().filter(|(_, other)| other.version.value == stated.version.value).collect();
            let once = alike.iter().any(|pair| near(pair)) && pairs.iter().any(agrees);
            let rests = alike.len() > 2 || (alike.len() > 1 && !once);
            // A tag that tries a release out comes before the version is raised, or without one in the manifest.
            let core = |version: &Version| (version.major, version.minor, version.patch);
            let rehearses = !tagged.version.pre.is_empty()
                && (stated.version.value.pre.is_empty() || core(&stated.version.value) != core(&tagged.version));
            if rests || rehearses || self.is_of_another(tagged)? {
                continue;
            }
            outcome.find(self.finding(tagged, stated));
        }
        Ok(true)
    }

    /// The newest tags in the history, and those that the changelog knows nothing of: a slip of the version is among them.
    fn candidates(&self) -> Result<Vec<&Tagged<'_>>, Unavailable> {
        let mut found = Vec::new();
        for tagged in self.releases.in_head(self.index).take(NEWEST) {
            found.push(tagged?);
        }
        let cargo = &self.context.facts.cargo;
        let kept = self.releases.changelogs.iter().find(|kept| kept.owners.contains(&self.index));
        let (Some(kept), Some(line)) = (kept, self.releases.line(self.index)) else { return Ok(found) };
        let stated: Vec<&Version> =
            kept.releases(cargo, self.index).map(|(_, release)| &release.version.value).collect();
        let Some(last) = stated.iter().max() else { return Ok(found) };
        let unknown = line.tags.iter().rev().filter(|tagged| {
            let older = &tagged.version < *last && tagged.version.pre.is_empty();
            older && !stated.iter().any(|version| loose_version::same(version, &tagged.version))
        });
        for tagged in unknown.take(STRANGE) {
            if self.releases.is_in_head(tagged.tag)? && !found.iter().any(|other| other.tag == tagged.tag) {
                found.push(tagged);
            }
        }
        Ok(found)
    }

    /// The version that the package had at a commit; none where it was elsewhere, had another name or no version of its own.
    fn stated_at(&self, commit: &ObjectId) -> Result<Option<Stated>, Unavailable> {
        let package = self.releases.package(self.index);
        let Some(text) = self.context.history.text_at(commit, &package.manifest)? else { return Ok(None) };
        let Some(manifest) = manifest::parse(&text, &mut Vec::new()) else { return Ok(None) };
        let table =
            manifest.package.filter(|table| table.name.as_ref().is_some_and(|name| name.value == package.name.value));
        let stated = match table.and_then(|table| table.keys.version) {
            Some(Inherit::Own(version)) => read(&package.manifest, text, &version),
            Some(Inherit::Workspace(_)) => self.inherited_at(commit)?,
            None => None,
        };
        // A version of zeros gets its number when it is packaged.
        Ok(stated.filter(|stated| stated.version.value != Version::new(0, 0, 0)))
    }

    /// Says whether another package of the tree had the version of a tag of the whole repository at the tag's commit.
    fn is_of_another(&self, tagged: &Tagged<'_>) -> Result<bool, Unavailable> {
        if !self.releases.line(self.index).is_some_and(|line| line.shared) {
            return Ok(false);
        }
        for index in (0..self.context.facts.cargo.packages.len()).filter(|index| *index != self.index).take(OTHERS) {
            let other = Case { context: self.context, releases: self.releases, index };
            let stated = other.stated_at(&tagged.tag.commit)?;
            if stated.is_some_and(|stated| loose_version::same(&stated.version.value, &tagged.version)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn inherited_at(&self, commit: &ObjectId) -> Result<Option<Stated>, Unavailable> {
        let workspace = &self.context.facts.cargo.workspaces[self.releases.package(self.index).workspace];
        let Some(text) = self.context.history.text_at(commit, &workspace.manifest)? else { return Ok(None) };
        let version = manifest::parse(&text, &mut Vec::new())
            .and_then(|manifest| manifest.workspace)
            .and_then(|workspace| workspace.package.version);
        Ok(match version {
            Some(Inherit::Own(version)) => read(&workspace.manifest, text, &version),
            _ => None,
        })
    }

    fn finding(&self, tagged: &Tagged<'_>, stated: &Stated) -> Finding {
        let (tag, version) = (&tagged.tag.name, &stated.version.value);
        let name = &self.releases.package(self.index).name.value;
        let message =
            format!("the tag {tag} names {name} {}, the manifest at its commit says {version}", tagged.version);
        let path = format!("git:{tag}:{}", stated.path);
        let there = Text::new(stated.text.as_ref()).place(&path, stated.version.span, format!("says {version}"));
        let at = Place::whole(format!("git:refs/tags/{tag}"), format!("names {}", tagged.version));
        Finding::new(message, at).against(there).why("whoever builds from the tag gets a package of another version")
    }
}

fn read(path: &str, text: Arc<str>, version: &Spanned<String>) -> Option<Stated> {
    let parsed = Version::parse(&version.value).ok()?;
    Some(Stated { path: path.to_owned(), text, version: Spanned::new(parsed, version.span) })
}
