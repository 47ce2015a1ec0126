//! `inspect`: what the record says of a run, of one step, of two runs, or of all.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::commands::governed;
use crate::commands::shown;
use crate::commands::shown::Opened;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::record::runs;
use crate::record::runs::Run;
use crate::record::runs::Standing;
use crate::render::run::Shown;
use crate::render::run::comparison::Compared;
use crate::render::run::comparison::Comparison;
use crate::render::run::words;
use crate::steps::explain_key;
use crate::steps::key::Preimage;
use crate::steps::lease;
use crate::world::checkout::Checkout;

/// The record of the tree around a folder, opened.
pub(crate) fn open(folder: &Path) -> Result<Opened, Error> {
    let checkout = Checkout::open(folder, None)?;
    let site = governed::site(&checkout, &folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf()))?;
    shown::open(&site.record)
}

/// One run.
pub fn run(folder: &Path, name: Option<&str>) -> Result<Shown, Error> {
    let opened = open(folder)?;
    let run = opened.named(name)?;
    opened.shown(&run)
}

/// All that was kept of the output of one step, as it came.
pub fn output(folder: &Path, name: Option<&str>, step: &str) -> Result<Vec<u8>, Error> {
    let opened = open(folder)?;
    let run = opened.named(name)?;
    let record = opened.record(&run)?;
    let report = record.report().ok_or_else(|| opened.unfound(&run))?;
    let found = find(&report, step)?;
    match &found.reused_from {
        // What another machine reused stands among its own lines.
        Some(from) if found.joined_from.is_none() => {
            let attempt = opened.result(from.line).map_or(1, |ended| ended.attempt);
            Ok(shown::output(&opened.record(&from.run)?, step, attempt))
        }
        _ => Ok(shown::output(&record, step, found.attempt)),
    }
}

fn find<'r>(report: &'r RunReport, step: &str) -> Result<&'r StepReport, Error> {
    report.steps.iter().find(|found| found.step == step).ok_or_else(|| {
        let names: Vec<&str> = report.steps.iter().map(|step| step.step.as_str()).collect();
        Error::usage("no-step", format!("find the step `{step}` in run {}", report.began.run))
            .help(format!("name one of: {}", names.join(", ")))
    })
}

/// All runs, the oldest first.
pub fn list(folder: &Path) -> Result<Vec<Run>, Error> {
    Ok(runs::list(open(folder)?.lines()?, &lease::is_alive))
}

/// The list for people.
pub fn told(runs: &[Run]) -> String {
    let mut text = String::new();
    for run in runs {
        let state = match &run.standing {
            Standing::Finished { verdict, duration_ms, certifiable, .. } => {
                let how = match (&run.began.replays, certifiable) {
                    (Some(of), _) => format!(", a replay of {of}"),
                    (None, true) => String::new(),
                    (None, false) => ", overridden".to_owned(),
                };
                format!("{verdict} in {}{how}", words::duration(*duration_ms))
            }
            Standing::Unfinished { alive: true, .. } => "goes on".to_owned(),
            Standing::Unfinished { in_flight, .. } => {
                let steps: Vec<&str> = in_flight.iter().map(|open| open.step.as_str()).collect();
                let flight =
                    if steps.is_empty() { String::new() } else { format!(" (in flight: {})", steps.join(", ")) };
                format!("unfinished{flight}")
            }
        };
        let subject = &run.began.subject;
        let revision = subject.revision.as_deref().map_or("-", |revision| revision.get(..12).unwrap_or(revision));
        let dirty = if subject.dirty { "+" } else { " " };
        let _ = writeln!(
            text,
            "{}  {}  {revision}{dirty}  {state}",
            run.began.run,
            run.at.get(..16).unwrap_or(&run.at).replace('T', " ")
        );
    }
    if runs.is_empty() {
        text.push_str("no run is recorded; `cargo governed run` makes the first\n");
    }
    text
}

/// The list as `cargo-governed/runs/1`.
pub fn list_document(runs: &[Run]) -> Value {
    let one = |run: &Run| {
        let (state, verdict) = match &run.standing {
            Standing::Finished { verdict, .. } => ("ended", Some(verdict)),
            Standing::Unfinished { alive: true, .. } => ("running", None),
            Standing::Unfinished { .. } => ("unfinished", None),
        };
        json!({ "run": run.began.run, "began": run.at, "state": state, "verdict": verdict, "subject": run.began.subject, "replays": run.began.replays })
    };
    json!({ "schema": "cargo-governed/runs/1", "runs": runs.iter().map(one).collect::<Vec<_>>() })
}

/// Compares two runs.
pub fn compare(folder: &Path, one: &str, other: &str) -> Result<Comparison, Error> {
    let opened = open(folder)?;
    let name = |name: &str| opened.named((!name.is_empty()).then_some(name));
    let runs = (name(one)?, name(other)?);
    let (old, new) = (opened.report(&runs.0)?, opened.report(&runs.1)?);
    let mut names: Vec<&str> = old.steps.iter().map(|step| step.step.as_str()).collect();
    names.extend(
        new.steps.iter().map(|step| step.step.as_str()).filter(|name| old.steps.iter().all(|step| step.step != *name)),
    );
    let object = |digest: &Digest| opened.objects.read(digest).ok();
    let preimage = |key: Option<Digest>| key.and_then(|key| Preimage::parse(&object(&key)?).ok());
    let compared = names.into_iter().map(|name| {
        let of = |report: &RunReport| report.steps.iter().find(|step| step.step == name).cloned();
        let (before, after) = (of(&old), of(&new));
        let keys =
            before.as_ref().and_then(|step| preimage(step.key)).zip(after.as_ref().and_then(|step| preimage(step.key)));
        Compared {
            step: name.to_owned(),
            words: (before.as_ref().map(words::state), after.as_ref().map(words::state)),
            differences: keys.map(|(one, other)| explain_key::compare(&one, &other, &object)).unwrap_or_default(),
        }
    });
    Ok(Comparison { runs, steps: compared.collect() })
}
