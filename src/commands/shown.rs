//! Loads runs from a record for those who show or judge them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::failure;
use crate::record::line::Line;
use crate::record::objects::Objects;
use crate::record::reader;
use crate::record::recovery::End;
use crate::record::report::Entry;
use crate::record::report::RunReport;
use crate::record::runs;
use crate::render::run::Shown;
use crate::render::run::checked::Checked;
use crate::steps::event::Event;
use crate::steps::event::StepEnded;
use crate::steps::evidence::escapes;
use crate::steps::lease;
use crate::steps::outcome::State;
use crate::steps::plan_object;
use crate::steps::step::Step;
use crate::world::disk_storage::DiskStorage;
use crate::world::storage::Storage;

/// How many lines of output a step that did not pass is shown with.
const TAIL_LINES: usize = 30;
/// The most bytes of output that are looked at for them.
const TAIL_BYTES: usize = 64 << 10;

/// A record that was read.
pub(crate) struct Opened {
    /// The valid lines.
    pub(crate) lines: Vec<Line>,
    /// How they end.
    pub(crate) end: End,
    /// The objects.
    pub(crate) objects: Objects,
}

/// The storage of a record on the disk.
pub(crate) fn storage(record: &Path) -> Arc<dyn Storage> {
    Arc::new(DiskStorage::at(record))
}

/// The objects of a record.
pub(crate) fn objects(record: &Path) -> Objects {
    Objects::new(storage(record))
}

/// Reads a record.
pub(crate) fn open(record: &Path) -> Result<Opened, Error> {
    let storage = storage(record);
    let reading = reader::read(&storage)?;
    Ok(Opened { lines: reading.lines, end: reading.end, objects: Objects::new(storage) })
}

/// One run with what is shown beside its report.
pub(crate) fn of(record: &Path, run: &str) -> Result<Shown, Error> {
    open(record)?.shown(run)
}

impl Opened {
    /// The full name of a run from its beginning; the last one that is no replay where no name is given.
    pub(crate) fn named(&self, name: Option<&str>) -> Result<String, Error> {
        let all = runs::list(&self.lines, &lease::is_alive);
        let none = |message: String| Error { exit: crate::commands::exit::UNPROVEN, ..Error::usage("no-run", message) };
        let Some(name) = name else {
            let last = all.iter().rev().find(|run| run.began.replays.is_none()).map(|run| run.began.run.clone());
            return last.ok_or_else(|| none("find a run: none is recorded".to_owned()).help("cargo governed run"));
        };
        let found: Vec<&str> =
            all.iter().map(|run| run.began.run.as_str()).filter(|run| run.starts_with(name)).collect();
        match found.as_slice() {
            [one] => Ok((*one).to_owned()),
            [] => Err(none(format!("find a run `{name}`")).help("cargo governed inspect --list")),
            _ => Err(Error::usage("no-run", format!("tell which run `{name}` is: {}", found.join(", ")))
                .help("give more of its name")),
        }
    }

    /// The steps of the plan of a run.
    pub(crate) fn plan(&self, digest: &Digest) -> Vec<Step> {
        self.objects.read(digest).ok().and_then(|bytes| plan_object::parse(&bytes)).unwrap_or_default()
    }

    /// The result that a line holds.
    pub(crate) fn result(&self, n: u64) -> Option<StepEnded> {
        let index = usize::try_from(n).ok()?;
        match &self.lines.get(index).filter(|line| line.n == n)?.event {
            Event::StepEnded(ended) => Some(ended.clone()),
            _ => None,
        }
    }

    /// The report of a run.
    pub(crate) fn report(&self, run: &str) -> Result<RunReport, Error> {
        let lines = runs::of_run(&self.lines, run);
        let planned: Vec<String> = match lines.first().map(|line| &line.event) {
            Some(Event::RunBegan(began)) if began.shard.is_none() => {
                self.plan(&began.plan).into_iter().map(|step| step.name).collect()
            }
            _ => Vec::new(),
        };
        let entries = lines.iter().map(|line| Entry { n: line.n, at: &line.at, event: &line.event });
        RunReport::of(entries, &planned, |n| self.result(n)).ok_or_else(|| match &self.end {
            // What stands behind an altered line is no part of the record, and the index may not have shown it.
            End::Tampered { place, why } => failure::altered(place.clone(), why),
            End::Broken(cut) => failure::altered(cut.place(), &cut.why),
            _ => {
                let error = Error::usage("no-run", format!("find the beginning of run {run}"));
                Error { exit: crate::commands::exit::UNPROVEN, ..error }.help("cargo governed inspect --list")
            }
        })
    }

    /// A run with what is shown beside its report.
    pub(crate) fn shown(&self, run: &str) -> Result<Shown, Error> {
        let report = self.report(run)?;
        let mut tails = BTreeMap::new();
        for step in &report.steps {
            let is_bad = matches!(step.state, Some(State::Failed | State::TimedOut | State::Interrupted) | None);
            if is_bad && step.attempts > 0 {
                let tail = tail(&self.output(run, &step.step, step.attempts));
                if !tail.is_empty() {
                    tails.insert(step.step.clone(), tail);
                }
            }
        }
        let last = self.lines.last();
        let alive = (!report.has_ended()).then(|| lease::is_alive(&report.began.lease));
        let ledger = (last.map_or(0, |line| line.n + 1), last.map_or(Digest::ZERO, |line| line.digest));
        let needs = self.plan(&report.began.plan).into_iter().map(|step| (step.name, step.needs)).collect();
        let check = report.check.as_ref().and_then(|check| self.objects.read(&check.report).ok());
        let check = check.and_then(|bytes| Checked::read(&bytes));
        Ok(Shown { report, tails, ledger, proof: None, alive, needs, check })
    }

    /// Both streams of an attempt in the order in which they came.
    pub(crate) fn output(&self, run: &str, step: &str, attempt: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in runs::of_run(&self.lines, run) {
            if let Event::StepOutput(output) = &line.event
                && output.step == step
                && output.attempt == attempt
            {
                bytes.extend(self.objects.read(&output.object).unwrap_or_default());
            }
        }
        bytes
    }
}

/// The last lines of output, without escapes.
fn tail(bytes: &[u8]) -> String {
    let end = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
    let plain = escapes::strip(end);
    let text = String::from_utf8_lossy(&plain);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}
