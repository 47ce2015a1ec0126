//! Characters that a reader cannot see, or that change what a reader sees.

use std::fmt::Write as _;

/// Says whether a character hides, reorders or controls text: controls (tab and line feed too), bidi marks, zero-width
/// characters, line separators, tags and private selectors.
pub(crate) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Writes a character as `\u{..}`.
pub(crate) fn push_escaped(text: &mut String, character: char) {
    let _ = write!(text, "\\u{{{:x}}}", u32::from(character));
}

/// Shows every deceptive character as `\u{..}`, but for those that `keep` lets through; so too the bracket of `##[`,
/// which is a command wherever it stands in the log of a workflow.
pub(crate) fn shown(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if (is_deceptive(character) && !keep(character)) || (character == '[' && shown.ends_with("##")) {
            push_escaped(&mut shown, character);
        } else {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_text_is_shown() {
        let text = "a\u{202e}b\u{200b}c\u{1b}[31md\u{7}e\u{9b}f\u{feff}g\u{e0041}h\r";
        assert_eq!(
            shown(text, |_| false),
            "a\\u{202e}b\\u{200b}c\\u{1b}[31md\\u{7}e\\u{9b}f\\u{feff}g\\u{e0041}h\\u{d}"
        );
        assert_eq!(shown("a\tb\n", |character| character == '\t'), "a\tb\\u{a}");
        assert_eq!(shown("Grüße, 世界 ⚠️", |_| false), "Grüße, 世界 ⚠️");
    }
}
