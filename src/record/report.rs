//! The report of a run, made from its events alone: what `run` prints at its end and what `inspect` shows of any run.

use std::collections::HashMap;

use serde::Serialize;

use crate::facts::digest::Digest;
use crate::record::lookup;
use crate::steps::event::CheckSummary;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::Kept;
use crate::steps::event::RunBegan;
use crate::steps::event::StepBegan;
use crate::steps::event::StepEnded;
use crate::steps::event::Stream;
use crate::steps::outcome::Confinement;
use crate::steps::outcome::Evidence;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;

/// One event with its place in the ledger.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The number of its line.
    pub n: u64,
    /// When it was written.
    pub at: &'a str,
    /// The event.
    pub event: &'a Event,
    /// The run of another machine that it belongs to, and that is joined; none for an event of the run itself.
    pub part: Option<&'a str>,
}

/// Where the result of a step comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// This run executed it.
    Executed,
    /// A kept result of another run stands in.
    Reused,
}

/// The run that a result was taken from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReusedFrom {
    /// The run.
    pub run: String,
    /// When it was executed.
    pub at: String,
    /// The line of the ledger that holds the result.
    pub line: u64,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// The name.
    pub step: String,
    /// How it ended; none while its last attempt has begun and not ended.
    pub state: Option<State>,
    /// Where the result comes from; none where there is none.
    pub source: Option<Source>,
    /// How many attempts began.
    pub attempts: u32,
    /// The attempt that counts: the last that did not pass, else the last.
    pub attempt: u32,
    /// The program and its arguments; empty where it never began.
    pub argv: Vec<String>,
    /// The exit code.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// When the first attempt began.
    pub began: Option<String>,
    /// All attempts together.
    pub duration_ms: u64,
    /// The processor time of all attempts together, where the system tells.
    pub cpu_ms: Option<u64>,
    /// The key.
    pub key: Option<Digest>,
    /// Standard output of the attempt that counts.
    pub stdout: Kept,
    /// Standard error of the attempt that counts.
    pub stderr: Kept,
    /// Why it never began, or proves nothing.
    pub doubts: Vec<Doubt>,
    /// What a reader must know.
    pub notes: Vec<Doubt>,
    /// The run that the result was taken from.
    pub reused_from: Option<ReusedFrom>,
    /// The run of another machine that came to it, where the run joins several.
    pub joined_from: Option<String>,
    /// The isolation that was reached.
    pub isolation: Confinement,
    /// What it left as evidence.
    pub evidence: Evidence,
    /// The files that it made and the record keeps.
    pub outputs: Vec<Output>,
}

impl StepReport {
    fn new(step: &str) -> Self {
        Self {
            step: step.to_owned(),
            state: None,
            source: None,
            attempts: 0,
            attempt: 0,
            argv: Vec::new(),
            exit: None,
            signal: None,
            began: None,
            duration_ms: 0,
            cpu_ms: None,
            key: None,
            stdout: Kept::default(),
            stderr: Kept::default(),
            doubts: Vec::new(),
            notes: Vec::new(),
            reused_from: None,
            joined_from: None,
            isolation: Confinement::None,
            evidence: Evidence::default(),
            outputs: Vec::new(),
        }
    }

    /// Says whether an attempt has begun and not ended.
    pub fn in_flight(&self) -> bool {
        self.attempts > 0 && self.state.is_none()
    }

    fn begin(&mut self, began: &StepBegan, at: &str) {
        self.state = None;
        self.attempts = self.attempts.max(began.attempt);
        self.attempt = began.attempt;
        self.argv.clone_from(&began.argv);
        self.key = Some(began.key);
        self.began.get_or_insert_with(|| at.to_owned());
        self.stdout = Kept::default();
        self.stderr = Kept::default();
    }

    fn end(&mut self, ended: &StepEnded, source: Source) {
        self.state = Some(ended.state);
        self.source = Some(source);
        self.attempts = self.attempts.max(ended.attempt);
        self.attempt = ended.attempt;
        (self.exit, self.signal) = (ended.exit, ended.signal);
        self.key = Some(ended.key);
        if source == Source::Executed {
            self.duration_ms += ended.duration_ms;
            self.cpu_ms = ended.cpu_ms.map_or(self.cpu_ms, |cpu| Some(self.cpu_ms.unwrap_or(0) + cpu));
        }
        self.doubts.clone_from(&ended.unproven);
        self.notes.clone_from(&ended.notes);
        self.isolation = ended.isolation;
        self.evidence = ended.evidence.clone();
        self.outputs.clone_from(&ended.outputs);
    }

    /// Counts as an earlier attempt that did not pass; what speaks against this one speaks against it still.
    fn count_as(&mut self, worst: Self) {
        let doubts = std::mem::take(&mut self.doubts);
        let Self { attempts, duration_ms, cpu_ms, .. } = *self;
        *self = Self { attempts, duration_ms, cpu_ms, ..worst };
        self.doubts.extend(doubts);
    }
}

/// Where the steps of a report stand, and the last of their attempts that did not pass, as far as another one followed.
#[derive(Default)]
struct Places {
    of: HashMap<String, usize>,
    failed: HashMap<usize, StepReport>,
}

