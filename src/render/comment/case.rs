//! What the comment is made from: plain data, all of it untrusted but the numbers.

use crate::judge::jobs::Job;
use crate::judge::report::Report;
use crate::judge::report::Verdict;
use crate::render::comment::marker::Marker;
use crate::render::comment::marker::State;

/// GitHub refuses comments above 65,536 characters; we stay well below.
pub const COMMENT_LIMIT: usize = 60_000;
/// GitHub refuses job summaries above 1,024 KiB, those of earlier writers in the same step included.
pub const SUMMARY_LIMIT: usize = 1_000_000;

/// All that is told.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The verdict of what was done: of the check, the run or the gate, and of the jobs.
    pub verdict: Verdict,
    /// The findings, where the repository was checked.
    pub report: Option<&'a Report>,
    /// The steps, where some were run.
    pub steps: &'a [Step],
    /// Other jobs of the workflow, as the forge reports them.
    pub jobs: &'a [Job],
    /// Why a gate refuses, the deciding reason first.
    pub because: &'a [Reason],
    /// How many claims of a proof a gate rests on.
    pub rests_on: usize,
    /// What is known of the surroundings.
    pub around: &'a Around,
}

/// A step of a run in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The name.
    pub name: String,
    /// What came of it.
    pub passed: bool,
    /// What came of it, in words: `passed`, `exit 101: 2 of 214 tests failed`.
    pub result: String,
    /// How long it took, as shown; empty where it was not executed.
    pub time: String,
    /// The key that its result is kept under.
    pub key: Option<String>,
}

/// Why a gate refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable word.
    pub code: String,
    /// The sentence.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// Where files of the examined commit are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// `https://github.com`, or the host of an enterprise.
    pub server: String,
    /// `owner/name`.
    pub repository: String,
    /// The commit of the head.
    pub commit: String,
}

/// The surroundings of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// Where files are shown; none makes no link.
    pub links: Option<Links>,
    /// The name of the base and its commit.
    pub base: Option<(String, String)>,
    /// The page of the run of the workflow.
    pub run: Option<String>,
    /// The hidden marker of a comment; none for a summary.
    pub marker: Option<Marker>,
    /// What the comment said before.
    pub before: Option<State>,
    /// When this was made, as shown.
    pub at: String,
    /// How long it took, as shown.
    pub took: Option<String>,
    /// The digest of the proof.
    pub proof: Option<String>,
    /// What a reader must know, such as who vouches for the text.
    pub notes: Vec<String>,
    /// Whether a gate decided.
    pub gated: bool,
    /// The most bytes of the page.
    pub limit: usize,
    /// The most rows of a table.
    pub rows: usize,
}
