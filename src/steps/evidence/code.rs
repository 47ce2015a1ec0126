//! The stable words of doubts about evidence, with what each means.

/// No test was executed, though the step exited with 0.
pub const TESTS_NONE_RUN: &str = "tests-none-run";
/// Far fewer tests were executed than in the last accepted run.
pub const TESTS_COLLAPSED: &str = "tests-collapsed";
/// A suite began and never said how it ended, though the step exited with 0.
pub const TESTS_CUT_SHORT: &str = "tests-cut-short";
/// Tests failed by their own account, though the step exited with 0.
pub const TESTS_FAILED_UNSEEN: &str = "tests-failed-unseen";
/// A test failed and passed in another attempt.
pub const TESTS_FLAKY: &str = "tests-flaky";
/// Suites of the last accepted run are gone, with their files.
pub const SUITES_GONE: &str = "suites-gone";
/// Suites told nothing that could be read.
pub const SUITES_SILENT: &str = "suites-silent";
/// Tests were ignored, or left out by a filter.
pub const TESTS_LEFT_OUT: &str = "tests-left-out";
/// The output could not be read for sure.
pub const EVIDENCE_UNREAD: &str = "evidence-unread";
/// A report lies in the tree that another run wrote.
pub const EVIDENCE_STALE: &str = "evidence-stale";
/// Nothing shows that the tool did its work, though the step exited with 0.
pub const EVIDENCE_MISSING: &str = "evidence-missing";
/// No crate was documented.
pub const DOCS_NONE: &str = "docs-none";
/// Fewer archives were written than packages were to be packaged.
pub const ARCHIVES_MISSING: &str = "archives-missing";
/// The canary passed: the environment turns failures into passes.
pub const CANARY_PASSED: &str = "canary-passed";
/// The canary could not be built or read.
pub const CANARY_UNREAD: &str = "canary-unread";

/// What a code does to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It is told and decides nothing.
    Note,
    /// The result proves nothing: the verdict cannot be accepted.
    Unproven,
    /// The run is refused.
    Refused,
}

impl Weight {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Unproven => "unproven",
            Self::Refused => "refused",
        }
    }
}

/// All codes: the word, what it does, what it says. `docs/evidence.md` holds the same table, and a test compares them.
pub const ALL: &[(&str, Weight, &str)] = &[
    (TESTS_NONE_RUN, Weight::Unproven, "the step exited with 0 and executed no test"),
    (TESTS_COLLAPSED, Weight::Unproven, "far fewer tests were executed than in the last accepted run"),
    (TESTS_CUT_SHORT, Weight::Unproven, "a suite began and never said how it ended, and the step exited with 0"),
    (TESTS_FAILED_UNSEEN, Weight::Unproven, "tests failed by their own account, and the step exited with 0"),
    (EVIDENCE_UNREAD, Weight::Unproven, "the output could not be read for sure"),
    (EVIDENCE_STALE, Weight::Unproven, "a test report was written by another run"),
    (EVIDENCE_MISSING, Weight::Unproven, "nothing shows that the tool did its work"),
    (DOCS_NONE, Weight::Unproven, "no crate was documented"),
    (ARCHIVES_MISSING, Weight::Unproven, "fewer archives were written than packages were to be packaged"),
    (CANARY_PASSED, Weight::Refused, "the canary passed: this environment turns failures into passes"),
    (CANARY_UNREAD, Weight::Unproven, "the canary could not be built or read"),
    (TESTS_FLAKY, Weight::Note, "tests failed and passed in another attempt"),
    (TESTS_LEFT_OUT, Weight::Note, "tests were ignored, or left out by a filter"),
    (SUITES_GONE, Weight::Note, "suites of the last accepted run are gone, with their files"),
    (SUITES_SILENT, Weight::Note, "suites have a harness of their own and told nothing that could be read"),
];
