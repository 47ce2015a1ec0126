//! What the heading of a changelog section says: versions, their packages, a date, yanked or planned.

use jiff::civil::Date;
use semver::Version;

use crate::facts::loose_version;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::written_date;

/// A version in a heading, with the package named before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The package as the heading names it: `parking_lot_core 0.9.0`.
    pub package: Option<String>,
    /// The version.
    pub version: Spanned<Version>,
}

/// A heading that was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Title {
    /// The versions; empty for `Unreleased`.
    pub releases: Vec<Release>,
    /// The date.
    pub date: Option<Spanned<Date>>,
    /// A date that no calendar has: `2025-02-29`.
    pub impossible: Option<Spanned<String>>,
    /// Whether it says that the version was yanked.
    pub yanked: bool,
    /// Whether it is not released yet: `Unreleased`, `5.0.0 - TBD`, `1.0.0 - 2024-XX-XX`.
    pub planned: bool,
    /// Whether it holds more than one version, a date and marks: `1.2.0 The Big One`, `0.33.1 .. 0.46.0`.
    pub loose: bool,
    /// The label of a heading written as a reference: `[1.2.3]`.
    pub label: Option<Spanned<String>>,
    /// The target of a heading written as an inline link: `[1.2.3](https://...)`.
    pub target: Option<Spanned<String>>,
}

const UNRELEASED: &[&str] = &[
    "unreleased",
    "upcoming",
    "upcoming release",
    "upcoming version",
    "next",
    "next release",
    "next version",
    "pending",
    "in development",
    "development",
    "master",
    "main",
    "head",
    "not yet released",
    "not released yet",
    "unpublished",
    "work in progress",
    "wip",
];
const PLANNED: &[&str] = &[
    "tbd",
    "tba",
    "unreleased",
    "upcoming",
    "next",
    "pending",
    "soon",
    "wip",
    "draft",
    "development",
    "releasedate",
    "planned",
    "unpublished",
    "in-progress",
    "yet",
];
const FILLERS: &[&str] = &[
    "version", "release", "released", "rel", "ver", "v", "changes", "with", "in", "on", "and", "the", "for", "not", "-",
];

struct Token<'a> {
    text: &'a str,
    span: Span,
}

impl Title {
    /// Reads the text of a heading, its markup included; `base` is its offset in the file. None where it is no section's.
    pub fn read(raw: &str, base: usize) -> Option<Self> {
        let line = raw.lines().next().unwrap_or_default();
        let mut title = Self::default();
        let tokens = title.tokenize(line, base);
        let plain = tokens.iter().map(|token| token.text.to_ascii_lowercase()).collect::<Vec<_>>();
        let words: Vec<&str> = plain.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        if is_unreleased(&words) {
            title.planned = true;
            return Some(title);
        }
        title.understand(&tokens)?;
        Some(title)
    }

