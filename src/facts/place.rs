//! Where a fact stands: byte spans inside a file, and places that a reader can open.

use std::sync::Arc;

/// A range of byte offsets in one file, the end not included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// Makes a span from two offsets.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Says whether the offset lies inside the span.
    pub fn contains(self, offset: usize) -> bool {
        self.start <= offset && offset < self.end
    }

    /// The span widened to whole characters of the text, and cut where the text ends.
    #[must_use]
    pub fn whole_in(self, text: &str) -> Self {
        let back = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let forth = |mut at: usize| {
            while !text.is_char_boundary(at) {
                at += 1;
            }
            at
        };
        let (start, end) = (self.start.min(text.len()), self.end.min(text.len()));
        let start = back(start);
        Self::new(start, forth(end.max(start)))
    }

    /// Moves a span that counts from `base` so that it counts from the beginning of the file.
    #[must_use]
    pub fn offset_by(self, base: usize) -> Self {
        Self::new(self.start + base, self.end + base)
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value and where it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its span, quotes left out where the value is a quoted string.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Binds a value to its span.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A value, the file and the span where it really stands (an inherited value stands in the workspace manifest).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// The path of the file, from the root of the tree, with `/`.
    pub path: Arc<str>,
    /// The span in that file.
    pub span: Span,
}

/// A place that a person can open: path, lines, columns, and the text that stands there.
///
/// Renderers never read the checkout, so a place carries the whole lines that it touches.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The path from the root of the tree, or `git:REF`, `git:REF:PATH`.
    pub path: String,
    /// The first line, from 1; 0 where the place is a whole file, a folder or something absent.
    pub line: usize,
    /// The first column in Unicode scalar values, from 1; 0 as with `line`.
    pub column: usize,
    /// The line of the last character.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
    /// The whole lines from `line` to `end_line`, at most [`Place::EXCERPT_LINES`], without the last line end.
    pub excerpt: String,
    /// The byte span in the file (empty where `line` is 0).
    pub span: Span,
    /// What stands beside the carets: a fragment such as `says 1.74`.
    pub label: String,
}

impl Place {
    /// The most lines that an excerpt keeps.
    pub const EXCERPT_LINES: usize = 6;
    /// The most bytes that an excerpt keeps; a longer line is cut at a character border.
    pub const EXCERPT_BYTES: usize = 2_000;

    /// A place without a line: a whole file, a folder, something that is not there, or `git:REF`.
    pub fn whole(path: impl Into<String>, label: impl Into<String>) -> Self {
        Self { path: path.into(), label: label.into(), ..Self::default() }
    }
}
