//! The runs of a ledger, from its lines alone: which there were, how each stands, and what was in flight.

use crate::record::line::Line;
use crate::record::lookup::Lookup;
use crate::record::lookup::OpenStep;
use crate::steps::event::Event;
use crate::steps::event::Lease;
use crate::steps::event::RunBegan;

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It ended.
    Finished {
        /// `accepted`, `refused` or `unproven`.
        verdict: String,
        /// When.
        at: String,
        /// How long it took.
        duration_ms: u64,
        /// False after `--override`.
        certifiable: bool,
    },
    /// It began and did not end: never accepted, whatever its steps came to.
    Unfinished {
        /// The number of its last line.
        last: u64,
        /// The event of that line.
        event: String,
        /// When that line was written.
        at: String,
        /// The steps that had begun and not ended.
        in_flight: Vec<OpenStep>,
        /// Whether its engine lives, or the shepherd of a step.
        alive: bool,
    },
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The number of the line of its beginning.
    pub n: u64,
    /// When it began.
    pub at: String,
    /// Its beginning.
    pub began: RunBegan,
    /// How it stands.
    pub standing: Standing,
}

/// The run that an event belongs to.
pub fn run_of(event: &Event) -> Option<&str> {
    match event {
        Event::RunBegan(event) => Some(&event.run),
        Event::StepBegan(event) => Some(&event.run),
        Event::StepOutput(event) => Some(&event.run),
        Event::StepEnded(event) => Some(&event.run),
        Event::StepReused(event) => Some(&event.run),
        Event::StepNotRun(event) => Some(&event.run),
        Event::ShardJoined(event) => Some(&event.run),
        Event::Judged(event) => Some(&event.run),
        Event::Replayed(event) => Some(&event.run),
        Event::RunEnded(event) => Some(&event.run),
        Event::Proved(event) => Some(&event.run),
        Event::Quarantined(event) => Some(&event.run),
        Event::StoreBegan(_)
        | Event::Recovered(_)
        | Event::Collected(_)
        | Event::ReleaseBegan(_)
        | Event::ReleaseActBegan(_)
        | Event::ReleaseActEnded(_)
        | Event::ReleaseEnded(_) => None,
        Event::Unknown(fields) => fields.get("run").and_then(serde_json::Value::as_str),
    }
}

/// The name of an event.
pub fn name_of(event: &Event) -> &str {
    match event {
        Event::StoreBegan(_) => "store-began",
        Event::RunBegan(_) => "run-began",
        Event::StepBegan(_) => "step-began",
        Event::StepOutput(_) => "step-output",
        Event::StepEnded(_) => "step-ended",
        Event::StepReused(_) => "step-reused",
        Event::StepNotRun(_) => "step-not-run",
        Event::ShardJoined(_) => "shard-joined",
        Event::Judged(_) => "judged",
        Event::Replayed(_) => "replayed",
        Event::RunEnded(_) => "run-ended",
        Event::Proved(_) => "proved",
        Event::Recovered(_) => "recovered",
        Event::Quarantined(_) => "quarantined",
        Event::Collected(_) => "collected",
        Event::ReleaseBegan(_) => "release-began",
        Event::ReleaseActBegan(_) => "release-act-began",
        Event::ReleaseActEnded(_) => "release-act-ended",
        Event::ReleaseEnded(_) => "release-ended",
        Event::Unknown(fields) => fields.get("event").and_then(serde_json::Value::as_str).unwrap_or_default(),
    }
}

/// The lines of one run.
pub fn of_run<'a>(lines: &'a [Line], run: &str) -> Vec<&'a Line> {
    lines.iter().filter(|line| run_of(&line.event) == Some(run)).collect()
}

/// All runs in the order of their beginnings. `is_alive` says whether the holder of a lease still lives.
pub fn list(lines: &[Line], is_alive: &dyn Fn(&Lease) -> bool) -> Vec<Run> {
    let mut lookup = Lookup::default();
    let mut runs: Vec<Run> = Vec::new();
    let mut at: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for line in lines {
        lookup.see(line);
        if let Event::RunBegan(began) = &line.event {
            at.insert(&began.run, runs.len());
            runs.push(begun(line, began));
        }
        if let Some(index) = run_of(&line.event).and_then(|run| at.get(run)) {
            go_on(&mut runs[*index].standing, line);
        }
    }
    for open in lookup.unfinished() {
        let Some(index) = at.get(open.run.as_str()) else { continue };
        if let Standing::Unfinished { in_flight, alive, .. } = &mut runs[*index].standing {
            *alive = is_alive(&open.lease) || open.steps.iter().any(|step| is_alive(&step.lease));
            in_flight.clone_from(&open.steps);
        }
    }
    runs
}

fn begun(line: &Line, began: &RunBegan) -> Run {
    let standing = Standing::Unfinished {
        last: line.n,
        event: name_of(&line.event).to_owned(),
        at: line.at.clone(),
        in_flight: Vec::new(),
        alive: false,
    };
    Run { n: line.n, at: line.at.clone(), began: began.clone(), standing }
}

fn go_on(standing: &mut Standing, line: &Line) {
    if let Event::RunEnded(ended) = &line.event {
        *standing = Standing::Finished {
            verdict: ended.verdict.clone(),
            at: line.at.clone(),
            duration_ms: ended.duration_ms,
            certifiable: ended.certifiable,
        };
    } else if let Standing::Unfinished { last, event, at, .. } = standing {
        *last = line.n;
        name_of(&line.event).clone_into(event);
        at.clone_from(&line.at);
    }
}
