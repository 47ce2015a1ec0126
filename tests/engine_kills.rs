//! `kill -9` of whole engines at random instants, up to eight on one record at once. A small campaign runs with the tests;
//! the big one by hand: `cargo test --release --test engine_kills -- --ignored --nocapture`.
//!
//! After every round: nothing that an engine told of is lost, the locks are free, no process of a step is left, `inspect`
//! and `recover` name what was torn, and nothing torn is accepted.

#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::record::line::Line;
use cargo_governed::record::recovery::End;
use cargo_governed::record::runs;
use cargo_governed::record::runs::Standing;
use cargo_governed::record::verify::verify;
use cargo_governed::steps::event::Event;
use cargo_governed::world::disk_storage::DiskStorage;
use cargo_governed::world::storage::Storage;
use serde_json::Value;
use support::checkout::Scratch;
use support::crash::Numbers;
use support::tool;

/// The most engines that run at once; each has steps of its own, for no step runs twice at a time.
const ENGINES: usize = 8;
/// How many rounds one record serves: its ledger is read whole after each.
const ROUNDS: usize = 20;

#[expect(clippy::print_stdout, reason = "a campaign reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

/// A repository with the steps of all engines: a quick one, one with descendants that left its session, one that writes much.
struct Place {
    scratch: Scratch,
    /// Outside of the tree: cargo writes there. Every process of this place knows it.
    home: tempfile::TempDir,
    /// What the descendants sleep for: nobody else sleeps as long.
    mark: String,
    /// How long an engine takes that nobody kills.
    life: Duration,
}

impl Place {
    fn new(number: usize) -> Self {
        let mark = format!("{}.{:05}", 9_000 + number % 900, std::process::id() % 100_000);
        let mut policy = "[run]\ninfer = false\n".to_owned();
        for engine in 0..ENGINES {
            let sleep = format!("sleep {mark}");
            let family = format!("{sleep} & setsid {sleep} & (setsid {sleep} &) ; sleep 0.03; kill -9 $! ; echo done");
            let much = "head -c 200000 /dev/zero | tr '\\0' x";
            for (name, script, need) in
                [("quick", "echo quick", ""), ("family", &family, "quick"), ("much", much, "quick")]
            {
                let needs = if need.is_empty() { String::new() } else { format!("needs = [\"{need}-{engine}\"]\n") };
                let (step, run) = (format!("{name}-{engine}"), format!("[\"sh\", \"-c\", '''{script}''']"));
                let _ = write!(policy, "[[step]]\nname = \"{step}\"\nrun = {run}\n{needs}");
            }
        }
        let manifest = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
        let scratch =
            Scratch::committed(&[("Cargo.toml", manifest), ("src/lib.rs", "//! A.\n"), ("governed.toml", &policy)]);
        let home = tempfile::tempdir().expect("a home");
        let mut place = Self { scratch, home, mark, life: Duration::ZERO };
        let begin = Instant::now();
        let engine = place.engine(0);
        assert!(engine.end().1.contains("much-0: passed"), "a run that nobody kills comes to its end");
        place.life = begin.elapsed();
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tool::command(self.scratch.path(), arguments);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", self.home.path());
        command
    }

