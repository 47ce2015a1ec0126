//! The lines of steps, made before their run has ended: while its end becomes durable, nothing else has to be done.

use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::proof::case;
use crate::proof::case::Case;
use crate::proof::statement::Subject;
use crate::proof::written::WrittenStep;
use crate::record::report::StepReport;
use crate::steps::event::Kept;
use crate::steps::event::RunBegan;

/// Lines of steps, and all that they were made from.
#[derive(Debug)]
pub struct Ahead {
    subject: Subject,
    began: RunBegan,
    steps: Vec<StepReport>,
    failures: BTreeMap<Digest, u64>,
    streams: BTreeMap<String, (Kept, Kept)>,
    written: Vec<WrittenStep>,
}

impl Ahead {
    /// Makes the lines of a run that goes on; none for one that joins others, and where anything is missing: then they are
    /// made at its end, which says what is.
    pub fn of(case: &Case<'_>) -> Option<Self> {
        if !case.parts.is_empty() {
            return None;
        }
        let subject = case::about(case).ok()?.0;
        let written = case::steps_of(case, &subject).ok()?;
        Some(Self {
            subject,
            began: case.report.began.clone(),
            steps: case.report.steps.clone(),
            failures: case.beside.failures.clone(),
            streams: case.beside.streams.clone(),
            written,
        })
    }

    /// The lines, if they are those of this case: another run may have failed under one of its keys meanwhile.
    pub(super) fn for_case(self, case: &Case<'_>, subject: &Subject) -> Option<Vec<WrittenStep>> {
        let fits = case.parts.is_empty()
            && self.subject == *subject
            && self.began == case.report.began
            && self.steps == case.report.steps
            && self.failures == case.beside.failures
            && self.streams == case.beside.streams;
        fits.then_some(self.written)
    }
}
