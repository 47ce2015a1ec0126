//! Which step runs next: those whose needs have passed, in the order of the plan, one cargo at a time.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::steps::event::Doubt;
use crate::steps::execution::Planned;
use crate::steps::execution::doubt;
use crate::steps::outcome::State;
use crate::steps::verdict::INTERRUPTED;

/// What a worker is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Run this step of the plan.
    Run(usize),
    /// Settle this step without running it.
    Skip(usize, Doubt),
    /// Wait for another to settle.
    Wait,
    /// Nothing is left to begin.
    Done,
}

/// The steps of a plan that have not begun, and how the others stand.
#[derive(Debug)]
pub(super) struct Queue<'a> {
    plan: &'a [Planned],
    waiting: Vec<usize>,
    running: Vec<usize>,
    states: BTreeMap<&'a str, State>,
    /// What each step waits for: its needs, and in the place of a reused one what that one needs in its turn.
    needs: Vec<BTreeSet<&'a str>>,
    /// `--override`: a need that did not pass keeps nobody waiting.
    goes_on: bool,
}

impl<'a> Queue<'a> {
    /// All steps wait; those that are reused count as passed.
    pub(super) fn new(plan: &'a [Planned], reused: impl IntoIterator<Item = &'a String>) -> Self {
        let states: BTreeMap<&str, State> = reused.into_iter().map(|step| (step.as_str(), State::Passed)).collect();
        let needs = waited_for(plan, &states);
        let waiting = (0..plan.len()).filter(|&index| !is_settled(&states, &plan[index])).collect();
        Self { plan, waiting, running: Vec::new(), states, needs, goes_on: false }
    }

    /// Lets steps begin though what they need did not pass.
    pub(super) fn going_on(self, goes_on: bool) -> Self {
        Self { goes_on, ..self }
    }

    /// Takes the next step out of those that wait.
    pub(super) fn next(&mut self, is_stopping: bool) -> Next {
        let Some(&first) = self.waiting.first() else { return Next::Done };
        if is_stopping {
            self.waiting.remove(0);
            return Next::Skip(first, doubt(INTERRUPTED, "the run was stopped before this step began"));
        }
        for at in 0..self.waiting.len() {
            let index = self.waiting[at];
            match self.standing(index) {
                Standing::Ready => {
                    self.waiting.remove(at);
                    self.running.push(index);
                    return Next::Run(index);
                }
                Standing::Hopeless(why) => {
                    self.waiting.remove(at);
                    return Next::Skip(index, why);
                }
                Standing::Waits => {}
            }
        }
        if self.running.is_empty() {
            // Nobody is left who could make it ready: a circle, which a checked plan does not have.
            self.waiting.remove(0);
            return Next::Skip(first, doubt("need-failed", "its needs wait for each other"));
        }
        Next::Wait
    }

    /// Says how a step ended.
    pub(super) fn settle(&mut self, index: usize, state: State) {
        self.running.retain(|&running| running != index);
        self.states.insert(&self.plan[index].step.name, state);
    }

    fn standing(&self, index: usize) -> Standing {
        let step = &self.plan[index].step;
        let mut is_ready = !(step.is_cargo() && self.running.iter().any(|&other| self.plan[other].step.is_cargo()));
        for need in &self.needs[index] {
            match self.states.get(need) {
                Some(State::Passed) => {}
                Some(_) if self.goes_on => {}
                Some(state) => return Standing::Hopeless(need_failed(need, state.as_str())),
                None if self.plan.iter().any(|planned| planned.step.name == **need) => is_ready = false,
                None => return Standing::Hopeless(need_failed(need, "not in the plan")),
            }
        }
        if is_ready { Standing::Ready } else { Standing::Waits }
    }
}

/// How a waiting step stands.
enum Standing {
    Ready,
    Waits,
    Hopeless(Doubt),
}

/// A kept result stands in for a step at once; what it needs may run anew still, and whoever needs the step waits for that.
fn waited_for<'a>(plan: &'a [Planned], reused: &BTreeMap<&str, State>) -> Vec<BTreeSet<&'a str>> {
    let places: BTreeMap<&str, usize> =
        plan.iter().enumerate().map(|(place, planned)| (planned.step.name.as_str(), place)).collect();
    let mut all: Vec<BTreeSet<&str>> = Vec::with_capacity(plan.len());
    for planned in plan {
        let mut needs = BTreeSet::new();
        for need in &planned.step.needs {
            // A need stands before the steps that need it.
            match places.get(need.as_str()).and_then(|&place| all.get(place)) {
                Some(behind) if reused.contains_key(need.as_str()) => needs.extend(behind.iter().copied()),
                _ => needs.extend(Some(need.as_str())),
            }
        }
        all.push(needs);
    }
    all
}

fn is_settled(states: &BTreeMap<&str, State>, planned: &Planned) -> bool {
    states.contains_key(planned.step.name.as_str())
}

fn need_failed(need: &str, state: &str) -> Doubt {
    doubt("need-failed", format!("it needs `{need}`, which is {state}"))
}
