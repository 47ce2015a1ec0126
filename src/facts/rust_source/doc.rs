//! Doc comments: where they stand, and their text as Markdown with the way back to the file.

use crate::facts::place::Span;

/// How documentation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocStyle {
    /// Lines that begin with `///` or `//!`.
    Lines,
    /// `/** ... */` or `/*! ... */`.
    Block,
    /// The literal of `#[doc = "..."]`.
    Attribute,
}

/// A doc comment: neighbouring lines of one kind are one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocBlock {
    /// Whether it documents what is around it (`//!`), not what follows.
    pub inner: bool,
    /// How it is written.
    pub style: DocStyle,
    /// From the first marker to the end of the last line; the content of the literal for [`DocStyle::Attribute`].
    pub span: Span,
}

/// The Markdown of a doc comment with the way back to the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocText {
    /// The Markdown.
    pub text: String,
    /// Where each line begins: in the Markdown, in the file.
    lines: Vec<(usize, usize)>,
}

impl DocBlock {
    /// The Markdown of the block, where `file` is the text of its file.
    pub fn join(&self, file: &str) -> DocText {
        let mut joined = DocText::default();
        let content = file.get(self.span.start..self.span.end).unwrap_or_default();
        if self.style == DocStyle::Attribute {
            joined.text.push_str(content);
            joined.lines.push((0, self.span.start));
            return joined;
        }
        let indent = self.common_indent(content);
        let mut at = self.span.start;
        for line in content.split_inclusive('\n') {
            let bare = self.bare(line);
            let skipped = (bare.len() - bare.trim_start_matches(' ').len()).min(indent);
            let bare = &bare[skipped..];
            joined.lines.push((joined.text.len(), at + (line.len() - bare.len())));
            joined.text.push_str(bare);
            at += line.len();
        }
        if self.style == DocStyle::Block {
            let length = joined.text.trim_end().trim_end_matches("*/").len();
            joined.text.truncate(length);
        }
        joined
    }

    /// What stands behind the marker of a line.
    fn bare<'a>(&self, line: &'a str) -> &'a str {
        let trimmed = line.trim_start();
        match self.style {
            DocStyle::Lines => trimmed.strip_prefix("///").or_else(|| trimmed.strip_prefix("//!")).unwrap_or(trimmed),
            _ => trimmed
                .strip_prefix("/**")
                .or_else(|| trimmed.strip_prefix("/*!"))
                .or_else(|| trimmed.strip_prefix('*').filter(|rest| !rest.starts_with('/')))
                .unwrap_or(line),
        }
    }

    /// The blanks that all lines with text have behind their marker: rustdoc takes them away.
    fn common_indent(&self, content: &str) -> usize {
        content
            .split_inclusive('\n')
            .map(|line| self.bare(line))
            .filter(|bare| !bare.trim().is_empty())
            .map(|bare| bare.len() - bare.trim_start_matches(' ').len())
            .min()
            .unwrap_or_default()
    }
}

impl DocText {
    /// The offset in the file of an offset in the Markdown.
    pub fn in_file(&self, offset: usize) -> usize {
        let index = self.lines.partition_point(|&(joined, _)| joined <= offset);
        match index.checked_sub(1).and_then(|index| self.lines.get(index)) {
            Some(&(joined, file)) => file + (offset - joined),
            None => offset,
        }
    }

    /// The span in the file of a span in the Markdown; one over several lines holds their markers too.
    pub fn span_in_file(&self, span: Span) -> Span {
        let start = self.in_file(span.start);
        let end = if span.end > span.start { self.in_file(span.end - 1) + 1 } else { start };
        Span::new(start, end.max(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joined_text_leads_back_to_the_file() {
        let file = "    /// # A\n    ///   code\n    /// ä end";
        let block = DocBlock { inner: false, style: DocStyle::Lines, span: Span::new(4, file.len()) };
        let joined = block.join(file);
        assert_eq!(joined.text, "# A\n  code\nä end");
        let at = joined.text.find("end").expect("the word");
        let span = joined.span_in_file(Span::new(at, at + 3));
        assert_eq!(&file[span.start..span.end], "end");
    }

    #[test]
    fn a_block_comment_loses_its_stars() {
        let file = "/** One\n * two\n */";
        let block = DocBlock { inner: false, style: DocStyle::Block, span: Span::new(0, file.len()) };
        assert_eq!(block.join(file).text.trim_end(), "One\ntwo");
    }
}
