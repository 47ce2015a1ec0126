//! Two outcomes under one key are flaky by definition: they are counted, and the worst is kept, not the last.

use std::collections::BTreeMap;

use crate::steps::outcome::State;
use crate::steps::outcome::TestResult;
use crate::steps::outcome::TestState;

/// One execution of a step under the key in question.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// How it ended.
    pub state: State,
    /// Its named results.
    pub results: &'a [TestResult],
}

/// A test with two outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlakyTest {
    /// The suite.
    pub suite: String,
    /// The name.
    pub name: String,
    /// In how many attempts it passed.
    pub passed: u32,
    /// In how many it failed; an attempt in which it was flaky within counts here and there.
    pub failed: u32,
}

/// What several executions under one key say together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flakes {
    /// How many executions came to an outcome.
    pub attempts: u32,
    /// The worst outcome; interrupted attempts have none.
    pub worst: Option<State>,
    /// Whether the step itself came to two outcomes.
    pub step: bool,
    /// The tests with two outcomes.
    pub tests: Vec<FlakyTest>,
}

impl Flakes {
    /// Says whether anything had two outcomes.
    pub fn any(&self) -> bool {
        self.step || !self.tests.is_empty()
    }
}

/// Judges the executions under one key.
pub fn flakes(attempts: &[Attempt<'_>]) -> Flakes {
    let ended: Vec<&Attempt<'_>> =
        attempts.iter().filter(|attempt| !matches!(attempt.state, State::Interrupted | State::NotRun)).collect();
    let worst = ended.iter().map(|attempt| attempt.state).max();
    let mut tests: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for result in ended.iter().flat_map(|attempt| attempt.results) {
        let (passed, failed) = tests.entry((&result.suite, &result.name)).or_default();
        *passed += u32::from(matches!(result.state, TestState::Passed | TestState::Flaky));
        *failed += u32::from(matches!(result.state, TestState::Failed | TestState::Flaky));
    }
    Flakes {
        attempts: u32::try_from(ended.len()).unwrap_or(u32::MAX),
        worst,
        step: ended.iter().any(|attempt| Some(attempt.state) != worst),
        tests: tests
            .into_iter()
            .filter(|(_, (passed, failed))| *passed > 0 && *failed > 0)
            .map(|((suite, name), (passed, failed))| FlakyTest {
                suite: suite.to_owned(),
                name: name.to_owned(),
                passed,
                failed,
            })
            .collect(),
    }
}

/// The results of all attempts as one list: a test that passed here and failed there is flaky, else the worst stands.
pub fn merged(attempts: &[Attempt<'_>]) -> Vec<TestResult> {
    let mut all: BTreeMap<(&str, &str), TestState> = BTreeMap::new();
    for result in attempts.iter().flat_map(|attempt| attempt.results) {
        let state = all.entry((&result.suite, &result.name)).or_insert(result.state);
        *state = match (*state, result.state) {
            // One that has been seen to pass is not made worse than flaky by another failure.
            (TestState::Passed, TestState::Failed)
            | (TestState::Failed, TestState::Passed)
            | (TestState::Flaky, _)
            | (_, TestState::Flaky) => TestState::Flaky,
            (one, other) => one.max(other),
        };
    }
    let named = all.into_iter();
    named.map(|((suite, name), state)| TestResult { suite: suite.to_owned(), name: name.to_owned(), state }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(name: &str, state: TestState) -> TestResult {
        TestResult { suite: "s".to_owned(), name: name.to_owned(), state }
    }

    #[test]
    fn the_worst_is_kept_and_both_outcomes_are_counted() {
        let first = [result("a", TestState::Passed), result("b", TestState::Failed)];
        let second = [result("a", TestState::Passed), result("b", TestState::Passed)];
        let attempts = [
            Attempt { state: State::Failed, results: &first },
            Attempt { state: State::Passed, results: &second },
            Attempt { state: State::Interrupted, results: &[] },
        ];
        let found = flakes(&attempts);
        assert_eq!((found.attempts, found.worst, found.step), (2, Some(State::Failed), true));
        let b = FlakyTest { suite: "s".to_owned(), name: "b".to_owned(), passed: 1, failed: 1 };
        assert_eq!(found.tests, [b]);
        assert_eq!(merged(&attempts), [result("a", TestState::Passed), result("b", TestState::Flaky)]);
    }

    #[test]
    fn one_outcome_is_no_flake() {
        let results = [result("a", TestState::Failed)];
        let attempts = [Attempt { state: State::Failed, results: &results }; 3];
        assert!(!flakes(&attempts).any());
        assert!(!flakes(&[]).any());
    }
}
