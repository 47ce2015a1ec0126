//! Text inside GitHub's workflow commands.

use crate::render::encode::invisible;

/// Encodes the message of a command; line feeds stay line feeds.
pub(crate) fn message(text: &str) -> String {
    let shown = invisible::shown(&text.replace("\r\n", "\n"), |character| matches!(character, '\n' | '\t' | '\r'));
    shown.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Encodes a property of a command, such as `file` or `title`.
pub(crate) fn property(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A").replace(':', "%3A").replace(',', "%2C")
}

/// A line of the log that is no command, whatever it holds.
pub(crate) fn log_line(text: &str) -> String {
    let shown = invisible::shown(text, |character| character == '\t');
    let begin = shown.len() - shown.trim_start().len();
    match shown[begin..].strip_prefix("::") {
        Some(rest) => format!("{}\\u{{3a}}:{rest}", &shown[..begin]),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_end_neither_the_property_nor_the_command() {
        assert_eq!(property("a,line=1::b%\r\n"), "a%2Cline=1%3A%3Ab%25%0D%0A");
        assert_eq!(message("100%\r\n::add-mask::x\u{202e}"), "100%25%0A::add-mask::x\\u{202e}");
    }

    #[test]
    fn a_line_of_the_log_is_no_command() {
        assert_eq!(log_line("  ::stop-commands::x"), "  \\u{3a}:stop-commands::x");
        assert_eq!(log_line("a ##[group]b\nc"), "a ##\\u{5b}group]b\\u{a}c");
        assert_eq!(log_line("std::fmt"), "std::fmt");
    }
}
