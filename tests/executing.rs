//! What becomes of steps: order, states, output, environment, confinement.

#![cfg(unix)]

#[path = "support/engine.rs"]
mod engine;

use cargo_governed::facts::policy::run::Isolation;
use cargo_governed::steps::environment;
use cargo_governed::steps::execution::Planned;
use cargo_governed::steps::execution::Settled;
use cargo_governed::steps::outcome::Confinement;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::sink::Durability;
use engine::Memory;
use engine::codes;
use engine::ground;
use engine::run;
use engine::run_one;
use engine::shell;

fn root() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("a scratch folder");
    std::fs::create_dir_all(root.path().join(".git/governed")).expect("a writable folder");
    std::fs::create_dir(root.path().join("src")).expect("a writable folder");
    std::fs::write(root.path().join("src/lib.rs"), "").expect("a writable folder");
    std::fs::write(root.path().join(".git/governed/ledger.jsonl"), "line\n").expect("a writable folder");
    root
}

/// What the record keeps of both streams, in order of arrival.
fn kept(sink: &Memory) -> Vec<u8> {
    sink.objects.lock().expect("no test panics with it").concat()
}

fn needing(mut planned: Planned, needs: &[&str]) -> Planned {
    planned.step.needs = needs.iter().map(|&need| need.to_owned()).collect();
    planned
}

#[test]
fn a_step_passes_and_its_beginning_and_end_are_durable() {
    let (root, sink) = (root(), Memory::default());
    let ended = run_one(&ground(root.path()), shell("a", "echo one; echo two >&2"), &sink);
    assert_eq!((ended.state, ended.exit, ended.signal), (State::Passed, Some(0), None));
    assert_eq!(sink.told(), ["began a", "output a", "output a", "ended a"]);
    let durable: Vec<Durability> = sink.events.lock().expect("no panic").iter().map(|(_, how)| *how).collect();
    assert_eq!(durable, [Durability::Now, Durability::Soon, Durability::Soon, Durability::Now]);
    assert!(codes(&ended.notes).is_empty(), "{:?}", ended.notes);
    assert!(codes(&ended.unproven).is_empty(), "{:?}", ended.unproven);
}

#[test]
#[cfg(target_os = "linux")]
fn the_processor_time_of_all_descendants_is_recorded() {
    let (root, sink) = (root(), Memory::default());
    let burn = "(i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done) & wait; sleep 0.3";
    let ended = run_one(&ground(root.path()), shell("burns", burn), &sink);
    let cpu = ended.cpu_ms.expect("Linux tells");
    assert!(cpu >= 50, "the child burns some: {cpu} ms");
    let idle = run_one(&ground(root.path()), shell("sleeps", "sleep 0.5"), &sink);
    assert!(idle.cpu_ms.expect("Linux tells") < idle.duration_ms, "{idle:?}");
}

#[test]
fn exit_codes_and_signals_are_kept_apart() {
    let (root, sink) = (root(), Memory::default());
    let failed = run_one(&ground(root.path()), shell("a", "exit 137"), &sink);
    assert_eq!((failed.state, failed.exit, failed.signal), (State::Failed, Some(137), None));
    let killed = run_one(&ground(root.path()), shell("a", "kill -9 $$"), &sink);
    assert_eq!((killed.state, killed.exit, killed.signal), (State::Failed, None, Some(9)));
}

#[test]
fn needs_come_first_and_a_failed_need_stops_its_dependants_only() {
    let (root, sink) = (root(), Memory::default());
    let plan = [
        needing(shell("late", "echo late"), &["broken"]),
        needing(shell("later", "echo later"), &["late"]),
        shell("broken", "exit 3"),
        needing(shell("fine", "test -e src/made"), &["maker", "kept"]),
        shell("maker", "sleep 0.1; touch src/made"),
    ];
    let mut ground = ground(root.path());
    ground.isolation = Isolation::None;
    ground.reused.insert("kept".to_owned());
    let execution = run(&ground, &plan, &sink).expect("the record takes all");
    let states: Vec<State> = execution.settled.iter().map(Settled::state).collect();
    assert_eq!(states, [State::NotRun, State::NotRun, State::Failed, State::Passed, State::Passed]);
    let why = |index: usize| execution.settled[index].why.as_ref().expect("a reason").message.clone();
    assert_eq!(why(0), "it needs `broken`, which is failed");
    assert_eq!(why(1), "it needs `late`, which is not-run");
    assert!(sink.told().contains(&"not-run late need-failed".to_owned()));
}

