//! The output of nextest: status lines with what follows them sorted, times, counters and the id taken out.

use std::borrow::Cow;

use crate::steps::evidence::nextest::status_line;
use crate::steps::normal::blocks::Sorted;
use crate::steps::normal::cargo_build;
use crate::steps::normal::spelling;
use crate::steps::normal::spelling::TIME;

/// Status words that say only how long something takes, or that it begins.
const DROPPED: &[&str] = &["SLOW", "START", "TERMINATING", "DELAY", "RETRY"];

/// Normalises the stream that nextest writes to.
pub fn normal(text: &str) -> String {
    // What cargo says before the tests.
    let begins = text.lines().position(|line| line.trim_start().starts_with("Nextest run ID "));
    let lines: Vec<&str> = text.lines().collect();
    let (cargo, run) = lines.split_at(begins.unwrap_or(0));
    let mut kept = cargo_build::normal(&cargo.join("\n"));
    let mut statuses = Sorted::default();
    let mut dropping = false;
    for line in run {
        if let Some((head, _, rest)) = status_line(line) {
            dropping = head.split(' ').any(|word| DROPPED.contains(&word));
            if dropping {
                statuses.close();
            } else if head == "Summary" {
                statuses.write(&mut kept);
                push(&mut kept, &format!("Summary [{TIME}] {}", without_slow(rest)));
            } else {
                statuses.begin(&format!("{head} [{TIME}] {}", without_counter(rest)));
            }
        } else if line.trim_start().starts_with("Nextest run ID ") {
            statuses.write(&mut kept);
        } else if line.trim_start().starts_with("Starting ") || is_rule(line) {
            statuses.write(&mut kept);
            push(&mut kept, line);
        } else {
            let line = told(line);
            if !statuses.push(&line) && (!dropping || !line.is_empty()) {
                push(&mut kept, &line);
            }
        }
    }
    statuses.write(&mut kept);
    kept
}

/// A line of a test's own output: libtest told of itself there too.
fn told(line: &str) -> Cow<'_, str> {
    let ends = line.trim_start().starts_with("test result: ");
    match spelling::time_after(line, "; finished in ").filter(|_| ends) {
        Some((head, _)) => Cow::Owned(format!("{head}{TIME}")),
        None => spelling::thread_id(line),
    }
}

fn push(kept: &mut String, line: &str) {
    kept.push_str(line);
    kept.push('\n');
}

/// A line of dashes.
fn is_rule(line: &str) -> bool {
    !line.is_empty() && line.chars().all(|letter| matches!(letter, '\u{2500}' | '-'))
}

/// `(3/12) a tests::x` without the counter.
fn without_counter(rest: &str) -> &str {
    let counter = rest.strip_prefix('(').and_then(|rest| rest.split_once(") "));
    match counter {
        Some((counter, rest)) if counter.chars().all(|letter| !letter.is_alphabetic()) => rest,
        _ => rest,
    }
}

/// `9 passed (2 slow, 1 flaky)` without the slow ones.
fn without_slow(rest: &str) -> Cow<'_, str> {
    let Some((head, (inner, tail))) =
        rest.split_once(" (").and_then(|(head, rest)| Some((head, rest.split_once(')')?)))
    else {
        return Cow::Borrowed(rest);
    };
    let left: Vec<&str> = inner.split(", ").filter(|part| !part.ends_with(" slow")).collect();
    let inner = if left.is_empty() { String::new() } else { format!(" ({})", left.join(", ")) };
    Cow::Owned(format!("{head}{inner}{tail}"))
}
