//! What earlier runs left for the next one: results by key, durations, and what has begun and not ended.
//!
//! Pure: it is folded from lines in their order, or read back from the index.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;

use crate::error::Error;
use crate::error::UNPROVEN;
use crate::facts::digest::Digest;
use crate::record::halves::Half;
use crate::record::halves::Halves;
use crate::record::line::Line;
use crate::record::spot::Spot;
use crate::record::table::Table;
use crate::record::tally::Tally;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::Lease;
use crate::steps::event::StepEnded;
use crate::steps::event::may_be_one_place;
use crate::steps::execution::ALREADY_RUNNING;
use crate::steps::execution::INPUTS_UNNAMED;
use crate::steps::execution::LOCK_APPEARED;
use crate::steps::outcome::State;

/// How many durations of a step are kept: the newest.
const DURATIONS: usize = 32;
/// How many runs are known by where they stand: the newest.
const RECENT: usize = 64;

/// An attempt of a step that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStep {
    /// The step.
    pub step: String,
    /// Which attempt.
    pub attempt: u32,
    /// Its key.
    pub key: Digest,
    /// When it began.
    pub at: String,
    /// The shepherd that ends it when its engine dies.
    pub lease: Lease,
}

/// A run that has begun and not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The run.
    pub run: String,
    /// The number of the line of its beginning.
    pub n: u64,
    /// When it began.
    pub at: String,
    /// Its engine.
    pub lease: Lease,
    /// The steps in flight, in the order of their beginnings.
    pub steps: Vec<OpenStep>,
    /// Whether it goes on past a refusal, or does another run again: its results are never taken for another run.
    #[serde(default)]
    pub overridden: bool,
    /// The commit, where its steps run on a revision in a fresh folder and not in the work tree.
    #[serde(default)]
    pub revision: Option<String>,
    /// The run that it does again.
    #[serde(default)]
    pub replays: Option<String>,
    /// Which work tree it is in, where that is known.
    #[serde(default)]
    pub place: Option<Digest>,
}

impl OpenRun {
    /// Says whether its steps may write where those of a run at a place do. Who runs in a fresh folder is in nobody's
    /// way.
    pub fn is_in_the_way(&self, place: Option<&Digest>) -> bool {
        self.revision.is_none() && self.replays.is_none() && may_be_one_place(self.place.as_ref(), place)
    }
}

/// Where the lines of one of the last runs stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The run.
    pub run: String,
    /// Whether it does another run again.
    #[serde(default)]
    pub replays: bool,
    /// How many runs on the same files began before it.
    #[serde(default)]
    pub earlier: u64,
    /// The line of its beginning.
    pub begins: Spot,
    /// Where the line behind its end begins; none for a run that has not ended.
    pub ends: Option<u64>,
}

/// What is known of a step from earlier runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Past {
    accepted: Option<Spot>,
    durations: VecDeque<u64>,
}

/// What earlier runs left.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Lookup {
    open: BTreeMap<String, OpenRun>,
    steps: BTreeMap<String, Past>,
    recent: VecDeque<Span>,
    halves: Halves,
    last_ended: Option<u64>,
    /// The end of a run after which another one began: no run begins before the checkpoint covers it.
    must_be_covered: Option<u64>,
    /// Results by key from the index.
    #[serde(skip)]
    table: Arc<Table>,
    /// Results by key since then; none where a failure made an earlier result doubtful.
    #[serde(skip)]
    fresh: BTreeMap<Digest, Option<Spot>>,
    /// How many runs began on a listing of files.
    #[serde(skip)]
    trees: Tally,
    /// How many executions under a key did not end well.
    #[serde(skip)]
    failures: Tally,
}

/// Why a step is not started: another run has it in flight.
pub fn in_flight(run: &OpenRun, step: &OpenStep) -> Error {
    let OpenStep { step: name, at, lease, .. } = step;
    let message = format!("start `{name}`: run {} has it in flight since {at} (process {})", run.run, lease.pid);
    // Nothing was done wrong and nothing failed: it is not known what the step comes to.
    Error { exit: UNPROVEN, ..Error::usage(ALREADY_RUNNING, message) }
        .help("wait for that run; `cargo governed recover` says how to end it")
}

/// Says whether a result may stand in for a later execution: it passed, and nothing about it is unproven.
pub fn is_accepted(ended: &StepEnded) -> bool {
    ended.state == State::Passed && ended.unproven.is_empty()
}

/// All keys that a result speaks about: a failure under either makes earlier results of both doubtful.
pub fn keys(ended: &StepEnded) -> impl Iterator<Item = Digest> {
    std::iter::once(ended.key).chain(ended.also)
}

/// The key that an accepted result is found by; none where it stands in for no later execution.
///
/// Where cargo wrote the lock file that was not there, it resolved what the registry had that day: the result belongs to
/// that lock file, and says nothing of the next time that there is none.
pub fn reusable_key(ended: &StepEnded) -> Option<Digest> {
    let is_bound = |note: &Doubt| matches!(note.code.as_str(), LOCK_APPEARED | INPUTS_UNNAMED);
    (!ended.notes.iter().any(is_bound)).then(|| ended.also.unwrap_or(ended.key))
}

