//! What decides a step and is no file of the tree: it is in the key, it is watched while the step runs, or nothing that
//! hangs on it is reused.
#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::TEST;
use support::governed::command;
use support::governed::document;
use support::governed::place;
use support::governed::step;
use support::tool;

const TESTED: &str = "#[test]\nfn it_works() {}\n";

fn codes(run: &Value) -> Vec<&str> {
    run["because"].as_array().expect("reasons").iter().filter_map(|doubt| doubt["code"].as_str()).collect()
}

fn source<'v>(run: &'v Value, step: &str) -> &'v str {
    let steps = run["steps"].as_array().expect("steps");
    let found = steps.iter().find(|found| found["step"] == step).unwrap_or_else(|| panic!("{step} in {run:#}"));
    found["source"].as_str().unwrap_or_default()
}

/// A tree, and a folder outside of it.
fn beside(steps: &str, more: &[(&str, &str)]) -> (Scratch, Scratch) {
    (Scratch::new(), place(steps, more))
}

fn script(path: &Path, body: &str) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, format!("#!/bin/sh\n{body}\n")).expect("a script");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a script");
}

#[test]
fn a_package_beside_the_tree_is_reused_by_nobody_and_proves_nothing() {
    let (outer, scratch) = beside(TEST, &[("src/lib.rs", TESTED)]);
    outer.write("sib/Cargo.toml", "[package]\nname = \"sib\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
    outer.write("sib/src/lib.rs", "//! S.\n");
    let manifest = std::fs::read_to_string(scratch.at("Cargo.toml")).expect("a manifest");
    let path = outer.at("sib").display().to_string();
    scratch.write("Cargo.toml", format!("{manifest}[dependencies]\nsib = {{ path = \"{path}\" }}\n"));
    document(&scratch, &["run"]);
    for _ in 0..2 {
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, codes(&run), source(&run, "test")), (3, vec!["inputs-outside"], "executed"), "{run:#}");
        assert!(run["because"][0]["message"].as_str().expect("a message").contains("Cargo.toml leads to"), "{run:#}");
    }
}

#[test]
fn a_link_out_of_the_tree_is_reused_by_nobody_who_reads_it() {
    let steps = step("all", "cat away || true", "") + &step("docs", "cat docs/*.md", "inputs = [\"docs/**\"]");
    let (outer, scratch) = beside(&steps, &[]);
    outer.write("one.txt", "one\n");
    symlink(outer.at("one.txt"), scratch.at("away")).expect("a link");
    scratch.commit("a link");
    for _ in 0..2 {
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, codes(&run), source(&run, "all")), (3, vec!["inputs-outside"], "executed"), "{run:#}");
    }
    assert_eq!(source(&document(&scratch, &["run"]).1, "docs"), "reused");
    // Nothing is there that it could have read; what may come to stand there is no file of the tree.
    std::fs::remove_file(outer.at("one.txt")).expect("a file");
    for _ in 0..2 {
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, source(&run, "all"), source(&run, "docs")), (0, "executed", "reused"), "{run:#}");
    }
    // One that stays in the tree is as good as what it leads to.
    std::fs::remove_file(scratch.at("away")).expect("a link");
    symlink("docs/one.md", scratch.at("away")).expect("a link");
    document(&scratch, &["run"]);
    assert_eq!(source(&document(&scratch, &["run"]).1, "all"), "reused");
}

#[test]
fn folders_that_the_configuration_names_are_files_of_the_tree_or_nothing_is_reused() {
    let (outer, scratch) =
        beside(&step("all", "true", ""), &[(".cargo/config.toml", "[source.mine]\ndirectory = \"own\"\n")]);
    scratch.write("own/x", "");
    assert_eq!(document(&scratch, &["run"]).0, 0);
    assert_eq!(source(&document(&scratch, &["run"]).1, "all"), "reused");
    scratch.write(".cargo/config.toml", format!("[source.mine]\ndirectory = \"{}\"\n", outer.path().display()));
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, codes(&run)), (3, vec!["inputs-outside"]), "{run:#}");
}

/// Edits a file that git ignores, looks at it, and puts it back with its time of writing.
fn races(path: &str) -> String {
    format!(
        "cp -p {path} target/kept; echo '# evil' >> {path}; cat {path}; cat target/kept > {path}; touch -r target/kept {path}"
    )
}

#[test]
fn what_git_ignores_and_cargo_obeys_is_watched_while_a_step_runs() {
    for path in [".cargo/config.toml", "Cargo.lock"] {
        let ignore = format!("/target\n/{path}\n");
        let scratch = place(&step("races", &races(path), ""), &[(".gitignore", &ignore)]);
        scratch.write(path, "# as it was\n");
        scratch.write("target/x", "");
        let (code, run) = document(&scratch, &["run"]);
        assert_eq!((code, codes(&run)), (3, vec!["inputs-moved"]), "{run:#}");
        assert!(run["because"][0]["message"].as_str().expect("a message").contains(path), "{run:#}");
    }
    let scratch = place(
        &step("adds", "mkdir .cargo; echo > .cargo/x; echo > .cargo/config.toml", "outputs = [\".cargo/x\"]"),
        &[(".gitignore", "/target\n/.cargo\n")],
    );
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!((code, codes(&run)), (3, vec!["inputs-moved"]), "{run:#}");
}

#[test]
fn a_tool_that_is_swapped_while_a_step_runs_is_seen() {
    let bin = tempfile::tempdir().expect("a folder");
    let tool_file = bin.path().join("cc");
    script(&tool_file, "exec sh \"$@\"");
    let path = format!("{}:{}", bin.path().display(), std::env::var("PATH").unwrap_or_default());
    let steps = step("swaps", "echo '# other' >> \"$MY_TOOL\"", "env = [\"MY_TOOL\"]").replace("\"sh\"", "\"cc\"");
    let scratch = place(&format!("isolation = \"none\"\n{steps}"), &[]);
    let mut command = command(&scratch, &["run", "--format", "json"]);
    command.env("PATH", &path).env("MY_TOOL", &tool_file);
    let ran = tool::of(command.output().expect("the binary runs"));
    let run: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(codes(&run), ["inputs-moved"], "{run:#}");
    assert!(run["because"][0]["message"].as_str().expect("a message").contains("/cc"), "{run:#}");
}

#[test]
fn a_result_that_made_the_lock_file_says_nothing_of_the_next_time_that_there_is_none() {
    let steps = [TEST, &step("reads", "cat Cargo.lock || true", "needs = [\"test\"]")].concat();
    let scratch = place(&steps, &[("src/lib.rs", TESTED), (".gitignore", "/target\n/Cargo.lock\n")]);
    assert_eq!(document(&scratch, &["run"]).0, 0);
    let lock = std::fs::read(scratch.at("Cargo.lock")).expect("cargo wrote it");
    std::fs::remove_file(scratch.at("Cargo.lock")).expect("a lock file");
    let (code, run) = document(&scratch, &["run"]);
    let sources = (source(&run, "test"), source(&run, "reads"));
    assert_eq!((code, sources), (0, ("executed", "executed")), "{run:#}");
    scratch.write("Cargo.lock", &lock);
    assert_eq!(source(&document(&scratch, &["run"]).1, "test"), "reused");
}
