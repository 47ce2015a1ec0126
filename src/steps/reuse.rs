//! Which steps run and which are reused, and why: a key is looked up among the results that the record accepts.
//!
//! A result is accepted where every attempt of it passed without a doubt, in a run that came to its end and was not
//! overridden. Failures are never reused, nor what proves nothing, nor what a torn run left behind; only a run that
//! goes on from a torn one takes what had ended there.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;

use crate::facts::digest::Digest;
use crate::steps::event::Event;
use crate::steps::event::StepEnded;
use crate::steps::explain_key::Difference;
use crate::steps::key::Layer;
use crate::steps::outcome::Confinement;
use crate::steps::outcome::State;

/// How many durations of a step are kept, the last ones.
const DURATIONS: usize = 50;

/// A result that may stand in for a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The run that executed it.
    pub run: String,
    /// The number of the line of the ledger that holds the result.
    pub line: u64,
    /// When it was executed, as the record says; empty where it says nothing.
    pub at: String,
    /// How long it took.
    pub duration_ms: u64,
    /// How far it was kept from the rest of the machine.
    pub isolation: Confinement,
}

/// How the last attempt of a step with some key ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Last {
    /// The key.
    pub key: Digest,
    /// The run.
    pub run: String,
    /// How it ended.
    pub state: State,
    /// The codes of its doubts.
    pub doubts: Vec<String>,
}

/// What the record knows of earlier runs.
#[derive(Clone, Debug, Default)]
pub struct Past {
    accepted: HashMap<(String, Digest), Accepted>,
    last_accepted: BTreeMap<String, Digest>,
    last: BTreeMap<String, Last>,
    durations: BTreeMap<String, Vec<u64>>,
}

/// A result whose run has not ended yet.
struct Pending {
    step: String,
    key: Digest,
    accepted: Option<Accepted>,
}

impl Past {
    /// Reads the events of a ledger in order: number of the line, when it was written, event.
    ///
    /// `resumes` names the torn run that the coming one goes on from.
    pub fn read<'e>(events: impl IntoIterator<Item = (u64, &'e str, &'e Event)>, resumes: Option<&str>) -> Self {
        let mut reader = Reader::default();
        for (line, at, event) in events {
            reader.take(line, at, event);
        }
        let open = reader.open.remove(resumes.unwrap_or_default());
        let mut past = reader.past;
        past.keep(open.unwrap_or_default());
        past
    }

    /// The accepted result of a step under a key.
    pub fn accepted(&self, step: &str, key: &Digest) -> Option<&Accepted> {
        self.accepted.get(&(step.to_owned(), *key))
    }

    /// The key of the last accepted result of a step, whichever it is: what a new key is compared with.
    pub fn last_accepted_key(&self, step: &str) -> Option<&Digest> {
        self.last_accepted.get(step)
    }

    /// How a step ended when it was last executed.
    pub fn last(&self, step: &str) -> Option<&Last> {
        self.last.get(step)
    }

    /// What to expect of a step in milliseconds: the 90th percentile of its last durations.
    pub fn expected_ms(&self, step: &str) -> Option<u64> {
        percentile(self.durations.get(step)?, 90)
    }

    fn keep(&mut self, pending: Vec<Pending>) {
        for Pending { step, key, accepted } in pending {
            match accepted {
                Some(accepted) => {
                    self.last_accepted.insert(step.clone(), key);
                    self.accepted.insert((step, key), accepted);
                }
                // The newest result under a key is the one that counts: the key did not hold all that matters.
                None => {
                    self.accepted.remove(&(step, key));
                }
            }
        }
    }
}

#[derive(Default)]
struct Reader {
    past: Past,
    open: HashMap<String, Vec<Pending>>,
    overridden: HashSet<String>,
    /// Steps of a run with an attempt that did not pass.
    spoilt: HashSet<(String, String)>,
}

impl Reader {
    fn take(&mut self, line: u64, at: &str, event: &Event) {
        match event {
            Event::RunBegan(began) if began.overridden.is_some() => {
                self.overridden.insert(began.run.clone());
            }
            Event::StepEnded(ended) => self.ended(line, at, ended),
            Event::StepReused(reused) => {
                self.past.last_accepted.insert(reused.step.clone(), reused.key);
            }
            Event::RunEnded(ended) => {
                let mut pending = self.open.remove(&ended.run).unwrap_or_default();
                if !ended.certifiable || self.overridden.contains(&ended.run) {
                    pending.retain(|pending| pending.accepted.is_none());
                }
                self.past.keep(pending);
            }
            _ => {}
        }
    }