    fn engine(&self, number: usize) -> Engine {
        let step = |name: &str| format!("{name}-{number}");
        let mut command = self.command(&["run", "--fresh"]);
        command.args(["quick", "family", "much"].iter().flat_map(|name| ["--step".to_owned(), step(name)]));
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        let mut stderr = child.stderr.take().expect("a pipe");
        let told = thread::spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).expect("a readable pipe");
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Engine { child, told }
    }

    /// The processes that belong to this place: sleepers by their mark, keepers and others by their home.
    fn left(&self) -> Vec<String> {
        let home = format!("HOME={}", self.home.path().display());
        let entries = std::fs::read_dir("/proc").expect("a system with /proc").flatten();
        let is_ours = |pid: &String| {
            let read = |name: &str| std::fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
            read("cmdline") == format!("sleep\0{}\0", self.mark).into_bytes()
                || read("environ").split(|&byte| byte == 0).any(|variable| variable == home.as_bytes())
        };
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(is_ours).collect()
    }

    fn storage(&self) -> Arc<dyn Storage> {
        Arc::new(DiskStorage::at(self.scratch.at(".git/governed")).patience(Duration::from_millis(200)))
    }

    /// The locks are free as soon as the engines are dead.
    fn locks_are_free(&self) {
        for name in ["lock", "in-use"] {
            let path = self.scratch.at(".git/governed").join(name);
            let Ok(file) = File::options().write(true).open(&path) else { continue };
            let freed = until(Duration::from_millis(500), || file.try_lock().is_ok());
            assert!(freed, "{} is held though every engine is dead", path.display());
        }
    }
}

impl Drop for Place {
    /// What a failed campaign leaves is ended.
    fn drop(&mut self) {
        for pid in self.left() {
            let _ = Command::new("kill").args(["-9", &pid]).status();
        }
    }
}

struct Engine {
    child: Child,
    told: thread::JoinHandle<String>,
}

impl Engine {
    /// Waits for its end: its process, and what it told.
    fn end(mut self) -> (u32, String) {
        self.child.wait().expect("a dead child");
        (self.child.id(), self.told.join().expect("a reader"))
    }
}

/// What was seen in all.
#[derive(Default)]
struct Seen {
    killed: usize,
    ended: usize,
    told: usize,
    torn: usize,
    unfinished: usize,
    longest: usize,
}

