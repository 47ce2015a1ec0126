//! The JSON lines of libtest and of nextest's `libtest-json` formats.

use serde::Deserialize;

use crate::steps::evidence::block::End;
use crate::steps::outcome::TestState;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A suite begins.
    Began {
        /// How many tests it has.
        announced: u64,
        /// Its name, where nextest says it.
        label: Option<String>,
    },
    /// A test ended.
    Result {
        /// The name.
        name: String,
        /// How.
        state: TestState,
    },
    /// A suite ends.
    Ended(End),
    /// The report behind merged doc-tests.
    DocTestsEnded,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    event: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    test_count: u64,
    #[serde(default)]
    passed: u64,
    #[serde(default)]
    failed: u64,
    #[serde(default)]
    ignored: u64,
    #[serde(default)]
    measured: u64,
    #[serde(default)]
    filtered_out: u64,
    nextest: Option<Nextest>,
}

#[derive(Deserialize)]
struct Nextest {
    #[serde(rename = "crate")]
    package: String,
    test_binary: String,
    kind: String,
}

/// The event of a line; none where the line is something else.
pub fn event(line: &str) -> Option<Event> {
    if !line.contains("\"type\"") {
        return None;
    }
    let line: Line = serde_json::from_str(line).ok()?;
    match (line.kind.as_str(), line.event.as_str()) {
        ("suite", "started") => {
            Some(Event::Began { announced: line.test_count, label: line.nextest.as_ref().map(binary_id) })
        }
        ("suite", "ok" | "failed") => Some(Event::Ended(End {
            passed: line.passed.checked_add(line.measured)?,
            failed: line.failed,
            ignored: line.ignored,
            filtered: line.filtered_out,
        })),
        ("test", event) => Some(Event::Result { state: state(event)?, name: own_name(&line.name).to_owned() }),
        ("bench", _) => Some(Event::Result { state: TestState::Passed, name: line.name }),
        ("report", _) => Some(Event::DocTestsEnded),
        _ => None,
    }
}

fn state(event: &str) -> Option<TestState> {
    match event {
        "ok" => Some(TestState::Passed),
        "failed" => Some(TestState::Failed),
        "ignored" => Some(TestState::Ignored),
        // `started`, and `timeout`, which only says that a test is slow.
        _ => None,
    }
}

/// Nextest writes `package::binary$name`, and `name#2` for a second attempt.
fn own_name(name: &str) -> &str {
    let name = name.split_once('$').map_or(name, |(_, name)| name);
    match name.rsplit_once('#') {
        Some((own, attempt)) if !attempt.is_empty() && attempt.bytes().all(|byte| byte.is_ascii_digit()) => own,
        _ => name,
    }
}

/// The binary id, as nextest's other formats write it.
fn binary_id(suite: &Nextest) -> String {
    match suite.kind.as_str() {
        "lib" | "proc-macro" => suite.package.clone(),
        "test" => format!("{}::{}", suite.package, suite.test_binary),
        kind => format!("{}::{kind}/{}", suite.package, suite.test_binary),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_writers() {
        let begin = r#"{"type":"suite","event":"started","test_count":5,"nextest":{"crate":"a","test_binary":"cli","kind":"test"}}"#;
        assert_eq!(event(begin), Some(Event::Began { announced: 5, label: Some("a::cli".to_owned()) }));
        let result = |name: &str, state| Some(Event::Result { name: name.to_owned(), state });
        assert_eq!(
            event(r#"{ "type": "test", "name": "t::x", "event": "ignored", "message": "slow" }"#),
            result("t::x", TestState::Ignored)
        );
        assert_eq!(
            event(r#"{"type":"test","event":"failed","name":"a::a$t::x#2"}"#),
            result("t::x", TestState::Failed)
        );
        assert_eq!(event(r#"{ "type": "test", "event": "started", "name": "t::x" }"#), None);
        assert_eq!(event(r#"{"reason":"compiler-artifact","target":{"type":"lib"}}"#), None);
        assert_eq!(event("{ \"type\": "), None);
    }
}
