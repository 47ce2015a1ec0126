//! The human output of nextest: status lines and the summary.

use std::collections::BTreeMap;

use crate::steps::evidence::report::add;
use crate::steps::evidence::report::count;
use crate::steps::outcome::TestCounts;
use crate::steps::outcome::TestState;

/// The column at which the status ends: words stand to the right, what tests print begins further left.
const STATUS_COLUMN: usize = 12;
/// The most tests that are kept by name.
const MOST_RESULTS: usize = 500_000;
/// Status words of a test that passed.
const PASSED: &[&str] = &["PASS", "LEAK", "TMPASS"];
/// Status words that are no result.
const NO_RESULT: &[&str] = &["SLOW", "START", "SKIP", "DELAY", "RETRY", "TERMINATING", "SETUP", "FLAKY", "Summary"];

/// One run of nextest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Its id, which its JUnit file repeats.
    pub id: Option<String>,
    /// What each attempt of a test came to, by binary id and name: true where it passed.
    attempts: BTreeMap<(String, String), Attempts>,
    /// The summary's counts; none where it never came.
    pub summary: Option<Summary>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Attempts {
    failed: bool,
    last_passed: bool,
}

/// The last line of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The counts; nextest does not say whether a skipped test was ignored or filtered: it counts as filtered.
    pub counts: TestCounts,
    /// How many should have run, where the run was broken off.
    pub planned: Option<u64>,
}

impl Run {
    /// The results by binary id and name.
    pub fn results(&self) -> impl Iterator<Item = (&str, &str, TestState)> {
        self.attempts.iter().map(|((suite, name), attempts)| (suite.as_str(), name.as_str(), attempts.state()))
    }

    /// Says whether the names are those that were counted.
    pub fn is_named(&self) -> bool {
        let named = count(self.results().map(|(_, _, state)| state));
        self.summary.is_some_and(|summary| named.executed == summary.counts.executed)
    }
}

impl Attempts {
    fn state(self) -> TestState {
        match (self.failed, self.last_passed) {
            (false, _) => TestState::Passed,
            (true, true) => TestState::Flaky,
            (true, false) => TestState::Failed,
        }
    }
}

/// Reads the lines of one stream.
#[derive(Clone, Debug, Default)]
pub struct Nextest {
    runs: Vec<Run>,
    /// Whether a run is on: after its summary, failures are told again.
    running: bool,
    kept: usize,
    /// Whether something was left out because there was too much of it.
    pub overflown: bool,
}

impl Nextest {
    /// Takes a line.
    pub fn line(&mut self, line: &str) {
        let text = line.trim_start();
        if let Some(rest) = text.strip_prefix("Nextest run ID ") {
            let id = rest.split(' ').next().map(str::to_owned);
            self.runs.push(Run { id, ..Run::default() });
            self.running = true;
        } else if text.starts_with("Starting ") && text.contains(" across ") && line.len() > text.len() {
            if !self.running {
                self.runs.push(Run::default());
                self.running = true;
            }
        } else if self.running {
            self.status(line);
        }
    }

    /// The runs.
    pub fn finish(self) -> Vec<Run> {
        self.runs
    }

    fn status(&mut self, line: &str) {
        let (Some((head, time, rest)), Some(run)) = (status_line(line), self.runs.last_mut()) else {
            return;
        };
        if head == "Summary" {
            run.summary = summary(rest);
            self.running = false;
            return;
        }
        if time.starts_with('>') || head.split(' ').any(|word| NO_RESULT.contains(&word)) {
            return;
        }
        let Some((suite, name)) = test_name(rest) else {
            return;
        };
        if self.kept >= MOST_RESULTS {
            self.overflown = true;
            return;
        }
        self.kept += 1;
        let passed = head.split(' ').next_back().is_some_and(|word| PASSED.contains(&word));
        let attempts = run.attempts.entry((suite.to_owned(), name.to_owned())).or_default();
        attempts.failed |= !passed;
        attempts.last_passed = passed;
    }
}