fn until(most: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let begin = Instant::now();
    loop {
        if holds() {
            return true;
        }
        if begin.elapsed() > most {
            return false;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Starts engines and kills each at a random instant; checks all that must hold after that.
fn round(place: &Place, numbers: &mut Numbers, seen: &mut Seen) {
    let count = 1 + usize::try_from(numbers.next()).unwrap_or(0) % ENGINES;
    let mut engines: Vec<Engine> = (0..count).map(|number| place.engine(number)).collect();
    let begin = Instant::now();
    // At any instant of their lives, the one as likely as the other: beside others a run takes longer.
    let life = place.life * u32::try_from(count.div_ceil(2)).unwrap_or(1);
    let mut instants: Vec<Duration> = (0..count)
        .map(|_| life.mul_f64(f64::from(u16::try_from(numbers.next() % 1_000).unwrap_or(0)) / 1_000.0))
        .collect();
    instants.sort();
    let mut killed = BTreeSet::new();
    for (engine, instant) in engines.iter_mut().zip(instants) {
        thread::sleep(instant.saturating_sub(begin.elapsed()));
        if engine.child.try_wait().expect("a child").is_none() {
            engine.child.kill().expect("kill -9");
            killed.insert(engine.child.id());
        }
    }
    for engine in &mut engines {
        engine.child.wait().expect("a dead child");
    }
    place.locks_are_free();
    assert!(until(Duration::from_secs(20), || place.left().is_empty()), "still there: {:?}", place.left());
    let told: Vec<(u32, String)> = engines.into_iter().map(Engine::end).collect();
    seen.killed += killed.len();
    seen.ended += count - killed.len();
    let verified = verify(&place.storage()).expect("a readable record");
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    let lines = &verified.reading.lines;
    seen.torn += usize::from(verified.reading.end != End::Whole);
    seen.longest = seen.longest.max(lines.len());
    for (pid, told) in &told {
        seen.told += nothing_told_is_lost(lines, *pid, told);
    }
    seen.unfinished += the_state_is_named(place, lines);
}

/// Each line that an engine printed stands for an event that it had recorded.
fn nothing_told_is_lost(lines: &[Line], pid: u32, told: &str) -> usize {
    let run = lines.iter().rev().find_map(|line| match &line.event {
        Event::RunBegan(began) if began.lease.pid == pid => Some(began.run.as_str()),
        _ => None,
    });
    let mut count = 0;
    for line in told.lines() {
        let Some((step, said)) = line.split_once(": ") else { continue };
        let is_recorded = |event: &Event| match event {
            Event::StepBegan(began) => said.starts_with("begins") && began.step == step && Some(&*began.run) == run,
            Event::StepEnded(ended) => said.contains(" after ") && ended.step == step && Some(&*ended.run) == run,
            _ => false,
        };
        if said.starts_with("begins") || said.contains(" after ") {
            count += 1;
            assert!(lines.iter().any(|line| is_recorded(&line.event)), "process {pid} told `{line}`, and it is lost");
        }
    }
    count
}

/// `inspect` names every torn run, `recover` tells of them, and neither accepts one.
fn the_state_is_named(place: &Place, lines: &[Line]) -> usize {
    let listed = || tool::of(place.command(&["inspect", "--list", "--format", "json"]).output().expect("it runs"));
    // A killed process has lost its name and its folder some time before the kernel is done with it.
    assert!(until(Duration::from_secs(20), || !listed().stdout.contains("\"running\"")), "{:?}", listed());
    let inspect = listed();
    let recover = tool::of(place.command(&["recover"]).output().expect("it runs"));
    let all = runs::list(lines, &|_| false);
    assert_eq!(inspect.code, if all.is_empty() { 3 } else { 0 }, "{inspect:?}");
    assert!(matches!(recover.code, 0 | 3), "{recover:?}");
    let document: Value = serde_json::from_str(&inspect.stdout).expect("a document");
    let shown = document["runs"].as_array().expect("runs");
    let mut torn = 0;
    for run in &all {
        let name = run.began.run.as_str();
        let shown = shown.iter().find(|shown| shown["run"] == name).unwrap_or_else(|| panic!("{name} is not shown"));
        if matches!(run.standing, Standing::Unfinished { .. }) {
            torn += 1;
            assert_eq!((&shown["state"], &shown["verdict"]), (&"unfinished".into(), &Value::Null), "{name}");
            // Those before runs that began later are counted, not named.
            assert!(recover.stdout.contains("unfinished: "), "{name}: {}", recover.stdout);
        }
    }
    torn
}

/// After recovery a run comes to its end, and the record holds.
fn goes_on(place: &Place) {
    let recover = tool::of(place.command(&["recover", "--execute"]).output().expect("it runs"));
    assert_eq!(recover.code, 0, "{recover:?}");
    let run = tool::of(place.command(&["run", "--step", "quick-0"]).output().expect("it runs"));
    assert_eq!(run.code, 0, "{run:?}");
    let verified = verify(&place.storage()).expect("a readable record");
    assert!(verified.faults.is_empty() && verified.reading.end == End::Whole, "{:?}", verified.faults);
}

/// Kills so many engines.
fn kills(wanted: usize) {
    let begin = Instant::now();
    let mut numbers = Numbers(u64::from(std::process::id()));
    let mut seen = Seen::default();
    let mut places = 0;
    while seen.killed < wanted {
        let place = Place::new(places);
        places += 1;
        for _ in 0..ROUNDS {
            if seen.killed < wanted {
                round(&place, &mut numbers, &mut seen);
            }
        }
        goes_on(&place);
    }
    let Seen { killed, ended, told, torn, unfinished, longest } = seen;
    report(&format!(
        "{killed} kills of engines, up to {ENGINES} at once on one record ({ended} had ended before): {told} events told, \
         0 lost; locks free, no process left, every time; {torn} torn ends; {unfinished} sightings of unfinished runs, \
         none accepted; {places} records, all recovered; longest ledger {longest} lines; {} s",
        begin.elapsed().as_secs()
    ));
}

#[test]
fn killed_engines_lose_nothing_that_they_told_and_leave_nothing_behind() {
    kills(4);
}

#[test]
#[ignore = "heavy: 2,000 kills"]
fn two_thousand_kills_of_engines() {
    kills(2_000);
}
