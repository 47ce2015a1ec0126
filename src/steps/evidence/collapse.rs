//! Whether the tests of a step melted away since the last accepted run.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::steps::evidence::report::TestReport;
use crate::steps::outcome::TestCounts;
use crate::steps::outcome::TestResult;

/// The tests of the last accepted run of the same command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Previous {
    /// The run, for the message.
    pub run: String,
    /// Its counts.
    pub counts: TestCounts,
    /// How many tests each suite had; empty where no names were kept.
    pub suites: BTreeMap<String, u64>,
}

impl Previous {
    /// From what the record keeps.
    pub fn new(run: &str, counts: TestCounts, results: &[TestResult]) -> Self {
        let mut suites = BTreeMap::new();
        for result in results {
            *suites.entry(result.suite.clone()).or_default() += 1;
        }
        Self { run: run.to_owned(), counts, suites }
    }
}

/// What was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// A sentence with both numbers, where far fewer tests were executed.
    pub collapsed: Option<String>,
    /// The suites that are gone.
    pub gone: Vec<String>,
}

/// Compares with the last accepted run: fewer than half of its tests, or a suite that is gone while its file is still
/// there, is a collapse; a suite whose file is gone too was deleted on purpose, and is only told.
///
/// `files` are the paths of the tree.
pub fn loss(now: &TestReport, previous: &Previous, files: &BTreeSet<String>) -> Loss {
    let mut loss = Loss::default();
    let (before, after) = (previous.counts.executed, now.counts.executed);
    let executed = if after == 1 { "1 test was executed".to_owned() } else { format!("{after} tests were executed") };
    if after.saturating_mul(2) < before {
        loss.collapsed = Some(format!("{executed}, {before} in the last accepted run {}", previous.run));
    }
    let names: BTreeSet<&str> = now.suites.iter().map(|suite| suite.name.as_str()).collect();
    // Names by position tell nothing about which suite is gone.
    let numbered = names
        .iter()
        .chain(previous.suites.keys().map(String::as_str).collect::<BTreeSet<_>>().iter())
        .any(|name| name.starts_with("suite "));
    if numbered || after >= before {
        return loss;
    }
    loss.gone = previous.suites.keys().filter(|name| !names.contains(name.as_str())).cloned().collect();
    let silent: Vec<&String> = loss.gone.iter().filter(|name| is_there(name, files)).collect();
    if let Some(name) = silent.first().filter(|_| loss.collapsed.is_none()) {
        let more = if silent.len() > 1 { format!(" and {} more", silent.len() - 1) } else { String::new() };
        loss.collapsed = Some(format!(
            "{executed}, {before} in the last accepted run {}: `{name}`{more} is still there and told nothing",
            previous.run
        ));
    }
    loss
}

/// Says whether the file of a suite is there: `tests/cli.rs` in one package only, where no other can be meant.
fn is_there(suite: &str, files: &BTreeSet<String>) -> bool {
    let Some(path) =
        suite.strip_prefix("tests/").filter(|path| path.rsplit_once('.').is_some_and(|(_, ending)| ending == "rs"))
    else {
        return false;
    };
    let ending = format!("/tests/{path}");
    files.contains(suite) && !files.iter().any(|file| file.ends_with(&ending))
        || !files.contains(suite) && files.iter().filter(|file| file.ends_with(&ending)).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::evidence::report::Suite;

    fn now(suites: &[(&str, u64)]) -> TestReport {
        let counts = |executed| TestCounts { executed, passed: executed, ..TestCounts::default() };
        TestReport {
            suites: suites.iter().map(|(name, n)| Suite { name: (*name).to_owned(), counts: counts(*n) }).collect(),
            counts: counts(suites.iter().map(|(_, number)| number).sum()),
            ..TestReport::default()
        }
    }

    fn before(suites: &[(&str, u64)]) -> Previous {
        Previous {
            run: "r1".to_owned(),
            counts: now(suites).counts,
            suites: suites.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect(),
        }
    }

    fn files(paths: &[&str]) -> BTreeSet<String> {
        paths.iter().map(|path| (*path).to_owned()).collect()
    }

    #[test]
    fn fewer_than_half_is_a_collapse_with_both_numbers() {
        let loss = loss(&now(&[("a", 37)]), &before(&[("a", 412)]), &files(&[]));
        assert_eq!(loss.collapsed.as_deref(), Some("37 tests were executed, 412 in the last accepted run r1"));
        assert_eq!(super::loss(&now(&[("a", 206)]), &before(&[("a", 412)]), &files(&[])), Loss::default());
    }

    #[test]
    fn a_suite_that_is_silent_while_its_file_stands_is_a_collapse() {
        let (previous, present) = (before(&[("a", 10), ("tests/cli.rs", 3)]), now(&[("a", 11)]));
        let lost = loss(&present, &previous, &files(&["x/tests/cli.rs", "src/lib.rs"]));
        assert!(lost.collapsed.expect("a collapse").contains("`tests/cli.rs` is still there"));
        let deleted = loss(&present, &previous, &files(&["src/lib.rs"]));
        assert_eq!((deleted.collapsed, deleted.gone), (None, vec!["tests/cli.rs".to_owned()]));
        let moved = loss(&now(&[("a", 13)]), &previous, &files(&["tests/cli.rs"]));
        assert_eq!(moved, Loss::default());
    }
}
