//! Sections of a changelog that stand twice, out of order, or under a date that can't be.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Unit;
use jiff::civil::Date;
use semver::Version;

use crate::facts::changelog::Section;
use crate::facts::history::Tag;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::releases;
use crate::facts::releases::Releases;
use crate::facts::tag_line;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "changelog-out-of-order",
    group: "changelog",
    level: Level::Warn,
    claim: "the sections of a changelog stand once each, in order of their versions and dates",
    page: include_str!("changelog_out_of_order.md"),
    check,
};

fn check(context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    for kept in Releases::of(context.facts, context.history).changelogs {
        let mut case = Case { context, kept: &kept, told: BTreeSet::new() };
        case.told = case.of_another_year(&mut outcome);
        for entries in groups(&kept).values() {
            let twice = case.twice(entries, &mut outcome);
            case.order(entries, &twice, &mut outcome);
        }
        case.unreleased_twice(&mut outcome);
        case.impossible(&mut outcome);
    }
    outcome
}

/// A version and its section.
struct Entry<'a> {
    section: &'a Section,
    version: &'a Version,
}

/// The versions of each package of the file; a file about one package has one group.
fn groups(kept: &Kept) -> BTreeMap<(&str, &str), Vec<Entry<'_>>> {
    let mut groups: BTreeMap<_, Vec<Entry<'_>>> = BTreeMap::new();
    for section in kept.changelog.sections.iter().filter(|section| !section.title.planned) {
        for release in &section.title.releases {
            let name = release.package.as_deref().unwrap_or_default();
            let key = (section.under.as_deref().unwrap_or_default(), name);
            groups.entry(key).or_default().push(Entry { section, version: &release.version.value });
        }
    }
    groups
}

struct Case<'a> {
    context: &'a Context<'a>,
    kept: &'a Kept,
    /// The dates that their tags show to be wrong: they need not be guessed from the dates beside them.
    told: BTreeSet<Span>,
}

