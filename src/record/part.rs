//! What one machine did for a run that several do together: the lines of its ledger, and what they come to.

use std::collections::BTreeSet;

use crate::record::line::Line;
use crate::record::report;
use crate::record::report::Entry;
use crate::record::report::RunReport;
use crate::record::runs;
use crate::steps::event::CheckSummary;
use crate::steps::event::Event;
use crate::steps::event::RunBegan;
use crate::steps::event::Shard;
use crate::steps::event::StepEnded;

/// What one machine did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How its run began.
    pub began: RunBegan,
    /// A stretch of its ledger, the last line of which is the end of that run.
    pub lines: Vec<Line>,
    /// What its run came to.
    pub report: RunReport,
}

impl Part {
    /// The part that a stretch holds: that of the run which its last line ends. None where no line ends one that began in it.
    pub fn of(lines: Vec<Line>) -> Option<Self> {
        let Event::RunEnded(ended) = &lines.last()?.event else { return None };
        let own = runs::of_run(&lines, &ended.run);
        let Event::RunBegan(began) = own.first().map(|line| &line.event)? else { return None };
        let began = began.clone();
        let entries = own.iter().map(|line| Entry { n: line.n, at: &line.at, event: &line.event, part: None });
        let report = RunReport::of(entries, &[], |entry| result(&lines, entry))?;
        Some(Self { began, lines, report })
    }

    /// Which part of the plan it is: a run of the whole plan is the only one.
    pub fn shard(&self) -> Shard {
        self.began.shard.unwrap_or(Shard { index: 1, total: 1 })
    }

    /// The part for people: `shard 2/5 (run 20261122-..)`.
    pub fn name(&self) -> String {
        match self.began.shard {
            Some(shard) => format!("shard {}/{} (run {})", shard.index, shard.total, self.began.run),
            None => format!("run {}", self.began.run),
        }
    }

    /// The lines of its run.
    pub fn own(&self) -> Vec<&Line> {
        runs::of_run(&self.lines, &self.began.run)
    }

    /// The result that a line of its ledger holds.
    pub fn result(&self, n: u64) -> Option<&StepEnded> {
        match &at(&self.lines, n)?.event {
            Event::StepEnded(ended) => Some(ended),
            _ => None,
        }
    }

    /// What the rules came to there.
    pub fn check(&self) -> Option<&CheckSummary> {
        self.report.check.as_ref()
    }
}

/// The line of a number in a stretch.
fn at(lines: &[Line], n: u64) -> Option<&Line> {
    let from = lines.first()?.n;
    lines.get(usize::try_from(n.checked_sub(from)?).ok()?)
}

/// The result that an event refers to, which stands in the same stretch.
pub fn result(lines: &[Line], entry: &Entry<'_>) -> Option<StepEnded> {
    let Event::StepReused(reused) = entry.event else { return None };
    match &at(lines, reused.line)?.event {
        Event::StepEnded(ended) => Some(ended.clone()),
        _ => None,
    }
}

/// The lines that a run can't be understood without: its own, and those about the results of earlier runs it stands on.
pub fn needed<'l>(lines: &'l [Line], run: &str) -> Vec<&'l Line> {
    let reused: BTreeSet<(&str, &str)> = runs::of_run(lines, run)
        .into_iter()
        .filter_map(|line| match &line.event {
            Event::StepReused(event) => Some((event.from.as_str(), event.step.as_str())),
            _ => None,
        })
        .collect();
    let is_needed = |line: &&Line| {
        let of = runs::run_of(&line.event);
        let reused = || of.zip(report::step_of(&line.event)).is_some_and(|one| reused.contains(&one));
        of == Some(run) || reused()
    };
    lines.iter().filter(is_needed).collect()
}
