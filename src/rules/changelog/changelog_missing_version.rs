//! Changelogs that lack a version that is out, or state one that the manifest has not come to.

use jiff::Unit;
use jiff::civil::Date;
use semver::Version;

use crate::facts::changelog::Section;
use crate::facts::history::Unavailable;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::facts::manifest;
use crate::facts::manifest::Inherit;
use crate::facts::place::Place;
use crate::facts::releases::Releases;
use crate::facts::tag_line::Tagged;
use crate::rules::changelog::gaps;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "changelog-missing-version",
    group: "changelog",
    level: Level::Warn,
    claim: "every released version has its section in the changelog of its package",
    page: include_str!("changelog_missing_version.md"),
    check,
};

/// A heading this many days older than the examined commit announces no coming release any more.
const ANNOUNCED_DAYS: i32 = 14;

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let releases = Releases::of(context.facts, context.history);
    for kept in releases.changelogs.iter().filter(|kept| !kept.changelog.ended) {
        for index in releases.packages_of(kept) {
            let case = Case { context, releases: &releases, kept, index };
            if let Err(error) = case.judge(&mut outcome) {
                outcome.unproven(format!("{}: {error}", kept.path));
            }
        }
    }
    gaps::once_a_heading(&mut outcome);
    outcome
}

/// One package and the changelog that speaks for it.
struct Case<'a> {
    context: &'a Context<'a>,
    releases: &'a Releases<'a>,
    kept: &'a Kept,
    index: usize,
}

