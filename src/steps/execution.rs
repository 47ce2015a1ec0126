//! What the execution of a plan takes and gives: plain data, and the two callbacks for what other parts own.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::policy::run::Isolation;
use crate::steps::environment::Environment;
use crate::steps::event::Doubt;
use crate::steps::event::Normal;
use crate::steps::event::StepEnded;
use crate::steps::event::Stream;
use crate::steps::event::Streams;
use crate::steps::outcome::Evidence;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;
use crate::steps::scrub::Secrets;
use crate::steps::step::Step;
use crate::world::cargo_chain::Chain;

/// A step that is to be executed.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The step.
    pub step: Step,
    /// Its key.
    pub key: Digest,
    /// The file to execute; none: the first argument is looked up on the path of the environment.
    pub program: Option<PathBuf>,
    /// What it sees of the environment.
    pub environment: Environment,
}

/// What all steps of a run share.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The run.
    pub run: String,
    /// This program's own file, which watches over the steps.
    pub tool: PathBuf,
    /// The root of the tree, where steps run.
    pub root: PathBuf,
    /// The configuration around the tree, which may name the target folder.
    pub chain: Arc<Chain>,
    /// The folder of the record: no step may write there.
    pub record: PathBuf,
    /// The isolation that the policy asks for.
    pub isolation: Isolation,
    /// How many bytes of an attempt's output are kept.
    pub output_cap: u64,
    /// How long a step has between SIGTERM and SIGKILL.
    pub grace: Duration,
    /// How many steps may run at once.
    pub threads: usize,
    /// The values that nothing may keep or show.
    pub secrets: Secrets,
    /// The steps that need not be executed, because a kept result stands in for them.
    pub reused: BTreeSet<String>,
    /// Whether steps begin though what they need did not pass: only under `--override`.
    pub goes_on: bool,
}

/// How long a step has between SIGTERM and SIGKILL, unless a test says otherwise.
pub const GRACE: Duration = Duration::from_secs(2);

/// The code of what a step is not started for: another run has it in flight.
pub const ALREADY_RUNNING: &str = "already-running";

/// The code of the note that a lock file appeared while a step ran that may have read it or not: whatever the key says of
/// the lock file, the result may be of the other case, so it stands in for no later execution.
pub const LOCK_APPEARED: &str = "lock-appeared";

/// The code of the note that the compiler read what no key names, though it belongs to the tree or the machine: under the
/// same key it may be another thing, so the result stands in for no later execution.
pub const INPUTS_UNNAMED: &str = "inputs-unnamed";

/// What an attempt wrote, secrets taken out, up to the cap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// Standard output.
    pub out: Vec<u8>,
    /// Standard error.
    pub err: Vec<u8>,
    /// How many bytes came beyond the cap and were not kept.
    pub cut: u64,
    /// The objects that hold what was kept.
    pub kept: Streams,
}

/// An attempt that ended, for those who judge it.
#[derive(Clone, Copy, Debug)]
pub struct Attempted<'a> {
    /// The step.
    pub planned: &'a Planned,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// How it ended.
    pub state: State,
    /// The exit code.
    pub exit: Option<i32>,
    /// What it wrote.
    pub captured: &'a Captured,
}

/// What an attempt left, and what is to be thought of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// The evidence.
    pub evidence: Evidence,
    /// The files that the record keeps.
    pub outputs: Vec<Output>,
    /// The streams after normalisation.
    pub normal: Option<Normal>,
    /// The key that the step has now, where that is another one.
    pub also: Option<Digest>,
    /// Why it proves nothing.
    pub unproven: Vec<Doubt>,
    /// What decides nothing.
    pub notes: Vec<Doubt>,
}

/// What other parts do around an attempt. Calls come from several threads; an error stops the run.
pub trait Watch: Sync {
    /// Looks at the inputs before an attempt begins.
    fn before(&self, planned: &Planned, attempt: u32) -> Result<(), Error>;

    /// Looks again once nothing of the step is left, and says what moved: doubts that make the attempt unproven.
    fn after(&self, planned: &Planned, attempt: u32) -> Result<Vec<Doubt>, Error>;

    /// Reads the evidence of an attempt that ended, whatever its state.
    fn left(&self, attempted: &Attempted<'_>) -> Result<Left, Error>;
}

/// What happens, as it happens. Calls come from several threads.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// So many steps are to be executed or left out: those that are not reused.
    Planned {
        /// How many.
        steps: usize,
    },
    /// An attempt begins.
    Began {
        /// The step.
        step: &'a Step,
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// An attempt wrote, secrets taken out. Beyond the cap it is told still.
    Wrote {
        /// The step.
        step: &'a Step,
        /// Which attempt, from 1.
        attempt: u32,
        /// Where to.
        stream: Stream,
        /// What.
        bytes: &'a [u8],
    },
    /// An attempt ended.
    Ended {
        /// The step.
        step: &'a Step,
        /// Its end, as it stands in the record.
        ended: &'a StepEnded,
    },
    /// A step will not run.
    NotRun {
        /// The step.
        step: &'a Step,
        /// Why.
        why: &'a Doubt,
    },
}

/// What came of a step after all its attempts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The step.
    pub step: String,
    /// The worst attempt; none where the step never began.
    pub worst: Option<StepEnded>,
    /// Why it never began.
    pub why: Option<Doubt>,
    /// How many attempts were made.
    pub attempts: u32,
    /// Whether one attempt failed and a later one passed.
    pub is_flaky: bool,
}

impl Settled {
    /// The state that counts: the worst.
    pub fn state(&self) -> State {
        self.worst.as_ref().map_or(State::NotRun, |worst| worst.state)
    }
}

/// What came of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// The steps, in the order of the plan.
    pub settled: Vec<Settled>,
    /// Whether it was asked to stop before its end.
    pub is_interrupted: bool,
}

/// A doubt from a stable word and a sentence.
pub(super) fn doubt(code: &str, message: impl Into<String>) -> Doubt {
    Doubt { code: code.to_owned(), message: message.into() }
}
