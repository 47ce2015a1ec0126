//! The tests that a step lists instead of running them: `cargo test -- --list`, `cargo nextest list`.

use std::collections::BTreeSet;

use crate::steps::evidence::header;
use crate::steps::evidence::line::Lines;
use crate::steps::outcome::TestResult;

/// A listed test: its suite, where that can be told, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The suite, named as results name it; empty where it can't be told.
    pub suite: String,
    /// The name.
    pub name: String,
}

/// Says whether a command lists tests.
pub fn lists(argv: &[String]) -> bool {
    let is_nextest = argv.windows(2).any(|words| words[0] == "nextest" && words[1] == "list");
    let is_test = argv.iter().skip(1).any(|word| word == "test" || word == "t" || word == "nextest");
    is_nextest || is_test && argv.iter().any(|word| word == "--list")
}

/// Reads the list out of both streams of a step that lists.
pub fn read(out: &[u8], err: &[u8]) -> BTreeSet<Listed> {
    let mut suites: Vec<Vec<String>> = vec![Vec::new()];
    let mut listed = BTreeSet::new();
    lines(out, |line| {
        if let Some(name) = line.strip_suffix(": test") {
            suites.last_mut().expect("never empty").push(name.to_owned());
        } else if is_total(line) {
            suites.push(Vec::new());
        } else if let Some((suite, name)) =
            line.split_once(' ').filter(|(suite, name)| !suite.ends_with(':') && !name.contains(' '))
        {
            // nextest, where nobody looks on: a binary id and a name.
            listed.insert(Listed { suite: suite.to_owned(), name: name.to_owned() });
        }
    });
    let mut headers = Vec::new();
    lines(err, |line| headers.extend(header::header(line).map(|header| header.name)));
    suites.pop();
    let are_named = headers.len() == suites.len();
    for (at, names) in suites.into_iter().enumerate() {
        let suite = if are_named { headers[at].clone() } else { String::new() };
        listed.extend(names.into_iter().map(|name| Listed { suite: suite.clone(), name }));
    }
    listed
}

/// The listed tests that none of the results is of.
pub fn run_nowhere<'l>(listed: &'l BTreeSet<Listed>, results: &[TestResult]) -> Vec<&'l Listed> {
    let suites: BTreeSet<&str> = results.iter().map(|result| result.suite.as_str()).collect();
    let names: BTreeSet<&str> = results.iter().map(|result| result.name.as_str()).collect();
    let exact: BTreeSet<(&str, &str)> =
        results.iter().map(|result| (result.suite.as_str(), result.name.as_str())).collect();
    let is_run = |test: &&Listed| {
        if suites.contains(test.suite.as_str()) {
            exact.contains(&(test.suite.as_str(), test.name.as_str()))
        } else {
            // Another runner names the suites otherwise.
            names.contains(test.name.as_str())
        }
    };
    listed.iter().filter(|test| !is_run(test)).collect()
}

/// `2 tests, 0 benchmarks`: the end of a suite's list.
fn is_total(line: &str) -> bool {
    let Some((tests, benchmarks)) = line.split_once(", ") else { return false };
    let counts = |text: &str, what: &str| {
        text.split_once(' ').is_some_and(|(number, word)| number.parse::<u64>().is_ok() && word.starts_with(what))
    };
    counts(tests, "test") && counts(benchmarks, "benchmark")
}

fn lines(bytes: &[u8], mut each: impl FnMut(&str)) {
    let mut lines = Lines::default();
    lines.feed(bytes, &mut each);
    lines.finish(&mut each);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::outcome::TestState;

    fn result(suite: &str, name: &str) -> TestResult {
        TestResult { suite: suite.to_owned(), name: name.to_owned(), state: TestState::Passed }
    }

    fn missing(listed: &BTreeSet<Listed>, results: &[(&str, &str)]) -> Vec<String> {
        let results: Vec<TestResult> = results.iter().map(|(suite, name)| result(suite, name)).collect();
        run_nowhere(listed, &results).into_iter().map(|test| format!("{} {}", test.suite, test.name)).collect()
    }

    #[test]
    fn what_libtest_lists() {
        let out =
            b"t::a: test\nt::b: test\n\n2 tests, 0 benchmarks\na: test\nspeed: benchmark\n\n1 test, 1 benchmark\n";
        let err = b"    Finished\n     Running unittests src/lib.rs (target/debug/deps/nl-5b4a22e5fb0957a9)\n     Running tests/cli.rs (target/debug/deps/cli-a88ae85925b20884)\n";
        let listed = read(out, err);
        assert_eq!(missing(&listed, &[]).len(), 3);
        let (unit, cli) = ("unittests src/lib.rs (nl)", "tests/cli.rs");
        assert_eq!(missing(&listed, &[(unit, "t::a"), (unit, "t::b"), (cli, "a")]), Vec::<String>::new());
        assert_eq!(missing(&listed, &[(unit, "t::a"), (cli, "a"), (cli, "t::b")]), [format!("{unit} t::b")]);
        assert_eq!(missing(&listed, &[("nl", "t::a"), ("nl", "t::b")]), [format!("{cli} a")], "another runner's names");
    }

    #[test]
    fn what_nextest_lists() {
        let listed = read(b"nl t::a\nnl::cli c\n", b"    Finished `test` profile\n");
        assert_eq!(missing(&listed, &[("nl", "t::a")]), ["nl::cli c"]);
    }

    #[test]
    fn which_commands_list() {
        let check = |words: &str, expected: bool| {
            let argv: Vec<String> = words.split(' ').map(str::to_owned).collect();
            assert_eq!(lists(&argv), expected, "{words}");
        };
        check("cargo test --workspace -- --list", true);
        check("cargo nextest list", true);
        check("cargo test", false);
        check("ls --list", false);
    }
}
