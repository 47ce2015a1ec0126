//! Versions that were released by all that the tree says, and have no tag although their neighbours have one.

use jiff::Unit;
use jiff::civil::Date;
use semver::Version;

use crate::facts::changelog::Section;
use crate::facts::history::Tag;
use crate::facts::history::Unavailable;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::releases;
use crate::facts::releases::Releases;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::rules::changelog::gaps;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "version-untagged",
    group: "versions",
    level: Level::Warn,
    claim: "every version that the changelog says is out has a tag, in packages that are tagged",
    page: include_str!("version_untagged.md"),
    check,
};

/// A release is not tagged at the very moment it is written down.
const DAYS_TO_TAG: i32 = 14;
/// A single tag makes no habit.
const HABIT: usize = 2;

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let releases = Releases::of(context.facts, context.history);
    let mut shared_done = false;
    for kept in &releases.changelogs {
        for index in releases.packages_of(kept) {
            let Some(line) = releases.line(index) else {
                without_tags(&releases, kept, index, &mut outcome);
                continue;
            };
            // Packages in lockstep have one line of tags, and one finding.
            if line.tags.len() < HABIT || (line.shared && std::mem::replace(&mut shared_done, true)) {
                continue;
            }
            let case = Case { context, releases: &releases, kept, index, line };
            if let Err(error) = case.judge(&mut outcome) {
                outcome.unproven(format!("{}: {error}", kept.path));
            }
        }
    }
    gaps::once_a_heading(&mut outcome);
    outcome
}

/// A dated section says that something was released; whether it was tagged can't be known without the tags.
fn without_tags(releases: &Releases<'_>, kept: &Kept, index: usize, outcome: &mut Outcome) {
    let dated = kept.releases(&releases.facts.cargo, index).any(|(section, _)| section.title.date.is_some());
    if let (true, true, Some(why)) = (dated, releases.has_history(), releases.no_tags()) {
        let name = &releases.package(index).name.value;
        outcome.unproven(format!("whether the versions of {name} are tagged can't be known: {why}"));
    }
}

struct Case<'a> {
    context: &'a Context<'a>,
    releases: &'a Releases<'a>,
    kept: &'a Kept,
    index: usize,
    line: &'a Line<'a>,
}

