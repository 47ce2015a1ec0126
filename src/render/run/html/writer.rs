//! Writes elements: names are ours, every value and every text passes the encoder, and what is opened is closed.

use crate::render::encode::html;

/// Attributes of one element; the values may come from anywhere.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Elements that end their line, so that a report can be read and compared as text.
const BLOCKS: &[&str] = &[
    "article",
    "body",
    "caption",
    "circle",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "head",
    "header",
    "li",
    "main",
    "meta",
    "nav",
    "p",
    "path",
    "pre",
    "section",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "thead",
    "title",
    "tr",
    "ul",
];

/// A page as it grows.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
}

impl Writer {
    /// The finished page.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Writes an element with what the closure writes inside.
    pub(super) fn within(&mut self, tag: &'static str, attributes: Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        self.text.push('>');
        inside(self);
        for part in ["</", tag, ">"] {
            self.text.push_str(part);
        }
        self.end_line(tag);
    }

    /// Writes an element with a text inside.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.within(tag, attributes, |writer| writer.text(text));
    }

    /// Writes an element without content. Only for the void elements of HTML and for shapes of SVG.
    pub(super) fn void(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.open(tag, attributes);
        self.text.push_str("/>");
        self.end_line(tag);
    }

    /// Writes a text.
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(&html::text(text));
    }

    /// Writes a text whose line ends and tabs stay.
    pub(super) fn lines(&mut self, lines: &str) {
        self.text.push_str(&html::lines(lines));
    }

    /// Writes a constant of ours as it is.
    pub(super) fn constant(&mut self, text: &'static str) {
        self.text.push_str(text);
    }

    fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            for part in [" ", name, "=\""] {
                self.text.push_str(part);
            }
            self.text.push_str(&html::text(value));
            self.text.push('"');
        }
    }

    fn end_line(&mut self, tag: &'static str) {
        if BLOCKS.contains(&tag) {
            self.text.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_texts_stay_where_they_are_put() {
        let mut writer = Writer::default();
        writer.within("p", &[("title", "a\" onclick=\"x")], |writer| {
            writer.text("</p><script>");
            writer.void("br", &[]);
        });
        assert_eq!(writer.finish(), "<p title=\"a&quot; onclick=&quot;x\">&lt;/p&gt;&lt;script&gt;<br/></p>\n");
    }
}
