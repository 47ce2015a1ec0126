//! Text for a terminal or a log: no escapes, no control characters, nothing that hides or reorders.

use crate::render::encode::invisible;

/// What a terminal or log can take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charset {
    /// Only ASCII is shown as it is.
    pub ascii: bool,
    /// The log is read by a runner that obeys workflow commands.
    pub workflow_log: bool,
}

impl Charset {
    /// Encodes one line of text; line ends and tabs become a space.
    pub fn line(self, text: &str) -> String {
        let line = self.encode(&text.replace("\r\n", " ").replace(['\n', '\t'], " "));
        match line.trim_start().strip_prefix("::") {
            // `::add-mask::` at the beginning of a line is a command in a workflow's log.
            Some(rest) if self.workflow_log => format!("\\u{{3a}}:{rest}"),
            _ => line,
        }
    }

    /// Encodes an excerpt: line ends stay, and tabs, which the snippets expand.
    pub fn encode(self, text: &str) -> String {
        let mut encoded = String::with_capacity(text.len());
        for character in text.chars() {
            self.push(&mut encoded, character);
        }
        encoded
    }

    /// Adds one character to encoded text.
    pub(crate) fn push(self, encoded: &mut String, character: char) {
        let kept = matches!(character, '\t' | '\n');
        if (invisible::is_deceptive(character) && !kept) || (self.ascii && !character.is_ascii()) {
            invisible::push_escaped(encoded, character);
        } else if self.workflow_log && character == '[' && encoded.ends_with("##") {
            // `##[add-mask]` is a command wherever it stands in a line of a workflow's log.
            invisible::push_escaped(encoded, character);
        } else {
            encoded.push(character);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_commands_lose_their_power() {
        let plain = Charset::default();
        assert_eq!(plain.line("\u{1b}]8;;http://evil\u{7}x\ty\nz"), "\\u{1b}]8;;http://evil\\u{7}x y z");
        assert_eq!(plain.encode("##[1.0]\nä"), "##[1.0]\nä");
        let log = Charset { ascii: true, workflow_log: true };
        assert_eq!(log.line(" ::add-mask::x"), "\\u{3a}:add-mask::x");
        assert_eq!(log.encode("##[add-mask]ä"), "##\\u{5b}add-mask]\\u{e4}");
    }
}
