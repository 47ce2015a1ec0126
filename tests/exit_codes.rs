//! Each way in which a run ends: its exit code, its line in the text, its reason in the JSON. And errors in all formats.
#![cfg(unix)]

mod support;

use std::process::Stdio;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::TEST;
use support::governed::command;
use support::governed::document;
use support::governed::governed;
use support::governed::keeps_to_its_schema;
use support::governed::place;
use support::governed::step;
use support::tool;

/// What a run must come to.
#[derive(Clone, Copy, Debug)]
struct Expected<'e> {
    code: i32,
    verdict: &'e str,
    /// The codes of `because`, in order.
    because: &'e [&'e str],
    /// What the step of interest is said to be.
    state: (&'e str, &'e str),
    /// What the text has beside the verdict.
    line: &'e str,
}

/// Runs for programs and for people, and inspects: all say the same.
#[track_caller]
fn check(scratch: &Scratch, arguments: &[&str], expected: Expected<'_>) -> Value {
    let (code, run) = document(scratch, &[&["run"], arguments].concat());
    let Expected { state: (name, state), line, .. } = expected;
    assert_eq!((code, run["verdict"].as_str()), (expected.code, Some(expected.verdict)), "{run:#}");
    let because = run["because"].as_array().expect("reasons").iter().filter_map(|doubt| doubt["code"].as_str());
    assert_eq!(because.collect::<Vec<_>>(), expected.because, "{run:#}");
    if !name.is_empty() {
        let steps = run["steps"].as_array().expect("steps");
        let found = steps.iter().find(|step| step["step"] == name).unwrap_or_else(|| panic!("{name} in {run:#}"));
        assert_eq!(found["state"], state, "{run:#}");
    }
    let (inspected, shown) = document(scratch, &["inspect"]);
    // Where a run wrote its proof is said by the run alone: the file may be gone since.
    let mut printed = run.clone();
    printed["proof"] = Value::Null;
    assert_eq!((inspected, &shown), (0, &printed), "inspect shows what run printed");
    assert_eq!(document(scratch, &["replay"]).0, 0, "the verdict follows from the record");

    let told = governed(scratch, &[&["run"], arguments].concat());
    assert_eq!(told.code, expected.code, "{told:?}");
    assert!(told.stdout.contains(line), "`{line}` is not in: {}", told.stdout);
    let last = told.stdout.lines().last().unwrap_or_default();
    let is_last = last.starts_with(&format!("{}: ", expected.verdict)) && last.contains(&format!("(exit {code})"));
    assert!(is_last, "{last}");
    run
}

#[test]
fn a_step_that_passes_is_accepted_with_0() {
    let scratch = place(&step("works", "true", ""), &[]);
    let run = check(
        &scratch,
        &[],
        Expected {
            code: 0,
            verdict: "accepted",
            because: &[],
            state: ("works", "passed"),
            line: "accepted: the rules and every step agree (exit 0)",
        },
    );
    assert_eq!(run["steps"][0]["source"], "executed");
    let (_, reused) = document(&scratch, &["run"]);
    assert_eq!((&reused["steps"][0]["source"], &reused["steps"][0]["state"]), (&"reused".into(), &"passed".into()));
    assert!(governed(&scratch, &["run"]).stdout.contains("  works  reused      from "));
}

#[test]
fn a_failed_step_is_refused_with_1_and_what_needs_it_does_not_run() {
    let steps = step("fails", "echo why >&2; exit 7", "") + &step("after", "true", "needs = [\"fails\"]");
    let scratch = place(&steps, &[]);
    let run = check(
        &scratch,
        &[],
        Expected {
            code: 1,
            verdict: "refused",
            because: &["step-failed", "need-failed"],
            state: ("after", "not-run"),
            line: "step-failed: fails exited with 7",
        },
    );
    assert_eq!((&run["steps"][0]["state"], &run["steps"][0]["exit"]), (&"failed".into(), &7.into()));
}

