//! Executes a plan: steps in the order of their graph, independent ones side by side, every beginning and end in the record.

use std::path::Path;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use crate::error::Error;
use crate::steps::attempt;
use crate::steps::attempt::Stage;
use crate::steps::event::Doubt;
use crate::steps::event::Event;
use crate::steps::event::StepNotRun;
use crate::steps::execution::ALREADY_RUNNING;
use crate::steps::execution::Execution;
use crate::steps::execution::Ground;
use crate::steps::execution::Planned;
use crate::steps::execution::Progress;
use crate::steps::execution::Settled;
use crate::steps::execution::Watch;
use crate::steps::execution::doubt;
use crate::steps::outcome::State;
use crate::steps::queue::Next;
use crate::steps::queue::Queue;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::process::interrupt::Interrupt;
use crate::world::process::program;
use crate::world::process::shepherd::Shepherd;

/// How often a waiting worker looks whether the run must stop.
const BEAT: Duration = Duration::from_millis(50);

/// Executes the steps of a plan that are not reused.
///
/// An error means that something could not be recorded or looked at: the steps are ended, and nothing more is recorded.
pub fn execute(
    ground: &Ground,
    plan: &[Planned],
    sink: &dyn Sink,
    watch: &dyn Watch,
    progress: &(dyn Fn(Progress<'_>) + Sync),
    interrupt: &Interrupt,
) -> Result<Execution, Error> {
    let steps = plan.iter().filter(|planned| !ground.reused.contains(&planned.step.name)).count();
    progress(Progress::Planned { steps });
    let stage = Stage { ground, sink, watch, progress, interrupt, stop: Interrupt::default() };
    let house = House {
        stage,
        plan,
        shared: Mutex::new(Shared {
            queue: Queue::new(plan, &ground.reused).going_on(ground.goes_on),
            settled: vec![None; plan.len()],
            error: None,
        }),
        changed: Condvar::new(),
        shepherd: Mutex::default(),
    };
    // Where every step stands on a kept result there is nothing to wait for.
    if steps == 0 {
        house.work();
    } else {
        thread::scope(|scope| {
            for _ in 0..ground.threads.clamp(1, plan.len()) {
                scope.spawn(|| house.work());
            }
        });
    }
    let shared = house.shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    match shared.error {
        Some(error) => Err(error),
        None => Ok(Execution {
            settled: shared.settled.into_iter().flatten().collect(),
            is_interrupted: interrupt.is_set(),
        }),
    }
}

/// What the workers share.
struct House<'a> {
    stage: Stage<'a>,
    plan: &'a [Planned],
    shared: Mutex<Shared<'a>>,
    changed: Condvar,
    shepherd: Mutex<Option<Arc<Shepherd>>>,
}

struct Shared<'a> {
    queue: Queue<'a>,
    settled: Vec<Option<Settled>>,
    error: Option<Error>,
}

impl<'a> House<'a> {
    /// Takes steps until none is left.
    fn work(&self) {
        loop {
            let is_stopping = self.stage.interrupt.is_set();
            let mut shared = self.locked();
            if shared.error.is_some() {
                return;
            }
            match shared.queue.next(is_stopping) {
                Next::Done => return,
                Next::Wait => {
                    // An interrupt wakes nobody, so nobody sleeps long.
                    let _ = self.changed.wait_timeout(shared, BEAT);
                }
                Next::Skip(index, why) => {
                    drop(shared);
                    self.settle(index, self.skip(&self.plan[index], why));
                }
                Next::Run(index) => {
                    drop(shared);
                    self.settle(index, self.run(&self.plan[index]));
                }
            }
        }
    }

    fn locked(&self) -> MutexGuard<'_, Shared<'a>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self, index: usize, settled: Result<Settled, Error>) {
        let mut shared = self.locked();
        match settled {
            Ok(settled) => {
                shared.queue.settle(index, settled.state());
                shared.settled[index] = Some(settled);
            }
            Err(error) => {
                self.stage.stop.set();
                // Who was only told to stop does not know why.
                if shared.error.as_ref().is_none_or(|known| known.code == attempt::STOPPED) {
                    shared.error = Some(error);
                }
            }
        }
        self.changed.notify_all();
    }

    /// Records that a step never began.
    fn skip(&self, planned: &Planned, why: Doubt) -> Result<Settled, Error> {
        let step = &planned.step;
        let event = StepNotRun { run: self.stage.ground.run.clone(), step: step.name.clone(), why: why.clone() };
        self.stage.sink.append(&Event::StepNotRun(event), Durability::Soon)?;
        (self.stage.progress)(Progress::NotRun { step, why: &why });
        Ok(Settled { step: step.name.clone(), worst: None, why: Some(why), attempts: 0, is_flaky: false })
    }

    /// Runs a step until an attempt passes or none is left. The worst attempt counts, not the last.
    fn run(&self, planned: &Planned) -> Result<Settled, Error> {
        let Some(program) = self.program(planned) else {
            let name = planned.step.argv.first().map_or("", String::as_str);
            return self.skip(planned, doubt("tool-missing", format!("`{name}` was not found on the path")));
        };
        let mut settled =
            Settled { step: planned.step.name.clone(), worst: None, why: None, attempts: 0, is_flaky: false };
        for number in 1..=planned.step.attempts.max(1) {
            let shepherd = self.shepherd()?;
            let failed = settled.attempts;
            let ended = match attempt::attempt(&self.stage, &shepherd, planned, &program, number, failed) {
                // Another run began it since we looked. What we know of it by then counts.
                Err(error) if error.code == ALREADY_RUNNING && failed == 0 => {
                    return self.skip(planned, doubt(ALREADY_RUNNING, format!("could not {}", error.message)));
                }
                Err(error) if error.code == ALREADY_RUNNING => break,
                ended => ended?,
            };
            settled.attempts = number;
            let state = ended.state;
            settled.is_flaky = state == State::Passed && failed > 0;
            if settled.worst.as_ref().is_none_or(|worst| worst.state < state) {
                settled.worst = Some(ended);
            }
            if matches!(state, State::Passed | State::Interrupted) {
                break;
            }
        }
        Ok(settled)
    }

    fn program(&self, planned: &Planned) -> Option<std::path::PathBuf> {
        let root: &Path = &self.stage.ground.root;
        let name = match &planned.program {
            Some(file) => file.to_str()?,
            None => planned.step.argv.first()?,
        };
        program::find(name, planned.environment.get("PATH"), root)
    }

    /// The shepherd; a fresh one where the last was killed.
    fn shepherd(&self) -> Result<Arc<Shepherd>, Error> {
        let mut current = self.shepherd.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shepherd) = current.as_ref().filter(|shepherd| !shepherd.is_lost()) {
            return Ok(Arc::clone(shepherd));
        }
        let shepherd = Arc::new(Shepherd::start(&self.stage.ground.tool)?);
        *current = Some(Arc::clone(&shepherd));
        Ok(shepherd)
    }
}
