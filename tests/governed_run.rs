//! Governed runs from end to end: plan, execute, record, judge, reuse, inspect, replay, recover, with the real binary.
#![cfg(unix)]

mod support;

use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use support::checkout::Scratch;
use support::tool;
use support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

/// A repository whose policy declares these steps and infers none.
fn place(steps: &str) -> Scratch {
    Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("docs/one.md", "one\n"),
        ("governed.toml", &format!("[run]\ninfer = false\n{steps}")),
    ])
}

fn step(name: &str, script: &str, more: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\nrun = [\"sh\", \"-c\", '''{script}''']\n{more}\n")
}

fn governed(scratch: &Scratch, arguments: &[&str]) -> Ran {
    with(scratch, arguments, &[])
}

fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    tool::running(scratch.path(), arguments)
}

fn with(scratch: &Scratch, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = command(scratch, arguments);
    command.envs(variables.iter().copied());
    tool::of(command.output().expect("the binary runs"))
}

/// `run --format json` with the exit code and the document.
fn run(scratch: &Scratch, arguments: &[&str]) -> (i32, Value) {
    document(&governed(scratch, &[&["run", "--format", "json"], arguments].concat()))
}

fn document(ran: &Ran) -> (i32, Value) {
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

fn the<'v>(document: &'v Value, step: &str) -> &'v Value {
    let steps = document["steps"].as_array().expect("steps");
    steps.iter().find(|found| found["step"] == step).unwrap_or_else(|| panic!("{step} in {document:#}"))
}

fn codes(document: &Value) -> Vec<&str> {
    document["because"].as_array().expect("reasons").iter().filter_map(|doubt| doubt["code"].as_str()).collect()
}

#[test]
fn a_second_run_reuses_and_an_edit_runs_again_just_what_it_must() {
    let steps = step("docs", "cat docs/*.md", "inputs = [\"docs/**\"]")
        + &step("code", "cat src/*.rs", "inputs = [\"src/**\"]");
    let scratch = place(&steps);
    let (code, first) = run(&scratch, &[]);
    assert_eq!((code, &first["verdict"], &the(&first, "docs")["source"]), (0, &"accepted".into(), &"executed".into()));
    let (code, second) = run(&scratch, &[]);
    assert_eq!(
        (code, &the(&second, "docs")["source"], &the(&second, "code")["source"]),
        (0, &"reused".into(), &"reused".into())
    );
    assert_eq!(the(&second, "docs")["reused_from"]["run"], first["run"]);

    scratch.write("docs/one.md", "two\n");
    let plan = governed(&scratch, &["run", "--plan"]);
    assert!(plan.stdout.contains("docs/one.md"), "the changed input is named: {}", plan.stdout);
    let (code, third) = run(&scratch, &[]);
    assert_eq!(
        (code, &the(&third, "docs")["source"], &the(&third, "code")["source"]),
        (0, &"executed".into(), &"reused".into())
    );
    let (_, fresh) = run(&scratch, &["--fresh"]);
    assert_eq!(the(&fresh, "code")["source"], "executed");
}

