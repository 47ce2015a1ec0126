//! The sentence that a comment in Markdown speaks of: the one that it stands in or behind, else the next one.
//!
//! A sentence ends with `.`, `!` or `?` before white space (unless a small letter follows), or with its paragraph, list
//! item, table row or heading. Behind a comment that stands alone, a block of code is spoken of as a whole.

use std::collections::BTreeMap;

use memchr::memchr;

use crate::facts::markdown::document::BlockKind;
use crate::facts::markdown::document::Markdown;
use crate::facts::place::Span;

/// A sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands, comments in it included.
    pub span: Span,
    /// Its words: without comments, each run of white space as one blank. This is what its digest is of.
    pub words: String,
}

/// What the comments of one document speak of. Blocks are taken apart when they are first asked for, once each.
pub struct Spoken<'t> {
    text: &'t str,
    markdown: &'t Markdown,
    comments: Vec<Span>,
    taken: BTreeMap<usize, Vec<Span>>,
}

impl<'t> Spoken<'t> {
    /// Prepares a document.
    pub fn new(text: &'t str, markdown: &'t Markdown) -> Self {
        let comments = markdown.comments.iter().map(|comment| whole(text, comment.span)).collect();
        Self { text, markdown, comments, taken: BTreeMap::new() }
    }

    /// The sentence that the comment around an offset speaks of; none where nothing follows it.
    pub fn by(&mut self, at: usize) -> Option<Sentence> {
        let index = self.comments.partition_point(|comment| comment.start <= at).checked_sub(1)?;
        let comment = *self.comments.get(index).filter(|comment| comment.contains(at))?;
        let behind = self.markdown.blocks.partition_point(|block| block.span.start <= comment.start);
        let around = behind.checked_sub(1).filter(|&block| comment.end <= self.markdown.blocks[block].span.end);
        if let Some(block) = around {
            let all = self.sentences(block).to_vec();
            let before = all.partition_point(|one| one.start < comment.start);
            // Where nothing but comments stands before it, it speaks of what follows.
            let own = all[..before].iter().rev().chain(&all[before..]).find(|span| self.says(**span));
            if let Some(own) = own {
                return Some(self.made(*own));
            }
        } else {
            // Behind a comment at the beginning of a line the rest of the line is HTML, and no block.
            let line = memchr(b'\n', &self.text.as_bytes()[comment.end..]);
            let line = line.map_or(self.text.len(), |end| comment.end + end);
            let rest = sentences(self.text, Span::new(comment.end, line), &self.comments);
            if let Some(first) = rest.into_iter().find(|span| self.says(*span)) {
                return Some(self.made(first));
            }
        }
        let first = self.next(comment.end);
        first.map(|span| self.made(span))
    }

    /// The first sentence, or block of code, behind an offset.
    fn next(&mut self, from: usize) -> Option<Span> {
        let blocks = &self.markdown.blocks;
        let mut block = blocks.partition_point(|block| block.span.start < from);
        let mut in_block = None;
        while in_block.is_none() && block < blocks.len() {
            in_block = self.sentences(block).to_vec().into_iter().find(|span| self.says(*span));
            block += 1;
        }
        let fences = &self.markdown.fences;
        let fence = fences.get(fences.partition_point(|fence| fence.span.start < from));
        let fence = fence.map(|fence| trimmed(self.text, fence.content)).filter(|span| self.says(*span));
        [in_block, fence].into_iter().flatten().min()
    }

    /// The sentences of a block; a heading and the row of a table are one.
    fn sentences(&mut self, index: usize) -> &[Span] {
        let (text, comments, block) = (self.text, &self.comments, &self.markdown.blocks[index]);
        self.taken.entry(index).or_insert_with(|| match block.kind {
            BlockKind::Paragraph => sentences(text, block.span, comments),
            BlockKind::Heading | BlockKind::TableRow => vec![trimmed(text, block.span)],
        })
    }

    fn says(&self, span: Span) -> bool {
        !words(self.text, span, &self.comments).is_empty()
    }

    fn made(&self, span: Span) -> Sentence {
        Sentence { span, words: words(self.text, span, &self.comments) }
    }
}

/// The comments that touch a span.
fn touching(comments: &[Span], span: Span) -> &[Span] {
    let first = comments.partition_point(|comment| comment.end <= span.start);
    let behind = comments.partition_point(|comment| comment.start < span.end);
    comments.get(first..behind).unwrap_or_default()
}

/// A comment with its signs.
fn whole(text: &str, inner: Span) -> Span {
    let start = inner.start.saturating_sub("<!--".len());
    let closed = text.get(inner.end..).is_some_and(|rest| rest.starts_with("-->"));
    Span::new(start, if closed { inner.end + "-->".len() } else { inner.end })
}