    fn ended(&mut self, line: u64, at: &str, ended: &StepEnded) {
        let doubts: Vec<String> = ended.unproven.iter().map(|doubt| doubt.code.clone()).collect();
        let last = Last { key: ended.key, run: ended.run.clone(), state: ended.state, doubts };
        self.past.last.insert(ended.step.clone(), last);
        let passed = ended.state == State::Passed;
        if matches!(ended.state, State::Passed | State::Failed) {
            let durations = self.past.durations.entry(ended.step.clone()).or_default();
            durations.push(ended.duration_ms);
            if durations.len() > DURATIONS {
                durations.remove(0);
            }
        }
        let attempt = (ended.run.clone(), ended.step.clone());
        if !passed {
            self.spoilt.insert(attempt.clone());
        }
        let is_accepted = passed && ended.unproven.is_empty() && !self.spoilt.contains(&attempt);
        let accepted = is_accepted.then(|| Accepted {
            run: ended.run.clone(),
            line,
            at: at.to_owned(),
            duration_ms: ended.duration_ms,
            isolation: ended.isolation,
        });
        // An interrupted attempt says nothing about the key.
        if accepted.is_some() || ended.state != State::Interrupted {
            let pending = self.open.entry(ended.run.clone()).or_default();
            pending.push(Pending { step: ended.step.clone(), key: ended.key, accepted });
        }
    }
}

/// The value that so many of a hundred do not pass, by nearest rank.
pub(super) fn percentile(values: &[u64], percent: usize) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

/// Why a step runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// No run of this record accepted it yet.
    FirstRun,
    /// `--fresh`.
    Fresh,
    /// Its key is not that of the last accepted result: what differs, the first layer first. Empty where the older
    /// ingredients are gone.
    Changed(Vec<Difference>),
    /// The same key ended otherwise before: `failed in run R`, `unproven in run R (inputs-moved)`.
    NotAccepted(String),
    /// The policy demands more isolation than the accepted result had.
    Isolation,
    /// Nothing can be reused: files could not be read.
    Doubt(String),
}

/// What becomes of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It runs.
    Run(Why),
    /// A kept result stands in for it.
    Reuse(Accepted),
    /// It can't run: tools are missing, each with the reason. Its claim is unproven.
    Missing(Vec<String>),
}

/// What decides beside the key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms<'a> {
    /// `--fresh`: nothing is reused.
    pub fresh: bool,
    /// The least isolation that a result must have had.
    pub isolation: Confinement,
    /// Why no key can be trusted.
    pub doubt: Option<&'a str>,
}

/// Decides about one step. `differences` compares the pre-image of the given key with that of the step.
pub fn decide(
    step: &str,
    key: &Digest,
    past: &Past,
    terms: Terms<'_>,
    differences: &dyn Fn(&Digest) -> Vec<Difference>,
) -> Decision {
    if terms.fresh {
        return Decision::Run(Why::Fresh);
    }
    if let Some(doubt) = terms.doubt {
        return Decision::Run(Why::Doubt(doubt.to_owned()));
    }
    if let Some(accepted) = past.accepted(step, key) {
        if accepted.isolation < terms.isolation {
            return Decision::Run(Why::Isolation);
        }
        return Decision::Reuse(accepted.clone());
    }
    let last = past.last(step).filter(|last| last.key == *key);
    if let Some(last) = last {
        return Decision::Run(Why::NotAccepted(last.told()));
    }
    Decision::Run(match past.last_accepted_key(step) {
        None => Why::FirstRun,
        Some(other) => Why::Changed(differences(other)),
    })
}

impl Last {
    fn told(&self) -> String {
        let how = match self.state {
            State::Passed if self.doubts.is_empty() => "passed, but did not count,",
            State::Passed => "unproven",
            state => state.as_str(),
        };
        let doubts = if self.doubts.is_empty() { String::new() } else { format!(" ({})", self.doubts.join(", ")) };
        format!("{how} in run {}{doubts}", self.run)
    }
}

impl Why {
    /// The reason on one line: at most three names, and how many more there are.
    pub fn line(&self) -> String {
        match self {
            Self::FirstRun => "first run".to_owned(),
            Self::Fresh => "--fresh".to_owned(),
            Self::Changed(differences) => changed(differences),
            Self::NotAccepted(told) => format!("the same ingredients: {told}"),
            Self::Isolation => "the kept result was less isolated than the policy demands".to_owned(),
            Self::Doubt(doubt) => doubt.clone(),
        }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FirstRun => "first-run",
            Self::Fresh => "fresh",
            Self::Changed(_) => "changed",
            Self::NotAccepted(_) => "not-accepted",
            Self::Isolation => "isolation",
            Self::Doubt(_) => "doubt",
        }
    }
}

fn changed(differences: &[Difference]) -> String {
    if differences.is_empty() {
        return "something changed; the older ingredients are no longer kept".to_owned();
    }
    // A need that runs anew is told by the need itself.
    let own: Vec<&Difference> = differences.iter().filter(|one| !is_need(one)).collect();
    let told = if own.is_empty() { differences.iter().collect() } else { own };
    let mut text = told.iter().take(3).map(|one| one.line()).collect::<Vec<_>>().join("; ");
    if told.len() > 3 {
        text.push_str(&format!("; and {} more", told.len() - 3));
    }
    text
}

fn is_need(difference: &Difference) -> bool {
    difference.layer == Layer::Policy && difference.name.starts_with("need ")
}