    /// Splits at white space and brackets; link targets are taken aside.
    fn tokenize<'a>(&mut self, line: &'a str, base: usize) -> Vec<Token<'a>> {
        let start = line.len() - line.trim_start_matches([' ', '#', '\t']).len();
        let end = line.trim_end_matches([' ', '#', '\t']).len().max(start);
        let bytes = line.as_bytes();
        let mut tokens = Vec::new();
        let (mut at, mut begun) = (start, start);
        let mut open = None;
        let push = |tokens: &mut Vec<Token<'a>>, from: usize, to: usize| {
            let text = &line[from..to];
            let left = text.len() - text.trim_start_matches(['_', '"', '\'', ':']).len();
            let trimmed = text[left..].trim_end_matches(['_', ':', ';', '.', '"', '\'', '!']);
            if !trimmed.is_empty() {
                let from = from + left;
                tokens.push(Token { text: trimmed, span: Span::new(from + base, from + trimmed.len() + base) });
            }
        };
        while at < end {
            let byte = bytes[at];
            if !matches!(
                byte,
                b' ' | b'\t' | b'[' | b']' | b'(' | b')' | b'`' | b'*' | b'~' | b',' | b'<' | b'>' | b'|'
            ) {
                at += 1;
                continue;
            }
            push(&mut tokens, begun, at);
            if byte == b'[' {
                open = Some(at + 1);
            } else if let (b']', Some(from)) = (byte, open.take()) {
                at = self.link(line, from, at, base);
            } else if open.is_none() && byte == b'[' {
                open = Some(at + 1);
            }
            at += 1;
            begun = at;
        }
        if begun < end {
            push(&mut tokens, begun, end);
        }
        tokens
    }

    /// Keeps the label or the target of the bracket that ends at `close`; gives the offset of its last byte.
    fn link(&mut self, line: &str, from: usize, close: usize, base: usize) -> usize {
        let rest = &line[close + 1..];
        let (inside, length) = match (rest.strip_prefix('('), rest.strip_prefix('[')) {
            (Some(inside), _) => (Some(inside), inside.find(')')),
            (_, Some(inside)) => (None, inside.find(']')),
            _ => (None, None),
        };
        let first = self.label.is_none() && self.target.is_none();
        match (inside, length) {
            (Some(inside), Some(length)) => {
                let span = Span::new(close + 2 + base, close + 2 + length + base);
                if first {
                    self.target = Some(Spanned::new(inside[..length].to_owned(), span));
                }
                close + 2 + length
            }
            (None, Some(length)) => {
                let (from, to) = if length == 0 { (from, close) } else { (close + 2, close + 2 + length) };
                if first {
                    self.label = Some(Spanned::new(line[from..to].to_owned(), Span::new(from + base, to + base)));
                }
                close + 2 + length
            }
            _ => {
                if first {
                    let span = Span::new(from + base, close + base);
                    self.label = Some(Spanned::new(line[from..close].to_owned(), span));
                }
                close
            }
        }
    }

    fn understand(&mut self, tokens: &[Token<'_>]) -> Option<()> {
        let mut named: Option<&str> = None;
        let mut strangers = 0;
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            let lower = token.text.to_ascii_lowercase();
            if let Some((date, used)) = written_date::read(tokens[at..].iter().map(|token| token.text)) {
                let span = Span::new(token.span.start, tokens[at + used - 1].span.end);
                self.date.get_or_insert(Spanned::new(date, span));
                at += used;
                continue;
            }
            if let Some((package, version, span)) = read_version(token) {
                let package = package.or(named.take()).map(str::to_owned);
                self.planned |= matches!(version.pre.as_str(), "dev" | "unreleased" | "wip");
                self.releases.push(Release { package, version: Spanned::new(version, span) });
            } else if written_date::is_impossible(&lower) {
                self.impossible.get_or_insert(Spanned::new(lower, token.span));
            } else if lower.contains("yanked") {
                self.yanked = true;
            } else if PLANNED.contains(&lower.as_str()) || written_date::is_open(&lower) {
                self.planned = true;
            } else if !FILLERS.contains(&lower.as_str()) && !lower.chars().all(|c| !c.is_alphanumeric()) {
                named = is_package_name(token.text).then_some(token.text);
                strangers += 1;
            }
            at += 1;
        }
        let packages = self.releases.iter().filter(|release| release.package.is_some()).count();
        let first = self.releases.first()?;
        // What stands before the first version may be one name and fillers, no sentence.
        let before = tokens
            .iter()
            .take_while(|token| token.span.end <= first.version.span.start)
            .filter(|token| !FILLERS.contains(&token.text.to_ascii_lowercase().as_str()))
            .filter(|token| token.text.chars().any(char::is_alphanumeric))
            .count();
        if before > 1 {
            return None;
        }
        // Several versions of one package share a section: `0.33.1 .. 0.46.0`.
        let joined = self.releases.iter().filter(|release| release.package.is_none()).count() > 1;
        self.loose = strangers > packages || joined;
        Some(())
    }
}

fn is_unreleased(words: &[&str]) -> bool {
    let words: Vec<&str> = words.iter().copied().filter(|word| !matches!(*word, "-" | "–" | "—" | "changes")).collect();
    words.first() == Some(&"unreleased") && words.iter().all(|word| loose_version::parse(word).is_none())
        || UNRELEASED.contains(&words.join(" ").as_str())
}

