//! What the changelog says of the next release: the entries under Unreleased, or under a version that is not out yet.

use std::borrow::Cow;

use semver::Version;

use crate::facts::Facts;
use crate::facts::changelog::Section;
use crate::facts::kept_changelog::Kept;
use crate::facts::loose_version;
use crate::release::step::Weight;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What its heading, or its own first words, ask for.
    pub weight: Weight,
    /// The heading that it stands under; empty without one.
    pub heading: String,
    /// The first line of its text.
    pub text: String,
}

/// What is written down for the next release of a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unreleased {
    /// The changelog; none where no changelog speaks for the package.
    pub path: Option<String>,
    /// The version that a heading plans.
    pub planned: Option<Version>,
    /// Whether a section for what is unreleased is there.
    pub has_section: bool,
    /// The entries in order.
    pub entries: Vec<Entry>,
}

/// Reads what is written down for the next release of a package that was last released under a version.
pub fn of(facts: &Facts, changelogs: &[Cow<'_, Kept>], index: usize, last: Option<&Version>) -> Unreleased {
    let mut found = Unreleased::default();
    let Some(kept) = of_package(changelogs, facts, index) else { return found };
    let Some(text) = facts.text(&kept.path) else { return found };
    found.path = Some(kept.path.to_string());
    if kept.changelog.ended {
        return found;
    }
    // Beside Unreleased, a version that is not out yet is planned for later.
    let open = kept.changelog.sections.iter().any(Section::is_unreleased);
    for section in &kept.changelog.sections {
        if open && section.title.planned && !section.is_unreleased() {
            continue;
        }
        let mine = section.is_unreleased();
        let planned = planned_by(kept, facts, index, section, last);
        if !mine && planned.is_none() {
            continue;
        }
        found.has_section = true;
        found.planned = found.planned.max(planned);
        found.entries.extend(entries(text.get(section.body.start..section.body.end).unwrap_or_default()));
    }
    found
}

/// The changelog that speaks for a package: one of its own before one that it shares.
pub fn of_package<'k>(changelogs: &'k [Cow<'_, Kept>], facts: &Facts, index: usize) -> Option<&'k Kept> {
    let speaks = |kept: &&Cow<'_, Kept>| kept.owners.contains(&index) || kept.packages(&facts.cargo).contains(&index);
    let own = changelogs.iter().filter(speaks);
    own.min_by_key(|kept| (kept.owners.len(), !kept.owners.contains(&index), kept.path.len())).map(AsRef::as_ref)
}

/// The version that a section plans for a package: one that came after the last release.
fn planned_by(kept: &Kept, facts: &Facts, index: usize, section: &Section, last: Option<&Version>) -> Option<Version> {
    let newer = |version: &Version| {
        last.is_some_and(|last| version > last && !loose_version::same(version, last))
            || last.is_none() && section.title.planned
    };
    let mine = kept.releases(&facts.cargo, index).filter(|(other, _)| other.heading == section.heading);
    mine.map(|(_, release)| release.version.value.clone()).filter(newer).max()
}

/// The entries of a section.
fn entries(body: &str) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut heading = String::new();
    let mut fenced = false;
    for line in body.lines() {
        let plain = line.trim();
        if plain.starts_with("```") {
            fenced = !fenced;
        }
        if fenced || plain.is_empty() || is_definition(plain) || plain.starts_with("<!--") {
            continue;
        }
        if let Some(text) = heading_of(plain) {
            heading = text;
            continue;
        }
        let item = ["- ", "* ", "+ "].iter().find_map(|mark| plain.strip_prefix(mark));
        let outer = !line.starts_with("   ") && !line.starts_with('\t');
        let Some(text) = item.filter(|_| outer) else {
            // A paragraph of its own tells something, too, where no list does.
            if found.is_empty() && item.is_none() && !heading.is_empty() && !is_nothing(plain) {
                found.push(Entry { weight: weight(&heading, plain), heading: heading.clone(), text: plain.to_owned() });
            }
            continue;
        };
        if !is_nothing(text) {
            found.push(Entry { weight: weight(&heading, text), heading: heading.clone(), text: text.to_owned() });
        }
    }
    found
}

/// The text of a heading: with `#`, or a line that is bold as a whole, or ends with a colon and is a known word.
fn heading_of(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix('#') {
        return Some(rest.trim_matches(['#', ' ', ':']).to_owned());
    }
    let bold = line.strip_prefix("**").and_then(|rest| rest.strip_suffix("**").or_else(|| rest.strip_suffix("**:")));
    if let Some(text) = bold.filter(|text| !text.contains("**")) {
        return Some(text.trim_matches([':', ' ']).to_owned());
    }
    let word = line.strip_suffix(':')?;
    (word.split_whitespace().count() <= 3 && of_words(word).is_some()).then(|| word.to_owned())
}

fn is_definition(line: &str) -> bool {
    line.starts_with('[') && line.contains("]: ")
}

/// `None.`, `N/A`, `Nothing yet`: a place to fill in.
fn is_nothing(text: &str) -> bool {
    let plain = text.trim_matches(['_', '*', '.', '(', ')', ' ', '-', '!']).to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "" | "none" | "n/a" | "na" | "nothing" | "nothing yet" | "tbd" | "todo" | "no changes" | "..."
    )
}

/// What an entry asks for: its own mark before its heading.
fn weight(heading: &str, text: &str) -> Weight {
    let front: String = text.chars().take(60).collect::<String>().to_ascii_lowercase();
    let marks =
        ["**breaking", "[breaking", "breaking:", "breaking change", "(breaking", "⚠", "💥", "`breaking", "_breaking"];
    if marks.iter().any(|mark| front.contains(mark)) || front.starts_with("breaking") {
        return Weight::Breaking;
    }
    let own = front.strip_prefix("**").and_then(|rest| rest.split_once("**")).map(|(word, _)| word.to_owned());
    let own = own.filter(|word| word.split_whitespace().count() <= 3).and_then(|word| of_words(&word));
    own.or_else(|| of_words(heading)).unwrap_or(Weight::Fix)
}

/// What the words of a heading ask for; none where they say nothing.
fn of_words(words: &str) -> Option<Weight> {
    let lower = words.to_ascii_lowercase();
    let has = |stems: &[&str]| {
        lower
            .split(|character: char| !character.is_alphabetic())
            .any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    };
    let not_breaking =
        lower.contains("non-breaking") || lower.contains("nonbreaking") || lower.contains("not breaking");
    if has(&["breaking", "incompatib", "remov", "backward"]) && !not_breaking {
        Some(Weight::Breaking)
    } else if has(&["add", "feat", "new", "enhanc", "deprecat", "improve"]) || not_breaking {
        Some(Weight::Feature)
    } else if has(&["document", "doc", "intern", "chore", "ci", "test"]) {
        Some(Weight::Nothing)
    } else if has(&["fix", "bug", "secur", "chang", "perform", "misc", "other", "packag", "upgrad", "depend"]) {
        Some(Weight::Fix)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_marks_say_what_an_entry_asks_for() {
        let body = "\n### Added\n\n- one\n  and more\n    - inner\n* **breaking:** two\n\n### Fixed\n- three\n### Changed\n- None.\n\
                    ### Removed\n\n- four\n\nBug fixes:\n\n* five\n\n[x]: https://example.org\n";
        let found: Vec<String> =
            entries(body).iter().map(|entry| format!("{} {}", entry.weight.as_str(), entry.text)).collect();
        assert_eq!(found, ["minor one", "major **breaking:** two", "patch three", "major four", "patch five"]);
    }
}
