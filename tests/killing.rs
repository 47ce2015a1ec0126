//! Whoever is killed, and whatever a step leaves behind: nothing of it goes on.

#![cfg(target_os = "linux")]

#[path = "support/engine.rs"]
mod engine;

use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::error::Error;
use cargo_governed::facts::policy::run::Isolation;
use cargo_governed::steps::event::Doubt;
use cargo_governed::steps::execute::execute;
use cargo_governed::steps::execution::Attempted;
use cargo_governed::steps::execution::Left;
use cargo_governed::steps::execution::Planned;
use cargo_governed::steps::execution::Progress;
use cargo_governed::steps::execution::Settled;
use cargo_governed::steps::execution::Watch;
use cargo_governed::steps::outcome::State;
use cargo_governed::world::process::interrupt::Interrupt;
use engine::Blind;
use engine::Memory;
use engine::codes;
use engine::ground;
use engine::run;
use engine::run_one;
use engine::shell;

/// Processes of one test, known by a number that they sleep for. What a failed test leaves is killed.
struct Sleepers(String);

impl Sleepers {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Self(format!("{}.{:05}", 7000 + NEXT.fetch_add(1, Ordering::SeqCst), std::process::id() % 100_000))
    }

    fn pids(&self) -> Vec<String> {
        let entries = std::fs::read_dir("/proc").expect("a system with /proc").flatten();
        let is_ours = |pid: &String| {
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            line == format!("sleep\0{}\0", self.0).into_bytes()
        };
        entries.filter_map(|entry| entry.file_name().into_string().ok()).filter(is_ours).collect()
    }

    /// Waits until so many sleep.
    fn wait_for(&self, count: usize, time: Duration) -> bool {
        let begin = Instant::now();
        while begin.elapsed() < time {
            if self.pids().len() == count {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }

    #[track_caller]
    fn are_gone(&self) {
        assert!(self.wait_for(0, Duration::from_secs(8)), "still there: {:?}", self.pids());
    }

    /// A child, a background child and two that left the session, one of them without a parent: four sleep.
    fn family(&self) -> String {
        let sleep = format!("sleep {}", self.0);
        format!("{sleep} & setsid {sleep} & (setsid {sleep} &) ; {sleep}")
    }
}

impl Drop for Sleepers {
    fn drop(&mut self) {
        for pid in self.pids() {
            let _ = Command::new("kill").args(["-9", &pid]).status();
        }
    }
}

/// A tree with one folder in which steps may make files.
fn scratch() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a scratch folder");
    std::fs::create_dir(root.path().join("src")).expect("a writable folder");
    root
}

/// The beginning of a script whose engine gives it much time to end.
const PATIENT: &str = ": patient; ";

/// This test binary as an engine of its own, so that it can be killed.
fn engine_apart(root: &Path, script: &str) -> Child {
    Command::new(std::env::current_exe().expect("this test binary"))
        .args(["--exact", "an_engine_to_be_killed", "--ignored", "--nocapture"])
        .env("GOVERNED_TEST_ROOT", root)
        .env("GOVERNED_TEST_SCRIPT", script)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("this test binary starts")
}

#[test]
#[ignore = "the other tests start it"]
#[expect(clippy::print_stdout, reason = "the other tests read it")]
fn an_engine_to_be_killed() {
    let Some(root) = std::env::var_os("GOVERNED_TEST_ROOT") else { return };
    let script = std::env::var("GOVERNED_TEST_SCRIPT").expect("a script");
    let interrupt = Interrupt::on_signals().expect("signals can be watched");
    let plan = [shell("a", &script), shell("b", "true")];
    let mut ground = ground(Path::new(&root));
    ground.threads = 1;
    if script.starts_with(PATIENT) {
        ground.grace = Duration::from_secs(3);
    }
    let done = execute(&ground, &plan, &Memory::default(), &Blind, &|_| {}, &interrupt).expect("memory takes all");
    let states: Vec<&str> = done.settled.iter().map(|settled| settled.state().as_str()).collect();
    let told = std::fs::read_to_string("/proc/self/status").expect("a system with /proc");
    let peak = told.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak").trim();
    println!("states {} interrupted {} peak {peak}", states.join(" "), done.is_interrupted);
}

fn signal(name: &str, pid: u32) {
    assert!(Command::new("kill").args([name, &pid.to_string()]).status().expect("kill is there").success());
}

/// The processes between an engine and a step: the shepherd and the keepers.
fn watchers(engine: u32) -> Vec<u32> {
    let children = |pid: u32| -> Vec<u32> {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let lists = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
        lists
            .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<u32>>())
            .collect()
    };
    let shepherds = children(engine);
    let keepers: Vec<u32> = shepherds.iter().flat_map(|&shepherd| children(shepherd)).collect();
    [shepherds, keepers].concat()
}

