//! Breaks text at spaces.

use unicode_width::UnicodeWidthStr;

/// Stands for a space at which no line breaks; whoever shows the lines makes it a space again.
pub(crate) const TIED: char = '\u{a0}';

/// Ties the words of a command, so that it can be copied in one go.
pub(crate) fn tied(command: &str) -> String {
    command.replace(' ', "\u{a0}")
}

/// Breaks text into lines of at most `width` columns; a longer word stands alone. No line but the first begins with
/// `::`, which a workflow's runner would read as a command.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width || word.starts_with("::") => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_wide_characters_count_twice() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("世界 世界", 8), ["世界", "世界"]);
        assert_eq!(wrap("a-long-word b", 3), ["a-long-word", "b"]);
        assert_eq!(wrap("abc ::error::x", 4), ["abc ::error::x"]);
    }
}