#[test]
fn a_circle_of_needs_ends() {
    let (root, sink) = (root(), Memory::default());
    let plan = [needing(shell("a", "true"), &["b"]), needing(shell("b", "true"), &["a"])];
    let execution = run(&ground(root.path()), &plan, &sink).expect("the record takes all");
    assert!(execution.settled.iter().all(|settled| settled.state() == State::NotRun));
}

#[test]
fn a_missing_tool_is_not_run_and_never_passed() {
    let (root, sink) = (root(), Memory::default());
    let mut missing = shell("a", "");
    missing.step.argv = vec!["no-such-program-is-here".to_owned()];
    let execution = run(&ground(root.path()), &[missing], &sink).expect("the record takes all");
    assert_eq!(execution.settled[0].state(), State::NotRun);
    assert_eq!(sink.told(), ["not-run a tool-missing"]);
}

#[test]
fn what_cannot_be_executed_fails_and_says_so() {
    let (root, sink) = (root(), Memory::default());
    let script = root.path().join("script");
    std::fs::write(&script, "#!/no/such/interpreter\n").expect("a writable folder");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a writable folder");
    let mut step = shell("a", "");
    step.step.argv = vec!["./script".to_owned()];
    let ended = run_one(&ground(root.path()), step, &sink);
    assert_eq!((ended.state, ended.exit), (State::Failed, None));
    assert!(codes(&ended.notes).contains(&"not-started"));
}

#[test]
fn independent_steps_run_side_by_side_and_cargo_in_one_lane() {
    let (root, sink) = (root(), Memory::default());
    // Each waits for the other's file: alone neither could pass.
    let meet = |mine: &str, other: &str| {
        format!("touch src/{mine}; for i in $(seq 100); do test -e src/{other} && exit 0; sleep 0.05; done; exit 1")
    };
    let plan = [shell("a", &meet("a", "b")), shell("b", &meet("b", "a"))];
    let execution = run(&ground(root.path()), &plan, &sink).expect("the record takes all");
    assert!(execution.settled.iter().all(|settled| settled.state() == State::Passed));
    let lane = |name: &str| {
        let mut planned = shell(name, "mkdir src/lane && sleep 0.2 && rmdir src/lane");
        planned.program = Some("/bin/sh".into());
        planned.step.argv[0] = "cargo".to_owned();
        planned
    };
    let execution = run(&ground(root.path()), &[lane("c"), lane("d"), lane("e")], &sink).expect("the record takes all");
    assert!(execution.settled.iter().all(|settled| settled.state() == State::Passed));
}

#[test]
fn the_worst_attempt_counts_and_a_flake_is_unproven() {
    let (root, sink) = (root(), Memory::default());
    let mut planned = shell("a", "test -e src/second && exit 0; touch src/second; exit 4");
    planned.step.attempts = 3;
    let execution = run(&ground(root.path()), &[planned], &sink).expect("the record takes all");
    let settled = &execution.settled[0];
    assert_eq!((settled.state(), settled.attempts, settled.is_flaky), (State::Failed, 2, true));
    assert_eq!(settled.worst.as_ref().expect("it ran").exit, Some(4));
    let events = sink.events.lock().expect("no panic");
    let Some((cargo_governed::steps::event::Event::StepEnded(last), _)) = events.last() else { panic!("no end") };
    assert_eq!((last.state, last.attempt, codes(&last.unproven)), (State::Passed, 2, vec!["flaky"]));
}

#[test]
fn bytes_pass_unharmed_and_in_order() {
    let (root, sink) = (root(), Memory::default());
    let script =
        r"printf 'a\377\376\000b\033[31m::error::x\r\n'; i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done";
    run_one(&ground(root.path()), shell("a", script), &sink);
    let mut expected = b"a\xff\xfe\0b\x1b[31m::error::x\r\n".to_vec();
    expected.extend((0..3000).flat_map(|line| format!("line {line}\n").into_bytes()));
    assert_eq!(kept(&sink), expected);
}