#[test]
fn an_engine_killed_at_once_leaves_nothing() {
    for trap in ["", "trap '' TERM; "] {
        let (root, sleepers) = (scratch(), Sleepers::new());
        let mut engine = engine_apart(root.path(), &format!("{trap}{}", sleepers.family()));
        assert!(sleepers.wait_for(4, Duration::from_secs(30)), "{:?}", sleepers.pids());
        let watchers = watchers(engine.id());
        assert_eq!(watchers.len(), 2, "a shepherd and a keeper");
        engine.kill().expect("it runs");
        let temp = std::env::temp_dir().join(format!("governed-{}-0", engine.id()));
        engine.wait().expect("it was killed");
        sleepers.are_gone();
        let begin = Instant::now();
        while watchers.iter().any(|pid| Path::new(&format!("/proc/{pid}/root")).read_link().is_ok()) {
            assert!(begin.elapsed() < Duration::from_secs(5), "the watchers stay");
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!temp.exists(), "its temporary folder stays");
    }
}

#[test]
fn ctrl_c_and_sigterm_end_the_step_and_the_run() {
    for name in ["-INT", "-TERM"] {
        let (root, sleepers) = (scratch(), Sleepers::new());
        let engine = engine_apart(root.path(), &sleepers.family());
        assert!(sleepers.wait_for(4, Duration::from_secs(30)));
        signal(name, engine.id());
        let output = engine.wait_with_output().expect("it ends");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("states interrupted not-run interrupted true"), "{text}");
        assert_eq!(sleepers.pids().len(), 0, "nothing is left when the engine says so");
    }
}

#[test]
fn a_second_ctrl_c_ends_the_engine_at_once_and_the_step_with_it() {
    let (root, sleepers) = (scratch(), Sleepers::new());
    let script = format!("{PATIENT}trap '' TERM; {}", sleepers.family());
    let mut engine = engine_apart(root.path(), &script);
    assert!(sleepers.wait_for(4, Duration::from_secs(30)));
    signal("-INT", engine.id());
    // Two signals that wait together are one.
    thread::sleep(Duration::from_millis(500));
    signal("-INT", engine.id());
    assert_eq!(engine.wait().expect("it ends").code(), Some(130));
    sleepers.are_gone();
}

#[test]
fn a_timeout_ends_all_descendants() {
    for trap in ["", "trap '' TERM; "] {
        let (root, sink, sleepers) = (scratch(), Memory::default(), Sleepers::new());
        let mut planned = shell("a", &format!("{trap}{}", sleepers.family()));
        planned.step.timeout = Some(Duration::from_millis(400));
        let ended = run_one(&ground(root.path()), planned, &sink);
        assert_eq!(ended.state, State::TimedOut);
        assert_eq!(sleepers.pids().len(), 0);
        assert!(ended.duration_ms >= 400 && ended.duration_ms < 10_000, "{}", ended.duration_ms);
        assert!(codes(&ended.unproven).is_empty() && codes(&ended.notes).is_empty(), "{ended:?}");
    }
}

#[test]
fn a_daemon_is_ended_with_its_step_and_named() {
    let (root, sink, sleepers) = (scratch(), Memory::default(), Sleepers::new());
    let script = format!("(setsid sleep {0} &) ; sleep {0} & sleep 0.2", sleepers.0);
    let ended = run_one(&ground(root.path()), shell("a", &script), &sink);
    assert_eq!(ended.state, State::Passed);
    assert_eq!(sleepers.pids().len(), 0);
    let note = ended.notes.iter().find(|note| note.code == "process-left-behind").expect("a note");
    assert_eq!(note.message.matches("sleep (").count(), 2, "{}", note.message);
    assert!(ended.duration_ms < 2_000, "sweeping is not the step's time");
}

#[test]
fn the_end_of_a_step_leaves_the_daemons_of_another_alone() {
    let (root, sink, sleepers) = (scratch(), Memory::default(), Sleepers::new());
    let long = format!(
        "(setsid sleep {} &) ; sleep 0.1; touch src/up; while ! test -e src/done; do sleep 0.02; done; sleep 0.2; pgrep -fx 'sleep {0}'",
        sleepers.0
    );
    let plan = [shell("a", &long), shell("b", "while ! test -e src/up; do sleep 0.02; done; touch src/done")];
    let done = run(&ground(root.path()), &plan, &sink).expect("memory takes all");
    assert!(done.settled.iter().all(|settled| settled.state() == State::Passed), "{done:?}");
    assert_eq!(sleepers.pids().len(), 0);
}

/// The parent, the keeper, and its parent, the shepherd.
const KEEPER: &str = "keeper=$PPID; shepherd=$(cut -d' ' -f4 /proc/$PPID/stat);";

