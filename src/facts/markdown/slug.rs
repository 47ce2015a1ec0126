//! The anchors that GitHub makes of headings.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Gives headings their anchors in the order of the text; a later one of the same name gets `-1`, `-2`.
#[derive(Debug, Default)]
pub(super) struct Slugs {
    /// How often each anchor was asked for.
    seen: HashMap<String, usize>,
}

impl Slugs {
    /// The anchor of the next heading with a text.
    pub(super) fn next(&mut self, text: &str) -> String {
        let plain = slug(text);
        let mut count = match self.seen.entry(plain.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(0);
                return plain;
            }
            Entry::Occupied(entry) => *entry.get() + 1,
        };
        let mut candidate = format!("{plain}-{count}");
        while self.seen.contains_key(&candidate) {
            count += 1;
            candidate = format!("{plain}-{count}");
        }
        self.seen.insert(candidate.clone(), 0);
        self.seen.insert(plain, count);
        candidate
    }
}

/// Lower case, letters, digits, `-` and `_` kept, each white space a `-`, all else gone.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            'A'..='Z' => slug.push(character.to_ascii_lowercase()),
            'a'..='z' | '0'..='9' | '-' | '_' => slug.push(character),
            _ if character.is_whitespace() => slug.push('-'),
            _ if character.is_alphanumeric() || is_mark(character) => slug.extend(character.to_lowercase()),
            _ => {}
        }
    }
    slug
}

/// Combining marks, which GitHub keeps, the invisible variation selector of emoji among them.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{20d0}'..='\u{20ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_those_of_github() {
        for (text, anchor) in [
            ("Hello World", "hello-world"),
            ("`cargo run` & more", "cargo-run--more"),
            ("[0.1.0] - 2020-01-02", "010---2020-01-02"),
            ("🚀 Start", "-start"),
            ("Größe_x", "größe_x"),
        ] {
            assert_eq!(slug(text), anchor);
        }
    }

    #[test]
    fn later_anchors_of_a_name_are_counted_and_never_collide() {
        let mut slugs = Slugs::default();
        let got: Vec<_> = ["a", "a-1", "a", "a", "a"].iter().map(|text| slugs.next(text)).collect();
        assert_eq!(got, ["a", "a-1", "a-2", "a-3", "a-4"]);
    }
}