#[test]
fn output_beyond_the_cap_is_counted_and_not_kept() {
    let (root, sink) = (root(), Memory::default());
    let mut ground = ground(root.path());
    ground.output_cap = 100_000;
    let ended = run_one(&ground, shell("a", "yes | head -c 200000000"), &sink);
    assert_eq!(ended.state, State::Passed);
    assert_eq!(kept(&sink).len(), 100_000);
    let note = ended.notes.iter().find(|note| note.code == "output-cut").expect("it was cut");
    assert!(note.message.starts_with("199900000 bytes"), "{}", note.message);
}

#[test]
fn a_long_step_shows_its_output_before_it_ends() {
    let (root, sink) = (root(), Memory::default());
    run_one(&ground(root.path()), shell("a", "echo early; sleep 2; echo late"), &sink);
    assert_eq!(sink.told(), ["began a", "output a", "output a", "ended a"]);
    assert_eq!(*sink.objects.lock().expect("no panic"), [b"early\n".to_vec(), b"late\n".to_vec()]);
}

#[test]
fn a_step_that_reads_gets_the_end_and_has_no_terminal() {
    let (root, sink) = (root(), Memory::default());
    let ended = run_one(&ground(root.path()), shell("a", "cat; read x </dev/tty"), &sink);
    assert_eq!(ended.state, State::Failed, "there is no terminal to ask");
    assert!(ended.duration_ms < 20_000);
}

#[test]
fn the_environment_is_what_was_allowed() {
    let (root, sink) = (root(), Memory::default());
    let mut ground = ground(root.path());
    ground.isolation = Isolation::None;
    let mut planned = shell("a", "");
    planned.step.argv = vec!["env".to_owned()];
    run_one(&ground, planned.clone(), &sink);
    let text = String::from_utf8(kept(&sink)).expect("text");
    let mut names: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["HOME", "LANG", "PATH"]);
    planned.step.argv = vec!["false".to_owned()];
    let failed = run_one(&ground, planned, &sink);
    let note = failed.notes.iter().find(|note| note.code == "variables-withheld").expect("it failed");
    assert_eq!(note.message, "set, and not seen by the step: DISPLAY, MY_TOKEN");
}

#[test]
fn secrets_never_reach_the_record() {
    let (root, sink) = (root(), Memory::default());
    run_one(&ground(root.path()), shell("a", "printf 'x swordfish-'; sleep 0.2; printf '0123 y'"), &sink);
    assert_eq!(kept(&sink), b"x *** y");
}

