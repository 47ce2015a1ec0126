//! How a run ends: its verdict, its end in the record, its proof. What needs no disk is done while the disk works.

use std::panic;
use std::path::Path;
use std::thread;

use crate::commands::exporting;
use crate::commands::governed::Documents;
use crate::commands::governed::Readied;
use crate::commands::governed::Site;
use crate::commands::judging;
use crate::commands::proving;
use crate::commands::proving::Ended;
use crate::commands::proving::Made;
use crate::commands::reporting;
use crate::commands::shown;
use crate::error::Error;
use crate::judge::report::Report;
use crate::record::report::RunReport;
use crate::record::run_record::RunRecord;
use crate::record::store::Store;
use crate::render::run::Shown;
use crate::render::run::checked::Checked;
use crate::steps::event::CheckSummary;
use crate::steps::event::Event;
use crate::steps::event::JudgedRun;
use crate::steps::event::RunEnded;
use crate::steps::replaced;
use crate::steps::replaced::RULES;
use crate::steps::replaced::Replaced;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::clock::Stopwatch;

/// A run whose steps have ended.
pub(crate) struct Conclusion<'a> {
    /// Where it was done.
    pub(crate) site: &'a Site,
    /// Whether it was done in a folder of its own, which goes away.
    pub(crate) is_elsewhere: bool,
    /// What was known before the first of them began.
    pub(crate) readied: &'a Readied,
    /// The record.
    pub(crate) store: &'a Store,
    /// The run.
    pub(crate) run: &'a str,
    /// Whether nobody went on past a refusal.
    pub(crate) certifiable: bool,
    /// Since when it runs.
    pub(crate) clock: &'a Stopwatch,
    /// Where it is exported to.
    pub(crate) export: Option<&'a Path>,
}

impl Conclusion<'_> {
    /// Judges the run, records its end, proves it, and gives what is shown of it.
    pub(crate) fn conclude(&self) -> Result<(Shown, RunRecord), Error> {
        let Self { site, readied, store, run, .. } = *self;
        let opened = shown::writing(&site.record, store);
        let mut record = opened.record(run)?;
        let report = record.report().ok_or_else(|| opened.unfound(run))?;
        let case = Ended { opened: &opened, record: &record, report: &report, keys: Some(&readied.prepared.keys) };
        // Who waits for the disk is none of those who compute.
        let (ended, early) = thread::scope(|scope| {
            let ended = scope.spawn(|| self.end(self.judged(&report)?));
            let early = case.early(site);
            (ended.join().unwrap_or_else(|panic| panic::resume_unwind(panic)), early)
        });
        ended?;
        if let Some(folder) = self.export {
            exporting::write(folder, site, run)?;
        }
        let opened = shown::writing(&site.record, store);
        record.go_on(store.lines_behind(run, record.lines.last().map_or(0, |line| line.n)));
        let report = record.report().ok_or_else(|| opened.unfound(run))?;
        // What ran in a folder of its own leaves its proof in the record alone: `prove` writes it.
        let facts = (!self.is_elsewhere).then_some(&readied.head.facts);
        let case = Ended { opened: &opened, record: &record, report: &report, keys: Some(&readied.prepared.keys) };
        let made = proving::after(site, facts, &case, early, store)?;
        let publish = || made.map(Made::publish).transpose().map(Option::flatten);
        let (proof, shown) = rayon::join(publish, || opened.show(&record, report));
        let past = store.past();
        let exported = self.export.map(|folder| folder.display().to_string());
        Ok((Shown { proof: proof?, exported, ledger: (past.entries(), past.head()), ..shown? }, record))
    }

    /// What the run comes to.
    fn judged(&self, report: &RunReport) -> Result<JudgedRun, Error> {
        let Self { readied, store, run, .. } = *self;
        let check = summary(&readied.report, &readied.documents, store)?;
        let checked = Checked::read(readied.documents.json.as_bytes());
        let steps = &readied.prepared.plan.steps;
        let replaced = replaced::deciding(replaced(&readied.report), steps);
        let claims = match readied.report.claims.as_slice() {
            [] => Vec::new(),
            _ => judging::claims(store.objects(), &check, steps, report),
        };
        let (verdict, because) = judging::of(readied.report.verdict, &replaced, &claims, report);
        let junit = Some(reporting::junit(store, report, checked.as_ref())?);
        Ok(JudgedRun { run: run.to_owned(), check, verdict: verdict.as_str().to_owned(), because, junit })
    }

    /// Records the end. A run that no checkpoint covers can be cut away without a trace: then its end is no end.
    fn end(&self, judged: JudgedRun) -> Result<(), Error> {
        let Self { store, run, clock, certifiable, .. } = *self;
        let verdict = judged.verdict.clone();
        store.append(&Event::Judged(judged), Durability::Soon)?;
        let ended = RunEnded { run: run.to_owned(), verdict, duration_ms: clock.milliseconds(), certifiable };
        store.append(&Event::RunEnded(ended), Durability::Now)?;
        store.checkpoint().map(|_| ())
    }
}

fn summary(report: &Report, documents: &Documents, store: &Store) -> Result<CheckSummary, Error> {
    let summary = report.summary();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    Ok(CheckSummary {
        verdict: report.verdict.as_str().to_owned(),
        deny: count(summary.deny),
        warn: count(summary.warn),
        note: count(summary.note),
        waived: count(summary.waived),
        new: count(summary.new),
        report: store.object(documents.json.as_bytes())?,
        sarif: Some(store.object(documents.sarif.as_bytes())?),
    })
}

/// The findings of the rules that `run` enforces, whatever their level, and whatever waives them.
pub(crate) fn replaced(report: &Report) -> Vec<Replaced> {
    let of = |judged: &&crate::judge::report::Judged| RULES.contains(&judged.rule);
    let one = |judged: &crate::judge::report::Judged| Replaced {
        rule: judged.rule.to_owned(),
        message: judged.finding.message.clone(),
    };
    report.findings.iter().filter(of).map(one).collect()
}
