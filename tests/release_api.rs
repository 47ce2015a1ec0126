//! What `cargo-semver-checks` says of an API, and that no answer is never taken for a good one.
//!
//! The real tool end to end, where it is installed (it must be in PATH, and cargo must reach what it needs):
//! `cargo test --test release_api -- --ignored`.
#![cfg(unix)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::command;
use support::release::change;
use support::release::codes;
use support::release::next;
use support::release::one;
use support::tool;

/// The plan of a repository with one more folder in front of PATH.
fn plan(scratch: &Scratch, tools: Option<&Path>) -> (i32, Value) {
    let mut command = command(scratch, &["release", "plan", "--format", "json"]);
    if let Some(tools) = tools {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", tools.display()));
    }
    let ran = tool::of(command.output().expect("the binary runs"));
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

/// A folder with a tool of that name that only runs a script.
fn fake(script: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cargo-semver-checks");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
    folder
}

fn changed() -> Scratch {
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "mend it");
    scratch
}

#[test]
fn the_summary_of_the_tool_decides() {
    for (words, code, expected) in [
        ("no semver update required", 0, "1.2.4"),
        ("semver requires new minor version: 0 major and 1 minor checks failed", 1, "1.3.0"),
        ("semver requires new major version: 1 major and 0 minor checks failed", 1, "2.0.0"),
        ("semver requires new major version: 1 major and 0 minor checks failed", 100, "2.0.0"),
    ] {
        let tools = fake(&format!("echo '     Summary {words}' >&2; exit {code}"));
        let scratch = changed();
        let (code, plan) = plan(&scratch, Some(tools.path()));
        assert_eq!((code, next(&plan, "a").as_str()), (0, expected), "{plan:#}");
        assert_eq!(plan["packages"][0]["unproven"], serde_json::json!([]));
    }
}

#[test]
fn the_tool_leaves_no_lock_file_behind() {
    let tools = fake("touch Cargo.lock; echo '     Summary no semver update required' >&2; exit 0");
    let scratch = changed();
    assert_eq!(plan(&scratch, Some(tools.path())).0, 0);
    assert!(!scratch.at("Cargo.lock").exists(), "it was not there before");
    scratch.write("Cargo.lock", "version = 4\n");
    scratch.commit("a lock file");
    assert_eq!(plan(&scratch, Some(tools.path())).0, 0);
    assert!(scratch.at("Cargo.lock").exists(), "it is the tree's own");
}

#[test]
fn what_the_sources_add_counts_beside_a_tool_that_finds_nothing_broken() {
    let tools = fake("echo '     Summary no semver update required' >&2; exit 0");
    let scratch = one("1.2.3", "v1.2.3");
    scratch.write("src/lib.rs", "//! A.\npub fn one() {}\npub fn two() {}\n");
    scratch.commit("more of it");
    let (code, added) = plan(&scratch, Some(tools.path()));
    assert_eq!((code, next(&added, "a").as_str()), (0, "1.3.0"), "{added:#}");
    // What is gone is the tool's to judge, and it has.
    scratch.write("src/lib.rs", "//! A.\nmacro_rules! one { () => { pub fn one() {} } }\none!();\n");
    scratch.commit("by a macro");
    let (code, gone) = plan(&scratch, Some(tools.path()));
    assert_eq!((code, next(&gone, "a").as_str()), (0, "1.2.4"), "{gone:#}");
    assert!(!gone.to_string().contains("are gone from the sources"), "{gone:#}");
}

#[test]
fn a_tool_that_gives_no_answer_leaves_the_plan_unproven() {
    let scratch = changed();
    for script in [
        "exit 0",
        "echo '    Finished [   0.1s] a'; exit 0",
        "echo 'error: unsupported rustdoc format v57' >&2; exit 1",
        "echo '     Summary semver requires new major version: 1 major and 0 minor checks failed'; exit 0",
        "kill -9 $$",
    ] {
        let tools = fake(script);
        let (code, plan) = plan(&scratch, Some(tools.path()));
        assert_eq!((code, codes(&plan)), (3, vec!["api-unproven".to_owned()]), "{script}: {plan:#}");
        assert!(!plan.to_string().contains("finds the API compatible"), "{script}");
        let message = plan["blockers"][0]["message"].as_str().expect("a message");
        assert!(message.starts_with("whether the API is compatible is not known: "), "{message}");
    }
}

#[test]
fn the_tool_is_not_asked_where_there_is_nothing_to_compare() {
    let tools = fake("echo asked >> asked; exit 3");
    let first = one("0.1.0", "");
    let (code, plan) = plan(&first, Some(tools.path()));
    assert_eq!((code, next(&plan, "a").as_str()), (0, "0.1.0"), "{plan:#}");
    assert!(!first.at("asked").exists());
}

#[test]
fn what_the_tool_checks_out_and_builds_is_hidden_from_git_and_from_itself() {
    let tools = fake(
        "mkdir -p \"$CARGO_TARGET_DIR/semver-checks/git-x\"; cp Cargo.toml \"$CARGO_TARGET_DIR/semver-checks/git-x\"\n\
         git ls-files --others --exclude-standard | grep -v Cargo.lock && exit 1\n\
         echo '     Summary no semver update required' >&2; exit 0",
    );
    let scratch = changed();
    // A tree that does not keep its builds out of git.
    scratch.write(".gitignore", "Cargo.lock\n");
    scratch.commit("builds are seen");
    for _ in 0..2 {
        let (code, found) = plan(&scratch, Some(tools.path()));
        assert_eq!((code, codes(&found)), (0, vec![]), "{found:#}");
        assert!(scratch.git(&["status", "--porcelain"]).is_empty());
    }
}

#[test]
#[ignore = "needs cargo-semver-checks"]
fn the_real_tool_end_to_end() {
    let scratch = one("1.2.3", "v1.2.3");
    let write = |text: &str| {
        scratch.write("src/lib.rs", format!("//! A.\n{text}"));
        scratch.commit("change it");
        let (code, plan) = plan(&scratch, None);
        let api = plan["packages"][0]["because"].as_array().expect("reasons").iter();
        let api: Vec<&str> = api.filter(|one| one["kind"] == "api").filter_map(|one| one["detail"].as_str()).collect();
        assert_eq!((code, api.len()), (0, 1), "{plan:#}");
        assert!(
            scratch.git(&["status", "--porcelain"]).is_empty(),
            "what it builds is ignored, and nothing else is left"
        );
        (next(&plan, "a"), api[0].to_owned())
    };
    assert_eq!(
        write("pub fn one() { let _ = 1; }\n"),
        ("1.2.4".into(), "cargo-semver-checks finds the API compatible".into())
    );
    let compatible = "cargo-semver-checks finds the API compatible";
    assert_eq!(write("pub fn one() {}\npub fn two() {}\n"), ("1.3.0".into(), compatible.into()));
    assert_eq!(
        write("#[deprecated]\npub fn one() {}\n"),
        ("1.3.0".into(), "cargo-semver-checks finds additions to the API".into())
    );
    assert_eq!(write("pub fn two() {}\n"), ("2.0.0".into(), "cargo-semver-checks finds the API broken".into()));
    assert!(scratch.git(&["status", "--porcelain"]).is_empty(), "what it builds is ignored");
}