#[test]
fn a_record_that_takes_nothing_stops_the_run() {
    for refuses in ["began b", "output b", "ended b"] {
        let (root, sink) = (root(), Memory { refuses: Some(refuses), ..Memory::default() });
        let plan = [shell("a", "sleep 30"), shell("b", "touch src/b; sleep 0.1; echo b"), shell("c", "echo c")];
        let error = run(&ground(root.path()), &plan, &sink).expect_err(refuses);
        assert_eq!((error.code, error.exit), ("full", 4));
        assert!(!sink.told().contains(&"began c".to_owned()), "{refuses}");
        let ran = root.path().join("src/b").exists();
        assert_eq!(ran, refuses != "began b", "{refuses}: nothing starts before its beginning is recorded");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn writes_are_confined_to_the_tree_without_the_record() {
    let (root, sink) = (root(), Memory::default());
    let script = "
        echo forged >> .git/governed/ledger.jsonl && echo WROTE ledger
        rm -f .git/governed/ledger.jsonl && echo REMOVED ledger
        mv .git/governed .git/other && echo MOVED record
        touch .git/governed/new && echo MADE in record
        truncate -s 0 .git/governed/ledger.jsonl && echo TRUNCATED ledger
        touch /usr/governed-was-here && echo WROTE outside
        touch new-at-the-top && echo MADE at the top
        set -e
        echo x > src/lib.rs; echo y > src/new.rs; mkdir src/folder; mv src/new.rs src/folder/; rm src/folder/new.rs
        t=$(mktemp); echo z > $t; rm $t; echo > /dev/null; echo made > made.txt; mkdir -p out/deep; echo > out/deep/file
        grep NoNewPrivs /proc/self/status
        echo fine";
    let mut planned = shell("a", script);
    planned.step.outputs = ["made.txt", "out/**", "unused.txt", "unused/*.x"].map(str::to_owned).to_vec();
    let ended = run_one(&ground(root.path()), planned, &sink);
    let text = String::from_utf8_lossy(&kept(&sink)).into_owned();
    assert_eq!(ended.state, State::Passed, "{text}");
    if ended.isolation == Confinement::None {
        return; // A kernel without Landlock says so, and that is all it can.
    }
    assert!(text.contains("NoNewPrivs:\t1\n"), "{text}");
    assert!(text.contains("fine\n") && !text.contains("WROTE") && !text.contains("MADE"), "{text}");
    assert!(!text.contains("REMOVED") && !text.contains("MOVED") && !text.contains("TRUNCATED"), "{text}");
    let ledger = std::fs::read_to_string(root.path().join(".git/governed/ledger.jsonl")).expect("it is there");
    assert_eq!(ledger, "line\n");
    let mut names: Vec<String> = std::fs::read_dir(root.path())
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, [".git", "made.txt", "out", "src"], "what was made for outputs and not used is gone");
    assert!(codes(&ended.notes).is_empty(), "{:?}", ended.notes);
}

#[cfg(target_os = "linux")]
#[test]
fn isolation_is_what_was_reached() {
    let (root, sink) = (root(), Memory::default());
    let mut ground = ground(root.path());
    ground.isolation = Isolation::None;
    assert_eq!(run_one(&ground, shell("a", "true"), &sink).isolation, Confinement::None);
    ground.isolation = Isolation::Landlock;
    let ended = run_one(&ground, shell("a", "true"), &sink);
    let doubts = codes(&ended.unproven);
    assert_eq!(ended.isolation == Confinement::None, doubts == ["low-isolation"]);
    // A record inside a folder that must take new files can't be kept from the step, and that is no isolation.
    ground.record = root.path().join("src/record");
    let ended = run_one(&ground, shell("a", "true"), &sink);
    assert_eq!((ended.isolation, codes(&ended.unproven)), (Confinement::None, vec!["low-isolation"]));
}

#[cfg(target_os = "linux")]
#[test]
fn without_the_network_the_loopback_is_all_there_is() {
    let (root, sink) = (root(), Memory::default());
    let mut planned = shell("a", "cat /proc/net/dev; cat /proc/net/route | wc -l; id -u; touch src/owned");
    planned.step.network = false;
    let ended = run_one(&ground(root.path()), planned, &sink);
    let text = String::from_utf8_lossy(&kept(&sink)).into_owned();
    assert_eq!(ended.state, State::Passed, "{text}");
    match ended.isolation {
        Confinement::Namespace => {
            let interfaces: Vec<&str> = text.lines().filter_map(|line| Some(line.split_once(':')?.0.trim())).collect();
            assert_eq!(interfaces, ["lo"], "{text}");
        }
        _ => assert!(codes(&ended.notes).contains(&"confinement"), "what was not reached is said"),
    }
}

#[test]
fn the_page_names_every_variable_in_its_class() {
    let page = include_str!("../docs/runs.md");
    let row =
        |class: &str| page.lines().find(|line| line.starts_with(&format!("| {class} |"))).expect("a row").to_owned();
    for (class, list) in [("identity", environment::IDENTITY), ("plumbing", environment::PLUMBING)] {
        let (row, listed) = (row(class), list.iter().map(|name| format!("`{name}`")));
        let missing: Vec<String> = listed.filter(|name| !row.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "{class}: {missing:?}");
    }
}

#[test]
fn cargo_builds_and_tests_confined_from_nothing() {
    let (root, sink) = (root(), Memory::default());
    let manifest = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    std::fs::write(root.path().join("Cargo.toml"), manifest).expect("a writable folder");
    std::fs::write(root.path().join("src/lib.rs"), "#[test]\nfn holds() {}\n").expect("a writable folder");
    std::fs::write(root.path().join("Cargo.lock"), "version = 4\n").expect("a writable folder");
    let mut planned = shell("test", "");
    planned.step.argv = ["cargo", "test", "--offline"].map(str::to_owned).to_vec();
    planned.environment = environment::of(&std::env::vars_os().collect::<Vec<_>>(), &[]);
    planned.environment.variables.retain(|variable| !variable.name.ends_with("TARGET_DIR"));
    let ended = run_one(&ground(root.path()), planned, &sink);
    let text = String::from_utf8_lossy(&kept(&sink)).into_owned();
    assert_eq!(ended.state, State::Passed, "{text}");
    assert!(text.contains("test holds ... ok"), "{text}");
    assert!(root.path().join("target/CACHEDIR.TAG").is_file());
}