#[test]
fn a_step_that_kills_who_watches_it_is_found_out_and_ended() {
    for victims in ["$keeper", "$shepherd", "$keeper $shepherd"] {
        let (root, sink, sleepers) = (scratch(), Memory::default(), Sleepers::new());
        let mut ground = ground(root.path());
        ground.isolation = Isolation::None;
        ground.threads = 1;
        let sleep = format!("sleep {}", sleepers.0);
        let script = format!("{KEEPER} {sleep} & {sleep} & sleep 0.2; kill -9 {victims}; {sleep}");
        let done = run(&ground, &[shell("a", &script), shell("b", "true")], &sink).expect("memory takes all");
        let worst = done.settled[0].worst.as_ref().expect("it began");
        assert_eq!((worst.state, codes(&worst.unproven)), (State::Failed, vec!["watcher-lost"]), "{victims}");
        assert_eq!(done.settled[1].state(), State::Passed, "the next step has a watcher again: {victims}");
        sleepers.are_gone();
    }
}

#[test]
fn a_confined_step_cannot_kill_who_watches_it() {
    let (root, sink) = (scratch(), Memory::default());
    let script = format!(
        "{KEEPER} kill -9 $keeper && exit 7; kill -9 $shepherd && exit 8; kill -9 {}; exit 9",
        std::process::id()
    );
    // On kernels whose Landlock does not scope signals this test would kill itself: ask by a harmless signal first.
    let harmless = format!("{KEEPER} kill -0 $keeper");
    if run_one(&ground(root.path()), shell("a", &harmless), &sink).state == State::Passed {
        return;
    }
    let ended = run_one(&ground(root.path()), shell("a", &script), &sink);
    assert_eq!((ended.state, ended.exit), (State::Failed, Some(9)));
}

#[test]
fn gigabytes_of_output_take_no_memory() {
    let root = scratch();
    let engine = engine_apart(root.path(), "timeout 1 yes; timeout 1 yes >&2; true");
    let output = engine.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("states passed passed"), "{text}");
    let peak: u64 = text.split("peak ").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a peak");
    assert!(peak < 60_000, "{peak} KiB");
}

#[test]
fn a_full_disk_fails_the_step_and_not_the_run() {
    let (root, sink) = (scratch(), Memory::default());
    let script = "d=$(mktemp -d) && touch $d/one $d/two && pwd > /dev/full";
    let ended = run_one(&ground(root.path()), shell("a", script), &sink);
    assert_eq!(ended.state, State::Failed);
}

/// Looks whether the one input is still there.
struct Jealous<'a>(&'a Path);

impl Watch for Jealous<'_> {
    fn before(&self, planned: &Planned, attempt: u32) -> Result<(), Error> {
        Blind.before(planned, attempt)
    }

    fn after(&self, _planned: &Planned, _attempt: u32) -> Result<Vec<Doubt>, Error> {
        let moved = Doubt { code: "inputs-moved".to_owned(), message: "src/lib.rs is gone".to_owned() };
        Ok(if self.0.join("src/lib.rs").exists() { Vec::new() } else { vec![moved] })
    }

    fn left(&self, attempted: &Attempted<'_>) -> Result<Left, Error> {
        Blind.left(attempted)
    }
}

#[test]
fn a_step_that_deletes_its_inputs_is_unproven() {
    let (root, sink) = (scratch(), Memory::default());
    std::fs::write(root.path().join("src/lib.rs"), "").expect("a writable folder");
    let plan = [shell("a", "rm src/lib.rs")];
    let watch = Jealous(root.path());
    let done = execute(&ground(root.path()), &plan, &sink, &watch, &|_| {}, &Interrupt::default()).expect("memory");
    let worst = done.settled[0].worst.as_ref().expect("it began");
    assert_eq!((worst.state, codes(&worst.unproven)), (State::Passed, vec!["inputs-moved"]));
}

#[test]
fn a_run_asked_to_stop_begins_nothing_more() {
    let (root, sink, sleepers) = (scratch(), Memory::default(), Sleepers::new());
    let interrupt = Interrupt::default();
    let stop = |progress: Progress<'_>| {
        if matches!(progress, Progress::Wrote { .. }) {
            interrupt.set();
        }
    };
    let mut ground = ground(root.path());
    ground.threads = 1;
    let plan = [shell("a", &format!("echo up; {}", sleepers.family())), shell("b", "true")];
    let done = execute(&ground, &plan, &sink, &Blind, &stop, &interrupt).expect("memory takes all");
    assert_eq!(done.settled.iter().map(Settled::state).collect::<Vec<_>>(), [State::Interrupted, State::NotRun]);
    assert_eq!(sink.told(), ["began a", "output a", "ended a", "not-run b interrupted"]);
    assert_eq!(sleepers.pids().len(), 0);
}