fn is_package_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// A version, with the package in front of it where both are one word: `tokio-util-v0.3.0`, `serde@1.0`.
fn read_version<'a>(token: &Token<'a>) -> Option<(Option<&'a str>, Version, Span)> {
    if let Some(version) = loose_version::parse(token.text) {
        return Some((None, version, token.span));
    }
    let digit = token.text.char_indices().find(|&(at, c)| {
        c.is_ascii_digit()
            && at > 0
            && matches!(token.text.as_bytes()[at - 1], b'-' | b'@' | b'v' | b'/' | b'=')
            && token.text[at..].contains('.')
    })?;
    let version = loose_version::parse(&token.text[digit.0..])?;
    let name = token.text[..digit.0].trim_end_matches('v').trim_end_matches(['-', '@', '/', '=']);
    let span = Span::new(token.span.start + digit.0, token.span.end);
    is_package_name(name).then_some((Some(name), version, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = Title::read(text, 0).map_or("none".to_owned(), |title| {
            let mut words: Vec<String> = Vec::new();
            for release in &title.releases {
                let package = release.package.as_ref().map(|package| format!("{package}@")).unwrap_or_default();
                words.push(format!("{package}{}", release.version.value));
                assert!(text[release.version.span.start..].starts_with(|c: char| c.is_ascii_digit() || c == 'v'));
            }
            words.extend(title.date.map(|date| date.value.to_string()));
            words.extend(title.impossible.map(|date| format!("no day {}", date.value)));
            words.extend(title.label.map(|label| format!("[{}]", label.value)));
            words.extend(title.target.map(|target| format!("({})", target.value)));
            let marks = [(title.yanked, "yanked"), (title.planned, "planned"), (title.loose, "loose")];
            words.extend(marks.iter().filter(|mark| mark.0).map(|mark| mark.1.to_owned()));
            words.join(" ")
        });
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn versions_and_dates_of_all_known_shapes() {
        check("## [1.0.0] - 2020-01-01", "1.0.0 2020-01-01 [1.0.0]");
        check("## 0.42.0 (2026-08-22)", "0.42.0 2026-08-22");
        check("# 1.53.1 (July 20th, 2026)", "1.53.1 2026-07-20");
        check("# 0.8.1 (12. December, 2024)", "0.8.1 2024-12-12");
        check("# 0.1.1 (Sept 9, 2021)", "0.1.1 2021-09-09");
        check(
            "## [2.13.1](https://x.org/compare/v2.13.0..v2.13.1) - 2026-04-26",
            "2.13.1 2026-04-26 (https://x.org/compare/v2.13.0..v2.13.1)",
        );
        check("# Version 1.2", "1.2.0");
        check("1.0.0 / 2020-01-01", "1.0.0 2020-01-01");
        check("# Release 0.29 (2020/01/31)", "0.29.0 2020-01-31");
        check("## CHANGES WITH 5.2.0:", "5.2.0");
        check("## ~~[v0.1.0] - 2020-01-01~~", "0.1.0 2020-01-01 [v0.1.0]");
        check("## [0.4.35] - 2020-01-01 (yanked)", "0.4.35 2020-01-01 [0.4.35] yanked");
        check("## 1.0.0 (**YANKED**)", "1.0.0 yanked");
        check("## [1.0.0] - 2025-02-29", "1.0.0 no day 2025-02-29 [1.0.0]");
        check("## [1.0.0][] - 2020-01-01", "1.0.0 2020-01-01 [1.0.0]");
    }

    #[test]
    fn packages_in_headings() {
        check("## tokio-util 0.3.0", "tokio-util@0.3.0");
        check("## [tokio-util-v0.3.0]", "tokio-util@0.3.0 [tokio-util-v0.3.0]");
        check("# Release rayon 1.2.0 / rayon-core 1.6.0 (2019-08-30)", "rayon@1.2.0 rayon-core@1.6.0 2019-08-30");
        check(
            "## parking_lot 0.9.0, lock_api 0.3.1 (2019-07-14, _yanked_)",
            "parking_lot@0.9.0 lock_api@0.3.1 2019-07-14 yanked",
        );
        check("## `lock_api` - [0.4.14](https://x.org) - 2025-09-30", "lock_api@0.4.14 2025-09-30 (https://x.org)");
    }

    #[test]
    fn what_is_not_released_yet() {
        check("## [Unreleased] - ReleaseDate", "[Unreleased] planned");
        check("# Unreleased", "planned");
        check("## Unreleased changes", "planned");
        check("## 5.0.0 - TBD", "5.0.0 planned");
        check("## 1.2.0 (unreleased)", "1.2.0 planned");
        check("## 1.2.0 (not yet released)", "1.2.0 planned");
        check("## [1.2.0] - 2024-XX-XX", "1.2.0 [1.2.0] planned");
        check("## Unreleased (1.2.0)", "1.2.0 planned");
    }

    #[test]
    fn other_headings() {
        check("## Changes from 0.37.x to 1.0", "none");
        check("### Bug Fixes", "none");
        check("## full changelog", "none");
        check("### Support for Rust 1.70.0", "none");
        check("## 1.2.0 The Big One", "1.2.0 loose");
        check("# 0.33.1 .. 0.46.0", "0.33.1 0.46.0 loose");
        check("## 2020-01-01", "none");
    }
}
