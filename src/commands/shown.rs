//! Loads runs from a record for those who show or judge them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::commands::claim_words;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::proof::beside::Beside;
use crate::record::failure;
use crate::record::kept::Past;
use crate::record::line::Line;
use crate::record::objects::Objects;
use crate::record::reader;
use crate::record::recovery::End;
use crate::record::report::RunReport;
use crate::record::run_record::RunRecord;
use crate::record::runs;
use crate::record::store::Store;
use crate::render::run::Shown;
use crate::render::run::checked::Checked;
use crate::steps::event::Event;
use crate::steps::event::StepEnded;
use crate::steps::evidence::escapes;
use crate::steps::lease;
use crate::steps::outcome::State;
use crate::world::disk_storage::DiskStorage;
use crate::world::storage::Storage;

/// How many lines of output a step that did not pass is shown with.
const TAIL_LINES: usize = 30;
/// The most bytes of output that are looked at for them.
const TAIL_BYTES: usize = 64 << 10;

/// A record that was opened. What its index knows is read from the lines of the run alone.
pub(crate) struct Opened {
    /// The objects.
    pub(crate) objects: Objects,
    storage: Arc<dyn Storage>,
    /// What the index knows; none where all lines were read.
    past: Option<Past>,
    /// Who writes it, and knows the lines of its own run.
    own: Option<Store>,
    whole: OnceLock<Vec<Line>>,
}

/// The storage of a record on the disk.
pub(crate) fn storage(record: &Path) -> Arc<dyn Storage> {
    Arc::new(DiskStorage::at(record))
}

/// The objects of a record.
pub(crate) fn objects(record: &Path) -> Objects {
    Objects::new(storage(record))
}

/// Opens a record.
pub(crate) fn open(record: &Path) -> Result<Opened, Error> {
    let storage = storage(record);
    let past = Past::load(Arc::clone(&storage))?;
    let objects = Objects::new(Arc::clone(&storage));
    Ok(Opened { objects, storage, past: Some(past), own: None, whole: OnceLock::new() })
}

/// A record whose lines were all read.
pub(crate) fn whole(storage: Arc<dyn Storage>, lines: Vec<Line>) -> Opened {
    Opened { objects: Objects::new(Arc::clone(&storage)), storage, past: None, own: None, whole: OnceLock::from(lines) }
}

/// A record that is open for writing, as it is now.
pub(crate) fn writing(record: &Path, store: &Store) -> Opened {
    Opened {
        objects: store.objects().clone(),
        storage: storage(record),
        past: Some(store.past()),
        own: Some(store.clone()),
        whole: OnceLock::new(),
    }
}

impl Opened {
    /// All valid lines.
    pub(crate) fn lines(&self) -> Result<&[Line], Error> {
        if let Some(lines) = self.whole.get() {
            return Ok(lines);
        }
        let lines = reader::read(&self.storage)?.lines;
        Ok(self.whole.get_or_init(|| lines))
    }

    /// The full name of a run from its beginning; the last one that is no replay where no name is given.
    pub(crate) fn named(&self, name: Option<&str>) -> Result<String, Error> {
        let none = |message: String| Error { exit: crate::commands::exit::UNPROVEN, ..Error::usage("no-run", message) };
        if let Some(past) = &self.past {
            match name {
                None if past.last_run().is_some() => return Ok(past.last_run().unwrap_or_default().to_owned()),
                Some(name) if past.is_recent(name) => return Ok(name.to_owned()),
                _ => {}
            }
        }
        let runs = self.lines()?.iter().filter_map(|line| match &line.event {
            Event::RunBegan(began) => Some(began),
            _ => None,
        });
        let Some(name) = name else {
            let last = runs.rev().find(|began| began.replays.is_none()).map(|began| began.run.clone());
            return last.ok_or_else(|| none("find a run: none is recorded".to_owned()).help("cargo governed run"));
        };
        let found: Vec<&str> = runs.map(|began| began.run.as_str()).filter(|run| run.starts_with(name)).collect();
        match found.as_slice() {
            [one] => Ok((*one).to_owned()),
            [] => Err(none(format!("find a run `{name}`")).help("cargo governed inspect --list")),
            _ => Err(Error::usage("no-run", format!("tell which run `{name}` is: {}", found.join(", ")))
                .help("give more of its name")),
        }
    }

    /// All that is recorded of a run.
    pub(crate) fn record(&self, run: &str) -> Result<RunRecord, Error> {
        let own = self.own.as_ref().and_then(|store| store.lines_of(run));
        let near = || self.past.as_ref().map(|past| past.lines_of(run)).transpose().map(Option::flatten);
        let lines = match own.map_or_else(near, |own| Ok(Some(own)))? {
            Some(lines) => lines.into_iter().filter(|line| runs::run_of(&line.event) == Some(run)).collect(),
            None => runs::of_run(self.lines()?, run).into_iter().cloned().collect(),
        };
        Ok(RunRecord::of(lines, &self.objects, &|event| self.reused(event)))
    }

