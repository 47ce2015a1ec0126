//! Runs in several work trees of one repository, which share a record, and in submodules, which are inputs of the tree
//! around them.
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::process::Child;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use support::checkout;
use support::checkout::Scratch;
use support::governed::document;
use support::governed::place;
use support::governed::step;
use support::tool;
use support::tool::governed;
use support::tool::running;

/// Says that it began, and waits until it may go on.
const WAITS: &str = "echo x >> target/begun; while ! test -e target/go; do sleep 0.02; done; echo whole > target/out";

fn waiting() -> Scratch {
    place(&step("waits", WAITS, "outputs = [\"target/out\"]"), &[])
}

fn second(scratch: &Scratch) -> Scratch {
    let other = Scratch::new();
    scratch.git(&["worktree", "add", "-q", "--detach", other.at("tree").to_str().expect("a plain path")]);
    other
}

fn begin(folder: &Path) -> Child {
    std::fs::create_dir_all(folder.join("target")).expect("a folder");
    let mut command = running(folder, &["run", "--format", "json"]);
    let engine = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    let begun = Instant::now();
    while !folder.join("target/begun").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the step began");
        std::thread::sleep(Duration::from_millis(20));
    }
    engine
}

fn end(engine: Child) -> (i32, Value) {
    let ran = tool::of(engine.wait_with_output().expect("it ends"));
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

#[test]
fn a_step_in_flight_in_one_work_tree_is_in_nobodys_way_in_another() {
    let scratch = waiting();
    let other = second(&scratch);
    let tree = other.at("tree");
    let engines = [begin(scratch.path()), begin(&tree)];
    // In one and the same tree it is.
    let refused = governed(scratch.path(), &["run"]);
    assert!(refused.code == 3 && refused.stderr.contains("has it in flight"), "{refused:?}");
    for folder in [scratch.path(), &tree] {
        std::fs::write(folder.join("target/go"), "").expect("a file");
    }
    for engine in engines {
        let (code, run) = end(engine);
        assert_eq!((code, &run["steps"][0]["source"]), (0, &"executed".into()), "{run:#}");
    }
    for folder in [scratch.path(), &tree] {
        assert_eq!(std::fs::read(folder.join("target/begun")).expect("a file"), b"x\n", "it ran once in each");
    }
    assert_eq!(governed(scratch.path(), &["replay"]).code, 0);
    // One key, two results that agree: either may stand in for the next.
    let again = governed(scratch.path(), &["run", "--format", "json"]);
    let again: Value = serde_json::from_str(&again.stdout).unwrap_or_else(|error| panic!("{error}: {again:?}"));
    assert_eq!(again["steps"][0]["source"], "reused", "{again:#}");
}

#[test]
fn a_torn_run_is_gone_on_from_in_its_own_work_tree_alone() {
    let scratch = waiting();
    let other = second(&scratch);
    let tree = other.at("tree");
    let mut engine = begin(scratch.path());
    engine.kill().expect("it is killed");
    engine.wait().expect("it ends");
    for folder in [scratch.path(), &tree] {
        std::fs::create_dir_all(folder.join("target")).expect("a folder");
        std::fs::write(folder.join("target/out"), "half\n").expect("a file");
        std::fs::write(folder.join("target/go"), "").expect("a file");
    }
    let refused = governed(&tree, &["run", "--resume"]);
    assert!(refused.code == 2 && refused.stderr.contains("in another work tree"), "{refused:?}");
    assert_eq!(std::fs::read(tree.join("target/out")).expect("a file"), b"half\n", "nothing of it was put away");
    let told = governed(&tree, &["recover"]).stdout;
    assert!(told.contains("in its own work tree") && told.ends_with("$ cargo governed run\n"), "{told}");
    let told = governed(scratch.path(), &["recover"]).stdout;
    assert!(told.ends_with("$ cargo governed run --resume\n"), "{told}");
    let resumed = governed(scratch.path(), &["run", "--resume"]);
    assert_eq!(resumed.code, 0, "{resumed:?}");
    assert_eq!(std::fs::read(scratch.at("target/out")).expect("a file"), b"whole\n");
}

#[test]
fn a_file_that_comes_into_a_submodule_while_a_step_runs_is_an_input_that_moved() {
    let inner = Scratch::committed(&[("c.c", "int x;\n"), (".gitignore", "/built\n")]);
    let adds = "echo 'int y;' > vendor/new.c; cat vendor/*.c; rm -f vendor/new.c.away; mkdir -p vendor/built; \
                echo x > vendor/built/x";
    let scratch = place(&step("adds", adds, ""), &[]);
    let path = inner.path().display().to_string();
    checkout::git_in(scratch.path(), &["submodule", "add", "-q", &path, "vendor"]);
    scratch.commit("a submodule");
    let (code, run) = document(&scratch, &["run"]);
    let because = &run["because"];
    assert_eq!((code, &because[0]["code"]), (3, &"inputs-moved".into()), "{run:#}");
    let message = because[0]["message"].as_str().expect("a message");
    assert!(message.ends_with("while it ran: vendor/new.c"), "what git ignores is no input: {message}");
}
