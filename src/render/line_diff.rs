//! The difference of two texts by lines, for a person who decides whether to take it over.

use std::fmt::Write as _;

/// The lines around a difference that are shown.
const AROUND: usize = 2;

/// The difference as `-` and `+` lines; empty where the texts are the same.
///
/// What is equal at both ends is left out and the rest stands as one block: plain, and never slow on long texts.
pub fn difference(old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let front = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let back = old[front..].iter().rev().zip(new[front..].iter().rev()).take_while(|(one, other)| one == other).count();
    let mut text = String::new();
    for line in &old[front.saturating_sub(AROUND)..front] {
        let _ = writeln!(text, "  {line}");
    }
    for line in &old[front..old.len() - back] {
        let _ = writeln!(text, "- {line}");
    }
    for line in &new[front..new.len() - back] {
        let _ = writeln!(text, "+ {line}");
    }
    for line in new[new.len() - back..].iter().take(AROUND) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ends_are_left_out() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), "");
        assert_eq!(difference("", "x\n"), "+ x\n");
        assert_eq!(difference("a\nb\nc\nd\ne\n", "a\nb\nc\nX\ne\n"), "  b\n  c\n- d\n+ X\n  e\n");
    }
}
