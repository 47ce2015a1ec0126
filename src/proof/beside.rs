//! What a proof says of a run beside the run's own report: what went before it on the same files and under the same keys,
//! and the output of what it reuses. From all lines of a ledger, or from what a record knows without reading them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::digest::Digest;
use crate::record::kept::Past;
use crate::record::line::Line;
use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::record::run_record::RunRecord;
use crate::record::runs;
use crate::steps::event::Event;
use crate::steps::event::Kept;
use crate::steps::event::Stream;
use crate::steps::outcome::State;

/// What stands beside a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The number and the time of the line that ended the run; none for one that did not end.
    pub ended: Option<(u64, String)>,
    /// How many runs on the same files began before it.
    pub earlier: u64,
    /// How many executions under each key of the run failed, up to its end: running until green leaves a trace.
    pub failures: BTreeMap<Digest, u64>,
    /// The output of the steps that it reuses, by their names.
    pub streams: BTreeMap<String, (Kept, Kept)>,
}

impl Beside {
    /// From all lines.
    pub fn of_lines(lines: &[Line], report: &RunReport) -> Self {
        let own = runs::of_run(lines, &report.began.run);
        let reused = report.steps.iter().filter(|step| step.reused_from.is_some());
        Self {
            ended: ended(own.into_iter()),
            earlier: earlier(lines, report),
            failures: failures(lines, report),
            streams: reused.map(|step| (step.step.clone(), streams(lines, step))).collect(),
        }
    }

    /// From what a record knows right after the end of a run, or before it, of the run's own lines and of the results that
    /// it reuses. None where it does not know all of it: results of older versions do not say what they wrote.
    pub fn of_past(past: &Past, own: &RunRecord, report: &RunReport) -> Option<Self> {
        let mut streams = BTreeMap::new();
        for step in &report.steps {
            let Some(from) = &step.reused_from else { continue };
            let told = own.reused(from.line)?.streams.clone()?;
            streams.insert(step.step.clone(), (told.out, told.err));
        }
        let keys = report.steps.iter().filter_map(|step| step.key);
        Some(Self {
            ended: ended(own.lines.iter()),
            earlier: past.earlier(&report.began.run)?,
            failures: keys.map(|key| (key, past.failures(&key))).filter(|(_, failures)| *failures > 0).collect(),
            streams,
        })
    }
}

fn ended<'l>(mut lines: impl Iterator<Item = &'l Line>) -> Option<(u64, String)> {
    let last = lines.find(|line| matches!(line.event, Event::RunEnded(_)))?;
    Some((last.n, last.at.clone()))
}

fn earlier(lines: &[Line], report: &RunReport) -> u64 {
    let runs = lines.iter().filter_map(|line| match &line.event {
        Event::RunBegan(began) => Some(began),
        _ => None,
    });
    let before = runs.take_while(|began| began.run != report.began.run);
    before.filter(|began| began.subject.listing == report.began.subject.listing).count() as u64
}

fn failures(lines: &[Line], report: &RunReport) -> BTreeMap<Digest, u64> {
    let keys: BTreeSet<Digest> = report.steps.iter().filter_map(|step| step.key).collect();
    let mut failures = BTreeMap::new();
    for line in lines {
        match &line.event {
            Event::StepEnded(ended)
                if keys.contains(&ended.key) && matches!(ended.state, State::Failed | State::TimedOut) =>
            {
                *failures.entry(ended.key).or_default() += 1;
            }
            Event::RunEnded(ended) if ended.run == report.began.run => break,
            _ => {}
        }
    }
    failures
}

/// The output of the execution that a reused step stands on.
fn streams(lines: &[Line], step: &StepReport) -> (Kept, Kept) {
    let (mut out, mut err) = (Kept::default(), Kept::default());
    let Some(from) = &step.reused_from else { return (out, err) };
    for line in runs::of_run(lines, &from.run) {
        if let Event::StepOutput(output) = &line.event
            && output.step == step.step
            && output.attempt == step.attempt
        {
            let kept = if output.stream == Stream::Out { &mut out } else { &mut err };
            kept.bytes += output.bytes;
            kept.objects.push(output.object);
        }
    }
    (out, err)
}
