//! Scripts and recipes of the repository, line by line: comments do not count.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::zone::Zone;

/// The first line of a script whose code a test takes.
pub(super) fn line(facts: &Facts, label: &str, takes: impl Fn(&str) -> bool) -> Option<Place> {
    let files = facts.of_kind(Kind::Text).filter(|file| is_script(&file.path) && facts.zone(&file.path) == Zone::Own);
    files.into_iter().find_map(|file| {
        let span = in_text(file.text(), |line| takes(line.trim_start().trim_start_matches(['@', '-'])))?;
        Some(facts.place(&file.path, span, label))
    })
}

/// Says whether a file holds commands.
pub(super) fn is_script(path: &str) -> bool {
    matches!(path::extension(path), "sh" | "bash" | "zsh" | "fish" | "just" | "mk" | "nu" | "ps1" | "bat")
        || matches!(path::file_name(path), "Makefile" | "makefile" | "justfile" | "Justfile" | ".justfile")
}

/// The span of the first line that a test takes.
pub(super) fn in_text(text: &str, takes: impl Fn(&str) -> bool) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if takes(line) {
            return Some(Span::new(start, start + line.trim_end().len()));
        }
        start += line.len();
    }
    None
}
