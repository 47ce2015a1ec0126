//! The tests of two results, name by name; by number where names are not known for all.

use std::collections::BTreeMap;

use crate::steps::compare::difference::About;
use crate::steps::compare::difference::Difference;
use crate::steps::evidence::report::count;
use crate::steps::outcome::TestCounts;
use crate::steps::outcome::TestResult;
use crate::steps::outcome::TestState;

/// The tests of one result.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tests<'a> {
    /// The counts; none where no tests were read.
    pub counts: Option<TestCounts>,
    /// The named results; none where they were not kept.
    pub results: Option<&'a [TestResult]>,
}

/// What differs between the tests of two results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// The differences.
    pub differences: Vec<Difference>,
    /// How many tests ran in both and came to different results: those that a budget may cover.
    pub flaky: u64,
    /// Whether there is a difference that no budget covers: a test that is gone, new, or no longer run.
    pub beyond: bool,
}

impl Tests<'_> {
    /// The results by name, where they are all that was counted.
    fn by_name(&self) -> Option<BTreeMap<(&str, &str), TestState>> {
        let (counted, results) = (self.counts?, self.results?);
        let told = count(results.iter().map(|result| result.state));
        let complete = (told.passed, told.failed, told.flaky) == (counted.passed, counted.failed, counted.flaky);
        let pairs = results.iter().map(|result| ((result.suite.as_str(), result.name.as_str()), result.state));
        complete.then(|| pairs.collect())
    }
}

/// Compares the tests of two results.
pub fn compare(old: &Tests<'_>, new: &Tests<'_>) -> Compared {
    match (old.by_name(), new.by_name()) {
        (Some(old), Some(new)) => by_name(&old, &new),
        _ => by_number(old.counts, new.counts),
    }
}

type Named<'a> = BTreeMap<(&'a str, &'a str), TestState>;

fn by_name(old: &Named<'_>, new: &Named<'_>) -> Compared {
    let mut compared = Compared::default();
    let mut names: Vec<&(&str, &str)> = old.keys().chain(new.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if before == after {
            continue;
        }
        let ran = |state: Option<&TestState>| state.is_some_and(|state| *state != TestState::Ignored);
        if ran(before) && ran(after) {
            compared.flaky += 1;
        } else {
            compared.beyond = true;
        }
        let word = |state: Option<&TestState>| state.map(|state| word(*state).to_owned());
        let name = format!("{} {}", name.0, name.1);
        compared.differences.push(Difference::new(About::Test, name, word(before), word(after)));
    }
    compared
}

fn by_number(old: Option<TestCounts>, new: Option<TestCounts>) -> Compared {
    if old == new {
        return Compared::default();
    }
    let shown = |counts: TestCounts| {
        let TestCounts { executed, passed, failed, ignored, filtered, flaky } = counts;
        format!(
            "{executed} executed, {passed} passed, {failed} failed, {flaky} flaky, {ignored} ignored, {filtered} filtered"
        )
    };
    let difference = Difference::new(About::Counts, "tests", old.map(shown), new.map(shown));
    Compared { differences: vec![difference], flaky: 0, beyond: true }
}

/// The word of a state.
fn word(state: TestState) -> &'static str {
    match state {
        TestState::Passed => "passed",
        TestState::Ignored => "ignored",
        TestState::Flaky => "flaky",
        TestState::Failed => "failed",
    }
}
