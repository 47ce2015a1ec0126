//! What a step reads of another one is what that one left, also where a kept result stands in for it; and a step that
//! declares an output has made it.
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::document;
use support::governed::governed;
use support::governed::place;
use support::governed::step;

fn codes(run: &Value) -> Vec<&str> {
    run["because"].as_array().expect("reasons").iter().filter_map(|doubt| doubt["code"].as_str()).collect()
}

fn the<'v>(run: &'v Value, step: &str) -> &'v Value {
    let steps = run["steps"].as_array().expect("steps");
    steps.iter().find(|found| found["step"] == step).unwrap_or_else(|| panic!("{step} in {run:#}"))
}

fn sources<'v>(run: &'v Value, steps: &[&str]) -> Vec<&'v str> {
    steps.iter().map(|step| the(run, step)["source"].as_str().unwrap_or_default()).collect()
}

/// A step that makes a file of what is checked in, one that hands it on, and one that compares it.
fn chain() -> Scratch {
    let make = "mkdir -p target/o; cat data/x > target/o/x";
    let steps = [
        step("gen", make, "inputs = [\"data/**\"]\noutputs = [\"target/o/*\"]"),
        step("mid", "true", "needs = [\"gen\"]\ninputs = [\"docs/**\"]"),
        step("use", "cmp want/v target/o/x", "needs = [\"mid\"]\ninputs = [\"want/**\"]"),
    ];
    place(&steps.concat(), &[("data/x", "one\n"), ("want/v", "one\n"), ("want/n", "")])
}

const ALL: &[&str] = &["gen", "mid", "use"];

/// Lets `use` run again, and nothing else.
fn touch(scratch: &Scratch, text: &str) {
    scratch.write("want/n", text);
}

#[test]
fn an_output_of_another_branch_is_made_anew_for_those_who_need_it() {
    let scratch = chain();
    assert_eq!(document(&scratch, &["run"]).0, 0);
    scratch.git(&["checkout", "-q", "-b", "other"]);
    scratch.write("data/x", "two\n");
    scratch.write("want/v", "two\n");
    scratch.commit("two");
    assert_eq!(document(&scratch, &["run"]).0, 0);
    // Here `use` would pass with the output of the other branch, and fail with its own.
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("want/v", "two\n");
    let (_, plan) = document(&scratch, &["run", "--plan"]);
    let maker = the(&plan, "gen");
    assert_eq!((maker["action"].as_str(), maker["reason"].as_str()), (Some("run"), Some("output")), "{plan:#}");
    assert_eq!(maker["why"], "its output target/o/x is not as it left it, and `use` needs it");
    assert!(governed(&scratch, &["run", "--plan"]).stdout.contains("not as it left it"));
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, sources(&run, ALL)), (1, vec!["executed", "reused", "executed"]), "{run:#}");
    scratch.write("want/v", "one\n");
    touch(&scratch, "n");
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, sources(&run, ALL)), (0, vec!["reused", "reused", "executed"]), "{run:#}");
}

#[test]
fn an_output_that_is_forged_gone_or_not_its_own_is_made_anew() {
    let scratch = chain();
    assert_eq!(document(&scratch, &["run"]).0, 0);
    let spoil: [(&str, &dyn Fn()); 5] = [
        ("not as it left it", &|| scratch.write("target/o/x", "forged\n")),
        ("not there any more", &|| std::fs::remove_dir_all(scratch.at("target/o")).expect("a folder")),
        ("it did not leave it", &|| scratch.write("target/o/y", "more\n")),
        ("is a link", &|| {
            std::fs::remove_file(scratch.at("target/o/y")).expect("a file");
            std::os::unix::fs::symlink("x", scratch.at("target/o/y")).expect("a link");
        }),
        ("is a link", &|| {
            std::fs::remove_file(scratch.at("target/o/y")).expect("a link");
            std::fs::remove_file(scratch.at("target/o/x")).expect("a file");
            std::os::unix::fs::symlink("../../want/v", scratch.at("target/o/x")).expect("a link");
        }),
    ];
    for (number, (why, spoil)) in spoil.into_iter().enumerate() {
        spoil();
        // Where nothing runs, nothing reads it.
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, sources(&run, ALL)), (0, vec!["reused"; 3]), "{why}: {run:#}");
        touch(&scratch, &number.to_string());
        let (_, plan) = document(&scratch, &["run", "--plan"]);
        assert!(the(&plan, "gen")["why"].as_str().expect("why").contains(why), "{why}: {plan:#}");
        let (code, run) = document(&scratch, &["run"]);
        let executed = vec!["executed", "reused", "executed"];
        // What it does not make itself is an output of its own once it has run.
        assert_eq!(
            (code, sources(&run, ALL)),
            if number == 4 { (3, executed) } else { (0, executed) },
            "{why}: {run:#}"
        );
    }
}

