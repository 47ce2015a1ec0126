//! The drills of the page on releases: each interruption is staged against a real registry, what the page says is looked for,
//! what stands in its row is typed and nothing else, and then all witnesses agree.
#![cfg(unix)]

mod support;

use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use support::checkout::git_in;
use support::proxy::Fault;
use support::shop::CHAIN;
use support::shop::Shop;
use support::tool;
use support::tool::Ran;

const PAGE: &str = include_str!("../docs/operations/release-and-versioning.md");

/// What the page says of an interruption: a word of what is said, and what is to be typed.
fn row(what: &str) -> (String, Vec<String>) {
    let line = PAGE.lines().find(|line| line.starts_with(&format!("| {what}")));
    let cells: Vec<&str> = line.unwrap_or_else(|| panic!("no row for: {what}")).split('|').map(str::trim).collect();
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    (quoted(cells[2]).concat(), quoted(cells[3]))
}

/// A shop whose base is `origin/main`, with the proof where runs write it.
fn open() -> Option<Shop> {
    let shop = Shop::open(CHAIN)?;
    shop.scratch.git(&["push", "-q", "origin", "base:main"]);
    shop.scratch.git(&["fetch", "-q", "origin"]);
    Some(shop)
}

/// Types a line into a shell where `cargo governed` is ours.
fn types(shop: &Shop, line: &str) -> Ran {
    let programs: PathBuf = shop.outside.path().join("programs");
    if !programs.exists() {
        std::fs::create_dir(&programs).expect("a folder");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cargo-governed"), programs.join("cargo-governed"))
            .expect("a link");
    }
    let mut command = Command::new("sh");
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(["-c", line]).current_dir(shop.scratch.path()).env_clear();
    command.env("PATH", format!("{}:{path}", programs.display())).env("HOME", shop.outside.path());
    shop.equip(&mut command);
    tool::of(command.output().expect("sh runs"))
}

/// What the page promises: the word is said, the row is typed, and everything is out.
#[track_caller]
fn mended(shop: &Shop, what: &str, said: &str) {
    let (word, commands) = row(what);
    assert!(said.contains(&word), "the page says `{word}`: {said}");
    let typed: Vec<Ran> = commands.iter().map(|line| types(shop, line)).collect();
    let last = typed.last().expect("something to type");
    assert_eq!(last.code, 0, "{last:?}");
    shop.is_out(CHAIN);
}

const PUBLISH: &str = "cargo governed release publish --base origin/main --execute";

#[test]
fn a_command_that_was_killed() {
    let Some(shop) = open() else { return };
    let proof = shop.proof().display().to_string();
    let mut told = String::new();
    // Killed later and later, until it was killed behind its first line in the record.
    for millis in (200..6_000).step_by(200) {
        let words = ["release", "publish", "--base", "origin/main", "--execute"];
        let mut running = shop.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(Duration::from_millis(millis));
        let _ = running.kill();
        let _ = running.wait();
        told = types(&shop, "cargo governed recover").stdout;
        if told.contains("unfinished: release") || shop.registry().published().len() == CHAIN.len() {
            break;
        }
    }
    assert!(told.contains(&format!("  $ {PUBLISH}\n")), "recover prints what to type: {told}\n{proof}");
    mended(&shop, "the command was killed", &told);
    assert!(!types(&shop, "cargo governed recover").stdout.contains("unfinished"));
}

#[test]
fn a_publish_of_cargo_that_stopped_in_the_middle() {
    let Some(shop) = open() else { return };
    shop.proxy.fail("cc", Fault::Broken);
    assert_ne!(types(&shop, "cargo publish --workspace --no-verify").code, 0);
    assert_eq!(types(&shop, "cargo publish --workspace --no-verify").code, 101);
    let said = types(&shop, "cargo governed release publish --base origin/main").stdout;
    mended(&shop, "`cargo publish --workspace` stopped", &said);
}

#[test]
fn a_registry_that_asks_to_wait() {
    let Some(shop) = open() else { return };
    shop.proxy.fail("dd", Fault::Limited(3_600));
    let limited = types(&shop, PUBLISH);
    assert_eq!(limited.code, 3, "{limited:?}");
    mended(&shop, "the registry asks to wait", &limited.stdout);
}

#[test]
fn a_remote_that_took_no_tags() {
    let Some(shop) = open() else { return };
    git_in(&shop.remote(), &["config", "receive.denyDeletes", "false"]);
    let hook = shop.remote().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    std::fs::write(&hook, "#!/bin/sh\nexit 1\n").expect("a hook");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&hook, executable).expect("a hook");
    let refused = types(&shop, PUBLISH);
    assert_eq!(refused.code, 4, "{refused:?}");
    std::fs::remove_file(&hook).expect("a hook");
    mended(&shop, "the remote took no tags", &refused.stdout);
}

#[test]
fn a_base_that_went_on_meanwhile() {
    let Some(shop) = open() else { return };
    let ssh = shop.outside.path().join(".ssh");
    std::fs::create_dir(&ssh).expect("a folder");
    for (from, to) in [("me", "id_ed25519"), ("me.pub", "id_ed25519.pub")] {
        std::fs::copy(shop.outside.path().join(from), ssh.join(to)).expect("a key");
    }
    shop.proxy.fail("cc", Fault::Denied);
    assert_eq!(types(&shop, PUBLISH).code, 4);
    // The commit is merged, and the next one behind it.
    let next = shop.scratch.git(&["commit-tree", "-p", "HEAD", "-m", "next", "HEAD^{tree}"]);
    shop.scratch.git(&["push", "-q", "origin", &format!("{}:refs/heads/main", next.trim())]);
    shop.scratch.git(&["fetch", "-q", "origin"]);
    let refused = types(&shop, PUBLISH);
    assert_eq!(refused.code, 1, "{refused:?}");
    mended(&shop, "others pushed to the base", &refused.stdout);
}
