//! The sections of a changelog: versions, dates, what is not released yet.

use semver::Version;

use crate::facts::changelog_title::Title;
use crate::facts::markdown::Markdown;
use crate::facts::place::Span;

/// One section of a changelog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What the heading says.
    pub title: Title,
    /// The level of the heading.
    pub level: u8,
    /// The heading without its `#` and the white space around.
    pub heading: Span,
    /// What stands between this heading and the next section's.
    pub body: Span,
    /// The heading that this section stands under, unless it only says that the file is a changelog.
    pub under: Option<String>,
}

impl Section {
    /// Says whether the section is the one for changes without a version.
    pub fn is_unreleased(&self) -> bool {
        self.title.releases.is_empty()
    }

    /// The versions that the section says are out.
    pub fn released(&self) -> impl Iterator<Item = &Version> {
        self.title.releases.iter().filter(|_| !self.title.planned).map(|release| &release.version.value)
    }
}

/// A changelog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changelog {
    /// The sections in order of the text.
    pub sections: Vec<Section>,
    /// Whether it says at its top that it has ended or is kept elsewhere.
    pub ended: bool,
}

/// Reads the sections of a changelog.
pub fn read(text: &str, markdown: &Markdown) -> Changelog {
    let mut found: Vec<(usize, u8, Title)> = Vec::new();
    for (index, heading) in markdown.headings.iter().enumerate().filter(|(_, heading)| heading.level <= 4) {
        let Some(raw) = text.get(heading.span.start..heading.span.end) else { continue };
        found.extend(Title::read(raw, heading.span.start).map(|title| (index, heading.level, title)));
    }
    let usual = usual_level(&found);
    // A heading below or beside the usual ones counts only where it says nothing but versions and dates.
    found.retain(|(_, level, title)| {
        Some(*level) == usual || (!title.loose && *level <= 3 && !is_nested(*level, usual, title))
    });
    let sections: Vec<Section> = found
        .iter()
        .enumerate()
        .map(|(at, (index, level, title))| {
            let heading = &markdown.headings[*index];
            let end = found.get(at + 1).map_or(text.len(), |next| markdown.headings[next.0].span.start);
            Section {
                title: title.clone(),
                level: *level,
                heading: bare(text, heading.span),
                body: Span::new(heading.span.end.min(end), end),
                under: enclosing(markdown, &found[..at], *index),
            }
        })
        .collect();
    let top = sections.first().map_or(text.len(), |section| section.heading.start);
    Changelog { ended: says_ended(text.get(..top).unwrap_or_default()), sections }
}

/// The level of most version headings; of equally many the upper one.
fn usual_level(found: &[(usize, u8, Title)]) -> Option<u8> {
    let count = |level| found.iter().filter(|(_, own, title)| *own == level && !title.releases.is_empty()).count();
    (1..=4u8)
        .filter(|&level| count(level) > 0)
        .max_by_key(|&level| (count(level), 8 - level))
        .or_else(|| found.first().map(|(_, level, _)| *level))
}

/// A bare version two levels below the sections is a sub-heading: `#### 1.0.1` in the notes of a series.
fn is_nested(level: u8, usual: Option<u8>, title: &Title) -> bool {
    usual.is_some_and(|usual| level > usual && title.date.is_none() && title.label.is_none() && title.target.is_none())
}

/// The heading's text without the marks around it.
fn bare(text: &str, span: Span) -> Span {
    let line = text.get(span.start..span.end).unwrap_or_default().lines().next().unwrap_or_default();
    let start = line.len() - line.trim_start_matches([' ', '#', '\t']).len();
    let end = line.trim_end_matches([' ', '#', '\t']).len().max(start);
    Span::new(span.start + start, span.start + end)
}

fn enclosing(markdown: &Markdown, before: &[(usize, u8, Title)], index: usize) -> Option<String> {
    let level = markdown.headings[index].level;
    let above = (0..index).rev().find(|&above| markdown.headings[above].level < level)?;
    let is_section = before.iter().any(|(own, _, _)| *own == above);
    if is_section || above == 0 {
        return None;
    }
    // `# Changelog for core` stands for `core`, `# Older releases` for nothing.
    let words = markdown.headings[above].text.split_whitespace().filter(|word| {
        let lower = word.to_ascii_lowercase();
        !GENERAL.contains(&lower.trim_matches(|c: char| !c.is_alphanumeric()))
    });
    let rest = words.collect::<Vec<_>>().join(" ");
    (!rest.is_empty()).then_some(rest)
}

/// Words of headings that only say that sections follow.
const GENERAL: &[&str] = &[
    "changelog",
    "changelogs",
    "change",
    "changes",
    "log",
    "release",
    "released",
    "releases",
    "notes",
    "note",
    "history",
    "news",
    "version",
    "versions",
    "all",
    "older",
    "old",
    "previous",
    "earlier",
    "past",
    "notable",
    "the",
    "of",
    "for",
    "in",
    "and",
    "",
];