impl Case<'_> {
    fn judge(&self, outcome: &mut Outcome) -> Result<(), Unavailable> {
        let mut sections: Vec<(&Section, &Version)> = self
            .kept
            .releases(&self.context.facts.cargo, self.index)
            .filter(|(section, release)| !section.title.planned && release.version.value.pre.is_empty())
            .map(|(section, release)| (section, &release.version.value))
            .collect();
        sections.sort_by(|one, other| one.1.cmp(other.1).then(one.0.heading.cmp(&other.0.heading)));
        sections.dedup_by(|one, other| loose_version::same(one.1, other.1));
        if sections.is_empty() {
            return Ok(());
        }
        self.newest(&sections, outcome)?;
        self.between(&sections, outcome);
        Ok(())
    }

    /// The version of the manifest, where the changelog says that it is out.
    fn newest(&self, sections: &[(&Section, &Version)], outcome: &mut Outcome) -> Result<(), Unavailable> {
        let package = self.releases.package(self.index);
        let Some(stated) = &package.version else { return Ok(()) };
        let version = &stated.value;
        let Some((section, _)) = sections.iter().find(|(_, own)| loose_version::same(own, version)) else {
            return Ok(());
        };
        outcome.look();
        let newest = self.line.tags.iter().rev().find(|tagged| tagged.version.pre.is_empty());
        let Some(newest) = newest.filter(|newest| newest.version < *version && !self.is_tagged(version)) else {
            return Ok(());
        };
        let Some(head) = self.releases.head_day() else { return Ok(()) };
        let dated = section.title.date.as_ref().map(|date| date.value);
        // Without a date, the last change of the manifest is the latest day on which the version can have come into it.
        let since = match dated {
            Some(day) => Some(day),
            None => self.context.history.last_change(&stated.path)?.map(|commit| releases::day(commit.time)),
        };
        let Some(since) = since.filter(|since| days_between(*since, head) >= DAYS_TO_TAG) else { return Ok(()) };
        let facts = self.context.facts;
        let name = &package.name.value;
        let tag = self.line.name_for(version).unwrap_or_else(|| version.to_string());
        let message = format!("{name} {version} is in the manifest and in the changelog, but there is no tag {tag}");
        let finding = Finding::new(message, facts.place(&stated.path, stated.span, format!("says {version}")))
            .against(Place::whole(format!("git:refs/tags/{tag}"), "is not there"))
            .against(facts.place(&self.kept.path, section.heading, "says that it is out"))
            .against(Place::whole(format!("git:refs/tags/{}", newest.tag.name), "the newest tag"))
            .certainty(Certainty::Probable);
        let days = days_between(since, head);
        outcome.find(finding.why(format!("the examined commit is {days} days younger than the release")));
        Ok(())
    }

    /// Versions of the changelog between two tagged ones.
    fn between(&self, sections: &[(&Section, &Version)], outcome: &mut Outcome) {
        // A changelog of a part has the versions of the part, whatever the whole repository was tagged as.
        if self.line.shared && !path::parent(&self.kept.path).is_empty() {
            return;
        }
        let tagged: Vec<bool> = sections.iter().map(|(_, version)| self.line.of(version).is_some()).collect();
        let text = self.context.facts.text(&self.kept.path).unwrap_or_default();
        let mut missing = Vec::new();
        for at in 1..sections.len().saturating_sub(1) {
            if tagged[at - 1] && tagged[at + 1] {
                outcome.look();
                if !self.is_tagged(sections[at].1)
                    && !self.kept.says_yanked(text, sections[at].0, sections[at].1)
                    && !sections[at].0.title.loose
                {
                    missing.push(sections[at]);
                }
            }
        }
        missing.retain(|(_, version)| self.is_tagged_series(sections, version));
        // Where many are missing, tagging each version is no habit.
        let whole = tagged.iter().filter(|tagged| **tagged).count();
        let Some((section, version)) = missing.last().filter(|_| missing.len() * 4 <= whole) else { return };
        let called = self.releases.called(self.kept, self.index, version);
        let tag = self.line.name_for(version).unwrap_or_else(|| version.to_string());
        let more = match missing.len() {
            1 => String::new(),
            count => format!(" (and {} older ones)", count - 1),
        };
        let message = format!("{called}{more} is in the changelog, but there is no tag {tag}");
        let at = self.context.facts.place(&self.kept.path, section.heading, "says that it is out");
        let mut finding =
            Finding::new(message, at).against(Place::whole(format!("git:refs/tags/{tag}"), "is not there"));
        for (section, version) in missing.iter().rev().skip(1).take(3) {
            let label = format!("{version} has no tag either");
            finding = finding.against(self.context.facts.place(&self.kept.path, section.heading, label));
        }
        let why = "the versions before and after it are tagged";
        outcome.find(finding.why(why).certainty(Certainty::Probable));
    }

    /// Says whether most versions of a series have tags: in another one tagging may have been no habit yet.
    fn is_tagged_series(&self, sections: &[(&Section, &Version)], version: &Version) -> bool {
        let series = |version: &Version| (version.major, if version.major == 0 { version.minor } else { 0 });
        let of_series = || sections.iter().filter(|(_, other)| series(other) == series(version));
        let untagged = of_series().filter(|(_, version)| !self.is_tagged(version)).count();
        untagged < 4 || untagged * 4 <= of_series().count()
    }

    /// Packages and the form of their tags change over the years: a tag that is no other package's serves too.
    fn is_tagged(&self, version: &Version) -> bool {
        let package = self.releases.package(self.index);
        let names = [package.name.value.as_str(), path::file_name(&package.folder)];
        let serves = |tag: &Tag| {
            tag_line::version_in(&tag.name)
                .is_some_and(|(prefix, own)| own == plain(version) && !prefix.is_empty() && names.contains(&prefix))
        };
        self.line.of(version).is_some()
            || self.releases.unowned_versions().contains(&plain(version))
            || self.context.history.tags().is_ok_and(|tags| tags.iter().any(serves))
    }
}

fn plain(version: &Version) -> Version {
    Version { build: semver::BuildMetadata::EMPTY, ..version.clone() }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until((Unit::Day, to)).map_or(0, |span| span.get_days())
}
