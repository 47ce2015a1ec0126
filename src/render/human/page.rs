//! The text so far: lines with a head, arrows to places, gaps.

use std::fmt::Write as _;

use annotate_snippets::renderer::DEFAULT_LINE_NUM_STYLE;
use annotate_snippets::renderer::Style;
use unicode_width::UnicodeWidthStr;

use crate::render::human::look::Look;
use crate::render::human::wrap::TIED;
use crate::render::human::wrap::wrap;

/// The text so far, and the look that it has.
pub(crate) struct Page {
    pub(crate) look: Look,
    pub(crate) text: String,
}

impl Page {
    /// An empty page.
    pub(crate) fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    /// Adds an empty line, unless nothing stands above.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Adds a line that begins with a word in a style; what follows is broken at the width.
    pub(crate) fn headed(&mut self, style: Style, head: &str, rest: &str) {
        let head = self.look.charset.line(head);
        self.styled(style, &head);
        // The first line has the room that the head leaves; a stand-in of the same width keeps it free.
        let stand_in = "x".repeat(head.width());
        let lines = wrap(&format!("{stand_in} {}", self.look.charset.line(rest)), self.look.width.max(22) - 2);
        for (index, line) in lines.iter().enumerate() {
            let line = if index == 0 { &line[stand_in.len()..] } else { line };
            self.text.push_str(if index == 0 { "" } else { "\n  " });
            self.text.push_str(&line.replace(TIED, " "));
        }
        self.text.push('\n');
    }

    fn styled(&mut self, style: Style, text: &str) {
        if self.look.colors {
            let _ = write!(self.text, "{style}{text}{style:#}");
        } else {
            self.text.push_str(text);
        }
    }

    /// Adds `  --> place`, and a message in the same line where it fits, else below.
    pub(crate) fn arrow(&mut self, place: &str, message: &str) {
        let line = self.look.charset.line(&format!("{place}: {message}"));
        let place = self.look.charset.line(place);
        let arrow = if self.look.colors {
            format!("{DEFAULT_LINE_NUM_STYLE}-->{DEFAULT_LINE_NUM_STYLE:#}")
        } else {
            "-->".to_owned()
        };
        if message.is_empty() {
            let _ = writeln!(self.text, "  {arrow} {place}");
        } else if line.width() + 6 <= self.look.width {
            let _ = writeln!(self.text, "  {arrow} {line}");
        } else {
            let _ = writeln!(self.text, "  {arrow} {place}");
            for line in wrap(&self.look.charset.line(message), self.look.width.saturating_sub(6).max(20)) {
                let _ = writeln!(self.text, "      {line}");
            }
        }
    }
}
