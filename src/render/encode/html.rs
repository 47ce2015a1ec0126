//! Text and attribute values of HTML, and of SVG within it.

use crate::render::encode::invisible;

/// Encodes text for an element or an attribute in double quotes. What deceives a reader is shown as `\u{..}`.
pub(crate) fn text(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push(&mut encoded, text, |_| false);
    encoded
}

/// Encodes the text of an element with its line ends and tabs as they are; a `\r\n` is a line end.
pub(crate) fn lines(lines: &str) -> String {
    let mut encoded = String::with_capacity(lines.len());
    push(&mut encoded, &lines.replace("\r\n", "\n"), |character| matches!(character, '\n' | '\t'));
    encoded
}

fn push(encoded: &mut String, text: &str, keep: impl Fn(char) -> bool) {
    for character in text.chars() {
        match character {
            '&' => encoded.push_str("&amp;"),
            '<' => encoded.push_str("&lt;"),
            '>' => encoded.push_str("&gt;"),
            '"' => encoded.push_str("&quot;"),
            '\'' => encoded.push_str("&#39;"),
            '`' => encoded.push_str("&#96;"),
            other if invisible::is_deceptive(other) && !keep(other) => invisible::push_escaped(encoded, other),
            other => encoded.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_an_element_or_an_attribute() {
        assert_eq!(
            text("</a>\"'`&\u{0}\n\u{202e}\u{200b}é"),
            "&lt;/a&gt;&quot;&#39;&#96;&amp;\\u{0}\\u{a}\\u{202e}\\u{200b}é"
        );
        assert_eq!(lines("a\r\n\tb\rc\u{1b}"), "a\n\tb\\u{d}c\\u{1b}");
    }
}