#[test]
fn a_step_that_a_signal_ends_is_refused_with_1() {
    let scratch = place(&step("dies", "kill -KILL $$", ""), &[]);
    let run = check(
        &scratch,
        &[],
        Expected {
            code: 1,
            verdict: "refused",
            because: &["step-failed"],
            state: ("dies", "failed"),
            line: "step-failed: dies was ended by signal 9",
        },
    );
    assert_eq!((&run["steps"][0]["exit"], &run["steps"][0]["signal"]), (&Value::Null, &9.into()));
}

#[test]
fn a_timeout_is_refused_with_1() {
    check(
        &place(&step("slow", "sleep 60", "timeout = \"1s\""), &[]),
        &[],
        Expected {
            code: 1,
            verdict: "refused",
            because: &["step-timed-out"],
            state: ("slow", "timed-out"),
            line: "step-timed-out: slow took longer than it may",
        },
    );
}

#[test]
fn a_step_that_fails_and_then_passes_counts_as_failed_with_1() {
    // It fails at every first attempt, and passes at every second.
    let script = "if [ -e target/second ]; then rm target/second; echo fine; else mkdir -p target; touch target/second; \
                  echo why; exit 4; fi";
    let scratch = place(&step("flips", script, "attempts = 3"), &[]);
    let expected = Expected {
        code: 1,
        verdict: "refused",
        because: &["step-failed", "flaky"],
        state: ("flips", "failed"),
        line: "flaky: flips: it passed in attempt 2 after 1 that did not",
    };
    let run = check(&scratch, &[], expected);
    let flips = &run["steps"][0];
    assert_eq!((&flips["attempts"], &flips["exit"], &flips["stdout"]["bytes"]), (&2.into(), &4.into(), &4.into()));
    let told = governed(&scratch, &["inspect"]).stdout;
    assert!(told.contains("exit 4, 2 attempts") && told.contains("  | why\n"), "the worst is shown: {told}");
    assert_eq!(governed(&scratch, &["inspect", "--step", "flips"]).stdout, "why\n");
    let (_, plan) = document(&scratch, &["run", "--plan"]);
    assert_eq!(plan["steps"][0]["action"], "run", "and never reused: {plan:#}");

    // Who never passes is tried to the end and no flake.
    let scratch = place(&step("fails", "echo why; exit 4", "attempts = 2"), &[]);
    let expected =
        Expected { because: &["step-failed"], state: ("fails", "failed"), line: "exit 4, 2 attempts", ..expected };
    check(&scratch, &[], expected);
}

#[test]
fn a_missing_tool_is_unproven_with_3() {
    check(
        &place("[[step]]\nname = \"lost\"\nrun = [\"no-such-tool-is-here\"]\n", &[]),
        &[],
        Expected {
            code: 3,
            verdict: "unproven",
            because: &["tool-missing"],
            state: ("lost", "not-run"),
            line: "tool-missing: ",
        },
    );
}

#[test]
fn zero_tests_are_unproven_with_3() {
    check(
        &place(TEST, &[]),
        &[],
        Expected {
            code: 3,
            verdict: "unproven",
            because: &["tests-none-run"],
            state: ("test", "passed"),
            line: "tests-none-run: ",
        },
    );
}

#[test]
fn tests_that_collapse_against_the_last_accepted_run_are_unproven_with_3() {
    let tests = |count: usize| -> String {
        (0..count).map(|number| format!("#[test]\nfn t{number}() {{}}\n")).collect::<String>()
    };
    let scratch = place(TEST, &[("src/lib.rs", &tests(5))]);
    let before = governed(&scratch, &["run"]);
    assert_eq!(before.code, 0, "{before:?}");
    scratch.write("src/lib.rs", tests(1));
    check(
        &scratch,
        &[],
        Expected {
            code: 3,
            verdict: "unproven",
            because: &["tests-collapsed"],
            state: ("test", "passed"),
            line: "tests-collapsed: test: 1 test was executed, 5 in the last accepted run",
        },
    );
}

