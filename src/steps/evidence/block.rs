//! Suites as libtest tells them: a beginning with a number, results, an end with numbers that must fit.
//!
//! What tests print may look like all of these. A suite ends only with a line whose numbers add up to what its beginning
//! announced, so text that a test prints neither ends a suite nor counts as one; and a suite that never ends is cut
//! short, not passed.

use crate::steps::evidence::report::count;
use crate::steps::outcome::TestCounts;
use crate::steps::outcome::TestState;

/// How deep suites are followed into each other: those that a test prints, and those after one that was cut short.
const DEEPEST: usize = 64;
/// The most results of one stream that are kept by name; the counts go on.
const MOST_RESULTS: usize = 500_000;
/// The most suites of one stream.
const MOST_BLOCKS: usize = 50_000;

/// The numbers at the end of a suite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct End {
    /// Passed, benchmarks that were measured among them.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Ignored.
    pub ignored: u64,
    /// Left out by a filter.
    pub filtered: u64,
}

impl End {
    fn total(&self) -> u64 {
        self.passed.saturating_add(self.failed).saturating_add(self.ignored)
    }

    /// The numbers as counts.
    pub fn counts(&self) -> TestCounts {
        TestCounts {
            executed: self.passed.saturating_add(self.failed),
            passed: self.passed,
            failed: self.failed,
            ignored: self.ignored,
            filtered: self.filtered,
            flaky: 0,
        }
    }
}

/// A suite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// What the reader knows of its name, where the output says it.
    pub label: Option<String>,
    /// How many tests it announced.
    pub announced: u64,
    /// The results by name, in the order in which they came.
    pub results: Vec<(String, TestState)>,
    /// How it ended; none where it never did.
    pub end: Option<End>,
    /// Whether a line after it says that it was one of doc-tests.
    pub doc: bool,
    /// What began inside it.
    inner: Vec<Block>,
}

impl Block {
    /// Says whether its tests are doc-tests.
    pub fn is_doc(&self) -> bool {
        self.doc || self.results.iter().any(|(name, _)| name.contains(" (line ") && name.ends_with(')'))
    }

    /// What it counted: by its end, or by the names that came before it was cut short.
    pub fn counts(&self) -> TestCounts {
        self.end.map_or_else(|| count(self.results.iter().map(|(_, state)| *state)), |end| end.counts())
    }

    /// Says whether the names are those that were counted.
    pub fn is_named(&self) -> bool {
        let named = count(self.results.iter().map(|(_, state)| *state));
        let counted = self.counts();
        (named.passed, named.failed, named.ignored) == (counted.passed, counted.failed, counted.ignored)
    }
}

/// The suites of a stream.
#[derive(Clone, Debug, Default)]
pub struct Blocks {
    open: Vec<Block>,
    done: Vec<Block>,
    results: usize,
    begun: usize,
    /// Whether something was left out because there was too much of it.
    pub overflown: bool,
}

impl Blocks {
    /// A suite begins.
    pub fn begin(&mut self, announced: u64, label: Option<String>) {
        if self.open.len() >= DEEPEST || self.begun >= MOST_BLOCKS {
            self.overflown = true;
            return;
        }
        self.begun += 1;
        self.open.push(Block { label, announced, ..Block::default() });
    }

    /// The suite that results belong to.
    pub fn current(&self) -> Option<&Block> {
        self.open.last()
    }

    /// A test ended.
    pub fn result(&mut self, name: &str, state: TestState) {
        let Some(block) = self.open.last_mut() else {
            return;
        };
        if self.results >= MOST_RESULTS {
            self.overflown = true;
            return;
        }
        self.results += 1;
        block.results.push((name.to_owned(), state));
    }

    /// A suite ends: the innermost one that announced so many tests. Says whether there was one.
    pub fn end(&mut self, end: End) -> bool {
        if let Some(at) = self.open.iter().rposition(|block| block.announced == end.total()) {
            // What is still open inside it is text that a test printed.
            self.open.truncate(at + 1);
            let mut block = self.open.pop().expect("the position was found");
            block.end = Some(end);
            block.inner = Vec::new();
            self.open.last_mut().map_or(&mut self.done, |outer| &mut outer.inner).push(block);
            return true;
        }
        // A test printed the end of a suite into the failures, and its numbers fitted: the last line is the true one.
        let closed = self.open.last_mut().map_or(&mut self.done, |outer| &mut outer.inner).last_mut();
        match closed {
            Some(block) if block.announced == end.total() => block.end = Some(end),
            _ => return false,
        }
        true
    }

    /// The line after merged doc-tests: what ended since the last such line, and is doc-tests, is told from unit tests.
    pub fn doc_tests_ended(&mut self) {
        let closed = self.open.last_mut().map_or(&mut self.done, |outer| &mut outer.inner);
        if let Some(block) = closed.last_mut() {
            block.doc = true;
        }
    }

    /// All suites in their order; one that never ended comes before those that began after it.
    pub fn finish(mut self) -> Vec<Block> {
        let mut all = std::mem::take(&mut self.done);
        for mut block in std::mem::take(&mut self.open) {
            let inner = std::mem::take(&mut block.inner);
            all.push(block);
            all.extend(inner);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(passed: u64, failed: u64) -> End {
        End { passed, failed, ..End::default() }
    }

    #[test]
    fn a_suite_inside_a_suite_is_text() {
        let mut blocks = Blocks::default();
        blocks.begin(5, None);
        blocks.begin(3, None);
        assert!(blocks.end(end(3, 0)));
        blocks.begin(9, None);
        assert!(blocks.end(end(4, 1)));
        let all = blocks.finish();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].counts().executed, 5);
    }

    #[test]
    fn a_suite_that_never_ends_hides_none_of_those_after_it() {
        let mut blocks = Blocks::default();
        blocks.begin(2, None);
        blocks.result("x", TestState::Passed);
        blocks.begin(1, None);
        assert!(blocks.end(end(1, 0)));
        blocks.begin(0, None);
        assert!(blocks.end(end(0, 0)));
        let all = blocks.finish();
        assert_eq!(all.iter().map(|block| block.end.is_some()).collect::<Vec<_>>(), [false, true, true]);
        assert_eq!(all[0].counts().executed, 1);
    }

    #[test]
    fn an_end_that_fits_nothing_is_text() {
        let mut blocks = Blocks::default();
        assert!(!blocks.end(end(9, 0)));
        blocks.begin(3, None);
        assert!(!blocks.end(end(9, 0)));
        assert!(blocks.end(end(2, 1)));
        assert!(blocks.end(end(3, 0)), "a second end of the same suite");
        assert_eq!(blocks.finish()[0].counts().failed, 0);
    }
}
