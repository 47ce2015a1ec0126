//! The section of a changelog that is there only while a release is being prepared.

use crate::facts::kind::Kind;
use crate::facts::source::SourceFile;

const WORDS: &[&str] = &["unreleased", "upcoming", "in development", "next version", "next release"];

/// Says whether a pattern looks for the section of the next release in a changelog that has none of any name now:
/// right after a release there is nothing to find, and that is no fault of the pattern.
pub(crate) fn is_between_releases(file: &SourceFile, pattern: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    file.kind == Kind::Changelog && WORDS.iter().any(|word| pattern.contains(word)) && {
        let text = file.text().to_ascii_lowercase();
        !WORDS.iter().any(|word| text.contains(word))
    }
}
