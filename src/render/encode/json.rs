//! JSON documents in which nothing hides: what deceives a reader, or obeys in a log, is escaped as JSON allows.

use std::fmt::Write as _;

use serde_json::Value;

use crate::render::encode::invisible;

/// Writes a document over several lines. Deceptive characters stand only in strings, where `\uXXXX` means the same.
pub(crate) fn document(value: &Value) -> String {
    let plain = format!("{value:#}\n").replace("##[", "##\\u005b");
    let mut text = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    // Most of it is plain.
    while let Some(at) = rest.find(deceives) {
        let (before, behind) = rest.split_at(at);
        text.push_str(before);
        let mut characters = behind.chars();
        for unit in characters.next().into_iter().flat_map(units) {
            let _ = write!(text, "\\u{unit:04x}");
        }
        rest = characters.as_str();
    }
    text.push_str(rest);
    text
}

fn deceives(character: char) -> bool {
    !matches!(character, '\n' | ' '..='~') && invisible::is_deceptive(character)
}

fn units(character: char) -> Vec<u16> {
    character.encode_utf16(&mut [0; 2]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_means_the_same_and_hides_nothing() {
        let value = Value::from("a\u{9b}b\u{202e}c\u{e0041}d##[e]\u{1f600}");
        let text = document(&value);
        assert_eq!(text, "\"a\\u009bb\\u202ec\\udb40\\udc41d##\\u005be]\u{1f600}\"\n");
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    }
}
