//! Notes of releases as Markdown, and as the JSON document `cargo-governed/release-notes/1`.

use std::fmt::Write as _;

use serde_json::Value;
use serde_json::json;

use crate::release::notes::Note;
use crate::render::encode;

/// Renders notes as one text of Markdown.
pub fn markdown(notes: &[Note]) -> String {
    let mut text = String::new();
    for note in notes {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{}\n\n{}", note.heading(), note.body);
    }
    text
}

/// Renders notes as one document.
pub fn json(notes: &[Note]) -> String {
    encode::json::document(&json!({
        "schema": "cargo-governed/release-notes/1",
        "notes": notes.iter().map(note).collect::<Vec<_>>(),
    }))
}

fn note(note: &Note) -> Value {
    json!({
        "package": note.package,
        "version": note.version.as_ref().map(ToString::to_string),
        "date": note.date.map(|date| date.to_string()),
        "source": note.source.as_str(),
        "heading": note.heading(),
        "body": note.body,
    })
}
