//! Events of made-up runs, with their objects, for tests of the record.

use cargo_governed::error::Error;
use cargo_governed::facts::digest::Digest;
use cargo_governed::steps::event::CheckSummary;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::event::JudgedRun;
use cargo_governed::steps::event::Lease;
use cargo_governed::steps::event::Machine;
use cargo_governed::steps::event::RunBegan;
use cargo_governed::steps::event::RunEnded;
use cargo_governed::steps::event::RunPolicy;
use cargo_governed::steps::event::RunSubject;
use cargo_governed::steps::event::StepBegan;
use cargo_governed::steps::event::StepEnded;
use cargo_governed::steps::event::StepOutput;
use cargo_governed::steps::event::Stream;
use cargo_governed::steps::outcome::Confinement;
use cargo_governed::steps::outcome::Evidence;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;

/// A lease of a process that is long gone.
pub(crate) fn lease() -> Lease {
    Lease { boot: "00000000-0000-0000-0000-000000000000".to_owned(), pid: 1, started: 2 }
}

pub(crate) fn run_began(run: &str, listing: Digest, plan: Digest) -> Event {
    Event::RunBegan(RunBegan {
        run: run.to_owned(),
        version: "0.1.0".to_owned(),
        subject: RunSubject { source: "worktree".to_owned(), revision: None, tree: None, dirty: false, listing },
        base: None,
        policy: RunPolicy::default(),
        plan,
        machine: Machine { os: "linux".to_owned(), arch: "x86_64".to_owned(), threads: 2 },
        lease: lease(),
        shard: None,
        chosen_of: None,
        resumes: None,
        joins: Vec::new(),
        quorum: None,
        overridden: None,
        replays: None,
        place: None,
    })
}

pub(crate) fn step_began(run: &str, step: &str, key: Digest) -> Event {
    let argv = vec!["cargo".to_owned(), step.to_owned()];
    Event::StepBegan(StepBegan { run: run.to_owned(), step: step.to_owned(), attempt: 1, key, argv, lease: lease() })
}

pub(crate) fn step_output(run: &str, step: &str, object: Digest, bytes: u64) -> Event {
    let (run, step) = (run.to_owned(), step.to_owned());
    Event::StepOutput(StepOutput { run, step, attempt: 1, stream: Stream::Out, object, bytes, at_ms: 7 })
}

pub(crate) fn ended(run: &str, step: &str, key: Digest, state: State) -> StepEnded {
    StepEnded {
        run: run.to_owned(),
        step: step.to_owned(),
        attempt: 1,
        key,
        also: None,
        state,
        exit: Some(0),
        signal: None,
        duration_ms: 1200,
        cpu_ms: None,
        unproven: Vec::new(),
        notes: Vec::new(),
        isolation: Confinement::Landlock,
        evidence: Evidence::default(),
        outputs: Vec::new(),
        normal: None,
        streams: None,
    }
}

pub(crate) fn judged(run: &str, report: Digest) -> Event {
    let check = CheckSummary {
        verdict: "accepted".to_owned(),
        deny: 0,
        warn: 0,
        note: 0,
        waived: 0,
        new: 0,
        report,
        sarif: None,
    };
    Event::Judged(JudgedRun {
        run: run.to_owned(),
        check,
        verdict: "accepted".to_owned(),
        because: Vec::new(),
        junit: None,
    })
}

pub(crate) fn run_ended(run: &str) -> Event {
    let (run, verdict) = (run.to_owned(), "accepted".to_owned());
    Event::RunEnded(RunEnded { run, verdict, duration_ms: 1300, certifiable: true })
}

/// A whole run of some steps, as the engine records it.
pub(crate) fn record_run(sink: &dyn Sink, run: &str, steps: usize, log: usize) -> Result<(), Error> {
    let listing = sink.object(format!("listing of {run}").as_bytes())?;
    let plan = sink.object(b"plan")?;
    sink.append(&run_began(run, listing, plan), Durability::Now)?;
    for step in 0..steps {
        let name = format!("step-{step}");
        let key = sink.object(format!("the inputs of {name} in {run}").as_bytes())?;
        sink.append(&step_began(run, &name, key), Durability::Now)?;
        let line = format!("{run} {name}: some output\n");
        let output = sink.object(line.repeat(log / line.len() + 1).as_bytes())?;
        sink.append(&step_output(run, &name, output, log as u64), Durability::Soon)?;
        sink.append(&Event::StepEnded(ended(run, &name, key, State::Passed)), Durability::Now)?;
    }
    let report = sink.object(b"{}")?;
    sink.append(&judged(run, report), Durability::Soon)?;
    sink.append(&run_ended(run), Durability::Now)?;
    Ok(())
}
