//! The entries of a section of a changelog: the items of its lists.

use std::collections::BTreeSet;

use crate::facts::place::Span;

/// One item of a list: its first line, and where that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    /// The line without white space around.
    pub(super) line: &'t str,
    /// Where it stands.
    pub(super) span: Span,
    /// The text of the whole item.
    whole: &'t str,
}

/// The entries of a part of a text, in order. Blocks of code are left out.
pub(super) fn entries(text: &str, body: Span) -> Vec<Entry<'_>> {
    let mut found: Vec<Entry<'_>> = Vec::new();
    let mut at = body.start;
    let mut fenced = false;
    for line in text.get(body.start..body.end).unwrap_or_default().split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        let is_fence = trimmed.starts_with("```") || trimmed.starts_with("~~~");
        fenced ^= is_fence;
        if is_fence || fenced {
            continue;
        }
        if ["- ", "* ", "+ "].iter().any(|mark| trimmed.starts_with(mark)) {
            let from = start + (line.len() - line.trim_start().len());
            let whole = &text[from..from + trimmed.len()];
            found.push(Entry { line: trimmed, span: Span::new(from, from + trimmed.len()), whole });
        } else if let Some(last) = found.last_mut().filter(|_| !trimmed.is_empty() && line.starts_with([' ', '\t'])) {
            // The item goes on in the next line.
            last.whole = &text[last.span.start..start + line.trim_end().len()];
        }
    }
    found
}

impl Entry<'_> {
    fn words(&self) -> BTreeSet<String> {
        let words = self.whole.split(|letter: char| !letter.is_alphanumeric());
        words.filter(|word| word.len() > 1 && *word != "https").map(str::to_lowercase).collect()
    }

    /// Says whether two entries tell the same in other words: typos, links and punctuation are mended.
    pub(super) fn is_like(&self, other: &Entry<'_>) -> bool {
        let (one, two) = (self.words(), other.words());
        let shared = one.intersection(&two).count();
        shared * 2 > one.len().min(two.len())
    }

    /// Says whether a tool made it of a commit: it names one.
    pub(super) fn is_generated(&self) -> bool {
        let words = self.whole.split(|letter: char| !letter.is_ascii_alphanumeric());
        let mut words = words.filter(|word| matches!(word.len(), 7..=40));
        words.any(|word| {
            word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
                && word.bytes().any(|byte| byte.is_ascii_digit())
                && word.bytes().any(|byte| byte.is_ascii_lowercase())
        })
    }

    /// Says whether it is about the release itself, which is known only afterwards.
    pub(super) fn takes_back(&self) -> bool {
        let lower = self.whole.to_ascii_lowercase();
        ["yank", "this release", "this version", "withdrawn", "retracted"].iter().any(|word| lower.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Entry<'_>> {
        entries(text, Span::new(0, text.len()))
    }

    #[test]
    fn items_of_lists_with_their_further_lines() {
        let found = of("words\n\n- one\n  goes on\n\n* two\n```\n- code\n```\n  + three\n");
        assert_eq!(found.iter().map(|entry| entry.line).collect::<Vec<_>>(), ["- one", "* two", "+ three"]);
        assert_eq!((found[0].whole, found[0].span), ("- one\n  goes on", Span::new(7, 12)));
    }

    #[test]
    fn entries_that_only_read_otherwise_are_alike() {
        let like = |one: &str, other: &str| of(one)[0].is_like(&of(other)[0]);
        assert!(like(
            "- Fix \"braket\" typeo in JSX highlights (#9910)\n",
            "- Fix \"braket\" typo in JSX highlights ([#9910](https://x.org/9910))\n"
        ));
        assert!(!like("- Improve performance of large values\n", "- Escape sequences now support hex colors\n"));
    }

    #[test]
    fn what_names_a_commit_is_made_by_a_tool() {
        assert!(of("- Update it ([`0cec8a0`](https://x.org/commit/0cec8a0c))\n")[0].is_generated());
        assert!(!of("- Fix completions of feedback, see #1234567 (@skane-lukas) in 20240102\n")[0].is_generated());
        assert!(of("- **Note:** was yanked\n")[0].takes_back());
    }
}