impl Lookup {
    /// Takes the next line.
    pub fn see(&mut self, line: &Line) {
        match &line.event {
            Event::RunBegan(began) => {
                let open = OpenRun {
                    run: began.run.clone(),
                    n: line.n,
                    at: line.at.clone(),
                    lease: began.lease.clone(),
                    steps: Vec::new(),
                    overridden: began.overridden.is_some() || began.replays.is_some(),
                    revision: began.subject.revision.clone().filter(|_| began.subject.source == "revision"),
                    replays: began.replays.clone(),
                    place: began.place,
                };
                self.open.insert(began.run.clone(), open);
                let (run, replays) = (began.run.clone(), began.replays.is_some());
                let earlier = self.trees.add(&began.subject.listing);
                self.recent.push_back(Span { run, replays, earlier, begins: Spot::of(line), ends: None });
                if self.recent.len() > RECENT {
                    self.recent.pop_front();
                }
                self.must_be_covered = self.last_ended;
            }
            Event::StepBegan(began) => {
                if let Some(run) = self.open.get_mut(&began.run) {
                    if run.is_in_the_way(None) {
                        self.halves.begin(&began.step, &began.run, run.place);
                    }
                    run.steps.push(OpenStep {
                        step: began.step.clone(),
                        attempt: began.attempt,
                        key: began.key,
                        at: line.at.clone(),
                        lease: began.lease.clone(),
                    });
                }
            }
            Event::StepEnded(ended) => self.see_end(ended, Spot::of(line)),
            Event::ShardJoined(joined) => {
                for (step, took) in &joined.took {
                    self.took(step, *took);
                }
            }
            Event::RunEnded(ended) => {
                self.open.remove(&ended.run);
                if let Some(span) = self.recent.iter_mut().rev().find(|span| span.run == ended.run) {
                    span.ends = Some(line.offset + line.length);
                }
                self.last_ended = Some(line.n);
            }
            _ => {}
        }
    }

    fn see_end(&mut self, ended: &StepEnded, spot: Spot) {
        self.halves.end(ended);
        if let Some(run) = self.open.get_mut(&ended.run) {
            run.steps.retain(|open| open.step != ended.step || open.attempt != ended.attempt);
        }
        if matches!(ended.state, State::Failed | State::TimedOut) {
            self.failures.add(&ended.key);
        }
        // Who goes on past a refusal, or builds in a fresh folder, takes another time.
        let overridden = self.open.get(&ended.run).is_some_and(|run| run.overridden);
        if ended.state == State::Passed && !overridden {
            self.took(&ended.step, ended.duration_ms);
        }
        if is_accepted(ended) && !overridden {
            self.fresh.extend(reusable_key(ended).map(|key| (key, Some(spot))));
            self.steps.entry(ended.step.clone()).or_default().accepted = Some(spot);
        } else if ended.unproven.is_empty() && matches!(ended.state, State::Failed | State::TimedOut) {
            // Two outcomes under one key: the step is flaky, and no earlier success may hide it.
            self.fresh.extend(keys(ended).map(|key| (key, None)));
        }
    }

    fn took(&mut self, step: &str, duration_ms: u64) {
        let durations = &mut self.steps.entry(step.to_owned()).or_default().durations;
        durations.push_back(duration_ms);
        if durations.len() > DURATIONS {
            durations.pop_front();
        }
    }

    /// The last runs in the order of their beginnings, and where they stand.
    pub fn recent(&self) -> impl DoubleEndedIterator<Item = &Span> {
        self.recent.iter()
    }

    /// The runs that have begun and not ended, in the order of their beginnings.
    pub fn unfinished(&self) -> Vec<&OpenRun> {
        let mut open: Vec<&OpenRun> = self.open.values().collect();
        open.sort_by_key(|run| run.n);
        open
    }

    /// The steps that were cut short in a work tree and have not run to an end of their own since.
    pub fn halves(&self, place: &Digest) -> Vec<Half> {
        self.halves.at(place)
    }

    /// How long the executions of a step took that passed, in milliseconds, the newest last.
    pub fn durations(&self, step: &str) -> Vec<u64> {
        self.steps.get(step).map(|past| past.durations.iter().copied().collect()).unwrap_or_default()
    }

    /// Where the result of a key is: the last one that decided anything, if it was accepted.
    pub fn by_key(&self, key: &Digest) -> Option<Spot> {
        self.fresh.get(key).copied().unwrap_or_else(|| self.table.find(key))
    }

    /// Where the last accepted result of a step is, whatever its key.
    pub fn last_accepted(&self, step: &str) -> Option<Spot> {
        self.steps.get(step).and_then(|past| past.accepted)
    }

    /// The line that ended the last run that ended.
    pub fn last_ended(&self) -> Option<u64> {
        self.last_ended
    }

    /// The last line that the checkpoint must cover, because a run began after it.
    pub fn must_be_covered(&self) -> Option<u64> {
        self.must_be_covered
    }

    /// How many executions under a key did not end well.
    pub fn failures(&self, key: &Digest) -> u64 {
        self.failures.count(key)
    }

    /// Takes what an index holds in records: results by key, runs by their files, failures by key.
    pub(crate) fn with_records(mut self, [table, trees, failures]: [Vec<u8>; 3]) -> Option<Self> {
        self.table = Arc::new(Table::new(table)?);
        (self.trees, self.failures) = (Tally::read(trees)?, Tally::read(failures)?);
        Some(self)
    }

    /// The same for a new index.
    pub(crate) fn records(&self) -> [Vec<u8>; 3] {
        [self.table.merged(&self.fresh).into_bytes(), self.trees.bytes(), self.failures.bytes()]
    }
}
