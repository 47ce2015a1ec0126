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

    /// Adds `  --> place` alone.
    pub(crate) fn place(&mut self, place: &str) {
        let place = self.look.charset.line(place);
        self.text.push_str("  ");
        self.styled(DEFAULT_LINE_NUM_STYLE, "-->");
        let _ = writeln!(self.text, " {place}");
    }

    /// Adds places with their messages: in one line each where all fit, else each message below its place.
    pub(crate) fn places(&mut self, places: &[(String, &str)]) {
        let charset = self.look.charset;
        let line = |(place, message): &(String, &str)| match *message {
            "" => charset.line(place),
            message => charset.line(&format!("{place}: {message}")),
        };
        if places.iter().all(|pair| line(pair).width() + 6 <= self.look.width) {
            for pair in places {
                self.text.push_str("  ");
                self.styled(DEFAULT_LINE_NUM_STYLE, "-->");
                let _ = writeln!(self.text, " {}", line(pair));
            }
            return;
        }
        for (place, message) in places {
            self.place(place);
            for line in wrap(&charset.line(message), self.look.width.saturating_sub(6).max(20)) {
                let _ = writeln!(self.text, "      {line}");
            }
        }
    }
}
