//! What came of what was done, whatever it was.

use std::path::PathBuf;

use crate::commands::exit;
use crate::error::Error;
use crate::judge::jobs;
use crate::judge::jobs::Job;
use crate::judge::report::Report;
use crate::judge::report::Verdict;
use crate::render::comment::case::Reason;
use crate::render::comment::case::Step;

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) exit: u8,
    pub(crate) report: Option<Report>,
    pub(crate) steps: Vec<Step>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) because: Vec<Reason>,
    /// How many claims of a proof a gate rests on.
    pub(crate) rests_on: usize,
    /// The proof and the digest of its root line.
    pub(crate) proof: Option<(PathBuf, String)>,
    pub(crate) html: Option<PathBuf>,
    /// What a release came to: a line for the log, the summary of the job, and a page on the forge.
    pub(crate) line: String,
    pub(crate) page: Option<String>,
    pub(crate) url: String,
    /// The page of a release on the forge, and whether anything came out now.
    pub(crate) release_url: String,
    pub(crate) released: bool,
    /// The failure that ended it.
    pub(crate) error: Option<Error>,
}

impl Outcome {
    /// A verdict of which nothing else is known yet.
    pub(crate) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            exit: exit::of(verdict),
            report: None,
            steps: Vec::new(),
            jobs: Vec::new(),
            because: Vec::new(),
            rests_on: 0,
            proof: None,
            html: None,
            line: String::new(),
            page: None,
            url: String::new(),
            release_url: String::new(),
            released: false,
            error: None,
        }
    }

    /// A failure: nothing is proven.
    pub(crate) fn failed(error: Error) -> Self {
        let reason = |error: &Error| Reason {
            code: error.code.to_owned(),
            message: error.place.as_ref().map_or_else(|| error.to_string(), |place| format!("{error} (`{place}`)")),
            remedy: error.help.clone(),
        };
        let because = error.all().map(reason).collect();
        Self { exit: error.exit, because, error: Some(error), ..Self::of(Verdict::Unproven) }
    }

    /// The same with the results of other jobs.
    pub(crate) fn with_jobs(mut self, jobs: Vec<Job>) -> Self {
        let verdict = jobs::with(self.verdict, &jobs);
        if verdict != self.verdict {
            // What failed of itself keeps its own exit code, unless a job refuses.
            self.exit = exit::of(verdict);
        }
        Self { verdict, jobs, ..self }
    }
}
