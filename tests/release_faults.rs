//! What networks, registries and remotes do wrong while a release comes out: each is finished by repeating the command, at
//! most once, and nothing comes out twice; a contradiction is refused every time, and nothing further comes out.
#![cfg(unix)]

mod support;

use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use support::proxy::Fault;
use support::shop::CHAIN;
use support::shop::Shop;
use support::shop::acts;
use support::shop::codes;
use support::shop::tags;
use support::shop::words;

/// Everything comes out with this fault, with so many repetitions of the command.
#[track_caller]
fn comes_out(fault: &Fault, most: usize) -> String {
    let Some(shop) = Shop::open(CHAIN) else { return String::new() };
    let (code, dry) = shop.publish(&[]);
    assert_eq!(code, 0, "{dry:#}");
    shop.proxy.fail("cc", fault.clone());
    let mut said = String::new();
    for run in 0..=most {
        let proof = shop.proof().display().to_string();
        let ran = shop.run(&words(&proof, &["--execute"]));
        said.push_str(&ran.stderr);
        if ran.code == 0 {
            shop.is_out(CHAIN);
            return said;
        }
        assert!(run < most, "{fault:?}: {ran:?}");
    }
    said
}

#[test]
fn faults_of_an_upload_are_met_within_one_command() {
    for fault in [
        Fault::Broken,
        Fault::StoredThenBroken,
        Fault::Cut,
        Fault::StoredThenCut,
        Fault::LimitedInWords(1),
        Fault::Late(Duration::from_secs(3)),
    ] {
        comes_out(&fault, 0);
    }
}

#[test]
fn a_limit_is_waited_for_as_long_as_the_registry_asks_and_said() {
    let begun = Instant::now();
    let said = comes_out(&Fault::Limited(3), 0);
    if !said.is_empty() {
        assert!(begun.elapsed() >= Duration::from_secs(3));
        assert!(said.contains("mine asks to wait 3 s, until "), "{said}");
    }
}

#[test]
fn a_limit_that_is_longer_than_there_is_time_is_told_and_gone_on_with_later() {
    let Some(shop) = Shop::open(CHAIN) else { return };
    shop.proxy.fail("cc", Fault::Limited(3_600));
    let (code, late) = shop.publish(&["--execute"]);
    assert_eq!((code, codes(&late)), (3, vec!["rate-limited".to_owned()]), "{late:#}");
    assert!(late["blockers"][0]["message"].as_str().is_some_and(|told| told.contains("3600 s, until 20")), "{late:#}");
    assert_eq!(shop.registry().published().len(), 2);
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    shop.is_out(CHAIN);
}

