//! What came of a step: its state, its evidence, and how far it was kept from the rest of the machine.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It exited with 0. Whether that is enough is for [`StepEnded::unproven`](crate::steps::event::StepEnded) to say.
    Passed,
    /// It exited otherwise, or a signal ended it.
    Failed,
    /// It was ended because its time was over.
    TimedOut,
    /// It was ended because the run was.
    Interrupted,
    /// It never began.
    NotRun,
}

impl State {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::TimedOut => "timed-out",
            Self::Interrupted => "interrupted",
            Self::NotRun => "not-run",
        }
    }
}

/// How far a step was kept from the rest of the machine: what was reached, not what was wished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confinement {
    /// Not at all.
    #[default]
    None,
    /// Landlock: no writes outside the tree, target, temp and cargo home; none to the record.
    Landlock,
    /// Landlock, and a network namespace of its own.
    Namespace,
}

impl Confinement {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Landlock => "landlock",
            Self::Namespace => "namespace",
        }
    }
}

/// How one test ended. The order is from good to bad: of several attempts the worst is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestState {
    /// It ran and passed.
    Passed,
    /// It was not run: `#[ignore]`.
    Ignored,
    /// It failed and passed in another attempt.
    Flaky,
    /// It ran and failed.
    Failed,
}

/// One named result, as the tested code reported it (basis: reported).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TestResult {
    /// The binary or suite: `unittests src/lib.rs`, `tests/cli.rs`, `doc-tests cargo_governed`.
    pub suite: String,
    /// The name within the suite.
    pub name: String,
    /// How it ended.
    pub state: TestState,
}

/// Tests, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TestCounts {
    /// How many ran: passed, failed and flaky ones.
    pub executed: u64,
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
    /// How many were ignored.
    pub ignored: u64,
    /// How many a filter left out.
    pub filtered: u64,
    /// How many failed and passed in another attempt.
    pub flaky: u64,
}

/// What a step left as evidence beside its exit code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The tests that were executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tests: Option<TestCounts>,
    /// The object with the named results: a JSON array of [`TestResult`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub results: Option<Digest>,
    /// The objects with the JUnit files, among the outputs, that were read for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Digest>,
    /// How many files a doc step wrote, or archives a package step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// What the canary did: true where it failed, as it must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary_failed: Option<bool>,
}

/// A file that a step made and the record keeps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Output {
    /// The path from the root of the tree.
    pub path: String,
    /// The digest of its bytes.
    pub raw: Digest,
    /// The digest of what is left after normalisation; none where nothing normalises this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal: Option<Digest>,
}
