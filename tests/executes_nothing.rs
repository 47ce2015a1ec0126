//! `check` and `gate` run nothing of the tree, spawns no process and opens no connection, whatever is checked in or configured.

#![cfg(unix)]

mod support;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use support::checkout::Scratch;

const CHECK: &str = env!("CARGO_BIN_EXE_cargo-governed");

/// A repository in which everything that git or cargo could start leaves a mark behind.
fn trapped(marks: &Path) -> Scratch {
    let scratch = Scratch::committed(&[
        (".gitattributes", "*.md filter=trap\n"),
        ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\nbuild = \"build.rs\"\n"),
        ("src/lib.rs", ""),
        ("README.md", "# a\n"),
    ]);
    let trap = |path: &str| {
        scratch.write(path, format!("#!/bin/sh\ntouch {}/$(basename $0)\ncat\n", marks.display()));
        std::fs::set_permissions(scratch.at(path), std::fs::Permissions::from_mode(0o755))
            .expect("a writable scratch folder");
        scratch.at(path).to_string_lossy().into_owned()
    };
    scratch
        .write("build.rs", format!("fn main() {{ std::fs::write(\"{}/build\", \"\").unwrap(); }}\n", marks.display()));
    let (rustc, wrapper, runner) = (trap("fake-rustc"), trap("fake-wrapper"), trap("fake-runner"));
    let cargo = format!(
        "[alias]\ngoverned = \"run\"\n[build]\nrustc = \"{rustc}\"\nrustc-wrapper = \"{wrapper}\"\n[target.'cfg(all())']\nrunner = \"{runner}\"\n"
    );
    scratch.write(".cargo/config.toml", cargo);
    scratch.write("rust-toolchain.toml", "[toolchain]\npath = \"./toolchain\"\n");
    trap("toolchain/bin/rustc");
    trap("toolchain/bin/cargo");
    scratch.commit("two");
    for hook in ["post-checkout", "pre-commit", "post-index-change", "reference-transaction"] {
        trap(&format!(".git/hooks/{hook}"));
    }
    let driver = trap("driver");
    scratch.git(&["add", "driver"]);
    let keys = ["core.fsmonitor", "filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "core.pager"];
    for key in keys.into_iter().chain(["core.sshCommand", "diff.external", "uploadpack.packObjectsHook"]) {
        scratch.git(&["config", key, &driver]);
    }
    // The setting up itself runs hooks; only what happens from here on counts.
    for mark in std::fs::read_dir(marks).expect("a writable scratch folder") {
        std::fs::remove_file(mark.expect("a writable scratch folder").path()).expect("a writable scratch folder");
    }
    // Touched files make a careless reader hash them through the filter.
    scratch.write("README.md", "# b\n");
    scratch
}

const CALLS: &[&[&str]] = &[
    &["check", "--format", "json"],
    &["check", "--rev", "HEAD"],
    &["check", "--since", "HEAD~1"],
    &["check", "--fix", "--allow-dirty"],
    &["governed", "check", "--emit", "sarif=out.sarif"],
    &["gate", "merge", "--base", "HEAD~1"],
    &["gate", "release", "--base", "HEAD~1", "--rev", "HEAD", "--proof", "README.md"],
    &["gate", "--self-test"],
];

#[test]
fn nothing_that_is_checked_in_or_configured_is_run() {
    let marks = tempfile::tempdir().unwrap();
    let scratch = trapped(marks.path());
    for arguments in CALLS {
        let output = Command::new(CHECK).args(*arguments).current_dir(scratch.path()).output().unwrap();
        let code = output.status.code();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(code, Some(0 | 1 | 3)), "{arguments:?} ended with {code:?}: {said}");
        let left: Vec<_> = std::fs::read_dir(marks.path()).unwrap().map(|mark| mark.unwrap().file_name()).collect();
        assert!(left.is_empty(), "{arguments:?} ran {left:?}");
    }
}

#[test]
fn no_process_is_spawned_and_no_socket_is_opened() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "strace is missing, so nothing is proven: install it");
        let _ = writeln!(std::io::stderr(), "SKIPPED: strace is missing, so nothing is proven here");
        return;
    }
    let marks = tempfile::tempdir().unwrap();
    let scratch = trapped(marks.path());
    for arguments in CALLS {
        let log = marks.path().join("strace.log");
        let traced = "trace=execve,execveat,fork,vfork,clone,clone3,socket,connect,bind,sendto";
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-e", traced, "-o"]).arg(&log).arg(CHECK).args(*arguments);
        command.current_dir(scratch.path()).output().unwrap();
        let log = std::fs::read_to_string(&log).unwrap();
        assert!(log.contains("execve("), "strace saw nothing: it may not trace here:\n{log}");
        // `???( <detached ...>` is a thread that was between two calls when the process ended: it names no call.
        let is_thread = |line: &str| {
            line.contains("CLONE_THREAD") || line.contains("resumed>") || line.contains("???( <detached ...>")
        };
        let calls: Vec<&str> = log.lines().filter(|line| !line.contains("+++") && !is_thread(line)).collect();
        assert_eq!(calls.len(), 1, "{arguments:?} made system calls of its own:\n{}", calls.join("\n"));
    }
}