#[test]
fn inputs_that_move_are_unproven_with_3() {
    check(
        &place(&step("edits", "echo more >> docs/one.md", ""), &[]),
        &[],
        Expected {
            code: 3,
            verdict: "unproven",
            because: &["inputs-moved"],
            state: ("edits", "passed"),
            line: "docs/one.md",
        },
    );
}

#[test]
fn nothing_to_run_is_unproven_with_3() {
    check(
        &place("", &[]),
        &[],
        Expected { code: 3, verdict: "unproven", because: &["nothing-run"], state: ("", ""), line: "nothing-run: " },
    );
}

#[test]
fn a_tree_that_the_rules_refuse_is_refused_with_1() {
    let readme = "# a\n\n```toml\n[dependencies]\na = \"9.9\"\n```\n";
    check(
        &place(&step("works", "true", ""), &[("README.md", readme)]),
        &[],
        Expected {
            code: 1,
            verdict: "refused",
            because: &["check-refused"],
            state: ("works", "passed"),
            line: "`cargo governed check` shows the findings",
        },
    );
}

#[test]
fn an_override_is_said_for_ever_and_accepts_nothing_that_failed() {
    let works = place(&step("works", "true", ""), &[]);
    let arguments = ["--override", "the registry is down"];
    let run = check(
        &works,
        &arguments,
        Expected {
            code: 0,
            verdict: "accepted",
            because: &[],
            state: ("works", "passed"),
            line: "overridden: the registry is down (this run can never be certified)",
        },
    );
    assert_eq!((&run["certifiable"], &run["overridden"]), (&false.into(), &"the registry is down".into()));
    let list = governed(&works, &["inspect", "--list"]);
    assert!(list.stdout.lines().all(|line| line.ends_with(", overridden")), "{}", list.stdout);

    let steps = step("fails", "exit 7", "") + &step("after", "true", "needs = [\"fails\"]");
    check(
        &place(&steps, &[]),
        &arguments,
        Expected {
            code: 1,
            verdict: "refused",
            because: &["step-failed"],
            state: ("after", "passed"),
            line: "step-failed: fails exited with 7",
        },
    );
}

/// A library with one test, which fails, and a checked-in configuration that would hide it.
fn forged(config: &str, more: &[(&str, &str)]) -> Scratch {
    let library = "//! A.\n#[test]\nfn fails() {\n    assert!(std::env::args().count() > 99);\n}\n";
    place(TEST, &[&[("src/lib.rs", library), (".cargo/config.toml", config)], more].concat())
}

#[test]
fn a_forged_runner_is_refused_with_1_because_the_canary_passes() {
    check(
        &forged("[target.'cfg(all())']\nrunner = \"true\"\n", &[]),
        &[],
        Expected {
            code: 1,
            verdict: "refused",
            because: &["cargo-runner-replaced", "canary-passed", "tests-none-run"],
            state: ("test", "passed"),
            line: "canary-passed: ",
        },
    );
}

#[test]
fn a_wrapper_of_the_compiler_is_refused_with_1() {
    // The wrapper takes `--test` away: what is built then is no test harness, and exits with 0.
    let wrapper =
        "#!/bin/sh\nfor word; do shift; [ \"$word\" = --test ] || set -- \"$@\" \"$word\"; done\nexec \"$@\"\n";
    let scratch = forged("[build]\nrustc-wrapper = \"./wrapper.sh\"\n", &[("wrapper.sh", wrapper)]);
    scratch.git(&["update-index", "--chmod=+x", "wrapper.sh"]);
    std::fs::set_permissions(scratch.at("wrapper.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("it is ours");
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, &run["verdict"]), (1, &"refused".into()), "{run:#}");
    let because = run["because"].as_array().expect("reasons");
    assert!(because.iter().any(|doubt| doubt["code"] == "cargo-runner-replaced"), "{run:#}");
    let told = governed(&scratch, &["run"]);
    assert!(told.code == 1 && told.stdout.contains("cargo-runner-replaced: "), "{told:?}");
}