#[test]
fn the_state_that_cargo_can_not_finish_is_finished_by_one_command() {
    let Some(shop) = Shop::open(CHAIN) else { return };
    let cargo = |expected: bool| {
        let mut command = Command::new("cargo");
        command.args(["publish", "--workspace", "--no-verify"]).current_dir(shop.scratch.path());
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", shop.outside.path());
        shop.equip(&mut command);
        let output = command.stdout(Stdio::null()).output().expect("cargo runs");
        assert_eq!(output.status.success(), expected, "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    shop.proxy.fail("cc", Fault::Broken);
    cargo(false);
    for _ in 0..2 {
        assert!(cargo(false).contains("already exists"), "it can't go on from there");
    }
    let (code, dry) = shop.publish(&[]);
    assert_eq!(code, 0, "{dry:#}");
    assert!(!acts(&dry).iter().any(|act| act.contains("upload aa") || act.contains("upload bb")), "{dry:#}");
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    shop.is_out(CHAIN);
}

#[test]
fn another_checksum_is_refused_every_time_and_nothing_further_comes_out() {
    let Some(shop) = Shop::open(CHAIN) else { return };
    // Somebody published bb from another tree.
    let other = tempfile::tempdir().expect("a folder");
    let manifest =
        "[package]\nname = \"bb\"\nversion = \"0.1.0\"\nedition = \"2021\"\ndescription = \"B.\"\nlicense = \"MIT\"\n";
    std::fs::create_dir_all(other.path().join("src")).expect("a folder");
    std::fs::write(other.path().join("Cargo.toml"), manifest).expect("a file");
    std::fs::write(other.path().join("src/lib.rs"), "").expect("a file");
    let mut command = Command::new("cargo");
    command.args(["publish", "--no-verify", "--registry", "mine"]).current_dir(other.path());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", other.path());
    shop.equip(&mut command);
    assert!(command.output().expect("cargo runs").status.success());
    for more in [&[][..], &["--execute"], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (1, vec!["checksum-differs".to_owned()]), "{document:#}");
    }
    assert_eq!(shop.registry().published().len(), 1);
    assert_eq!((tags(shop.scratch.path()), tags(&shop.remote())), (vec![], vec![]));
}

#[test]
fn a_killed_command_is_finished_by_the_next_one() {
    let Some(shop) = Shop::open(CHAIN) else { return };
    let proof = shop.proof().display().to_string();
    let mut kills = 0;
    for millis in [150, 300, 500, 700, 900] {
        let mut running = shop.command(&words(&proof, &["--execute"]));
        let mut running = running.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(Duration::from_millis(millis));
        kills += usize::from(matches!(running.try_wait(), Ok(None)));
        let _ = running.kill();
        let _ = running.wait();
    }
    assert!(kills > 0, "no command was killed while it ran");
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    shop.is_out(CHAIN);
}

#[test]
fn a_remote_that_takes_no_tags_is_told_and_gone_on_with() {
    let Some(shop) = Shop::open(&CHAIN[..2]) else { return };
    let hook = shop.remote().join("hooks/pre-receive");
    std::fs::create_dir_all(hook.parent().expect("a folder")).expect("a folder");
    std::fs::write(&hook, "#!/bin/sh\necho tags are closed >&2\nexit 1\n").expect("a hook");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&hook, executable).expect("a hook");
    let (code, document) = shop.publish(&["--execute"]);
    assert_eq!(code, 4, "{document:#}");
    assert!(
        document["failure"]["message"].as_str().is_some_and(|told| told.contains("tags are closed")),
        "{document:#}"
    );
    std::fs::remove_file(&hook).expect("a hook");
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    shop.is_out(&CHAIN[..2]);
    assert_eq!(shop.proxy.uploads().len(), 2, "nothing was sent again");
}

#[test]
fn a_tag_without_its_crate_is_no_release() {
    let Some(shop) = Shop::open(CHAIN) else { return };
    // Pushed by hand from the very commit, and only on the remote.
    shop.scratch.git(&["tag", "cc-v0.1.0"]);
    shop.scratch.git(&["push", "-q", "origin", "refs/tags/cc-v0.1.0"]);
    shop.scratch.git(&["tag", "-d", "cc-v0.1.0"]);
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    assert!(acts(&done).contains(&"done: fetch the tag cc-v0.1.0 from origin".to_owned()), "{done:#}");
    shop.is_out(CHAIN);
}

#[test]
fn what_can_not_be_recorded_is_not_done_until_there_is_space() {
    let Some(shop) = Shop::open(&CHAIN[..2]) else { return };
    let mut may_mount = Command::new("unshare");
    may_mount.args(["-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]);
    if !may_mount.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return;
    }
    std::fs::remove_dir_all(shop.scratch.at(".git/governed")).expect("a record");
    std::fs::create_dir(shop.scratch.at(".git/governed")).expect("a folder");
    let script = "mount -t tmpfs -o size=4k none .git/governed || exit 99
\"$0\" \"$@\"; full=$?
mount -o remount,size=64m none .git/governed || exit 99
\"$0\" \"$@\"; echo \"codes $full $?\"";
    let proof = shop.proof().display().to_string();
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script, env!("CARGO_BIN_EXE_cargo-governed")]);
    command.args(words(&proof, &["--execute"])).current_dir(shop.scratch.path());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", shop.outside.path());
    shop.equip(&mut command);
    let output = command.output().expect("unshare runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.ends_with("codes 4 0\n"), "{told}{}", String::from_utf8_lossy(&output.stderr));
    shop.is_out(&CHAIN[..2]);
}
