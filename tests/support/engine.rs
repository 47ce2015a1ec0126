//! Steps executed from a test: a sink in memory, a watch that looks at nothing, and plans from shell lines.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use cargo_governed::error::Error;
use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::policy::run::Isolation;
use cargo_governed::steps::environment;
use cargo_governed::steps::event::Doubt;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::event::StepEnded;
use cargo_governed::steps::execute::execute;
use cargo_governed::steps::execution::Attempted;
use cargo_governed::steps::execution::Execution;
use cargo_governed::steps::execution::Ground;
use cargo_governed::steps::execution::Left;
use cargo_governed::steps::execution::Planned;
use cargo_governed::steps::execution::Watch;
use cargo_governed::steps::scrub::Secrets;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;
use cargo_governed::steps::step::Profile;
use cargo_governed::steps::step::Step;
use cargo_governed::world::process::interrupt::Interrupt;

/// This project's program, which watches over the steps.
pub(crate) const TOOL: &str = env!("CARGO_BIN_EXE_cargo-governed");

/// A record in memory, which can be made to fail.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) events: Mutex<Vec<(Event, Durability)>>,
    pub(crate) objects: Mutex<Vec<Vec<u8>>>,
    /// The first event of this name is refused.
    pub(crate) refuses: Option<&'static str>,
}

impl Memory {
    /// The names of the events with their steps: `began a`.
    pub(crate) fn told(&self) -> Vec<String> {
        let events = self.events.lock().expect("no test panics with it");
        events.iter().map(|(event, _)| name(event)).collect()
    }
}

fn name(event: &Event) -> String {
    match event {
        Event::StepBegan(event) => format!("began {}", event.step),
        Event::StepOutput(event) => format!("output {}", event.step),
        Event::StepEnded(event) => format!("ended {}", event.step),
        Event::StepNotRun(event) => format!("not-run {} {}", event.step, event.why.code),
        other => format!("{other:?}"),
    }
}

impl Sink for Memory {
    fn object(&self, bytes: &[u8]) -> Result<Digest, Error> {
        self.objects.lock().expect("no test panics with it").push(bytes.to_vec());
        Ok(Digest::of(bytes))
    }

    fn append(&self, event: &Event, durability: Durability) -> Result<u64, Error> {
        if self.refuses.is_some_and(|refused| name(event).starts_with(refused)) {
            return Err(Error::failed("full", "append an event: the disk is full"));
        }
        let mut events = self.events.lock().expect("no test panics with it");
        events.push((event.clone(), durability));
        Ok(events.len() as u64)
    }
}

/// Looks at nothing.
pub(crate) struct Blind;

impl Watch for Blind {
    fn before(&self, _planned: &Planned, _attempt: u32) -> Result<(), Error> {
        Ok(())
    }

    fn after(&self, _planned: &Planned, _attempt: u32) -> Result<Vec<Doubt>, Error> {
        Ok(Vec::new())
    }

    fn left(&self, _attempted: &Attempted<'_>) -> Result<Left, Error> {
        Ok(Left::default())
    }
}

/// A step that the shell does.
pub(crate) fn shell(name: &str, script: &str) -> Planned {
    Planned {
        step: Step::inferred(name, Profile::Plain, ["sh", "-c", script].map(str::to_owned).to_vec(), "a test"),
        key: Digest::of(name.as_bytes()),
        program: None,
        environment: environment::of(&ambient(), &[]),
    }
}

/// The variables that every test step sees, and some that it must not.
pub(crate) fn ambient() -> Vec<(OsString, OsString)> {
    let path = std::env::var_os("PATH").expect("tests have a path");
    [("HOME", "/nonexistent"), ("LANG", "C"), ("DISPLAY", ":7"), ("MY_TOKEN", "swordfish-0123")]
        .map(|(name, value)| (name.into(), value.into()))
        .into_iter()
        .chain([("PATH".into(), path)])
        .collect()
}

/// What the steps of a test share: confined where the system can, with little patience.
pub(crate) fn ground(root: &Path) -> Ground {
    Ground {
        run: "r1".to_owned(),
        tool: PathBuf::from(TOOL),
        root: root.to_owned(),
        chain: std::sync::Arc::default(),
        record: root.join(".git/governed"),
        isolation: Isolation::Best,
        output_cap: 1 << 20,
        grace: Duration::from_millis(300),
        threads: 2,
        secrets: Secrets::of(&ambient(), &BTreeSet::new()),
        reused: BTreeSet::new(),
        goes_on: false,
    }
}

/// Executes a plan with nobody watching.
pub(crate) fn run(ground: &Ground, plan: &[Planned], sink: &Memory) -> Result<Execution, Error> {
    execute(ground, plan, sink, &Blind, &|_| {}, &Interrupt::default())
}

/// Executes one step and gives its end.
pub(crate) fn run_one(ground: &Ground, planned: Planned, sink: &Memory) -> StepEnded {
    let mut execution = run(ground, &[planned], sink).expect("the record takes all");
    execution.settled.remove(0).worst.expect("the step began")
}

/// The codes of doubts.
pub(crate) fn codes(doubts: &[Doubt]) -> Vec<&str> {
    doubts.iter().map(|doubt| doubt.code.as_str()).collect()
}
