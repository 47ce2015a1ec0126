//! The text of one file, with the way from byte offsets to lines and columns.

use std::sync::OnceLock;

use crate::facts::place::Place;
use crate::facts::place::Span;

/// The UTF-8 text of a file as it stands, byte-order mark and carriage returns included.
#[derive(Debug, Default)]
pub struct Text {
    text: Box<str>,
    line_starts: OnceLock<Box<[usize]>>,
}

impl Text {
    /// Takes the text of a file.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self { text: text.into(), line_starts: OnceLock::new() }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span does not lie on character borders inside the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            std::iter::once(0).chain(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at + 1)).collect()
        })
    }

    /// The line of an offset, from 1.
    pub fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|&start| start <= offset.min(self.text.len()))
    }

    /// The span of a line (from 1) without its line end; empty past the end of the file.
    pub fn line_span(&self, line: usize) -> Span {
        let starts = self.line_starts();
        let Some(&start) = line.checked_sub(1).and_then(|index| starts.get(index)) else {
            return Span::new(self.text.len(), self.text.len());
        };
        let end = starts.get(line).map_or(self.text.len(), |&next| next - 1);
        let end = if end > start && self.text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end };
        Span::new(start, end)
    }

    /// The text of a line (from 1) without its line end.
    pub fn line(&self, line: usize) -> &str {
        self.slice(self.line_span(line))
    }

    /// The number of lines, the last one counted even without a line end.
    pub fn line_count(&self) -> usize {
        let starts = self.line_starts();
        if starts.last() == Some(&self.text.len()) { starts.len() - 1 } else { starts.len() }
    }

    /// The column of an offset in Unicode scalar values, from 1; a byte-order mark counts as none.
    pub fn column_of(&self, offset: usize) -> usize {
        let start = self.line_span(self.line_of(offset)).start;
        let before = self.text.get(start..offset.min(self.text.len())).unwrap_or_default();
        before.trim_start_matches('\u{feff}').chars().count() + 1
    }

    /// Makes the place of a span, with the lines that it touches as excerpt.
    pub fn place(&self, path: &str, span: Span, label: impl Into<String>) -> Place {
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        let line = self.line_of(start);
        // A span that ends with a line end stays on the line before it.
        let last = if end > start { self.line_of(end - 1) } else { line };
        let shown = last.min(line + Place::EXCERPT_LINES - 1);
        let excerpt = Span::new(self.line_span(line).start, self.line_span(shown).end);
        let cut = self.floor(excerpt.end.min(excerpt.start + Place::EXCERPT_BYTES));
        let end_column = if end > start { self.column_of(self.floor(end - 1)) + 1 } else { self.column_of(end) };
        Place {
            path: path.to_owned(),
            line,
            column: self.column_of(start),
            end_line: last,
            end_column,
            excerpt: self.slice(Span::new(excerpt.start, cut.max(excerpt.start))).to_owned(),
            span: Span::new(start, end),
            label: label.into(),
        }
    }

    /// The nearest character border at or before an offset.
    fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_scalar_values() {
        let text = Text::new("a\nä€x\r\nlast");
        let place = text.place("f", Span::new(7, 8), "");
        assert_eq!((place.line, place.column, place.end_line, place.end_column), (2, 3, 2, 4));
        assert_eq!(place.excerpt, "ä€x");
        assert_eq!(text.line(3), "last");
        assert_eq!(text.line_count(), 3);
        assert_eq!(text.line(9), "");
    }

    #[test]
    fn a_span_inside_a_character_or_past_the_end_is_still_a_place() {
        let text = Text::new("ä");
        assert_eq!(text.place("f", Span::new(1, 99), "").span, Span::new(0, 2));
        assert_eq!(Text::new("").place("f", Span::new(0, 5), "").line, 1);
    }
}