/// Says whether the text above the sections sends the reader elsewhere for what is new.
fn says_ended(top: &str) -> bool {
    let lower = top.to_ascii_lowercase();
    let phrases = [
        "no longer maintained",
        "no longer updated",
        "no longer used",
        "no longer kept",
        "moved to",
        "is discontinued",
        "superseded",
        "is obsolete",
    ];
    let later = ["after ", "newer ", "later ", "starting ", "since ", "from version", "more recent ", "latest change"];
    // The sentence may run over lines: `For later releases, please review the\nrelease notes on GitHub`.
    let joined = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    let elsewhere_later = ["for later ", "for newer ", "for more recent ", "for subsequent "].iter().any(|words| {
        joined.find(words).is_some_and(|at| {
            let rest = joined[at..].split(". ").next().unwrap_or_default();
            (rest.contains("release") || rest.contains("version") || rest.contains("change"))
                && ["see ", "review ", "refer ", "consult ", "look at ", "check ", "visit "]
                    .iter()
                    .any(|word| rest.contains(word))
        })
    });
    let upwards = ["and above", "and later", "and newer", "and up", "onward", "or later", "or newer"];
    let elsewhere_upwards = joined.split(". ").any(|sentence| {
        sentence.contains("see ")
            && ["changelog", "changes", "release"].iter().any(|word| sentence.contains(word))
            && upwards.iter().any(|word| sentence.contains(word))
    });
    if elsewhere_later || elsewhere_upwards {
        return true;
    }
    phrases.iter().any(|phrase| lower.contains(phrase))
        || lower.lines().any(|line| {
            let elsewhere = ["changelog", "changes", "releases"].iter().any(|word| line.contains(word));
            line.contains("see ") && elsewhere && later.iter().any(|word| line.contains(word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::markdown;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let changelog = read(text, &markdown::parse(text));
        let shown: Vec<String> = changelog
            .sections
            .iter()
            .map(|section| {
                let under = section.under.as_ref().map(|under| format!("{under} > ")).unwrap_or_default();
                let body = text[section.body.start..section.body.end].trim().lines().count();
                format!("{under}{} +{body}", &text[section.heading.start..section.heading.end])
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn sections_reach_to_the_next_one() {
        check(
            "# Changelog\n\n## [Unreleased]\n\n### Added\n- x\n\n## [1.0.0] - 2020-01-01\n- y\n\n[1.0.0]: https://x.org\n",
            &["[Unreleased] +2", "[1.0.0] - 2020-01-01 +3"],
        );
    }

    #[test]
    fn underlined_headings_and_code() {
        check(
            "1.0.1 / 2020-01-01\n==================\n\n- x\n\n```\n# 0.9.0\n```\n\n1.0.0\n=====\n",
            &["1.0.1 / 2020-01-01 +5", "1.0.0 +0"],
        );
    }

    #[test]
    fn packages_as_headings_above() {
        check("# Changelog\n\n# core\n\n## 1.0.0\n\n# derive\n\n## 1.0.0\n", &["core > 1.0.0 +1", "derive > 1.0.0 +0"]);
    }

    #[test]
    fn headings_that_only_say_that_sections_follow() {
        let text = "# Changelog\n\n## 1.0.0\n\n# Older releases\n\n## 0.9.0\n\n# Changelog for `derive`\n\n## 1.0.0\n";
        check(text, &["1.0.0 +1", "0.9.0 +1", "derive > 1.0.0 +0"]);
    }

    #[test]
    fn headings_inside_a_section_are_not_sections() {
        check("# 2.0.0\n## 1.9.0 users\n### 1.8.0\n# 1.0.0\n", &["2.0.0 +2", "1.0.0 +0"]);
    }

    #[test]
    fn patch_releases_one_level_below() {
        check(
            "# 1.1.0 (2020-02-01)\n## 1.0.1 (2020-01-02)\n# 1.0.0 (2020-01-01)\n",
            &["1.1.0 (2020-02-01) +0", "1.0.1 (2020-01-02) +0", "1.0.0 (2020-01-01) +0"],
        );
    }

    #[test]
    fn an_ended_changelog_says_so() {
        let text = "# Changelog\n\nThis file is no longer maintained, see the releases.\n\n## 1.0.0\n";
        assert!(read(text, &markdown::parse(text)).ended);
        let text = "# Changelog\n\nFor changes after v0.14, see [the main one](../CHANGELOG.md).\n\n## 0.14\n";
        assert!(read(text, &markdown::parse(text)).ended);
        let text = "For version 0.15.0 and above, see [Releases](https://a.b) page.\n\n# Version 0.14.0\n";
        assert!(read(text, &markdown::parse(text)).ended);
        let text = "# Changelog\n\nSee [Keep a Changelog](https://keepachangelog.com).\n\n## 1.0.0\n";
        assert!(!read(text, &markdown::parse(text)).ended);
    }
}
