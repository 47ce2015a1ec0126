//! The hidden line of a review: which suggestions were offered already, so that none is offered twice. A review can't be
//! deleted, so a suggestion that a person dismissed or deleted stays offered.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::facts::digest::Digest;
use crate::judge::report::Judged;
use crate::render::comment::marker;
use crate::render::comment::suggestion::Suggestion;
use crate::render::text::count;

/// How the line begins.
const OFFERED: &str = "<!-- cargo-governed:suggestions:v1 ";
/// How it ends.
const END: &str = " -->";
/// The characters of a digest that tell suggestions apart.
const PRINT: usize = 16;

/// What tells a suggestion apart: the finding, which survives moved lines, and the lines that it puts in place.
pub fn print(judged: &Judged, suggestion: &Suggestion) -> String {
    let text = format!("{}\n{}\n{}", judged.fingerprint, suggestion.path, suggestion.new.join("\n"));
    Digest::of(text.as_bytes()).hex().chars().take(PRINT).collect()
}

/// The text of a review: a sentence, and the hidden line.
pub fn body(id: &str, prints: &[String], more: usize) -> String {
    let mut body = format!("{}: each mends what a finding names.", count(prints.len(), "suggested change"));
    if more > 0 {
        let _ = write!(body, " {} more are in the summary of the job.", count(more, "change"));
    }
    let _ = write!(body, "\n\n{OFFERED}id={id} prints={}{END}\n", prints.join(","));
    body
}

/// What a review offered under an id; nothing where it is none of ours.
pub fn of(body: &str, id: &str) -> BTreeSet<String> {
    let line = body.trim_end().lines().next_back().unwrap_or_default().trim_end();
    let fields = line.strip_prefix(OFFERED).and_then(|rest| rest.strip_suffix(END));
    let Some((known, prints)) = fields.and_then(|rest| rest.strip_prefix("id=")?.split_once(" prints=")) else {
        return BTreeSet::new();
    };
    if known != id || !marker::is_id(known) {
        return BTreeSet::new();
    }
    prints.split(',').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_offered_is_found_again() {
        let prints = ["aa".to_owned(), "bb".to_owned()];
        let body = body("default", &prints, 3);
        assert!(body.starts_with("2 suggested changes: each mends what a finding names. 3 changes more"), "{body}");
        assert_eq!(of(&body.replace('\n', "\r\n"), "default"), prints.into());
        assert!(of(&body, "other").is_empty() && of("", "default").is_empty());
        assert!(of(&format!("{body}\nsomething"), "default").is_empty());
    }
}
