//! What each machine did of a run: one machine for a run of its own, one for each part that a joined run joins.

use std::borrow::Cow;

use crate::facts::digest::Digest;
use crate::proof::beside::Beside;
use crate::proof::link::Environment;
use crate::proof::summary::RunOf;
use crate::record::part::Part;
use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::steps::event::Kept;
use crate::steps::event::RunBegan;

/// What one machine did.
pub(super) struct Did<'a> {
    /// The run and the machine.
    pub(super) environment: Environment,
    /// The steps whose outcome it recorded.
    pub(super) steps: Vec<&'a StepReport>,
    /// What its ledger says beside that, or the stretch of it that was handed over.
    beside: Cow<'a, Beside>,
    began: &'a RunBegan,
    at: &'a str,
}

/// What all of them did. A run that joins others executed nothing itself: only what nobody did is said in its name.
pub(super) fn of<'a>(report: &'a RunReport, parts: &'a [Part], beside: &'a Beside) -> Vec<Did<'a>> {
    let steps = report.steps.iter().filter(|step| step.joined_from.is_none());
    let own = Did::new(&report.began, &report.at, steps.collect(), Cow::Borrowed(beside));
    let parts = parts.iter().map(|part| {
        let steps = part.report.steps.iter().collect();
        let beside = Beside::of_lines(&part.lines, &part.report);
        Did::new(&part.began, &part.report.at, steps, Cow::Owned(beside))
    });
    std::iter::once(own).chain(parts).collect()
}

impl<'a> Did<'a> {
    fn new(began: &'a RunBegan, at: &'a str, steps: Vec<&'a StepReport>, beside: Cow<'a, Beside>) -> Self {
        let machine = &began.machine;
        let environment = Environment { run: began.run.clone(), os: machine.os.clone(), arch: machine.arch.clone() };
        Self { environment, steps, beside, began, at }
    }

    /// The run, as the root names it.
    pub(super) fn run(&self) -> RunOf {
        RunOf {
            run: self.began.run.clone(),
            version: self.began.version.clone(),
            began: self.at.to_owned(),
            os: self.environment.os.clone(),
            arch: self.environment.arch.clone(),
            earlier: self.beside.earlier,
            shard: self.began.shard.map(|shard| format!("{}/{}", shard.index, shard.total)),
            overridden: self.began.overridden.clone(),
        }
    }

    /// How many executions under a key failed, up to the end of the run: running until green leaves a trace.
    pub(super) fn failures(&self, key: Option<Digest>) -> u64 {
        key.and_then(|key| self.beside.failures.get(&key)).copied().unwrap_or_default()
    }

    /// The output that counts: of a reused step that of the execution that it stands on.
    pub(super) fn streams(&self, step: &StepReport) -> (Kept, Kept) {
        let reused = self.beside.streams.get(&step.step).filter(|_| step.reused_from.is_some());
        reused.cloned().unwrap_or_else(|| (step.stdout.clone(), step.stderr.clone()))
    }
}
