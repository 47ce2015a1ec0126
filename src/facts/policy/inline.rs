//! What comments say to us: `governed: allow(rule, until=2027-01-31): reason`, `governed: same-as path#key` and, in
//! Markdown, `governed: claim NAME`.

use std::sync::LazyLock;

use jiff::civil::Date;
use memchr::memmem::Finder;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::claim_mark;
use crate::facts::policy::claim_mark::ClaimMark;
use crate::facts::policy::pattern;
use crate::facts::policy::vocabulary::Vocabulary;
use crate::facts::policy::waiver::wrong_rule;
use crate::facts::text::Text;

const MARK: &str = "governed: ";
const ALLOW: &str = "governed: allow(";
const SAME_AS: &str = "governed: same-as ";
/// What opens a comment in the languages that are read as text; the inner lines of a block comment begin with `*`.
const LEADERS: &[&str] =
    &["#", "//", "///", "//!", "/*", "/**", "*", "<!--", "--", ";", ";;", "%", "..", "REM", "rem", ".\\\"", "{/*"];
const CLOSERS: &[&str] = &["-->", "*/"];

/// One inline waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineWaiver {
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
    /// What could not be read in it: then it covers nothing.
    pub unread: Option<String>,
}

/// A line that declares its value to be the same as another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameAs {
    /// From the mark to the end of the target.
    pub span: Span,
    /// The file that decides, and the key in it, as written.
    pub target: String,
    /// The line that is spoken of, without the comment: what stands before the mark, or else the next line.
    pub line: Span,
}

/// All marks of one file, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The waivers.
    pub waivers: Vec<InlineWaiver>,
    /// The declared equalities.
    pub same_as: Vec<SameAs>,
    /// The claimed sentences.
    pub claims: Vec<ClaimMark>,
}

/// The marks of a text; of Markdown with the comments in it.
///
/// In Markdown only a comment outside code counts, elsewhere only what stands directly behind the sign of a comment.
pub fn read(text: &Text, comments: Option<&[Spanned<String>]>) -> Marks {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(MARK));
    let mut marks = Marks::default();
    for at in FINDER.find_iter(text.as_str().as_bytes()) {
        let rest = &text.as_str()[at..];
        if rest.starts_with(ALLOW) && is_comment(text, comments, at) {
            marks.waivers.extend(waiver_at(text, at));
        } else if rest.starts_with(SAME_AS) && is_comment(text, comments, at) {
            marks.same_as.extend(same_as_at(text, at));
        } else if comments.is_some() && rest.starts_with(claim_mark::MARK) && is_comment(text, comments, at) {
            marks.claims.push(ClaimMark::read(text.as_str(), at));
        }
    }
    marks
}

fn is_comment(text: &Text, comments: Option<&[Spanned<String>]>, at: usize) -> bool {
    if let Some(comments) = comments {
        let before = comments.partition_point(|comment| comment.span.start <= at);
        return before > 0 && comments[before - 1].span.contains(at);
    }
    let line = text.line_span(text.line_of(at));
    let before = text.slice(Span::new(line.start, at)).trim_end();
    let leader = before.rfind(char::is_whitespace).map_or(before, |space| before[space..].trim_start());
    // An odd number of quotation marks in front: the sign stands inside a string, as in tests of such comments.
    if memchr::memchr_iter(b'"', before.as_bytes()).count() % 2 == 1 {
        return false;
    }
    LEADERS.contains(&leader.trim_start_matches('\u{feff}'))
}

fn waiver_at(text: &Text, at: usize) -> Option<InlineWaiver> {
    let line = text.line_of(at);
    let start = at + ALLOW.len();
    let rest = text.slice(Span::new(start, text.line_span(line).end));
    let close = rest.find(')')?;
    let behind = &rest[close + 1..];
    let end = CLOSERS.iter().filter_map(|closer| behind.find(closer)).min().unwrap_or(behind.len());
    let behind = behind[..end].trim_end();
    let mut waiver = InlineWaiver {
        span: Span::new(at, start + close + 1 + behind.len()),
        first_line: line,
        last_line: next_line(text, line),
        rules: Vec::new(),
        until: None,
        reason: behind.trim_start().strip_prefix(':').unwrap_or_default().trim().to_owned(),
        unread: None,
    };
    for word in rest[..close].split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match word.split_once('=') {
            Some((key, value)) => waiver.take(key.trim(), value.trim()),
            None => waiver.rules.push(word.to_owned()),
        }
    }
    Some(waiver)
}