impl Case<'_> {
    fn judge(&self, outcome: &mut Outcome) -> Result<(), Unavailable> {
        let Some(version) = self.releases.package(self.index).version.as_ref().map(|version| &version.value) else {
            return Ok(());
        };
        let sections: Vec<(&Section, &Version)> = self
            .kept
            .releases(&self.context.facts.cargo, self.index)
            .filter(|(section, _)| !section.title.planned)
            .map(|(section, release)| (section, &release.version.value))
            .collect();
        let unset = *version == Version::new(0, 0, 0);
        if let Some(finding) = self.ahead(&sections, version, unset) {
            outcome.look();
            outcome.find(finding);
            return Ok(());
        }
        if sections.iter().any(|(_, stated)| loose_version::same(stated, version)) {
            outcome.look();
            return self.between(&sections, outcome);
        }
        if unset {
            return Ok(());
        }
        let Some(newest) = self.newest_out(version)? else {
            self.without_tags(&sections, version, outcome);
            return Ok(());
        };
        outcome.look();
        let last = sections.iter().map(|(_, stated)| *stated).max();
        // Of two changelogs of a package, the old one may rest.
        let kept_elsewhere = self.releases.changelogs.iter().any(|other| {
            other.path != self.kept.path
                && other.section_of(&self.context.facts.cargo, self.index, &newest.version).is_some()
        });
        if kept_elsewhere {
            return Ok(());
        }
        if last.is_some_and(|last| *last >= newest.version) {
            return self.between(&sections, outcome);
        }
        if self.is_named_only_now_and_then(&sections) || self.is_left_out_by_habit(&sections)? {
            return Ok(());
        }
        if self.is_not_part_of(newest)? {
            return Ok(());
        }
        outcome.find(self.missing(&sections, newest));
        Ok(())
    }

    /// The newest tag in the history that is no newer than the manifest; pre-releases are passed over unless the manifest is one.
    fn newest_out(&self, version: &Version) -> Result<Option<&Tagged<'_>>, Unavailable> {
        for tagged in self.releases.in_head(self.index) {
            let tagged = tagged?;
            if tagged.version.pre.is_empty() && tagged.version <= *version {
                return Ok(Some(tagged));
            }
        }
        Ok(None)
    }

    /// The changelog is behind the manifest, and whether the manifest's version is out can't be known.
    fn without_tags(&self, sections: &[(&Section, &Version)], version: &Version, outcome: &mut Outcome) {
        let behind = sections.iter().map(|(_, stated)| *stated).max().is_some_and(|last| last < version);
        if let (true, true, Some(why)) = (behind, self.releases.has_history(), self.releases.no_tags()) {
            let name = &self.releases.package(self.index).name.value;
            outcome.unproven(format!("{}: whether {name} {version} is out can't be known: {why}", self.kept.path));
        }
    }

    /// A joint changelog may name a package where it has a patch of its own, and pass it over in the releases of all.
    fn is_named_only_now_and_then(&self, sections: &[(&Section, &Version)]) -> bool {
        let tags = self.releases.line(self.index).map_or(&[][..], |line| line.tags.as_slice());
        let stated = |tagged: &&Tagged<'_>| sections.iter().any(|(_, own)| loose_version::same(own, &tagged.version));
        let full = |tagged: &&Tagged<'_>| tagged.version.patch == 0 && tagged.version.pre.is_empty();
        !self.kept.owners.contains(&self.index) && tags.iter().filter(full).filter(stated).count() < 2
    }

    /// Packages that are released under the tags of the whole repository often get a section only where they changed.
    fn is_left_out_by_habit(&self, sections: &[(&Section, &Version)]) -> Result<bool, Unavailable> {
        let package = self.releases.package(self.index);
        let shared = self.releases.line(self.index).is_some_and(|line| line.shared);
        if !shared || package.folder.is_empty() || self.kept.owners != [self.index] {
            return Ok(false);
        }
        let Some(day) =
            sections.iter().filter_map(|(section, _)| section.title.date.as_ref()).map(|date| date.value).max()
        else {
            return Ok(true);
        };
        let sources = crate::facts::path::child(&package.folder, "src");
        let changed = self.context.history.last_change(&sources)?;
        Ok(changed.is_none_or(|commit| days_between(day, crate::facts::releases::day(commit.time)) < 90))
    }

    /// Says whether a tag of the whole repository says nothing of the package: it came later, lay elsewhere, or had
    /// another version then.
    fn is_not_part_of(&self, tagged: &Tagged<'_>) -> Result<bool, Unavailable> {
        let package = self.releases.package(self.index);
        let shared = self.releases.line(self.index).is_some_and(|line| line.shared);
        if !shared || package.folder.is_empty() {
            return Ok(false);
        }
        let Some(text) = self.context.history.text_at(&tagged.tag.commit, &package.manifest)? else { return Ok(true) };
        let version = manifest::parse(&text, &mut Vec::new()).and_then(|manifest| manifest.package?.keys.version);
        Ok(match version {
            Some(Inherit::Own(version)) => {
                Version::parse(&version.value).is_ok_and(|version| !loose_version::same(&version, &tagged.version))
            }
            _ => false,
        })
    }

    fn missing(&self, sections: &[(&Section, &Version)], newest: &Tagged<'_>) -> Finding {
        let package = self.releases.package(self.index);
        let name = &package.name.value;
        let last = sections.iter().max_by(|one, other| one.1.cmp(other.1).then(other.0.heading.cmp(&one.0.heading)));
        let (heading, ends) = match last {
            Some((section, version)) => (section.heading, format!("its changelog ends at {version}")),
            None => (self.kept.changelog.sections[0].heading, "its changelog has no section of a version".to_owned()),
        };
        let tag = &newest.tag.name;
        let planned = self.kept.section_of(&self.context.facts.cargo, self.index, &newest.version);
        let (heading, ends) = match planned {
            Some(section) => (section.heading, "its changelog says that it is still to come".to_owned()),
            None => (heading, ends),
        };
        let at = self.context.facts.place(&self.kept.path, heading, "the newest entry");
        let message = format!("{name} {} is out (tag {tag}), but {ends}", newest.version);
        let mut finding = Finding::new(message, at)
            .against(Place::whole(format!("git:refs/tags/{tag}"), format!("{} is in the history", newest.version)));
        if let Some(version) = &package.version {
            let label = format!("says {}", version.value);
            finding = finding.against(self.context.facts.place(&version.path, version.span, label));
        }
        finding.why("the tag is an ancestor of the examined commit")
    }

    /// The changelog states a release that the manifest has not come to.
    fn ahead(&self, sections: &[(&Section, &Version)], version: &Version, unset: bool) -> Option<Finding> {
        let (section, top) = sections.first()?;
        let line = self.releases.line(self.index);
        // A manifest of 0.0.0 gets its version at the release, unless the package never had one.
        let near = loose_version::is_near(top, version);
        if *top <= version || !near || (unset && (line.is_some() || self.releases.no_tags().is_some())) {
            return None;
        }
        let tag = line.and_then(|line| line.of(top));
        let day = self.releases.head_day()?;
        let old = section.title.date.as_ref().is_some_and(|date| days_between(date.value, day) >= ANNOUNCED_DAYS);
        let out = tag.is_some_and(|tagged| self.releases.is_in_head(tagged.tag) == Ok(true));
        // A release from a branch of its own comes back as a section alone; one that was taken back stays as a section.
        let elsewhere = line.is_some() && tag.is_none() && self.releases.unowned_versions().contains(top);
        let text = self.context.facts.text(&self.kept.path).unwrap_or_default();
        let aside = (tag.is_some() && !out) || elsewhere || self.kept.says_yanked(text, section, top);
        if aside || (!old && !out) {
            return None;
        }
        let package = self.releases.package(self.index);
        let name = &package.name.value;
        let at = self.context.facts.place(&self.kept.path, section.heading, format!("says {top} is out"));
        let stated = package.version.as_ref()?;
        let message = format!("the changelog of {name} is at {top}, its manifest at {version}");
        let finding = Finding::new(message, at)
            .against(self.context.facts.place(&stated.path, stated.span, format!("says {version}")))
            .certainty(Certainty::Probable);
        Some(match (out, &section.title.date) {
            (true, _) => finding.why("the version is tagged in the history"),
            (_, Some(date)) => {
                finding.why(format!("the section is dated {}, long before the examined commit", date.value))
            }
            _ => finding,
        })
    }

    /// Versions between two of the changelog that were tagged and have no section.
    fn between(&self, sections: &[(&Section, &Version)], outcome: &mut Outcome) -> Result<(), Unavailable> {
        let Some(line) = self.releases.line(self.index) else { return Ok(()) };
        let headings = gaps::heading_texts(self.context.facts, &self.kept.path);
        let stated: Vec<&Version> = sections.iter().map(|(_, version)| *version).collect();
        let missing = gaps::missing(line, &stated, &headings);
        let mut found: Vec<&Tagged<'_>> = Vec::new();
        for tagged in missing {
            outcome.look();
            let apart = self.kept.owners == [self.index] && self.is_not_part_of(tagged)?;
            if !apart && self.releases.is_in_head(tagged.tag)? {
                found.push(tagged);
            }
        }
        let Some(newest) = found.last() else { return Ok(()) };
        let above =
            sections.iter().filter(|(_, version)| **version > newest.version).min_by_key(|(_, version)| *version);
        let Some((section, next)) = above else { return Ok(()) };
        let called = self.releases.called(self.kept, self.index, &newest.version);
        let more = match found.len() {
            1 => String::new(),
            count => format!(" (and {} older ones)", count - 1),
        };
        let at =
            self.context.facts.place(&self.kept.path, section.heading, format!("no {} below {next}", newest.version));
        let message = format!("{called}{more} is tagged, but its changelog has no section of it");
        let mut finding = Finding::new(message, at);
        for tagged in found.iter().rev().take(5) {
            let label = format!("{} is in the history", tagged.version);
            finding = finding.against(Place::whole(format!("git:refs/tags/{}", tagged.tag.name), label));
        }
        outcome.find(finding.why("the versions before and after it have sections").certainty(Certainty::Probable));
        Ok(())
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until((Unit::Day, to)).map_or(0, |span| span.get_days())
}