/// Reads a status line, by the column at which its words end:
/// `        PASS [   0.005s] (1/5) a tests::good` as (`PASS`, `0.005s`, the rest).
pub fn status_line(line: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = line.split_once(" [")?;
    let word = head.trim_start();
    if head.len() < STATUS_COLUMN || (head.len() > STATUS_COLUMN && word.len() < head.len()) || word.is_empty() {
        return None;
    }
    let (time, rest) = rest.split_once(']')?;
    Some((word, time.trim_start(), rest.trim_start()))
}

/// `(1/5) a::cli tests::good`: the binary id has no spaces.
fn test_name(rest: &str) -> Option<(&str, &str)> {
    let rest = match rest.strip_prefix('(') {
        Some(counter) => counter.split_once(") ")?.1,
        None => rest,
    };
    let (suite, name) = rest.trim_start().split_once(' ')?;
    (!suite.is_empty() && !name.is_empty()).then_some((suite, name))
}

/// `12 tests run: 9 passed (2 slow, 1 flaky, 1 leaky), 3 failed, 2 skipped`.
fn summary(text: &str) -> Option<Summary> {
    let (run, parts) = text.split_once(" run: ")?;
    let run = run.split(' ').next()?;
    let (done, planned) = match run.split_once('/') {
        Some((done, planned)) => (done.parse().ok()?, Some(planned.parse().ok()?)),
        None => (run.parse().ok()?, None),
    };
    let mut counts = TestCounts { executed: done, ..TestCounts::default() };
    let parts = parts.replace(['(', ')'], ",");
    for part in parts.split(',') {
        let Some((number, word)) = part.trim().split_once(' ') else {
            continue;
        };
        let number: u64 = number.parse().ok()?;
        match word.trim() {
            "passed" => counts.passed = number,
            "skipped" => counts.filtered = number,
            "flaky" => counts.flaky = number,
            _ => {}
        }
    }
    counts.failed = done.checked_sub(counts.passed)?;
    // Nextest counts a flaky test as passed.
    counts.passed = counts.passed.checked_sub(counts.flaky)?;
    Some(Summary { counts, planned })
}

/// The counts of several runs.
pub fn counts(runs: &[Run]) -> TestCounts {
    let mut sum = TestCounts::default();
    for run in runs {
        let counts = run.summary.map_or_else(|| count(run.results().map(|(_, _, state)| state)), |end| end.counts);
        add(&mut sum, &counts);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_stand_at_their_column() {
        assert_eq!(status_line("        PASS [   0.005s] (1/5) a t"), Some(("PASS", "0.005s", "(1/5) a t")));
        assert_eq!(
            status_line("  TRY 1 FAIL [   0.023s] (---) c t::b"),
            Some(("TRY 1 FAIL", "0.023s", "(---) c t::b"))
        );
        assert_eq!(status_line("    PASS [   0.005s] a t"), None, "printed by a test");
        assert_eq!(status_line("TRY 1 SIGSEGV [   0.005s] a t").map(|found| found.0), Some("TRY 1 SIGSEGV"));
    }

    #[test]
    fn summaries() {
        let check = |text: &str| summary(text).expect("a summary");
        let all = check("12 tests run: 9 passed (2 slow, 1 flaky, 1 leaky), 2 failed, 1 timed out, 2 skipped");
        let counts = TestCounts { executed: 12, passed: 8, failed: 3, ignored: 0, filtered: 2, flaky: 1 };
        assert_eq!(all, Summary { counts, planned: None });
        assert_eq!(check("1 test run: 1 passed, 0 skipped").counts.executed, 1);
        assert_eq!(check("3/14 tests run: 2 passed, 1 failed, 0 skipped").planned, Some(14));
        assert_eq!(summary("nothing"), None);
    }
}
