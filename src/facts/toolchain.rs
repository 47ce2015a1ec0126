//! What a `rust-toolchain.toml` or `rust-toolchain` says.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::problem::Problem;
use crate::facts::toml::Document;

/// The toolchain that rustup takes in a folder and below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Toolchain {
    /// `channel` as written: `1.88.0`, `stable`, `nightly-2026-01-01`; the whole text of the old plain form.
    pub channel: Option<Spanned<String>>,
    /// `path`.
    pub path: Option<Spanned<String>>,
    /// `components`.
    pub components: Vec<Spanned<String>>,
    /// `targets`.
    pub targets: Vec<Spanned<String>>,
    /// `profile`.
    pub profile: Option<Spanned<String>>,
}

/// Reads a toolchain file in either form. What can't be read is a problem.
pub fn parse(text: &str, problems: &mut Vec<Problem>) -> Toolchain {
    if let Some(channel) = plain(text) {
        return Toolchain { channel: Some(channel), ..Toolchain::default() };
    }
    let document = Document::parse(text);
    let toolchain = document.root().table("toolchain").map(|table| Toolchain {
        channel: table.string("channel"),
        path: table.string("path"),
        components: table.strings("components").unwrap_or_default(),
        targets: table.strings("targets").unwrap_or_default(),
        profile: table.string("profile"),
    });
    problems.extend(document.into_problems());
    toolchain.unwrap_or_default()
}

/// The channel of the old form: the only word of the file.
fn plain(text: &str) -> Option<Spanned<String>> {
    let word = text.trim_start_matches('\u{feff}').trim();
    let is_plain = !word.is_empty() && !word.contains(|one: char| one.is_whitespace() || "[]=#\"'".contains(one));
    let start = text.find(word)?;
    is_plain.then(|| Spanned::new(word.to_owned(), Span::new(start, start + word.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        for (text, channel) in [
            ("1.70.0\n", Some("1.70.0")),
            ("\u{feff}nightly\r\n", Some("nightly")),
            ("[toolchain]\nchannel = \"stable\"\n", Some("stable")),
            ("toolchain.channel = '1.80'", Some("1.80")),
            ("[toolchain]\npath = \"/x\"\n", None),
            ("", None),
        ] {
            let mut problems = Vec::new();
            let found = parse(text, &mut problems).channel;
            assert_eq!(found.as_ref().map(|one| one.value.as_str()), channel, "{text:?}");
            assert_eq!(found.map(|one| &text[one.span.start..one.span.end]), channel, "{text:?}");
            assert!(problems.is_empty());
        }
        let mut problems = Vec::new();
        parse("two words", &mut problems);
        assert!(!problems.is_empty());
    }
}