fn trimmed(text: &str, span: Span) -> Span {
    let inner = text.get(span.start..span.end).unwrap_or_default();
    let start = span.start + (inner.len() - inner.trim_start().len());
    Span::new(start, start + inner.trim().len())
}

/// The sentences of a block.
fn sentences(text: &str, block: Span, comments: &[Span]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = block.start;
    let (mut ended, mut has_letters) = (None, false);
    let mut comments = touching(comments, block).iter().peekable();
    for (offset, character) in text.get(block.start..block.end).unwrap_or_default().char_indices() {
        let at = block.start + offset;
        while comments.next_if(|comment| comment.end <= at).is_some() {}
        if comments.peek().is_some_and(|comment| comment.contains(at)) {
            continue;
        }
        match (ended, character) {
            (Some((end, true)), other) if !other.is_whitespace() => {
                ended = None;
                if !other.is_lowercase() {
                    found.push(trimmed(text, Span::new(start, end)));
                    (start, has_letters) = (end, false);
                }
            }
            (Some((end, _)), space) if space.is_whitespace() => ended = Some((end, true)),
            // What closes quotes, brackets and emphasis belongs to the sentence.
            (Some(_), '.' | '!' | '?' | '"' | '\'' | ')' | ']' | '*' | '_' | '`' | '”' | '’') => {
                ended = Some((at + character.len_utf8(), false));
            }
            (Some(_), _) => ended = None,
            (None, '.' | '!' | '?') if has_letters => ended = Some((at + 1, false)),
            (None, _) => {}
        }
        has_letters |= character.is_alphabetic();
    }
    found.push(trimmed(text, Span::new(start, block.end)));
    found.retain(|span| span.start < span.end);
    found
}

/// The words of a span without the comments in it.
fn words(text: &str, span: Span, comments: &[Span]) -> String {
    let mut left = String::with_capacity(span.end - span.start);
    let mut from = span.start;
    for comment in touching(comments, span) {
        left.push_str(text.get(from..comment.start).unwrap_or_default());
        from = comment.end;
    }
    left.push_str(text.get(from..span.end).unwrap_or_default());
    left.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::markdown;

    fn said(text: &str) -> Option<String> {
        let at = text.find("<!-- c").expect("a comment") + 5;
        let document = markdown::parse(text);
        let found = Spoken::new(text, &document).by(at)?;
        assert!(text.get(found.span.start..found.span.end).is_some());
        Some(found.words)
    }

    #[test]
    fn a_comment_speaks_of_the_sentence_before_it_or_the_next_one() {
        for (text, words) in [
            ("<!-- c -->\nIt needs Rust 1.85. It is fast.\n", "It needs Rust 1.85."),
            ("<!-- c -->\n\n# Rust 1.85. And more\n", "# Rust 1.85. And more"),
            ("<!-- c --> It needs Rust 1.85. It is fast.\n", "It needs Rust 1.85."),
            ("It is fast. It needs\nRust 1.85. <!-- c --> And more.\n", "It needs Rust 1.85."),
            ("It is fast. It needs <!-- c --> Rust 1.85. And more.\n", "It needs Rust 1.85."),
            ("It has e.g. no unsafe code (\"really!\"). <!-- c -->\n", "It has e.g. no unsafe code (\"really!\")."),
            ("- one\n- two needs 1.85 <!-- c -->\n- three\n", "two needs 1.85"),
            ("| a | b |\n|---|---|\n| Rust | 1.85. Yes <!-- c --> |\n", "| Rust | 1.85. Yes |"),
            ("<!-- c -->\n\n```text\na.  B\n```\n\nText.\n", "a. B"),
            ("A. <!-- c --><!-- d --> B.\n", "A."),
        ] {
            assert_eq!(said(text).as_deref(), Some(words), "{text}");
        }
        assert_eq!(said("Text.\n\n<!-- c -->\n"), None);
    }

    proptest::proptest! {
        #[test]
        fn spans_are_sound_for_any_text(text in "(A|b|\\. |! |\\n|\\n\\n|<!-- c -->|<!-- d|-->|é|- |# |\\| |`|\"|```\\n){0,40}") {
            let document = markdown::parse(&text);
            let mut spoken = Spoken::new(&text, &document);
            for comment in &document.comments {
                if let Some(found) = spoken.by(comment.span.start) {
                    proptest::prop_assert!(text.get(found.span.start..found.span.end).is_some());
                    proptest::prop_assert!(!found.words.is_empty());
                }
            }
        }
    }
}
