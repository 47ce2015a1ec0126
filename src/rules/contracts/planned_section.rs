//! The section of a changelog that is there only while a release is being prepared.

use crate::facts::kind::Kind;
use crate::facts::source::SourceFile;

const WORDS: &[&str] = &["unreleased", "upcoming", "in development", "next version", "next release"];

/// Says whether a pattern looks for the section of the next release in a changelog that has none of any name now:
/// right after a release there is nothing to find, and that is no fault of the pattern.
pub(crate) fn is_between_releases(file: &SourceFile, pattern: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    file.kind == Kind::Changelog && WORDS.iter().any(|word| pattern.contains(word)) && {
        // A link that is kept ready, `[unreleased]: ...`, is no section.
        let headings = file.text().lines().filter(|line| line.starts_with('#')).map(str::to_ascii_lowercase);
        let underlined = file.text().lines().zip(file.text().lines().skip(1));
        let underlined = underlined.filter(|(_, below)| below.starts_with("---") || below.starts_with("==="));
        let mut headings = headings.chain(underlined.map(|(line, _)| line.to_ascii_lowercase()));
        !headings.any(|heading| WORDS.iter().any(|word| heading.contains(word)))
    }
}