/// A run, finished or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// How it began: the run's name, tree, policy, plan, machine.
    pub began: RunBegan,
    /// When it began.
    pub at: String,
    /// What the rules came to.
    pub check: Option<CheckSummary>,
    /// The steps in the order of the plan, then in the order in which they began.
    pub steps: Vec<StepReport>,
    /// The verdict; none for a run that did not come to one.
    pub verdict: Option<String>,
    /// What speaks against the run as a whole, beside its steps: the parts that it joins do not fit together.
    pub doubts: Vec<Doubt>,
    /// What decided it.
    pub because: Vec<Doubt>,
    /// The object with the run as `JUnit` XML.
    pub junit: Option<Digest>,
    /// How long it took; none for a run that did not end.
    pub duration_ms: Option<u64>,
    /// False after `--override`.
    pub certifiable: bool,
    /// The last event of the run: its line and time.
    pub last: (u64, String),
}

impl RunReport {
    /// Makes the report from the events of one run in their order.
    ///
    /// `planned` names the steps of the plan, so that those without any event show; `result` finds what the event of a
    /// reused step points to. None where the events do not begin with the beginning of a run.
    pub fn of<'a>(
        entries: impl IntoIterator<Item = Entry<'a>>,
        planned: &[String],
        result: impl Fn(&Entry<'a>) -> Option<StepEnded>,
    ) -> Option<Self> {
        let mut entries = entries.into_iter();
        let first = entries.next()?;
        let Event::RunBegan(began) = first.event else { return None };
        let mut places = Places::default();
        for (place, step) in planned.iter().enumerate() {
            places.of.entry(step.clone()).or_insert(place);
        }
        let mut report = Self {
            began: began.clone(),
            at: first.at.to_owned(),
            check: None,
            steps: planned.iter().map(|step| StepReport::new(step)).collect(),
            verdict: None,
            doubts: Vec::new(),
            because: Vec::new(),
            junit: None,
            duration_ms: None,
            certifiable: began.overridden.is_none() && began.replays.is_none(),
            last: (first.n, first.at.to_owned()),
        };
        for entry in entries {
            if entry.part.is_none() {
                report.last = (entry.n, entry.at.to_owned());
            }
            let result = result(&entry);
            report.take(entry, result, &mut places);
        }
        Some(report)
    }

    fn take(&mut self, entry: Entry<'_>, result: Option<StepEnded>, places: &mut Places) {
        if let (Some(part), Some(step)) = (entry.part, step_of(entry.event)) {
            self.step(step, places).joined_from = Some(part.to_owned());
        }
        match entry.event {
            Event::StepBegan(began) => {
                let place = self.place(&began.step, places);
                let step = &mut self.steps[place];
                if began.attempt > 1 && step.state.is_some_and(|state| state != State::Passed) {
                    places.failed.insert(place, step.clone());
                }
                step.begin(began, entry.at);
            }
            Event::StepOutput(output) => {
                let step = self.step(&output.step, places);
                let kept = if output.stream == Stream::Out { &mut step.stdout } else { &mut step.stderr };
                kept.bytes += output.bytes;
                kept.objects.push(output.object);
            }
            Event::StepEnded(ended) => {
                let place = self.place(&ended.step, places);
                self.steps[place].end(ended, Source::Executed);
                if let Some(worst) = places.failed.remove(&place).filter(|_| ended.state == State::Passed) {
                    self.steps[place].count_as(worst);
                }
            }
            Event::StepReused(reused) => {
                let step = self.step(&reused.step, places);
                let from = ReusedFrom { run: reused.from.clone(), at: reused.executed_at.clone(), line: reused.line };
                step.reused_from = Some(from);
                let stands = |ended: &StepEnded| lookup::keys(ended).any(|key| key == reused.key);
                match result.filter(|ended| stands(ended) && ended.state == State::Passed) {
                    Some(ended) => step.end(&ended, Source::Reused),
                    None => step.doubts.push(Doubt {
                        code: "reuse-unfounded".to_owned(),
                        message: format!("line {} of the ledger does not hold the result that is reused", reused.line),
                    }),
                }
                step.key = Some(reused.key);
            }
            Event::StepNotRun(skipped) => {
                let step = self.step(&skipped.step, places);
                step.state = Some(State::NotRun);
                step.doubts = vec![skipped.why.clone()];
            }
            Event::Judged(judged) => {
                self.check = Some(judged.check.clone());
                self.verdict = Some(judged.verdict.clone());
                self.because.clone_from(&judged.because);
                self.junit = judged.junit;
            }
            Event::Replayed(replayed) => self.verdict = Some(replayed.verdict.clone()),
            Event::RunEnded(ended) => {
                self.duration_ms = Some(ended.duration_ms);
                self.certifiable &= ended.certifiable;
            }
            _ => {}
        }
    }

    /// The report of a step, by the places of those that there are.
    fn step(&mut self, name: &str, places: &mut Places) -> &mut StepReport {
        let place = self.place(name, places);
        &mut self.steps[place]
    }

    fn place(&mut self, name: &str, places: &mut Places) -> usize {
        places.of.get(name).copied().unwrap_or_else(|| {
            self.steps.push(StepReport::new(name));
            places.of.insert(name.to_owned(), self.steps.len() - 1);
            self.steps.len() - 1
        })
    }

    /// Says whether the run came to its end. One that did not is never accepted, whatever it says.
    pub fn has_ended(&self) -> bool {
        self.duration_ms.is_some() && self.verdict.is_some()
    }
}

/// The step that an event is about.
pub fn step_of(event: &Event) -> Option<&str> {
    match event {
        Event::StepBegan(event) => Some(&event.step),
        Event::StepOutput(event) => Some(&event.step),
        Event::StepEnded(event) => Some(&event.step),
        Event::StepReused(event) => Some(&event.step),
        Event::StepNotRun(event) => Some(&event.step),
        _ => None,
    }
}
