//! What cargo itself writes: progress that depends on what was already built is dropped, diagnostics are sorted.

use std::borrow::Cow;

use crate::steps::normal::blocks::Sorted;
use crate::steps::normal::spelling;
use crate::steps::normal::spelling::TIME;

/// The column at which cargo's status words end.
const STATUS_COLUMN: usize = 12;
/// Status lines that say how warm the caches were, or that somebody else held a lock.
const PROGRESS: &[&str] = &[
    "Blocking",
    "Building",
    "Checking",
    "Compiling",
    "Dirty",
    "Documenting",
    "Downloaded",
    "Downloading",
    "Fresh",
    "Unpacking",
    "Updating",
    "Waiting",
];

/// The word and the rest of a line that cargo writes as a status.
pub fn status(line: &str) -> Option<(&str, &str)> {
    let head = line.get(..STATUS_COLUMN)?;
    let word = head.trim_start();
    let rest = line.get(STATUS_COLUMN..)?.strip_prefix(' ')?;
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')).then_some((word, rest))
}

/// Normalises cargo's own stream.
pub fn normal(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut diagnostics = Sorted::default();
    for line in text.lines() {
        if let Some((word, rest)) = status(line) {
            diagnostics.close();
            if !is_progress(word, rest) {
                diagnostics.write(&mut kept);
                push(&mut kept, &status_line(line));
            }
        } else if is_diagnostic(line) {
            diagnostics.begin(&diagnostic(line));
        } else if !diagnostics.push(&spelling::thread_id(&spelling::without_hashes(line))) {
            if line.is_empty() {
                continue;
            }
            diagnostics.write(&mut kept);
            push(&mut kept, &spelling::thread_id(&spelling::without_hashes(line)));
        } else if line.is_empty() {
            diagnostics.close();
        }
    }
    diagnostics.write(&mut kept);
    kept
}

fn push(kept: &mut String, line: &str) {
    kept.push_str(line);
    kept.push('\n');
}

fn is_progress(word: &str, rest: &str) -> bool {
    // `--verbose` shows the commands of what is built; the binaries of tests stay.
    let builds = || {
        let command = rest.strip_prefix('`')?;
        Some(!command.contains("/deps/") || command.contains("--crate-name"))
    };
    PROGRESS.contains(&word) || word == "Running" && builds() == Some(true)
}

/// A status line that stays, without its time and the hashes of builds.
pub fn status_line(line: &str) -> Cow<'_, str> {
    if let Some((head, _)) = spelling::time_after(line, " target(s) in ") {
        return Cow::Owned(format!("{head}{TIME}"));
    }
    match spelling::bracketed_time(line) {
        Cow::Owned(line) => Cow::Owned(line),
        Cow::Borrowed(line) => spelling::without_hashes(line),
    }
}

fn is_diagnostic(line: &str) -> bool {
    ["warning", "error"]
        .iter()
        .any(|level| line.strip_prefix(level).is_some_and(|rest| rest.starts_with(": ") || rest.starts_with('[')))
}

/// `warning: `a` (lib test) generated 2 warnings (1 duplicate)`: which of two targets shows a warning is chance.
fn diagnostic(line: &str) -> Cow<'_, str> {
    let found = line.rsplit_once(" (").filter(|(head, _)| head.contains(" generated "));
    match found {
        Some((head, rest)) if rest.ends_with(" duplicate)") || rest.ends_with(" duplicates)") => Cow::Borrowed(head),
        _ => spelling::without_hashes(line),
    }
}
