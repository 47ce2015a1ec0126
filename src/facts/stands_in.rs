//! Whether a value stands in a text, and not as a part of a longer one.

/// Says whether the value stands in the text: `1.8` does not stand in `1.85`, but in `v1.8.`
pub fn stands_in(text: &str, value: &str) -> bool {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(value).any(|(at, _)| {
        // A version may have a `v` in front of it that belongs to no word.
        let versioned = value.starts_with(|first: char| first.is_ascii_digit());
        let front = text[..at].strip_suffix(['v', 'V']).filter(|front| versioned && !front.ends_with(joins));
        let front = front.unwrap_or(&text[..at]);
        let before = front.chars().next_back();
        let mut after = text[at + value.len()..].chars();
        let next = after.next();
        let goes_on = |dot: Option<char>, then: Option<char>| dot == Some('.') && then.is_some_and(joins);
        let from = front.chars().rev().nth(1);
        !before.is_some_and(joins) && !next.is_some_and(joins) && !goes_on(before, from) && !goes_on(next, after.next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_longer_value_is_none() {
        for (text, value, does) in [
            ("Rust 1.85 or later", "1.85", true),
            ("Rust v1.85.", "1.85", true),
            ("Rust 1.85.1", "1.85", false),
            ("Rust 11.85", "1.85", false),
            ("forbids it", "forbid", false),
            ("", "a", false),
        ] {
            assert_eq!(stands_in(text, value), does, "{text}");
        }
    }
}
