//! What the tested code reported, named and counted, from whichever reader.

use serde::Deserialize;
use serde::Serialize;

use crate::steps::outcome::TestCounts;
use crate::steps::outcome::TestResult;
use crate::steps::outcome::TestState;

/// Whether the names stand for all that was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Naming {
    /// Each counted test has its name.
    #[default]
    Complete,
    /// Some have none, or names stand for no test: quiet mode, tests that print into the lines, too many to keep.
    Partial,
}

/// One test binary, or the doc-tests of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suite {
    /// Its name: `unittests src/lib.rs (a)`, `tests/cli.rs`, `doc-tests a`; nextest's binary id.
    pub name: String,
    /// What it counted.
    pub counts: TestCounts,
}

/// The tests of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    /// The suites in the order in which they ran.
    pub suites: Vec<Suite>,
    /// All together.
    pub counts: TestCounts,
    /// The results, by suite and name; a name has one result, the worst.
    pub results: Vec<TestResult>,
    /// Whether the results are all that was counted.
    pub naming: Naming,
    /// Suites that began and never said how they ended: a test that leaves the process with exit 0 does that.
    pub cut_short: Vec<String>,
    /// Why the output could not be read for sure, a sentence each.
    pub unread: Vec<String>,
}

impl TestReport {
    /// Puts the results into their order, and of several for one name keeps the worst.
    pub fn settle(&mut self) {
        self.results
            .sort_by(|one, other| (&one.suite, &one.name, other.state).cmp(&(&other.suite, &other.name, one.state)));
        self.results.dedup_by(|later, earlier| later.suite == earlier.suite && later.name == earlier.name);
    }

    /// The tests that failed.
    pub fn failed(&self) -> impl Iterator<Item = &TestResult> {
        self.results.iter().filter(|result| result.state == TestState::Failed)
    }

    /// The results as the object that the record keeps: a JSON array.
    pub fn results_object(&self) -> Vec<u8> {
        serde_json::to_vec(&self.results).expect("strings and words serialise")
    }
}

/// Adds the counts of a part.
pub fn add(sum: &mut TestCounts, part: &TestCounts) {
    sum.executed += part.executed;
    sum.passed += part.passed;
    sum.failed += part.failed;
    sum.ignored += part.ignored;
    sum.filtered += part.filtered;
    sum.flaky += part.flaky;
}

/// The counts of named results; nothing is known of what a filter left out.
pub fn count(states: impl Iterator<Item = TestState>) -> TestCounts {
    let mut counts = TestCounts::default();
    for state in states {
        match state {
            TestState::Passed => counts.passed += 1,
            TestState::Failed => counts.failed += 1,
            TestState::Flaky => counts.flaky += 1,
            TestState::Ignored => counts.ignored += 1,
        }
    }
    counts.executed = counts.passed + counts.failed + counts.flaky;
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_results_with_one_name_the_worst_is_kept() {
        let result = |name: &str, state| TestResult { suite: "s".to_owned(), name: name.to_owned(), state };
        let mut report = TestReport {
            results: vec![
                result("b", TestState::Passed),
                result("a", TestState::Passed),
                result("a", TestState::Failed),
                result("a", TestState::Ignored),
            ],
            ..TestReport::default()
        };
        report.settle();
        assert_eq!(report.results, [result("a", TestState::Failed), result("b", TestState::Passed)]);
        assert_eq!(report.failed().count(), 1);
    }
}
