//! `replay`: recomputes the verdict of a recorded run from its events and objects. Offline, and nothing is executed.

use std::path::Path;

use rayon::prelude::*;

use crate::commands::governed;
use crate::commands::judging;
use crate::commands::shown;
use crate::commands::shown::Opened;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::report::StepReport;
use crate::record::run_record::RunRecord;
use crate::record::verify;
use crate::record::verify::Fault;
use crate::steps::event::Doubt;
use crate::steps::event::StepEnded;
use crate::steps::evidence::capture::Capture;
use crate::steps::evidence::junit::Junit;
use crate::steps::evidence::minimum;
use crate::steps::evidence::minimum::Known;
use crate::steps::evidence::report_files;
use crate::steps::evidence::report_files::Found;
use crate::steps::replaced;
use crate::steps::step::Step;
use crate::world::checkout::Checkout;

/// How a step stands after the recomputation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recomputed {
    /// The step.
    pub step: String,
    /// What differs between the record and what it says when it is read again; empty where they agree.
    pub differences: Vec<String>,
    /// Whether what it rests on was removed from the record, so that it can't be read again.
    pub is_gone: bool,
}

/// What a replay came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The run.
    pub run: String,
    /// The verdict that is recorded; none for a run that did not end.
    pub recorded: Option<String>,
    /// The verdict that the events and objects come to.
    pub recomputed: String,
    /// What in the record is not as it was written.
    pub altered: Vec<Fault>,
    /// The steps.
    pub steps: Vec<Recomputed>,
    /// Whether the report of the check was removed from the record.
    pub is_check_gone: bool,
    /// How many lines and objects were recomputed.
    pub looked_at: (usize, usize),
}

impl Replayed {
    /// Says whether the recorded verdict stands.
    pub fn stands(&self) -> bool {
        let agrees = self.recorded.as_ref() == Some(&self.recomputed);
        agrees && self.is_unchanged() && !self.is_gone()
    }

    /// Says whether there was nothing to compare with: the run did not end, or what it rests on was removed.
    pub fn is_incomparable(&self) -> bool {
        (self.recorded.is_none() || self.is_gone()) && self.is_unchanged()
    }

    fn is_unchanged(&self) -> bool {
        self.altered.is_empty() && self.steps.iter().all(|step| step.differences.is_empty())
    }

    fn is_gone(&self) -> bool {
        self.is_check_gone || self.steps.iter().any(|step| step.is_gone)
    }
}

/// Recomputes a run, and the whole record that it stands in.
pub fn replay(folder: &Path, name: Option<&str>) -> Result<Replayed, Error> {
    let checkout = Checkout::open(folder, None)?;
    let site = governed::site(&checkout, &folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))?;
    let storage = shown::storage(&site.record);
    let verified = verify::verify(&storage)?;
    let opened = shown::whole(storage, verified.reading.lines);
    let run = match opened.named(name) {
        Ok(run) => run,
        // A record that was cut down to nothing is altered, not empty.
        Err(_) if !verified.faults.is_empty() => name.unwrap_or("-").to_owned(),
        Err(error) => return Err(error),
    };
    let looked_at = (opened.lines()?.len(), verified.objects);
    let record = opened.record(&run)?;
    let Some(report) = record.report() else {
        let recomputed = "unproven".to_owned();
        return Ok(Replayed {
            run,
            recorded: None,
            recomputed,
            altered: verified.faults,
            steps: Vec::new(),
            is_check_gone: false,
            looked_at,
        });
    };
    if let Some(of) = &report.began.replays {
        let message = format!("recompute {run}: it is a replay of {of} and has no verdict of its own");
        return Err(Error::usage("is-a-replay", message).help(format!("cargo governed replay {of}")));
    }
    let (check, replaced) = judging::checked(&opened.objects, report.check.as_ref());
    let plan = record.plan();
    let claims = report.check.as_ref().map(|check| judging::claims(&opened.objects, check, plan, &report));
    let claims = claims.unwrap_or_default();
    let (verdict, _) = judging::of(check, &replaced::deciding(replaced, plan), &claims, &report);
    let steps = report.steps.par_iter().map(|step| recompute(&opened, &record, step, plan)).collect();
    Ok(Replayed {
        run,
        recorded: report.verdict.clone().filter(|_| report.has_ended()),
        recomputed: verdict.as_str().to_owned(),
        altered: verified.faults,
        steps,
        is_check_gone: report.check.as_ref().is_some_and(|check| opened.objects.read(&check.report).is_err()),
        looked_at,
    })
}

/// Reads the evidence of a step out of its kept output once more.
fn recompute(opened: &Opened, record: &RunRecord, step: &StepReport, plan: &[Step]) -> Recomputed {
    let mut differences = Vec::new();
    let mut is_gone = false;
    let owner = match &step.reused_from {
        Some(from) if step.joined_from.is_none() => opened.record(&from.run).ok().zip(opened.result(from.line)),
        _ => None,
    };
    let (record, ended) = match &owner {
        Some((owner, ended)) => (owner, Some(ended)),
        None if step.source.is_some() => (record, record.worst_end(&step.step)),
        None => (record, None),
    };
    let defined = plan.iter().find(|defined| defined.name == step.step);
    if let (Some(ended), Some(defined)) = (ended, defined) {
        let cut = ended.notes.iter().any(|note| note.code == "output-cut");
        if !cut {
            match evidence(record, ended, defined) {
                Ok(difference) => differences.extend(difference),
                Err(_) => is_gone = true,
            }
        }
    }
    if step.doubts.iter().any(|doubt| doubt.code == "reuse-unfounded") {
        differences.push("the line that it reuses does not hold its result".to_owned());
    }
    Recomputed { step: step.step.clone(), differences, is_gone }
}

fn evidence(record: &RunRecord, ended: &StepEnded, step: &Step) -> Result<Option<String>, Error> {
    let mut capture = Capture::default();
    for output in record.outputs(&ended.step, ended.attempt) {
        capture.feed(output.stream, &record.bytes(output)?);
    }
    let captured = capture.finish();
    let junit = report(record, ended, &captured.run_ids)?;
    let known = Known { junit: junit.as_ref().map(Result::as_ref), ..Known::default() };
    let judged = minimum::judge(step, ended.exit, &captured, &known);
    let told = ended.evidence.tests;
    Ok((judged.evidence.tests != told).then(|| match (told, judged.evidence.tests) {
        (Some(told), Some(read)) => {
            format!("{} tests are recorded as executed, its output tells of {}", told.executed, read.executed)
        }
        (Some(told), None) => format!("{} tests are recorded as executed, its output tells of none", told.executed),
        _ => "its output tells of tests that are not recorded".to_owned(),
    }))
}

/// The JUnit files that the evidence was read from, read again.
fn report(record: &RunRecord, ended: &StepEnded, run_ids: &[String]) -> Result<Option<Result<Junit, Doubt>>, Error> {
    let read = |object: &Digest| {
        let output = ended.outputs.iter().find(|output| output.raw == *object);
        Ok((output.map_or("report.xml", |output| output.path.as_str()), *object, record.object(object)?))
    };
    let files = ended.evidence.reports.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
    let found = files.iter().map(|(path, object, bytes)| Found { path, object: *object, bytes, is_fresh: true });
    Ok(report_files::choose(&found.collect::<Vec<_>>(), run_ids).junit)
}
