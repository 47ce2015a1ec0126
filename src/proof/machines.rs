//! What each machine did of a run: one machine for a run of its own, one for each part that a joined run joins.

use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::proof::link::Environment;
use crate::proof::summary::RunOf;
use crate::record::line::Line;
use crate::record::part::Part;
use crate::record::report::Kept;
use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::record::runs;
use crate::steps::event::Event;
use crate::steps::event::RunBegan;
use crate::steps::event::Stream;
use crate::steps::outcome::State;

/// What one machine did.
pub(super) struct Did<'a> {
    /// The run and the machine.
    pub(super) environment: Environment,
    /// The steps whose outcome it recorded.
    pub(super) steps: Vec<&'a StepReport>,
    /// Its ledger, or the stretch of it that was handed over.
    lines: &'a [Line],
    began: &'a RunBegan,
    at: &'a str,
    /// How many executions under each key failed, up to the end of the run.
    failed: BTreeMap<Digest, u64>,
}

/// What all of them did. A run that joins others executed nothing itself: only what nobody did is said in its name.
pub(super) fn of<'a>(report: &'a RunReport, parts: &'a [Part], lines: &'a [Line]) -> Vec<Did<'a>> {
    let steps = report.steps.iter().filter(|step| step.joined_from.is_none());
    let own = Did::new(&report.began, &report.at, steps.collect(), lines);
    let parts = parts.iter().map(|part| {
        let steps = part.report.steps.iter().collect();
        Did::new(&part.began, &part.report.at, steps, &part.lines)
    });
    std::iter::once(own).chain(parts).collect()
}

impl<'a> Did<'a> {
    fn new(began: &'a RunBegan, at: &'a str, steps: Vec<&'a StepReport>, lines: &'a [Line]) -> Self {
        let machine = &began.machine;
        let environment = Environment { run: began.run.clone(), os: machine.os.clone(), arch: machine.arch.clone() };
        Self { environment, steps, lines, began, at, failed: failed(lines, &began.run) }
    }

    /// The run, as the root names it.
    pub(super) fn run(&self) -> RunOf {
        RunOf {
            run: self.began.run.clone(),
            version: self.began.version.clone(),
            began: self.at.to_owned(),
            os: self.environment.os.clone(),
            arch: self.environment.arch.clone(),
            earlier: self.earlier(),
            shard: self.began.shard.map(|shard| format!("{}/{}", shard.index, shard.total)),
            overridden: self.began.overridden.clone(),
        }
    }

    /// How many runs on the same files began before this one.
    fn earlier(&self) -> u64 {
        let runs = self.lines.iter().filter_map(|line| match &line.event {
            Event::RunBegan(began) => Some(began),
            _ => None,
        });
        let before = runs.take_while(|began| began.run != self.began.run);
        before.filter(|began| began.subject.listing == self.began.subject.listing).count() as u64
    }

    /// How many executions under a key failed, up to the end of the run: running until green leaves a trace.
    pub(super) fn failures(&self, key: Option<Digest>) -> u64 {
        key.and_then(|key| self.failed.get(&key)).copied().unwrap_or_default()
    }

    /// The output that counts: of a reused step that of the execution that it stands on.
    pub(super) fn streams(&self, step: &StepReport) -> (Kept, Kept) {
        let Some(from) = &step.reused_from else { return (step.stdout.clone(), step.stderr.clone()) };
        let (mut out, mut err) = (Kept::default(), Kept::default());
        for line in runs::of_run(self.lines, &from.run) {
            if let Event::StepOutput(output) = &line.event
                && output.step == step.step
                && output.attempt == step.attempts
            {
                let kept = if output.stream == Stream::Out { &mut out } else { &mut err };
                kept.bytes += output.bytes;
                kept.objects.push(output.object);
            }
        }
        (out, err)
    }
}

fn failed(lines: &[Line], run: &str) -> BTreeMap<Digest, u64> {
    let mut failed = BTreeMap::new();
    for line in lines {
        match &line.event {
            Event::StepEnded(ended) if matches!(ended.state, State::Failed | State::TimedOut) => {
                *failed.entry(ended.key).or_default() += 1;
            }
            Event::RunEnded(ended) if ended.run == run => break,
            _ => {}
        }
    }
    failed
}
