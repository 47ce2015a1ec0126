//! One attempt of a step, from its durable beginning to its durable end.

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use crate::error::Error;
use crate::facts::policy::run::Isolation;
use crate::steps::ending;
use crate::steps::ending::Last;
use crate::steps::event::Event;
use crate::steps::event::StepBegan;
use crate::steps::event::StepEnded;
use crate::steps::event::Stream;
use crate::steps::execution::Attempted;
use crate::steps::execution::Captured;
use crate::steps::execution::Ground;
use crate::steps::execution::Planned;
use crate::steps::execution::Progress;
use crate::steps::execution::Watch;
use crate::steps::lease;
use crate::steps::output::Gathering;
use crate::steps::output::Whose;
use crate::steps::sink::Durability;
use crate::steps::sink::Sink;
use crate::world::clock::Stopwatch;
use crate::world::process::fence::Fence;
use crate::world::process::fence::Places;
use crate::world::process::identity::Identity;
use crate::world::process::interrupt::Interrupt;
use crate::world::process::shepherd::Shepherd;
use crate::world::process::shepherd::Started;
use crate::world::process::shepherd::ensure_gone;
use crate::world::process::spec::Launch;
use crate::world::process::spec::Pipe;
use crate::world::process::spec::Reached;
use crate::world::process::spec::Report;
use crate::world::target_folder;

/// How often a running step's engine looks whether the run must stop, in milliseconds.
const BEAT: u64 = 50;

/// The code of the error of a step that was stopped because of another's.
pub(super) const STOPPED: &str = "stopped";

/// What every attempt is given.
pub(super) struct Stage<'a> {
    pub(super) ground: &'a Ground,
    pub(super) sink: &'a dyn Sink,
    pub(super) watch: &'a dyn Watch,
    pub(super) progress: &'a (dyn Fn(Progress<'_>) + Sync),
    /// Asked to stop from outside.
    pub(super) interrupt: &'a Interrupt,
    /// Stopped by an error of our own.
    pub(super) stop: Interrupt,
}

/// Makes an attempt. `failed` says how many went before, all in vain.
pub(super) fn attempt(
    house: &Stage<'_>,
    shepherd: &Shepherd,
    planned: &Planned,
    program: &Path,
    attempt: u32,
    failed: u32,
) -> Result<StepEnded, Error> {
    let fence = (house.ground.isolation != Isolation::None).then(|| Fence::around(&places(house.ground, planned)));
    let ended = guarded(house, shepherd, planned, attempt, &launch(house.ground, planned, program, fence.as_ref()));
    let is_open = fence.as_ref().is_some_and(|fence| fence.record_is_open);
    let tool_is_open = fence.as_ref().is_some_and(|fence| fence.tool_is_open);
    if let Some(fence) = fence {
        fence.lower();
    }
    let (last, captured) = ended?;
    if house.stop.is_set() {
        // Another step's event could not be recorded: this one's end is not recorded either.
        return Err(Error::failed(STOPPED, "go on: the run was stopped by an error"));
    }
    let whole = ending::Whole { ground: house.ground, planned, attempt, failed, is_open, tool_is_open };
    let (state, exit) = last.state(house.interrupt.is_set());
    let moved = house.watch.after(planned, attempt)?;
    let left = house.watch.left(&Attempted { planned, attempt, state, exit, captured: &captured })?;
    let ended = whole.ended(last, state, moved, left, &captured);
    house.sink.append(&Event::StepEnded(ended.clone()), Durability::Now)?;
    (house.progress)(Progress::Ended { step: &planned.step, ended: &ended });
    Ok(ended)
}

/// Lets the step run, its beginning on the disk before it does.
fn guarded(
    stage: &Stage<'_>,
    shepherd: &Shepherd,
    planned: &Planned,
    attempt: u32,
    launch: &Launch,
) -> Result<(Last, Captured), Error> {
    let step = &planned.step;
    stage.watch.before(planned, attempt)?;
    let began = StepBegan {
        run: stage.ground.run.clone(),
        step: step.name.clone(),
        attempt,
        key: planned.key,
        argv: step.argv.clone(),
        lease: lease::of(shepherd.identity()),
    };
    stage.sink.append(&Event::StepBegan(began), Durability::Now)?;
    (stage.progress)(Progress::Began { step, attempt });
    let Ok(started) = shepherd.launch(launch) else {
        // Another step killed the shepherd since it was asked for.
        return Ok((Last::lost(None, Reached::default(), true), Captured::default()));
    };
    let whose = Whose { run: &stage.ground.run, step: &step.name, attempt };
    let gathering = Gathering::new(whose, stage.sink, &stage.ground.secrets, stage.ground.output_cap);
    let heard = hear(stage, shepherd, planned, attempt, &started, gathering);
    if heard.is_err() {
        // Nothing more can be recorded of it, so it does not go on.
        stage.stop.set();
        shepherd.end(&started);
        while started.reports.recv().is_ok() {}
    }
    heard
}