impl Case<'_> {
    /// Finds versions with two sections and gives them back.
    fn twice(&self, entries: &[Entry<'_>], outcome: &mut Outcome) -> BTreeSet<String> {
        let mut twice = BTreeSet::new();
        let mut first: BTreeMap<String, &Section> = BTreeMap::new();
        for Entry { section, version } in entries {
            outcome.look();
            let Some(before) = first.get(&version.to_string()) else {
                first.insert(version.to_string(), section);
                continue;
            };
            // `1.0.0 for users` and `1.0.0 for packagers` are parts of one release.
            if before.heading == section.heading || before.title.loose || section.title.loose {
                continue;
            }
            let day = |section: &Section| section.title.date.as_ref().map(|date| date.value);
            let message = match (day(section), day(before)) {
                (Some(second), Some(one)) if one != second => {
                    format!("{version} has two sections, dated {one} and {second}")
                }
                _ => format!("{version} has two sections"),
            };
            let place =
                |section: &Section, label: &str| self.context.facts.place(&self.kept.path, section.heading, label);
            let finding =
                Finding::new(message, place(section, "the second one")).against(place(before, "the first one"));
            outcome.find(finding.why("a version is released once; links to its heading lead to the first one"));
            twice.insert(version.to_string());
        }
        twice
    }

    fn unreleased_twice(&self, outcome: &mut Outcome) {
        let mut first: BTreeMap<Option<&str>, &Section> = BTreeMap::new();
        for section in self.kept.changelog.sections.iter().filter(|section| section.is_unreleased()) {
            outcome.look();
            let Some(before) = first.get(&section.under.as_deref()) else {
                first.insert(section.under.as_deref(), section);
                continue;
            };
            let place =
                |section: &Section, label: &str| self.context.facts.place(&self.kept.path, section.heading, label);
            let finding =
                Finding::new("there are two sections for unreleased changes", place(section, "the second one"));
            outcome.find(finding.against(place(before, "the first one")));
        }
    }

    /// A day that the tag of the version bears too, in another year.
    fn of_another_year(&self, outcome: &mut Outcome) -> BTreeSet<Span> {
        let mut told = BTreeSet::new();
        let sections = &self.kept.changelog.sections;
        let mut dated: Vec<_> = sections.iter().filter_map(|one| Some((one, one.title.date.as_ref()?))).collect();
        let version = |one: Option<&(&Section, _)>| one.and_then(|(section, _)| section.released().next().cloned());
        if version(dated.first()) > version(dated.last()) {
            dated.reverse();
        }
        // Tags are asked for where the years of the sections do not rise.
        let mut latest = Date::MIN;
        for (section, date) in dated {
            let rises = date.value >= latest;
            latest = latest.max(date.value);
            let ([release], false) = (section.title.releases.as_slice(), rises) else { continue };
            let entry = Entry { section, version: &release.version.value };
            let Some(tagged) = self.tagged(&entry) else { continue };
            outcome.look();
            let near = |year: i16| Date::new(year, date.value.month(), date.value.day()).ok();
            let same_day = near(tagged.year()).is_some_and(|day| days_between(day, tagged).abs() <= 3);
            if date.value.year() == tagged.year() || !same_day || days_between(date.value, tagged).abs() < 300 {
                continue;
            }
            let message = format!("{} is dated {}, its tag is of {tagged}", entry.version, date.value);
            let at = self.context.facts.place(&self.kept.path, date.span, "the day is right, the year is not");
            let tag = self.tag(&entry).map_or_else(String::new, |tag| format!("git:refs/tags/{}", tag.name));
            outcome.find(Finding::new(message, at).against(Place::whole(tag, format!("is of {tagged}"))));
            told.insert(date.span);
        }
        told
    }

    fn impossible(&self, outcome: &mut Outcome) {
        for date in self.kept.changelog.sections.iter().filter_map(|section| section.title.impossible.as_ref()) {
            outcome.look();
            let at = self.context.facts.place(&self.kept.path, date.span, "no calendar has this day");
            outcome
                .find(Finding::new(format!("the changelog states the date {}, which does not exist", date.value), at));
        }
    }

    fn order(&self, entries: &[Entry<'_>], twice: &BTreeSet<String>, outcome: &mut Outcome) {
        let rising = entries.windows(2).filter(|pair| pair[0].version < pair[1].version).count();
        let falling = entries.windows(2).filter(|pair| pair[0].version > pair[1].version).count();
        for pair in entries.windows(2) {
            // In a file with the oldest section first, the later one stands below.
            let (later, earlier) = if rising > falling { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
            let known = |entry: &Entry<'_>| twice.contains(&entry.version.to_string());
            if loose_version::same(later.version, earlier.version)
                || known(later)
                || known(earlier)
                || !are_comparable(later.version, earlier.version)
                || later.section.title.loose
                || earlier.section.title.loose
            {
                continue;
            }
            if later.version < earlier.version {
                self.misplaced(later, earlier, &pair[1], outcome);
            } else if let Some(finding) = self.dates(later, earlier) {
                outcome.find(finding);
            }
        }
    }

    /// A higher version stands where a lower one is expected. Backports listed by date are no fault.
    fn misplaced(&self, later: &Entry<'_>, earlier: &Entry<'_>, lower: &Entry<'_>, outcome: &mut Outcome) {
        let days = (&later.section.title.date, &earlier.section.title.date);
        let by_date = matches!(days, (Some(later), Some(earlier)) if later.value >= earlier.value);
        if !is_same_series(later.version, earlier.version) || by_date && later.version.pre != earlier.version.pre {
            return;
        }
        // A number that went back, or a later patch of an older line: the file tells what came after what.
        if self.tag_time(later).zip(self.tag_time(earlier)).is_some_and(|(above, below)| above > below) {
            return;
        }
        let other = if std::ptr::eq(lower, later) { earlier } else { later };
        let place =
            |entry: &Entry<'_>, label: &str| self.context.facts.place(&self.kept.path, entry.section.heading, label);
        let message = format!("the section of {} stands below that of {}", lower.version, other.version);
        let finding = Finding::new(message, place(lower, "out of order")).against(place(other, "the section above"));
        outcome.find(finding.why("the other versions of this series stand in order"));
    }

    /// The later version of a series bears an earlier date. A day of difference is a matter of time zones.
    fn dates(&self, later: &Entry<'_>, earlier: &Entry<'_>) -> Option<Finding> {
        let (one, other) = (later.section.title.date.as_ref()?, earlier.section.title.date.as_ref()?);
        let told = self.told.contains(&one.span) || self.told.contains(&other.span);
        if told || !is_same_series(later.version, earlier.version) || days_between(one.value, other.value) <= 1 {
            return None;
        }
        if self.tagged(later).zip(self.tagged(earlier)).is_some_and(|(later, earlier)| later < earlier) {
            return None;
        }
        let facts = self.context.facts;
        let message =
            format!("{} is dated {}, before {} of {}", later.version, one.value, earlier.version, other.value);
        let at = facts.place(&self.kept.path, one.span, format!("{} is the later version", later.version));
        let finding = Finding::new(message, at);
        let against = facts.place(&self.kept.path, other.span, format!("the date of {}", earlier.version));
        Some(finding.against(against).why("one of the two dates is wrong").certainty(Certainty::Probable))
    }
}

impl Case<'_> {
    /// The day on which a version was tagged: a later patch of an older line has a lower number and a later day.
    fn tagged(&self, entry: &Entry<'_>) -> Option<Date> {
        self.tag_time(entry).map(releases::day)
    }

    /// The time of the commit that bears the tag of a version.
    fn tag_time(&self, entry: &Entry<'_>) -> Option<i64> {
        let tag = self.tag(entry)?;
        self.context.history.commit(&tag.commit).ok().map(|commit| commit.time)
    }

    fn tag(&self, entry: &Entry<'_>) -> Option<&Tag> {
        let packages = &self.context.facts.cargo.packages;
        let owned = |prefix: &str| {
            prefix.is_empty() || self.kept.owners.iter().any(|&index| packages[index].name.value == prefix)
        };
        let tags = self.context.history.tags().unwrap_or_default();
        tags.iter().find(|tag| {
            let named = tag_line::version_in(&tag.name);
            named.is_some_and(|(prefix, version)| owned(prefix) && version == *entry.version)
        })
    }
}

/// Says whether the order of two versions is plain: `beta-rc.1` came before `beta.0` for whoever wrote it, and what
/// `pre` or `dev` means beside `rc` is known to him alone.
fn are_comparable(one: &Version, other: &Version) -> bool {
    let word = |version: &Version| {
        let pre = version.pre.as_str();
        pre.split('.').next().unwrap_or_default().trim_end_matches(|digit: char| digit.is_ascii_digit()).to_owned()
    };
    let (one, other) = (word(one), word(other));
    let plain = |word: &str| matches!(word, "" | "alpha" | "beta" | "rc");
    one == other || (plain(&one) && plain(&other)) || one.is_empty() || other.is_empty()
}

fn is_same_series(one: &Version, other: &Version) -> bool {
    (one.major, one.minor) == (other.major, other.minor)
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until((Unit::Day, to)).map_or(0, |span| span.get_days())
}