fn same_as_at(text: &Text, at: usize) -> Option<SameAs> {
    let line = text.line_of(at);
    let whole = text.line_span(line);
    let start = at + SAME_AS.len();
    let rest = text.slice(Span::new(start, whole.end));
    let target = rest.split_whitespace().next()?;
    let target = CLOSERS.iter().fold(target, |target, closer| target.trim_end_matches(closer));
    let before = text.slice(Span::new(whole.start, at)).trim_end();
    let leader = before.rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let code = before[..leader].trim_end();
    let line = if code.trim().is_empty() {
        text.line_span(next_line(text, line))
    } else {
        Span::new(whole.start, whole.start + code.len())
    };
    let offset = rest.find(target).unwrap_or_default();
    Some(SameAs { span: Span::new(at, start + offset + target.len()), target: target.to_owned(), line })
}

/// The next line that is not blank.
fn next_line(text: &Text, line: usize) -> usize {
    (line + 1..=text.line_count()).find(|&line| !text.line(line).trim().is_empty()).unwrap_or(line)
}

impl InlineWaiver {
    fn take(&mut self, key: &str, value: &str) {
        self.until = pattern::date(value);
        if key != "until" {
            self.unread = Some(format!("it has no key `{key}`, only `until`"));
        } else if self.until.is_none() {
            self.unread = Some(format!("`{value}` is no date such as 2027-01-31"));
        }
    }

    /// Why the waiver covers nothing, whatever is found: it can't be read, gives no reason, names no rule.
    pub fn fault(&self, vocabulary: &Vocabulary, require_until: bool) -> Option<String> {
        if self.unread.is_some() {
            return self.unread.clone();
        }
        if let Some((message, advice)) = self.rules.iter().find_map(|rule| wrong_rule(rule, vocabulary)) {
            return Some(format!("it {message} ({advice})"));
        }
        if self.rules.is_empty() {
            Some("it names no rule".to_owned())
        } else if self.reason.is_empty() {
            Some("it gives no reason behind `allow(...):`".to_owned())
        } else if require_until && self.until.is_none() {
            Some("it has no `until`, and [check] require-until demands one".to_owned())
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::kind::Kind;
    use crate::facts::parse;

    fn read_all(kind: Kind, text: &str) -> Vec<(usize, usize, String, String)> {
        let content = parse::parse(kind, text.as_bytes().to_vec());
        let shown = |waiver: &InlineWaiver| {
            (waiver.first_line, waiver.last_line, waiver.rules.join(" "), waiver.reason.clone())
        };
        content.marks.waivers.iter().map(shown).collect()
    }

    #[test]
    fn comments_of_any_language() {
        for text in [
            "x = 1 # governed: allow(a-b, until=2027-01-31): why\n",
            "code(); // governed: allow(a-b): why\n",
            "/* governed: allow(a-b): why */\n",
            "<!-- governed: allow(a-b): why -->\n",
        ] {
            assert_eq!(read_all(Kind::Text, text), [(1, 1, "a-b".to_owned(), "why".to_owned())], "{text}");
        }
        assert!(read_all(Kind::Text, "x = \"# governed: allow(a): b\"\nsee governed: allow(a): b\n").is_empty());
        let two = read_all(Kind::Text, "# governed: allow(a, b): why\n\n  \nx\n");
        assert_eq!(two, [(1, 4, "a b".to_owned(), "why".to_owned())]);
    }

    #[test]
    fn markdown_in_code_is_an_example() {
        let text = "<!-- governed: allow(a): why -->\ntext\n\n```\n<!-- governed: allow(b): why -->\n```\n\n`<!-- governed: allow(c): d -->`\n";
        assert_eq!(read_all(Kind::Markdown, text), [(1, 2, "a".to_owned(), "why".to_owned())]);
    }
}