#[test]
fn an_interrupted_run_is_unproven_with_3() {
    let scratch = place(&step("hangs", "echo begun > target/begun; sleep 600", ""), &[("target/.keep", "")]);
    let begun = scratch.at("target/begun");
    let mut engine = command(&scratch, &["run", "--format", "json"]);
    let engine = engine.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !begun.exists() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = i32::try_from(engine.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("it runs");
    let ran = tool::of(engine.wait_with_output().expect("it ends"));
    let run: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    keeps_to_its_schema(&run);
    assert_eq!((ran.code, &run["verdict"], &run["state"]), (3, &"unproven".into(), &"ended".into()));
    assert_eq!((&run["steps"][0]["state"], &run["because"][0]["code"]), (&"interrupted".into(), &"interrupted".into()));
    let told = governed(&scratch, &["inspect"]);
    assert!(told.stdout.contains("interrupted: hangs was interrupted"), "{told:?}");
    let flat = told.stdout.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.ends_with("(exit 3); the same command with `--resume` goes on from here"), "{flat}");
}

/// The arguments end with this exit code and this error: a document for programs, words for people.
#[track_caller]
fn fails(scratch: &Scratch, arguments: &[&str], code: i32, error: &str) {
    for format in ["json", "jsonl", "human"] {
        if format == "jsonl" && arguments[0] != "run" {
            continue;
        }
        let ran = governed(scratch, &[arguments, &["--format", format]].concat());
        assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains("error: "), "{arguments:?}: {ran:?}");
        if format == "human" {
            assert_eq!(ran.stdout, "", "{arguments:?}");
            assert!(ran.stderr.contains("help: ") || error == "usage", "what to do next: {arguments:?}: {ran:?}");
            continue;
        }
        assert!(format == "json" || ran.stdout.lines().count() == 1, "{ran:?}");
        let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|wrong| panic!("{wrong}: {ran:?}"));
        keeps_to_its_schema(&document);
        assert_eq!(document["schema"], "cargo-governed/error/1");
        assert_eq!(document["code"], error, "{arguments:?}: {document:#}");
    }
}

#[test]
fn errors_of_usage_and_policy_end_with_2_in_every_format() {
    let scratch = place(&step("works", "true", ""), &[]);
    for verb in ["check", "run", "inspect", "replay", "recover"] {
        fails(&scratch, &[verb, "--no-such-flag"], 2, "usage");
    }
    fails(&scratch, &["run", "--override", " "], 2, "no-reason");
    fails(&scratch, &["run", "--resume"], 2, "nothing-to-resume");
    fails(&scratch, &["run", "--shard", "9/2"], 2, "shard");
    fails(&scratch, &["run", "--step", "other"], 2, "unknown-step");
    document(&scratch, &["run"]);
    let unknown = governed(&scratch, &["inspect", "--step", "other"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("help: name one of: works"), "{unknown:?}");
    for format in ["json", "html"] {
        let ran = governed(&scratch, &["inspect", "--step", "works", "--format", format]);
        assert!(ran.code == 2 && ran.stderr.contains("it is printed as it came"), "{ran:?}");
    }
    scratch.write("governed.toml", "[chek]\n");
    for verb in ["check", "run"] {
        fails(&scratch, &[verb], 2, "policy");
    }
}

#[test]
fn errors_of_our_own_work_end_with_4_in_every_format() {
    let scratch = place(&step("works", "true", ""), &[]);
    scratch.write(".git/governed", "a file where the record should be\n");
    fails(&scratch, &["run"], 4, "record-failed");
    std::fs::remove_file(scratch.at(".git/governed")).expect("it was there");
    document(&scratch, &["run"]);
    let ledger = scratch.at(".git/governed/ledger.jsonl");
    let lines = std::fs::read_to_string(&ledger).expect("a ledger");
    std::fs::write(&ledger, lines.lines().next().expect("a line")).expect("a writable ledger");
    fails(&scratch, &["run"], 4, "record-altered");
    std::fs::remove_file(&ledger).expect("it was there");
    std::fs::create_dir(&ledger).expect("a folder");
    for verb in ["run", "inspect", "replay", "recover"] {
        fails(&scratch, &[verb], 4, "record-failed");
    }
}