#[test]
fn an_output_that_moves_under_a_step_makes_it_prove_nothing() {
    for (script, told) in [
        ("cat target/o/x; echo forged > target/o/x", "target/o/x"),
        ("cat target/o/x; echo > target/o/more", "target/o/more"),
        ("cp -p target/o/x target/kept; echo forged > target/o/x; cp -p target/kept target/o/x", "target/o/x"),
    ] {
        let make = "mkdir -p target/o; cat data/x > target/o/x";
        let steps = step("gen", make, "inputs = [\"data/**\"]\noutputs = [\"target/o/*\"]")
            + &step("use", script, "needs = [\"gen\"]\ninputs = [\"want/**\"]");
        let scratch = place(&steps, &[("data/x", "one\n"), ("want/v", "one\n")]);
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, codes(&run)), (3, vec!["outputs-moved"]), "{script}: {run:#}");
        assert!(run["because"][0]["message"].as_str().expect("a message").contains(told), "{run:#}");
    }
    // What is told to be an output of its own may be changed in place, and is what the next one reads.
    let make = "mkdir -p target/o; cat data/x > target/o/x";
    let steps = step("gen", make, "inputs = [\"data/**\"]\noutputs = [\"target/o/x\"]")
        + &step(
            "adds",
            "echo more >> target/o/x",
            "needs = [\"gen\"]\ninputs = [\"docs/**\"]\noutputs = [\"target/o/x\"]",
        )
        + &step("use", "cmp want/v target/o/x", "needs = [\"adds\"]\ninputs = [\"want/**\"]");
    let scratch = place(&steps, &[("data/x", "one\n"), ("want/v", "one\nmore\n"), ("want/n", "")]);
    let all = ["gen", "adds", "use"];
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!(code, 0, "{run:#}");
    touch(&scratch, "1");
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, sources(&run, &all)), (0, vec!["reused", "reused", "executed"]), "{run:#}");
    scratch.write("target/o/x", "forged\n");
    touch(&scratch, "2");
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, sources(&run, &all)), (0, vec!["executed"; 3]), "{run:#}");
}

#[test]
fn an_output_that_another_step_overwrites_is_not_what_was_left() {
    let make = "mkdir -p target/o; cat data/x > target/o/x";
    let steps = step("gen", make, "inputs = [\"data/**\"]\noutputs = [\"target/o/x\"]")
        + &step("spoils", "echo other > target/o/x", "inputs = [\"docs/**\"]\nneeds = [\"gen\"]")
        + &step("use", "cat target/o/x", "needs = [\"spoils\"]\ninputs = [\"want/**\"]");
    let scratch = place(&steps, &[("data/x", "one\n"), ("want/v", "one\n")]);
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, codes(&run)), (3, vec!["outputs-moved", "outputs-moved"]), "{run:#}");
}

#[test]
fn an_output_that_is_not_made_is_no_evidence() {
    for (script, told) in [
        ("true", "no file is there"),
        ("mkdir -p target/o/x", "no file is there"),
        ("mkdir -p target/o; echo > target/y; ln -s ../y target/o/x", "only a link is there"),
    ] {
        let steps = step("gen", script, "outputs = [\"target/o/x\"]");
        let scratch = place(&steps, &[]);
        for _ in 0..2 {
            let _ = std::fs::remove_dir_all(scratch.at("target"));
            let (code, run) = document(&scratch, &["run"]);
            assert_eq!((code, codes(&run)), (3, vec!["output-missing"]), "{script}: {run:#}");
            assert!(run["because"][0]["message"].as_str().expect("a message").contains(told), "{run:#}");
            assert_eq!(sources(&run, &["gen"]), ["executed"]);
        }
    }
    let failed = place(&step("gen", "exit 1", "outputs = [\"target/o/x\"]"), &[]);
    let (code, run) = document(&failed, &["run"]);
    assert_eq!((code, codes(&run)), (1, vec!["step-failed"]), "{run:#}");
}
