//! A prepared release for people: the difference, what was packed, what was written, and how to take it back.

use std::fmt::Write as _;

use crate::release::edit::prepare::Prepared;
use crate::release::edit::set::Change;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::release::diff;
use crate::render::release::plan_human;
use crate::render::text::count;

/// What was done with the edits.
pub struct Report<'a> {
    /// The edits.
    pub prepared: &'a Prepared,
    /// Whether they were to be written.
    pub execute: bool,
    /// What was written, from the root.
    pub written: &'a [String],
    /// What was packed.
    pub packed: &'a [String],
    /// Why nothing was packed.
    pub unpacked: Option<&'a str>,
    /// Why it was packed without the lock file.
    pub unlocked: Option<&'a str>,
}

impl<'a> Report<'a> {
    /// The report of what was not begun.
    pub fn nothing(execute: bool, prepared: &'a Prepared) -> Self {
        Self { prepared, execute, written: &[], packed: &[], unpacked: None, unlocked: None }
    }
}

/// Renders it.
pub fn render(report: &Report<'_>, look: Look) -> String {
    let mut text = String::new();
    plan_human::blockers(&mut text, &report.prepared.blockers, look);
    if !report.execute || look.detail == Detail::Full {
        text.push_str(&diff::render(&report.prepared.changes, look));
        if !report.prepared.changes.is_empty() {
            text.push('\n');
        }
    }
    for left in report.prepared.left.iter().filter(|_| report.prepared.blockers.is_empty()) {
        let _ = writeln!(text, "left to you: {}", look.charset.line(left));
    }
    if !report.packed.is_empty() {
        let _ = writeln!(text, "packed against each other: {}", look.charset.line(&report.packed.join(", ")));
    }
    if let Some(why) = report.unlocked {
        let line = format!("packed without the lock file, which is not proven with it: {why}");
        let _ = writeln!(text, "{}", look.charset.line(&line));
    }
    if let Some(why) = report.unpacked {
        let _ = writeln!(text, "not packed: {}", look.charset.line(why));
    }
    for path in report.written {
        let _ = writeln!(text, "written: {}", look.charset.line(path));
    }
    closing(&mut text, report, look);
    text
}

fn closing(text: &mut String, report: &Report<'_>, look: Look) {
    let files = count(report.prepared.changes.len(), "file");
    if !report.prepared.blockers.is_empty() {
        let _ = writeln!(text, "release prepare: blocked, nothing was written");
    } else if report.prepared.changes.is_empty() {
        let _ = writeln!(text, "release prepare: nothing is left to edit");
    } else if report.execute {
        let _ = writeln!(text, "undo: {}", look.charset.line(&undo(&report.prepared.changes)));
        let _ = writeln!(text, "release prepare: {files} edited");
    } else {
        let _ = writeln!(text, "release prepare: {files} would be edited; --execute writes them");
    }
}

/// The command that takes the edits back.
pub fn undo(changes: &[Change]) -> String {
    let paths: Vec<String> = changes.iter().map(|change| quoted(&change.path)).collect();
    format!("git restore -- {}", paths.join(" "))
}

/// A path as a word of a shell.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+@".contains(letter);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
