//! The output of libtest: results of a suite sorted by name, captured output too, times taken out.

use std::borrow::Cow;

use serde_json::Value;

use crate::steps::normal::blocks::Sorted;
use crate::steps::normal::spelling;
use crate::steps::normal::spelling::TIME;

/// Members of JSON events that are times.
const TIMES: &[&str] = &["exec_time", "total_time", "compilation_time"];

/// Normalises the stream that the test binaries write to.
pub fn normal(text: &str) -> String {
    let mut suites = Suites { kept: String::with_capacity(text.len()), ..Suites::default() };
    for line in text.lines() {
        suites.line(line);
    }
    suites.flush();
    suites.kept
}

#[derive(Default)]
struct Suites {
    kept: String,
    /// Inside a suite: its results, to be sorted.
    results: Vec<String>,
    inside: bool,
    /// The captured output of tests.
    captured: Sorted,
    telling: bool,
    /// Whether the list of names has come, after which captured output is over.
    listed: bool,
}

impl Suites {
    fn line(&mut self, line: &str) {
        if !self.telling && is_beginning(line) {
            self.flush();
            self.push(line);
            self.inside = true;
        } else if line.starts_with("test result: ") && (!self.telling || self.listed) {
            self.flush();
            self.push(&ending(line));
        } else if line.starts_with("all doctests ran in ") {
            self.push(&format!("all doctests ran in {TIME}"));
        } else if self.inside && !self.telling {
            self.inside(line);
        } else if self.telling {
            self.captured(line);
        } else if let Some(event) = event(line) {
            self.push(&event);
            self.inside = is_suite(&event);
        } else {
            self.push(&spelling::thread_id(line));
        }
    }

    /// Among the results of a suite.
    fn inside(&mut self, line: &str) {
        if matches!(line, "failures:" | "successes:") {
            self.results();
            self.push(line);
            (self.telling, self.listed) = (true, false);
        } else if let Some(event) = event(line).filter(|event| is_suite(event)) {
            self.flush();
            self.push(&event);
        } else if is_slow(line) {
            // It tells only how long a test takes.
        } else if let Some(result) = result(line) {
            self.results.push(result);
        } else if !line.is_empty() {
            self.push(&spelling::thread_id(line));
        }
    }

    /// Among the captured output of tests.
    fn captured(&mut self, line: &str) {
        if line.starts_with("---- ") && line.ends_with(" ----") {
            self.captured.begin(line);
        } else if matches!(line, "failures:" | "successes:") {
            self.captured.write(&mut self.kept);
            self.push(line);
            self.listed = !self.listed;
        } else if !self.captured.push(&spelling::thread_id(line)) && !line.is_empty() {
            self.push(line);
        }
    }

    fn results(&mut self) {
        self.results.sort();
        for result in self.results.drain(..) {
            self.kept.push_str(&result);
            self.kept.push('\n');
        }
    }

    fn flush(&mut self) {
        self.results();
        self.captured.write(&mut self.kept);
        (self.inside, self.telling) = (false, false);
    }

    fn push(&mut self, line: &str) {
        self.kept.push_str(line);
        self.kept.push('\n');
    }
}

fn is_beginning(line: &str) -> bool {
    let number =
        line.strip_prefix("running ").and_then(|rest| rest.strip_suffix(" tests").or(rest.strip_suffix(" test")));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Says whether an event is the beginning or the end of a suite.
fn is_suite(event: &str) -> bool {
    event.contains("\"type\":\"suite\"")
}

/// The end of a suite without its time.
fn ending(line: &str) -> Cow<'_, str> {
    match spelling::time_after(line, "; finished in ") {
        Some((head, _)) => Cow::Owned(format!("{head}{TIME}")),
        None => Cow::Borrowed(line),
    }
}

/// `test x has been running for over 60 seconds`.
fn is_slow(line: &str) -> bool {
    line.starts_with("test ") && line.contains(" has been running for over ")
}

/// A line that takes part in the order of a suite.
fn result(line: &str) -> Option<String> {
    if let Some(event) = event(line) {
        return Some(event);
    }
    if let Some(rest) = line.strip_prefix("test ") {
        let (name, state) = rest.split_once(" ... ")?;
        if state.trim_start().starts_with("bench: ") {
            return Some(format!("test {name} ... bench: {TIME}"));
        }
        let time = state.rsplit_once(" <").filter(|(_, time)| time.strip_suffix('>').is_some_and(spelling::is_time));
        return Some(time.map_or_else(|| line.to_owned(), |(state, _)| format!("test {name} ... {state} <{TIME}>")));
    }
    // Quiet mode: a letter a test, in the order in which they ended.
    let dots = line.split_once(' ').map_or(line, |(dots, _)| dots);
    if !dots.is_empty() && dots.bytes().all(|byte| matches!(byte, b'.' | b'i' | b'F')) {
        let mut letters: Vec<char> = dots.chars().collect();
        letters.sort_unstable();
        return Some(letters.into_iter().chain(line[dots.len()..].chars()).collect());
    }
    None
}

/// A JSON event without its times; the beginning of a test is none, it only says in which order they were started.
fn event(line: &str) -> Option<String> {
    if !line.starts_with('{') {
        return None;
    }
    let mut event: Value = serde_json::from_str(line).ok()?;
    let fields = event.as_object_mut()?;
    fields.get("type")?;
    for time in TIMES {
        fields.shift_remove(*time);
    }
    Some(event.to_string())
}