/// Listens to a step until its last word.
fn hear(
    stage: &Stage<'_>,
    shepherd: &Shepherd,
    planned: &Planned,
    attempt: u32,
    started: &Started,
    mut gathering: Gathering<'_>,
) -> Result<(Last, Captured), Error> {
    let mut process: Option<Identity> = None;
    let mut reached = Reached::default();
    let mut is_told = false;
    let stopwatch = Stopwatch::start();
    let tell = |stream, bytes: &[u8]| {
        if !bytes.is_empty() {
            (stage.progress)(Progress::Wrote { step: &planned.step, attempt, stream, bytes });
        }
    };
    let report = loop {
        if !is_told && (stage.interrupt.is_set() || stage.stop.is_set()) {
            shepherd.end(started);
            is_told = true;
        }
        match started.reports.recv_timeout(Duration::from_millis(BEAT)) {
            Ok(Report::Began { process: began, reached: what }) => (process, reached) = (Some(began), what),
            Ok(Report::Output { pipe, bytes, at_ms }) => {
                let stream = if pipe == Pipe::Out { Stream::Out } else { Stream::Err };
                tell(stream, &gathering.push(stream, bytes, at_ms)?);
            }
            Ok(last) => break Some(last),
            Err(RecvTimeoutError::Timeout) => gathering.pass_time(stopwatch.milliseconds())?,
            Err(RecvTimeoutError::Disconnected) => break None,
        }
    };
    for stream in [Stream::Out, Stream::Err] {
        tell(stream, &gathering.drain(stream)?);
    }
    let captured = gathering.finish()?;
    if matches!(report, None | Some(Report::Lost { .. })) {
        let is_gone = process.as_ref().is_none_or(ensure_gone);
        return Ok((Last::lost(report, reached, is_gone), captured));
    }
    Ok((Last { report, reached, is_gone: true }, captured))
}

fn launch(ground: &Ground, planned: &Planned, program: &Path, fence: Option<&Fence>) -> Launch {
    let variables = &planned.environment.variables;
    let mut env: Vec<(String, OsString)> =
        variables.iter().map(|variable| (variable.name.clone(), variable.value.clone())).collect();
    if let Some(temp) = fence.and_then(|fence| fence.temp.clone()) {
        env.retain(|(name, _)| name != "TMPDIR");
        env.push(("TMPDIR".to_owned(), temp.into_os_string()));
    }
    Launch {
        program: program.to_owned(),
        argv: planned.step.argv.clone(),
        folder: ground.root.clone(),
        env,
        timeout: planned.step.timeout,
        grace: ground.grace,
        writable: fence.map(|fence| fence.writable.clone()),
        network: planned.step.network,
        temp: fence.and_then(|fence| fence.temp.clone()),
    }
}

/// The places that matter to the confinement of a step, by what the step itself sees.
fn places(ground: &Ground, planned: &Planned) -> Places {
    let see = |name: &str| planned.environment.get(name).map(PathBuf::from);
    let mut temp: Vec<PathBuf> = see("TMPDIR").into_iter().collect();
    temp.extend(["/tmp", "/var/tmp"].map(PathBuf::from));
    let mut outputs = planned.step.outputs.clone();
    if planned.step.is_cargo() {
        // Where none is checked in, cargo writes one at the top of the tree.
        outputs.push("Cargo.lock".to_owned());
    }
    Places {
        root: ground.root.clone(),
        targets: target_folder::of(&ground.root, &ground.chain, &planned.step.argv, &|name| {
            planned.environment.get(name).map(OsString::from)
        }),
        cargo_home: see("CARGO_HOME").or_else(|| see("HOME").map(|home| home.join(".cargo"))),
        temp,
        record: ground.record.clone(),
        tool: ground.tool.clone(),
        outputs,
    }
}
