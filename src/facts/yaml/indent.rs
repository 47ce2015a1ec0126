//! Flow collections whose lines stand left of their key, and comments right behind a bracket: GitHub's reader takes them,
//! the strict parser does not.
//!
//! Such lines and comments are moved right before they are parsed again, and the spans are moved back.

use std::borrow::Cow;

use crate::facts::place::Span;

/// How far a line is moved, and the most work that is spent on it.
const WIDTH: usize = 64;
const MAX_LINES: usize = 200;
const MAX_BYTES: usize = 20_000_000;

/// A text, some of whose lines were moved right.
pub(super) struct Indented<'a> {
    text: Cow<'a, str>,
    /// The starts of what was moved in the moved text, in order.
    moved: Vec<usize>,
    read: usize,
}

impl<'a> Indented<'a> {
    /// Takes a text as it stands.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), moved: Vec::new(), read: 0 }
    }

    /// The text to parse.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Says whether any line was moved.
    pub(super) fn is_moved(&self) -> bool {
        !self.moved.is_empty()
    }

    /// Moves the line of an offset right; says no where that was done before, or too often.
    pub(super) fn move_right(&mut self, offset: usize) -> bool {
        let start =
            self.text.as_bytes().get(..offset).and_then(|text| memchr::memrchr(b'\n', text)).map_or(0, |at| at + 1);
        self.push(start)
    }

    /// Moves the comment behind an offset right, where it stands in the same line right behind a bracket or a quote.
    pub(super) fn part_comment(&mut self, offset: usize) -> bool {
        let bytes = self.text.as_bytes();
        let line = bytes.get(offset..).unwrap_or_default();
        let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
        let behind = |at: usize| at.checked_sub(1).is_some_and(|at| matches!(bytes[at], b']' | b'}' | b'"' | b'\''));
        let found = memchr::memchr_iter(b'#', line).map(|at| offset + at).find(|&at| behind(at));
        found.is_some_and(|at| self.push(at))
    }

    fn push(&mut self, start: usize) -> bool {
        self.read += self.text.len();
        if self.moved.len() >= MAX_LINES || self.read > MAX_BYTES || self.moved.contains(&start) {
            return false;
        }
        self.text.to_mut().insert_str(start, &" ".repeat(WIDTH));
        for line in &mut self.moved {
            *line += if *line > start { WIDTH } else { 0 };
        }
        self.moved.push(start);
        self.moved.sort_unstable();
        true
    }

    /// The span in the text as it was given.
    pub(super) fn original(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }

    fn offset(&self, offset: usize) -> usize {
        let before = self.moved.partition_point(|&line| line < offset);
        let added: usize = match before.checked_sub(1) {
            Some(last) => (before - 1) * WIDTH + (offset - self.moved[last]).min(WIDTH),
            None => 0,
        };
        offset - added
    }
}