#[test]
fn a_run_ends_where_it_may_use_one_thread_alone() {
    let scratch = place(&step("one", "echo one", ""));
    let mut command = command(&scratch, &["run"]);
    command.env("RAYON_NUM_THREADS", "1").stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the binary runs");
    let begin = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status,
            None if begin.elapsed() > Duration::from_secs(60) => {
                child.kill().expect("it can be ended");
                panic!("the run waits for itself");
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    assert_eq!(status.code(), Some(0));
}

#[test]
fn failures_timeouts_and_missing_tools_have_their_exit_codes_and_are_never_reused() {
    let steps = step("fails", "echo why >&2; exit 7", "") + &step("after", "true", "needs = [\"fails\"]");
    let scratch = place(&steps);
    for _ in 0..2 {
        let (code, document) = run(&scratch, &[]);
        assert_eq!((code, &document["verdict"]), (1, &"refused".into()));
        assert_eq!(
            (&the(&document, "fails")["exit"], &the(&document, "fails")["source"]),
            (&7.into(), &"executed".into())
        );
        assert_eq!(the(&document, "after")["state"], "not-run");
        assert!(codes(&document).contains(&"step-failed"));
    }
    let told = governed(&scratch, &["run"]);
    assert!(
        told.stdout.contains("| why") && told.stdout.contains("step-failed: fails exited with 7"),
        "{}",
        told.stdout
    );

    let scratch = place(&step("slow", "sleep 60", "timeout = \"1s\""));
    let (code, document) = run(&scratch, &[]);
    assert_eq!(
        (code, &the(&document, "slow")["state"], codes(&document)),
        (1, &"timed-out".into(), vec!["step-timed-out"])
    );

    let scratch = place("[[step]]\nname = \"lost\"\nrun = [\"no-such-tool-is-here\"]\n");
    let (code, document) = run(&scratch, &[]);
    assert_eq!((code, &document["verdict"], codes(&document)), (3, &"unproven".into(), vec!["tool-missing"]));
}

#[test]
fn inputs_that_are_edited_and_put_back_prove_nothing() {
    let script = "cp docs/one.md target/kept; echo evil > docs/one.md; cat docs/one.md; cp target/kept docs/one.md";
    let scratch = place(&step("races", script, ""));
    for _ in 0..2 {
        let (code, document) = run(&scratch, &[]);
        assert_eq!((code, codes(&document)), (3, vec!["inputs-moved"]));
        assert_eq!(the(&document, "races")["source"], "executed");
        let message = document["because"][0]["message"].as_str().expect("a message");
        assert!(message.contains("docs/one.md"), "{message}");
    }
}

#[test]
fn an_override_is_recorded_for_ever() {
    let scratch = place(&step("works", "true", ""));
    let (code, document) = run(&scratch, &["--override", "the registry is down"]);
    assert_eq!(
        (code, &document["certifiable"], &document["overridden"]),
        (0, &false.into(), &"the registry is down".into())
    );
    let (_, next) = run(&scratch, &[]);
    assert_eq!(the(&next, "works")["source"], "executed", "nothing of an overridden run is reused");
    assert_eq!(governed(&scratch, &["run", "--override", " "]).code, 2);
}

#[test]
fn variables_that_matter_change_the_key_and_others_do_not() {
    let scratch = place(&step("works", "true", ""));
    let source = |variables: &[(&str, &str)]| {
        let (_, document) = document(&with(&scratch, &["run", "--format", "json"], variables));
        the(&document, "works")["source"].as_str().expect("a source").to_owned()
    };
    assert_eq!(source(&[]), "executed");
    assert_eq!(source(&[("EDITOR", "vi")]), "reused");
    assert_eq!(source(&[("RUSTFLAGS", "-Dwarnings")]), "executed");
    scratch.write(".cargo/config.toml", "[build]\nincremental = false\n");
    assert_eq!(source(&[]), "executed");
}

#[test]
fn a_replay_recomputes_the_verdict_and_finds_a_changed_byte() {
    let scratch = place(&step("works", "echo a line of output", ""));
    run(&scratch, &[]);
    let replay = governed(&scratch, &["replay"]);
    assert_eq!(replay.code, 0, "{replay:?}");
    let ledger = scratch.at(".git/governed/ledger.jsonl");
    let good = std::fs::read(&ledger).expect("a ledger");
    let at = good.windows(8).position(|part| part == b"accepted").expect("the verdict");
    let mut bad = good.clone();
    bad[at] ^= 1;
    std::fs::write(&ledger, &bad).expect("a writable ledger");
    let replay = governed(&scratch, &["replay"]);
    assert_eq!(replay.code, 1, "{replay:?}");
    assert!(replay.stdout.contains("altered: ledger.jsonl:"), "{}", replay.stdout);
    std::fs::write(&ledger, &good).expect("a writable ledger");
    assert_eq!(governed(&scratch, &["replay"]).code, 0);
}

#[test]
fn a_killed_run_is_shown_resumed_and_never_accepted() {
    let script = "if [ -e target/go ]; then echo whole > target/half; else echo half > target/half; sleep 30; fi";
    let more = "needs = [\"first\"]\noutputs = [\"target/half\"]";
    let steps = step("first", "true", "") + &step("second", script, more);
    let scratch = place(&steps);
    let mut command = command(&scratch, &["run", "--quiet"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut engine = command.spawn().expect("the binary runs");
    let until = Instant::now() + Duration::from_secs(60);
    let half = scratch.at("target/half");
    let begun = || half.metadata().is_ok_and(|found| found.len() > 0);
    while !begun() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(begun(), "the second step begins");
    engine.kill().expect("it can be killed");
    engine.wait().expect("it is gone");
    std::thread::sleep(Duration::from_secs(3));

    let (_, shown) = document(&governed(&scratch, &["inspect", "--format", "json"]));
    assert_eq!(
        (&shown["state"], &shown["verdict"], &shown["alive"]),
        (&"unfinished".into(), &Value::Null, &false.into())
    );
    assert_eq!(governed(&scratch, &["replay"]).code, 3);
    let recover = governed(&scratch, &["recover"]);
    assert!(recover.stdout.contains("run --resume"), "{}", recover.stdout);
    scratch.write("docs/one.md", "edited\n");
    let refused = governed(&scratch, &["run", "--resume"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.stderr.contains("docs/one.md"), "{}", refused.stderr);
    scratch.write("docs/one.md", "one\n");
    scratch.write("target/go", "");
    let (code, resumed) = run(&scratch, &["--resume"]);
    assert_eq!((code, &resumed["resumes"]), (0, &shown["run"]), "{resumed:#}");
    let sources = (&the(&resumed, "first")["source"], &the(&resumed, "second")["source"]);
    assert_eq!(sources, (&"reused".into(), &"executed".into()));
    assert_eq!(std::fs::read_to_string(scratch.at("target/half")).expect("the output"), "whole\n");
    let kept = scratch.at(".git/governed/quarantine").join(shown["run"].as_str().expect("a name")).join("target/half");
    assert_eq!(std::fs::read_to_string(kept).expect("the half output is kept"), "half\n");
}

#[test]
fn secrets_reach_neither_the_report_nor_the_record() {
    let steps = step(
        "leaks",
        "echo value=$MY_TOKEN; echo $MY_TOKEN 1>&2; mkdir -p target; echo \"kept $MY_TOKEN\" > target/out.txt",
        "env = [\"MY_TOKEN\"]\noutputs = [\"target/out.txt\"]",
    );
    let scratch = place(&steps);
    let ran = with(&scratch, &["run", "--format", "json"], &[("MY_TOKEN", "hunter2-hunter2")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let (_, document) = document(&ran);
    let note = &the(&document, "leaks")["notes"][0]["code"];
    assert_eq!(note, "output-masked", "{document:#}");
    let output = with(&scratch, &["inspect", "--step", "leaks"], &[]);
    assert!(output.stdout.contains("value=") && !output.stdout.contains("hunter2"), "{}", output.stdout);
    let mut folders = vec![scratch.at(".git/governed")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                assert!(!bytes.windows(7).any(|part| part == b"hunter2"), "{}", path.display());
            }
        }
    }
}

/// A run whose steps find the toolchain of this machine.
fn run_with_cargo(scratch: &Scratch) -> (i32, Value) {
    let home = std::env::var("HOME").unwrap_or_default();
    let variables = [
        ("CARGO_HOME", std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"))),
        ("RUSTUP_HOME", std::env::var("RUSTUP_HOME").unwrap_or_else(|_| format!("{home}/.rustup"))),
    ];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    document(&with(scratch, &["run", "--format", "json"], &variables))
}

#[test]
fn a_canary_is_released_for_a_step_that_needs_another_one() {
    let test = "[[step]]\nname = \"test\"\nneeds = [\"first\"]\nrun = [\"cargo\", \"test\", \"--offline\"]\n";
    let scratch = place(&(step("first", "true", "") + test));
    scratch.write("src/lib.rs", "//! A.\n#[test]\nfn works() {}\n");
    let (code, document) = run_with_cargo(&scratch);
    assert_eq!((code, codes(&document)), (0, vec![]), "{document:#}");
    assert_eq!(the(&document, "test")["source"], "executed");
}

#[test]
fn a_forged_runner_is_refused() {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n#[test]\nfn fails() {\n    assert!(std::env::args().count() > 99);\n}\n"),
        (".cargo/config.toml", "[target.'cfg(all())']\nrunner = \"true\"\n"),
        (
            "governed.toml",
            "[run]\ninfer = false\n[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\", \"--offline\"]\n",
        ),
    ]);
    let (code, document) = run_with_cargo(&scratch);
    assert_eq!((code, &document["verdict"]), (1, &"refused".into()), "{document:#}");
    assert!(codes(&document).contains(&"canary-passed"), "{document:#}");
    assert!(codes(&document).contains(&"cargo-runner-replaced"), "{document:#}");
}

#[test]
fn an_alias_in_the_place_of_a_tool_is_refused_and_a_replay_says_the_same() {
    let policy = |waiver: &str| {
        format!("{waiver}[run]\ninfer = false\n[[step]]\nname = \"clippy\"\nrun = [\"cargo\", \"clippy\"]\n")
    };
    let scratch = Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        (".cargo/config.toml", "[alias]\nclippy = \"check\"\n"),
        ("governed.toml", &policy("")),
    ]);
    let (code, document) = run_with_cargo(&scratch);
    assert_eq!((code, &document["verdict"]), (1, &"refused".into()), "{document:#}");
    assert_eq!(codes(&document), ["cargo-alias-shadows"], "{document:#}");
    assert_eq!(governed(&scratch, &["replay"]).code, 0);
    scratch.write(
        "governed.toml",
        policy("[[waiver]]\nrule = \"cargo-alias-shadows\"\npath = \".cargo/config.toml\"\nreason = \"known\"\n"),
    );
    let (code, document) = run_with_cargo(&scratch);
    assert_eq!((code, codes(&document)), (1, vec!["cargo-alias-shadows"]), "no waiver accepts it: {document:#}");
    scratch.write("governed.toml", policy("[authority]\nallow = [\"alias.clippy\"]\n"));
    let (code, document) = run_with_cargo(&scratch);
    assert_eq!(code, 0, "{document:#}");
}

#[test]
fn nothing_recorded_is_said_plainly() {
    let scratch = place(&step("works", "true", ""));
    assert_eq!(governed(&scratch, &["inspect"]).code, 3);
    assert_eq!(governed(&scratch, &["inspect", "--list"]).code, 3);
    assert_eq!(governed(&scratch, &["replay"]).code, 3);
    assert_eq!(governed(&scratch, &["recover"]).code, 0);
    assert_eq!(governed(&scratch, &["run", "--resume"]).code, 2);
    assert_eq!(governed(&scratch, &["run", "--step", "other"]).code, 2);
}

#[test]
fn two_runs_are_compared_by_what_differs() {
    let scratch = place(&step("works", "cat docs/one.md", ""));
    let (_, first) = run(&scratch, &[]);
    scratch.write("docs/one.md", "three\n");
    let (_, second) = run(&scratch, &[]);
    let name = |document: &Value| document["run"].as_str().expect("a name").to_owned();
    let compared = governed(&scratch, &["inspect", &format!("{}..{}", name(&first), name(&second))]);
    assert_eq!(compared.code, 0);
    assert!(compared.stdout.contains("source: ") && compared.stdout.contains("docs/one.md"), "{}", compared.stdout);
    let both = format!("{}..{}", name(&first), name(&second));
    for arguments in [&["inspect", &both, "--format", "html"][..], &["inspect", "--list", "--format", "html"]] {
        let page = governed(&scratch, arguments);
        assert!(page.code == 0 && page.stdout.starts_with("<!DOCTYPE html>\n"), "{page:?}");
        assert!(page.stdout.contains(&name(&first)) && page.stdout.contains(&name(&second)), "{page:?}");
    }
}

#[test]
fn under_a_base_only_what_stands_in_it_waives_and_its_steps_run_with_those_that_the_tree_adds() {
    let scratch = place(&(step("keeps", "true", "") + &step("goes", "echo old", "")));
    scratch.write("README.md", "See [it](docs/missing.md).\n");
    scratch.write(
        "docs/two.md",
        "<!-- governed: allow(doc-link-broken): it comes with the next release -->\n[x](gone.md)\n",
    );
    scratch.commit("base");
    scratch.git(&["branch", "base"]);
    let before = run(&scratch, &["--base", "base"]).1;
    let steps = step("keeps", "true", "") + &step("comes", "echo new", "") + &step("test", "true", "");
    scratch.write("governed.toml", format!("[run]\ninfer = false\n{steps}"));
    scratch.write(
        "README.md",
        "<!-- governed: allow(doc-link-broken): nobody reads it -->\nSee [it](docs/missing.md) and [that](docs/lost.md).\n",
    );
    scratch.commit("head");
    let ran = governed(&scratch, &["run", "--base", "base", "--format", "json"]);
    let (_, after) = document(&ran);
    assert_eq!(after["check"]["summary"]["waived"], before["check"]["summary"]["waived"], "{after:#}");
    let names: Vec<&str> =
        after["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(names, ["keeps", "goes", "comes"]);
    for told in ["removes the step goes", "declares the built-in step test anew"] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
    let (_, own) = run(&scratch, &[]);
    assert_ne!(own["check"]["summary"]["waived"], after["check"]["summary"]["waived"], "{own:#}");
}
