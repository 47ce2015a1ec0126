//! Inline waivers: `governed: allow(rule, until=2027-01-31): reason` in a comment of any read file.

use std::sync::Arc;

use jiff::civil::Date;
use memchr::memmem::Finder;

use crate::facts::Facts;
use crate::facts::place::Span;
use crate::facts::policy::pattern;
use crate::facts::policy::vocabulary::Vocabulary;
use crate::facts::policy::waiver::wrong_rule;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;

const MARK: &str = "governed: allow(";
/// What opens a comment in the languages that are read as text; a block comment's inner lines begin with `*`.
const LEADERS: &[&str] =
    &["#", "//", "///", "//!", "/*", "/**", "*", "<!--", "--", ";", ";;", "%", "..", "REM", "rem", ".\\\"", "{/*"];

/// One inline waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineWaiver {
    /// The file.
    pub path: Arc<str>,
    /// From the mark to the end of the reason.
    pub span: Span,
    /// The first line that it covers: its own.
    pub first_line: usize,
    /// The last line that it covers: the next one that is not blank.
    pub last_line: usize,
    /// The rules.
    pub rules: Vec<String>,
    /// The last day on which it covers anything.
    pub until: Option<Date>,
    /// The reason.
    pub reason: String,
    /// Why it covers nothing: it gives no reason, it names no rule, its date is none.
    pub fault: Option<String>,
}

/// The inline waivers of a tree in order of path and line; fixtures, copies and archives have none of their own.
///
/// In Markdown only a comment outside code counts, elsewhere only what stands directly behind the sign of a comment.
pub fn find(facts: &Facts, vocabulary: &Vocabulary, require_until: bool) -> Vec<InlineWaiver> {
    let finder = Finder::new(MARK);
    let mut waivers = Vec::new();
    for file in facts.files.values() {
        let text = file.text();
        for at in finder.find_iter(text.as_bytes()) {
            if is_comment(file, at)
                && Zone::of(&facts.tree, &file.path) == Zone::Own
                && let Some(mut waiver) = read(file, at)
            {
                if waiver.fault.is_none() {
                    waiver.fault = fault(&waiver, vocabulary, require_until);
                }
                waivers.push(waiver);
            }
        }
    }
    waivers
}

fn is_comment(file: &SourceFile, at: usize) -> bool {
    if let Parsed::Markdown(markdown) = &file.content.parsed {
        return markdown.comments.iter().any(|comment| comment.span.contains(at));
    }
    let text = file.text();
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = text[line..at].trim_end();
    let leader = before.rfind(char::is_whitespace).map_or(before, |space| before[space..].trim_start());
    LEADERS.contains(&leader)
}

fn read(file: &SourceFile, at: usize) -> Option<InlineWaiver> {
    let text = &file.content.text;
    let line = text.line_of(at);
    let end = text.line_span(line).end;
    let rest = text.slice(Span::new(at + MARK.len(), end));
    let close = rest.find(')')?;
    let (inside, behind) = (&rest[..close], &rest[close + 1..]);
    let behind =
        ["-->", "*/", "*/}"].iter().filter_map(|end| behind.find(end)).min().map_or(behind, |end| &behind[..end]);
    let reason = behind.trim_start().strip_prefix(':').unwrap_or_default().trim();
    let mut waiver = InlineWaiver {
        path: Arc::clone(&file.path),
        span: Span::new(at, at + MARK.len() + close + 1 + behind.trim_end().len()),
        first_line: line,
        last_line: next_line(file, line),
        rules: Vec::new(),
        until: None,
        reason: reason.to_owned(),
        fault: None,
    };
    for word in inside.split(',').map(str::trim) {
        if let Some((key, value)) = word.split_once('=') {
            waiver.until = pattern::date(value.trim());
            if key.trim() != "until" {
                waiver.fault = Some(format!("it has no key `{}`, only `until`", key.trim()));
            } else if waiver.until.is_none() {
                waiver.fault = Some(format!("`{}` is no date such as 2027-01-31", value.trim()));
            }
        } else if !word.is_empty() {
            waiver.rules.push(word.to_owned());
        }
    }
    Some(waiver)
}

/// The next line that is not blank.
fn next_line(file: &SourceFile, line: usize) -> usize {
    let text = &file.content.text;
    (line + 1..=text.line_count()).find(|&line| !text.line(line).trim().is_empty()).unwrap_or(line)
}

fn fault(waiver: &InlineWaiver, vocabulary: &Vocabulary, require_until: bool) -> Option<String> {
    if let Some((message, advice)) = waiver.rules.iter().find_map(|rule| wrong_rule(rule, vocabulary)) {
        return Some(format!("it {message} ({advice})"));
    }
    if waiver.rules.is_empty() {
        Some("it names no rule".to_owned())
    } else if waiver.reason.is_empty() {
        Some("it gives no reason behind `allow(...):`".to_owned())
    } else if require_until && waiver.until.is_none() {
        Some("it has no `until`, and [check] require-until demands one".to_owned())
    } else {
        None
    }
}
