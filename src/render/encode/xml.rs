//! Text and attribute values of XML 1.0.

use crate::render::encode::invisible;

/// Encodes text for an element or an attribute in double quotes. Characters that XML cannot hold, and those that
/// deceive a reader, are shown as `\u{..}`; line ends in attributes survive as references.
pub(crate) fn text(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => encoded.push_str("&amp;"),
            '<' => encoded.push_str("&lt;"),
            '>' => encoded.push_str("&gt;"),
            '"' => encoded.push_str("&quot;"),
            '[' if encoded.ends_with("##") => encoded.push_str("&#91;"),
            '\n' => encoded.push_str("&#10;"),
            '\t' => encoded.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => invisible::push_escaped(&mut encoded, character),
            other if invisible::is_deceptive(other) => invisible::push_escaped(&mut encoded, other),
            other => encoded.push(other),
        }
    }
    encoded
}

/// Encodes the text of an element with its line ends as they are. In the log of a workflow no line of it is a command.
pub(crate) fn lines(lines: &str) -> String {
    let lines = lines.split('\n').map(|line| {
        let line = text(line.trim_end_matches('\r'));
        let begin = line.len() - line.trim_start().len();
        if line[begin..].starts_with("::") { format!("{}&#58;{}", &line[..begin], &line[begin + 1..]) } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_an_element_or_an_attribute() {
        assert_eq!(text("]]>\"<a>&\u{0}\n"), "]]&gt;&quot;&lt;a&gt;&amp;\\u{0}&#10;");
        assert_eq!(lines("a\nb\u{b}"), "a\nb\\u{b}");
        assert_eq!(lines("a\r\n  ::error::b ##[c]"), "a\n  &#58;:error::b ##&#91;c]");
    }
}
