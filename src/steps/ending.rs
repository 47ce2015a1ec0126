//! From the last word about an attempt to the event of its end: its state, its doubts, its notes.

use crate::facts::policy::run::Isolation;
use crate::steps::event::Doubt;
use crate::steps::event::StepEnded;
use crate::steps::event::Streams;
use crate::steps::execution::Captured;
use crate::steps::execution::Ground;
use crate::steps::execution::Left;
use crate::steps::execution::Planned;
use crate::steps::execution::doubt;
use crate::steps::outcome::Confinement;
use crate::steps::outcome::State;
use crate::world::process::spec::EndedBy;
use crate::world::process::spec::Reached;
use crate::world::process::spec::Report;

/// What a denied write is called on every Unix.
const DENIED: &[u8] = b"ermission denied";

/// The most pieces of output that the end of an attempt names once more.
const MOST_PIECES: usize = 512;

fn pieces(streams: &Streams) -> usize {
    streams.out.objects.len() + streams.err.objects.len()
}

/// The last that was heard of an attempt.
#[derive(Debug)]
pub(super) struct Last {
    /// The last word; none where the shepherd went without one.
    pub(super) report: Option<Report>,
    /// What was reached of the confinement.
    pub(super) reached: Reached,
    /// Whether the process is known to be gone.
    pub(super) is_gone: bool,
}

impl Last {
    /// The step's watchers were killed.
    pub(super) fn lost(report: Option<Report>, reached: Reached, is_gone: bool) -> Self {
        Self { report, reached, is_gone }
    }

    /// How the attempt ended, and its exit code.
    pub(super) fn state(&self, is_interrupted: bool) -> (State, Option<i32>) {
        match &self.report {
            Some(Report::Ended(ended)) => {
                let state = match ended.by {
                    EndedBy::Timeout => State::TimedOut,
                    EndedBy::Order => State::Interrupted,
                    EndedBy::Itself if ended.exit == Some(0) => State::Passed,
                    EndedBy::Itself => State::Failed,
                };
                (state, ended.exit)
            }
            Some(Report::Unstarted(_)) => (State::Failed, None),
            _ if is_interrupted => (State::Interrupted, None),
            _ => (State::Failed, None),
        }
    }
}

/// What an attempt is judged by, beside its last word.
pub(super) struct Whole<'a> {
    pub(super) ground: &'a Ground,
    pub(super) planned: &'a Planned,
    pub(super) attempt: u32,
    /// How many attempts went before, all in vain.
    pub(super) failed: u32,
    /// Whether the record lies where the step may write.
    pub(super) is_open: bool,
    /// Whether this program's file does.
    pub(super) tool_is_open: bool,
}

impl Whole<'_> {
    /// The event of its end.
    pub(super) fn ended(
        &self,
        last: Last,
        state: State,
        moved: Vec<Doubt>,
        left: Left,
        captured: &Captured,
    ) -> StepEnded {
        let isolation = self.isolation(&last.reached);
        let mut unproven = [moved, left.unproven].concat();
        let mut notes = left.notes;
        self.doubt_isolation(isolation, &last.reached, &mut unproven, &mut notes);
        self.doubt_end(&last, state, &mut unproven, &mut notes);
        self.note_failure(state, isolation, captured, &mut notes);
        if captured.cut > 0 {
            let cap = self.ground.output_cap;
            let message = format!("{} bytes beyond the cap of {cap} bytes were counted and not kept", captured.cut);
            notes.push(doubt("output-cut", message));
        }
        let (exit, signal, duration_ms, cpu_ms) = match last.report {
            Some(Report::Ended(ended)) => (ended.exit, ended.signal, ended.duration_ms, ended.cpu_ms),
            _ => (None, None, 0, None),
        };
        StepEnded {
            run: self.ground.run.clone(),
            step: self.planned.step.name.clone(),
            attempt: self.attempt,
            key: self.planned.key,
            also: left.also,
            state,
            exit,
            signal,
            duration_ms,
            cpu_ms,
            unproven,
            notes,
            isolation,
            evidence: left.evidence,
            outputs: left.outputs,
            normal: left.normal,
            streams: (pieces(&captured.kept) <= MOST_PIECES).then(|| captured.kept.clone()),
        }
    }

    /// What the confinement may be called: one that leaves the record open is none.
    fn isolation(&self, reached: &Reached) -> Confinement {
        match (reached.landlock && !self.is_open, reached.own_network) {
            (true, true) => Confinement::Namespace,
            (true, false) => Confinement::Landlock,
            (false, _) => Confinement::None,
        }
    }

    fn doubt_isolation(
        &self,
        isolation: Confinement,
        reached: &Reached,
        unproven: &mut Vec<Doubt>,
        notes: &mut Vec<Doubt>,
    ) {
        if self.ground.isolation == Isolation::Landlock && isolation == Confinement::None {
            unproven.push(doubt("low-isolation", "the policy demands Landlock, and the step ran without"));
        }
        if reached.landlock && self.is_open {
            notes.push(doubt("record-open", "the record lies where the step may write"));
        }
        if reached.landlock && self.tool_is_open {
            notes.push(doubt("tool-open", "this tool's own file lies where the step may write"));
        }
        notes.extend(reached.why.iter().map(|why| doubt("confinement", why)));
    }

    fn doubt_end(&self, last: &Last, state: State, unproven: &mut Vec<Doubt>, notes: &mut Vec<Doubt>) {
        match &last.report {
            Some(Report::Ended(ended)) => {
                if !ended.left.is_empty() {
                    let message =
                        format!("it ended and left processes behind, which were ended: {}", ended.left.join(", "));
                    notes.push(doubt("process-left-behind", message));
                }
                if !ended.survived.is_empty() {
                    let message = format!("processes of it could not be ended: {}", ended.survived.join(", "));
                    unproven.push(doubt("process-survived", message));
                }
            }
            Some(Report::Unstarted(why)) => notes.push(doubt("not-started", format!("it could not be started: {why}"))),
            _ => {
                let gone = if last.is_gone { "nothing of it is known to be left" } else { "it may still run" };
                unproven.push(doubt("watcher-lost", format!("the process that watched over it was killed; {gone}")));
            }
        }
        if state == State::Passed && self.failed > 0 {
            let message = format!("it passed in attempt {} after {} that did not", self.attempt, self.failed);
            unproven.push(doubt("flaky", message));
        }
    }

    /// What may explain a failure: what the step was not given.
    fn note_failure(&self, state: State, isolation: Confinement, captured: &Captured, notes: &mut Vec<Doubt>) {
        if state != State::Failed {
            return;
        }
        let withheld = &self.planned.environment.withheld;
        if !withheld.is_empty() {
            notes.push(doubt("variables-withheld", format!("set, and not seen by the step: {}", withheld.join(", "))));
        }
        let says_denied = |bytes: &[u8]| memchr::memmem::find(bytes, DENIED).is_some();
        if isolation != Confinement::None && (says_denied(&captured.err) || says_denied(&captured.out)) {
            let message = "it may write only in the tree, the target folder, temporary folders and cargo's caches; new entries at the top of the tree must be its `outputs`";
            notes.push(doubt("writes-confined", message));
        }
    }
}