    /// What stands beside the report of a run, from what the index knows where that is enough.
    pub(crate) fn beside(&self, record: &RunRecord, report: &RunReport) -> Result<Beside, Error> {
        // Only who wrote the run knows that it ended last.
        let known = self.own.as_ref().and(self.past.as_ref());
        match known.and_then(|past| Beside::of_past(past, record, report)) {
            Some(beside) => Ok(beside),
            None => Ok(Beside::of_lines(self.lines()?, report)),
        }
    }

    /// The result that a reuse stands on.
    fn reused(&self, event: &Event) -> Option<StepEnded> {
        let Event::StepReused(reused) = event else { return None };
        let near = self.past.as_ref().and_then(|past| past.result_in(reused.line, &reused.step, &reused.key));
        near.or_else(|| self.result(reused.line))
    }

    /// The result that a line holds.
    pub(crate) fn result(&self, n: u64) -> Option<StepEnded> {
        let index = usize::try_from(n).ok()?;
        match &self.lines().ok()?.get(index).filter(|line| line.n == n)?.event {
            Event::StepEnded(ended) => Some(ended.clone()),
            _ => None,
        }
    }

    /// The report of a run.
    pub(crate) fn report(&self, run: &str) -> Result<RunReport, Error> {
        self.record(run)?.report().ok_or_else(|| self.unfound(run))
    }

    /// Why there is no report of a run: its beginning is not there, or the ledger is altered before it.
    pub(crate) fn unfound(&self, run: &str) -> Error {
        match reader::read(&self.storage).map(|reading| reading.end) {
            Err(error) => error,
            // What stands behind an altered line is no part of the record, and the index may not have shown it.
            Ok(End::Tampered { place, why }) => failure::altered(place, &why),
            Ok(End::Broken(cut)) => failure::altered(cut.place(), &cut.why),
            Ok(_) => {
                let error = Error::usage("no-run", format!("find the beginning of run {run}"));
                Error { exit: crate::commands::exit::UNPROVEN, ..error }.help("cargo governed inspect --list")
            }
        }
    }

    /// A run with what is shown beside its report.
    pub(crate) fn shown(&self, run: &str) -> Result<Shown, Error> {
        let record = self.record(run)?;
        let report = record.report().ok_or_else(|| self.unfound(run))?;
        self.show(&record, report)
    }

    /// A run of this record with what is shown beside its report.
    pub(crate) fn show(&self, record: &RunRecord, report: RunReport) -> Result<Shown, Error> {
        let mut tails = BTreeMap::new();
        for step in &report.steps {
            let is_bad = matches!(step.state, Some(State::Failed | State::TimedOut | State::Interrupted) | None);
            if is_bad && step.attempts > 0 {
                let tail = tail(&output(record, &step.step, step.attempt));
                if !tail.is_empty() {
                    tails.insert(step.step.clone(), tail);
                }
            }
        }
        let alive = (!report.has_ended()).then(|| lease::is_alive(&report.began.lease));
        let ledger = match &self.past {
            Some(past) => (past.entries(), past.head()),
            None => self.lines()?.last().map_or((0, Digest::ZERO), |line| (line.n + 1, line.digest)),
        };
        let needs = record.plan().iter().map(|step| (step.name.clone(), step.needs.clone())).collect();
        let check = report.check.as_ref().and_then(|check| self.objects.read(&check.report).ok());
        let object = |digest: &Digest| self.objects.read(digest).ok();
        let declared = check.as_ref().map(|bytes| claim_words::shown(bytes, &report, &object)).unwrap_or_default();
        let check = check.and_then(|bytes| Checked::read(&bytes));
        Ok(Shown { report, tails, ledger, proof: None, exported: None, alive, needs, check, declared })
    }
}

/// Both streams of an attempt in the order in which they came.
pub(crate) fn output(record: &RunRecord, step: &str, attempt: u32) -> Vec<u8> {
    record.outputs(step, attempt).into_iter().flat_map(|output| record.bytes(output).unwrap_or_default()).collect()
}

/// The last lines of output, without escapes.
fn tail(bytes: &[u8]) -> String {
    let end = &bytes[bytes.len().saturating_sub(TAIL_BYTES)..];
    let plain = escapes::strip(end);
    let text = String::from_utf8_lossy(&plain);
    let lines: Vec<&str> = text.lines().map(last_written).collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

/// What a terminal would show of a line: a carriage return goes back to its beginning, and what follows is written over it.
fn last_written(line: &str) -> &str {
    line.rsplit('\r').find(|piece| !piece.trim().is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_what_a_terminal_would_show() {
        assert_eq!(tail(b"one\r\n 10%\r 20%\r\n\x1b[31mred\x1b[0m\n\nend"), "one\n 20%\nred\n\nend");
        let many = "line\n".repeat(99) + "last";
        assert_eq!(tail(many.as_bytes()).lines().count(), TAIL_LINES);
        assert!(tail(many.as_bytes()).ends_with("line\nlast"));
    }
}
