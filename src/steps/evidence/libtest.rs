//! The human output of libtest: `running 3 tests`, `test name ... ok`, `test result: ok. 3 passed; ...`.

use crate::steps::evidence::block::Block;
use crate::steps::evidence::block::Blocks;
use crate::steps::evidence::block::End;
use crate::steps::evidence::libtest_json;
use crate::steps::outcome::TestState;

/// What libtest adds to a name that is none of it.
const ADDED: &[&str] = &[" - should panic", " - compile fail", " - compile"];

/// Reads the lines of one stream.
#[derive(Clone, Debug, Default)]
pub struct Libtest {
    blocks: Blocks,
    /// The name of a test whose result stands on a later line, because the test printed in between.
    pending: Option<String>,
    /// Whether the captured output of tests is being told, where nothing is a result.
    telling: bool,
    /// Whether a suite told its results in JSON.
    pub json: bool,
}

impl Libtest {
    /// Takes a line.
    pub fn line(&mut self, line: &str) {
        if let Some(announced) = beginning(line).filter(|_| !self.telling) {
            self.start(announced, None);
        } else if let Some(end) = ending(line) {
            if self.blocks.end(end) {
                (self.pending, self.telling) = (None, false);
            }
        } else if line.starts_with("all doctests ran in ") {
            self.blocks.doc_tests_ended();
        } else if line.starts_with('{') {
            self.event(line);
        } else if self.blocks.current().is_some() && !self.telling {
            self.inside(line);
        }
    }

    /// The suites, and whether there were too many results to keep.
    pub fn finish(self) -> (Vec<Block>, bool) {
        let overflown = self.blocks.overflown;
        (self.blocks.finish(), overflown)
    }

    fn start(&mut self, announced: u64, label: Option<String>) {
        self.blocks.begin(announced, label);
        (self.pending, self.telling) = (None, false);
    }

    fn event(&mut self, line: &str) {
        match libtest_json::event(line) {
            Some(libtest_json::Event::Began { announced, label }) => {
                self.json = true;
                self.start(announced, label);
            }
            Some(libtest_json::Event::Result { name, state }) => self.blocks.result(&name, state),
            Some(libtest_json::Event::Ended(end)) => {
                self.blocks.end(end);
            }
            Some(libtest_json::Event::DocTestsEnded) => self.blocks.doc_tests_ended(),
            None => {}
        }
    }

    /// A line between the beginning of a suite and its end.
    fn inside(&mut self, line: &str) {
        if matches!(line, "failures:" | "successes:") {
            self.telling = true;
            return;
        }
        if let Some((name, state)) = result(line) {
            self.pending = None;
            self.blocks.result(name, state);
        } else if let Some(name) = line.strip_prefix("test ").and_then(|rest| Some(rest.split_once(" ... ")?.0)) {
            self.pending = Some(bare(name).to_owned());
        } else if let Some(name) = &self.pending {
            if let Some(state) = state(line) {
                self.blocks.result(name, state);
                self.pending = None;
            }
        } else if let Some((name, state)) = line.rfind("test ").and_then(|at| result(&line[at..])) {
            // A test printed without an end of line in front of it.
            self.blocks.result(name, state);
        }
    }
}

/// `running 3 tests`.
fn beginning(line: &str) -> Option<u64> {
    let rest = line.strip_prefix("running ")?;
    rest.strip_suffix(" tests").or_else(|| rest.strip_suffix(" test"))?.parse().ok()
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s`.
fn ending(line: &str) -> Option<End> {
    let rest = line.strip_prefix("test result: ")?;
    let rest = rest.strip_prefix("ok. ").or_else(|| rest.strip_prefix("FAILED. "))?;
    let mut end = End::default();
    let mut seen = 0;
    for part in rest.split("; ") {
        let (number, word) = part.split_once(' ')?;
        let Ok(number) = number.parse::<u64>() else {
            break;
        };
        match word {
            "passed" | "measured" => end.passed = end.passed.checked_add(number)?,
            "failed" => end.failed = number,
            "ignored" => end.ignored = number,
            "filtered out" => end.filtered = number,
            _ => return None,
        }
        seen += 1;
    }
    (seen >= 3).then_some(end)
}

/// `test name ... ok`, whole on one line.
fn result(line: &str) -> Option<(&str, TestState)> {
    let rest = line.strip_prefix("test ")?;
    rest.match_indices(" ... ").find_map(|(at, dots)| Some((bare(&rest[..at]), state(&rest[at + dots.len()..])?)))
}

/// The word behind the dots, with what may follow it.
fn state(text: &str) -> Option<TestState> {
    // `--report-time` adds ` <0.003s>`.
    let word = text.split_once(" <").map_or(text, |(word, _)| word);
    match word {
        "ok" => Some(TestState::Passed),
        "FAILED" | "FAILED (time limit exceeded)" => Some(TestState::Failed),
        _ if word == "ignored" || text.starts_with("ignored, ") => Some(TestState::Ignored),
        _ => text.trim_start().starts_with("bench: ").then_some(TestState::Passed),
    }
}

fn bare(name: &str) -> &str {
    ADDED.iter().find_map(|added| name.strip_suffix(added)).unwrap_or(name).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Block> {
        let mut reader = Libtest::default();
        text.lines().for_each(|line| reader.line(line));
        reader.finish().0
    }

    #[test]
    fn names_and_results() {
        let blocks = read(
            "running 6 tests\ntest a ... ok\ntest b - should panic ... ok\ntest c ... ignored, a ... ok\n\
            test src/lib.rs - f (line 3) - compile fail ... FAILED\ntest e ... FAILED (time limit exceeded)\n\
            test f ... bench:       1,234 ns/iter (+/- 5)\n\
            test result: FAILED. 2 passed; 2 failed; 1 ignored; 1 measured; 7 filtered out; finished in 0.1s\n",
        );
        assert_eq!(blocks.len(), 1);
        let names: Vec<(&str, TestState)> =
            blocks[0].results.iter().map(|(name, state)| (name.as_str(), *state)).collect();
        assert_eq!(
            names,
            [
                ("a", TestState::Passed),
                ("b", TestState::Passed),
                ("c", TestState::Ignored),
                ("src/lib.rs - f (line 3)", TestState::Failed),
                ("e", TestState::Failed),
                ("f", TestState::Passed),
            ]
        );
        assert!(blocks[0].is_named() && blocks[0].is_doc());
        assert_eq!(blocks[0].counts().filtered, 7);
        assert_eq!(blocks[0].counts().executed, 5);
    }

    #[test]
    fn what_tests_print_into_the_lines_is_told_apart() {
        let blocks = read(
            "running 3 tests\ntest a ... hello\nok\nno newlinetest b ... ok\ntest c ... ok\n\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s\n",
        );
        assert!(blocks[0].is_named());
        assert_eq!(blocks[0].results.len(), 3);
        let blocks = read(
            "running 1 test\ntest fake ... ok\ntest a ... ok\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n",
        );
        assert!(!blocks[0].is_named(), "a printed line that looks like a result leaves the names in doubt");
        assert_eq!(blocks[0].counts().executed, 1);
    }

    #[test]
    fn captured_output_holds_no_results() {
        let blocks = read(
            "running 1 test\ntest a ... FAILED\n\nfailures:\n\n---- a stdout ----\ntest b ... ok\n\
            test result: ok. 9 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\nfailures:\n    a\n\n\
            test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
        );
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].counts().failed, 1);
        assert!(blocks[0].is_named());
    }
}
