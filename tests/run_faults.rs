//! Bad input and faults of a run, end to end: each ends in a clear state, and nothing that was acknowledged is lost.
//!
//! What needs the engine alone is in `killing` and `executing`, what needs the record alone in `record_faults`; a clock that
//! goes back is in `record` and `provocations`.
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use support::checkout;
use support::checkout::Scratch;
use support::tool;
use support::tool::Ran;
use support::tool::governed;
use support::tool::running as command;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

fn place(script: &str, more: &str) -> Scratch {
    let step = format!("[[step]]\nname = \"step\"\nrun = [\"sh\", \"-c\", '''{script}''']\n{more}\n");
    Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        (".gitignore", "target\n"),
        ("governed.toml", &format!("[run]\ninfer = false\n{step}")),
    ])
}

fn run(folder: &Path) -> (i32, Value) {
    let ran = governed(folder, &["run", "--format", "json"]);
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

fn codes(document: &Value) -> Vec<&str> {
    document["because"].as_array().expect("reasons").iter().filter_map(|doubt| doubt["code"].as_str()).collect()
}

/// Whatever happened: the record is whole, and what it says stands.
fn stands(folder: &Path) {
    let replayed = governed(folder, &["replay"]);
    assert_eq!(replayed.code, 0, "{replayed:?}");
    let recover = governed(folder, &["recover"]);
    assert_eq!(recover.code, 0, "{recover:?}");
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_signal_ends_the_run_with_an_end_and_resume_runs_what_had_not_ended() {
    for name in ["-INT", "-TERM"] {
        let scratch = Scratch::committed(&[
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", "//! A.\n"),
            (".gitignore", "target\n"),
            (
                "governed.toml",
                "[run]\ninfer = false\n\
                 [[step]]\nname = \"first\"\nrun = [\"sh\", \"-c\", \"echo x >> target/first\"]\n\
                 [[step]]\nname = \"second\"\nneeds = [\"first\"]\n\
                 run = [\"sh\", \"-c\", \"echo x >> target/second; test -e target/go || sleep 300\"]\n\
                 [[step]]\nname = \"third\"\nneeds = [\"second\"]\nrun = [\"true\"]\n",
            ),
        ]);
        std::fs::create_dir_all(scratch.at("target")).expect("a folder");
        let engine = command(scratch.path(), &["run", "--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        wait_for("the second step runs", || scratch.at("target/second").exists());
        let pid = engine.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().expect("kill runs").success());
        let output = engine.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(3), "{name}: interrupted is unproven");
        let document: Value = serde_json::from_slice(&output.stdout).expect("a document");
        assert!(codes(&document).contains(&"interrupted"), "{document:#}");
        stands(scratch.path());

        scratch.write("target/go", "");
        let ran = governed(scratch.path(), &["run", "--resume", "--format", "json"]);
        let torn = document["run"].clone();
        let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert_eq!(document["resumes"], torn);
        assert_eq!((ran.code, &document["verdict"]), (0, &"accepted".into()), "{document:#}");
        assert_eq!(document["steps"][0]["source"], "reused", "{name}: what had ended is not run again");
        assert_eq!(std::fs::read(scratch.at("target/first")).expect("a file"), b"x\n");
        assert_eq!(std::fs::read(scratch.at("target/second")).expect("a file"), b"x\nx\n");
        let again = governed(scratch.path(), &["run", "--resume"]);
        assert!(again.code == 2 && again.stderr.contains("every run that began here has ended"), "{again:?}");
    }
}

#[test]
fn two_runs_at_once_share_one_record() {
    let scratch = place("sleep 0.2; cat src/lib.rs", "");
    let engines: Vec<_> = (0..2)
        .map(|_| {
            let mut command = command(scratch.path(), &["run", "--format", "json"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
        })
        .collect();
    let ends: Vec<Ran> =
        engines.into_iter().map(|engine| tool::of(engine.wait_with_output().expect("it ends"))).collect();
    assert!(ends.iter().any(|ran| ran.code == 0), "{ends:?}");
    for ran in &ends {
        // The one that came second may find the step in flight and say so.
        assert!(ran.code == 0 || ran.code == 3 && ran.stderr.contains("in flight"), "{ran:?}");
    }
    stands(scratch.path());
}

#[test]
fn a_record_that_may_not_be_written_is_said_before_anything_runs() {
    let scratch = place("touch target/ran", "");
    assert_eq!(run(scratch.path()).0, 0);
    std::fs::remove_file(scratch.at("target/ran")).expect("it ran");
    let record = scratch.at(".git/governed");
    let mode = |mode: &str| {
        let status = Command::new("chmod").args(["-R", mode]).arg(&record).status();
        assert!(status.expect("chmod runs").success());
    };
    mode("a-w");
    let is_root = std::fs::write(record.join("probe"), "").is_ok();
    let ran = if is_root {
        // Permissions hold nobody with the power of root back.
        let _ = std::fs::remove_file(record.join("probe"));
        as_nobody(&scratch, &["run", "--fresh"])
    } else {
        Some(governed(scratch.path(), &["run", "--fresh"]))
    };
    mode("u+w");
    let Some(ran) = ran else { return };
    assert!(ran.code == 4 && ran.stderr.contains("writable"), "{ran:?}");
    assert!(!scratch.at("target/ran").exists(), "nothing ran");
    if !is_root {
        stands(scratch.path());
    }
}

#[test]
fn a_record_whose_folder_alone_may_not_be_written_is_a_failure_of_ours() {
    let scratch = place("true", "");
    assert_eq!(run(scratch.path()).0, 0);
    let record = scratch.at(".git/governed");
    let before = std::fs::read(record.join("checkpoint")).expect("a checkpoint");
    let mode = |mode: &str| assert!(Command::new("chmod").arg(mode).arg(&record).status().expect("chmod").success());
    mode("a-w");
    let is_root = std::fs::write(record.join("probe"), "").is_ok();
    let _ = std::fs::remove_file(record.join("probe"));
    let ran = if is_root {
        as_nobody(&scratch, &["run", "--fresh"])
    } else {
        Some(governed(scratch.path(), &["run", "--fresh"]))
    };
    mode("u+w");
    let Some(ran) = ran else { return };
    assert_eq!(std::fs::read(record.join("checkpoint")).expect("a checkpoint"), before);
    assert!(ran.code == 4 && ran.stderr.contains("checkpoint") && ran.stderr.contains("writable"), "{ran:?}");
    assert!(ran.stdout.is_empty(), "no verdict: {ran:?}");
    if !is_root {
        stands(scratch.path());
    }
}

#[test]
fn a_step_in_flight_is_not_begun_by_a_run_that_looked_before() {
    let wait = |name: &str| {
        let script = format!("touch target/at-{name}; while ! test -e target/go-{name}; do sleep 0.02; done");
        format!("[[step]]\nname = \"wait-{name}\"\nrun = [\"sh\", \"-c\", \"{script}\"]\n")
    };
    let shared = |name: &str| {
        let script = "echo x >> target/begun; while ! test -e target/go-on; do sleep 0.02; done";
        format!("[[step]]\nname = \"shared\"\nneeds = [\"wait-{name}\"]\nrun = [\"sh\", \"-c\", \"{script}\"]\n")
    };
    let scratch = place("true", "");
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    let begin = |name: &str| {
        let policy = format!("target/{name}.toml");
        scratch.write(&policy, format!("[run]\ninfer = false\n{}{}", wait(name), shared(name)));
        let mut command = command(scratch.path(), &["run", "--config", &policy, "--format", "json"]);
        let engine = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
        wait_for("it waits", || scratch.at(&format!("target/at-{name}")).exists());
        engine
    };
    let (one, other) = (begin("one"), begin("other"));
    scratch.write("target/go-one", "");
    wait_for("the first has begun", || scratch.at("target/begun").exists());
    scratch.write("target/go-other", "");
    let other = tool::of(other.wait_with_output().expect("it ends"));
    let document: Value = serde_json::from_str(&other.stdout).unwrap_or_else(|error| panic!("{error}: {other:?}"));
    assert_eq!((other.code, codes(&document)), (3, vec!["already-running"]), "{document:#}");
    scratch.write("target/go-on", "");
    let one = tool::of(one.wait_with_output().expect("it ends"));
    assert_eq!(one.code, 0, "{one:?}");
    assert_eq!(std::fs::read(scratch.at("target/begun")).expect("a file"), b"x\n");
    stands(scratch.path());
}

#[test]
fn an_output_that_is_too_large_to_keep_is_no_evidence() {
    let scratch = place("truncate -s 300M target/out.bin", "outputs = [\"target/out.bin\"]");
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    let (code, document) = run(scratch.path());
    assert_eq!((code, codes(&document)), (3, vec!["output-unkept"]), "{document:#}");
}

#[test]
fn a_half_written_output_of_any_size_is_put_away() {
    let script = "if [ -e target/go ]; then echo > target/out.txt; else truncate -s 300M target/out.bin; sleep 300; fi";
    let scratch = place(script, "outputs = [\"target/out.*\"]");
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    let mut command = command(scratch.path(), &["run"]);
    let mut engine = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let out = scratch.at("target/out.bin");
    wait_for("it writes", || out.metadata().is_ok_and(|found| found.len() > 0));
    engine.kill().and_then(|()| engine.wait()).expect("it is gone");
    scratch.write("target/go", "");
    let shown = governed(scratch.path(), &["inspect", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown.stdout).expect("a document");
    let mut ran = governed(scratch.path(), &["run", "--resume"]);
    for _ in 0..100 {
        // The shepherd takes a moment to end what is left.
        if !ran.stderr.contains("in flight") && !ran.stderr.contains("still runs") {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
        ran = governed(scratch.path(), &["run", "--resume"]);
    }
    assert_eq!(ran.code, 0, "{ran:?}");
    let kept = scratch.at(".git/governed/quarantine").join(shown["run"].as_str().expect("a name"));
    assert!(!out.exists() && kept.join("target/out.bin").metadata().expect("it is kept").len() > 1 << 28);
    stands(scratch.path());
}

/// A verb as a user without any power, to whom all of the repository belongs; none where that can't be had.
fn as_nobody(scratch: &Scratch, arguments: &[&str]) -> Option<Ran> {
    const NOBODY: &[&str] = &["--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let home = tempfile::tempdir().expect("a home");
    let nobody = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(NOBODY).arg(env!("CARGO_BIN_EXE_cargo-governed")).args(arguments).current_dir(scratch.path());
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", home.path());
        command
    };
    let owned = Command::new("chown").args(["-R", "65534:65534"]).arg(scratch.path()).arg(home.path()).status();
    let works = nobody(&["--version"]).output().is_ok_and(|output| output.status.success());
    let is_ready = works && owned.is_ok_and(|status| status.success());
    is_ready.then(|| tool::of(nobody(arguments).output().expect("setpriv runs")))
}

/// A shell script in the repository that may mount, with the binary as its argument; none where a user may not.
fn mounting(scratch: &Scratch, script: &str) -> Option<Command> {
    let mut may_mount = Command::new("unshare");
    may_mount.args(["-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]);
    may_mount.stdout(Stdio::null()).stderr(Stdio::null());
    if !may_mount.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let plain = command(scratch.path(), &[]);
    let mut shell = Command::new("unshare");
    shell.args(["-rm", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_cargo-governed")]);
    shell.current_dir(scratch.path()).env_clear();
    shell.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    Some(shell)
}

/// On a file system of its own, which is truly full, as a disk is; where a user may mount one.
#[test]
fn a_file_system_without_space_is_a_failure_of_ours_and_loses_nothing() {
    let scratch = place("touch target/ran; cat src/lib.rs", "");
    let script = r#"
mount -t tmpfs -o size=2m none .git/governed || exit 99
"$1" run > target/first 2>&1; echo "first $?"
rm -f target/ran
head -c 4000000 /dev/zero > .git/governed/filler 2>/dev/null
"$1" run --fresh > target/full 2>&1; echo "full $?"
grep -c "help: free some space" target/full
test -e target/ran && echo "it ran"
"$1" inspect > /dev/null; echo "inspect $?"
rm .git/governed/filler
"$1" run --fresh > target/again 2>&1; echo "again $?"
"$1" replay > target/replay 2>&1; echo "replay $?"
"#;
    let Some(mut shell) = mounting(&scratch, script) else { return };
    for folder in [".git/governed", "target"] {
        std::fs::create_dir_all(scratch.at(folder)).expect("a folder");
    }
    let ran = tool::of(shell.output().expect("unshare runs"));
    let told =
        ["first", "full", "again", "replay"].map(|name| std::fs::read_to_string(scratch.at("target").join(name)));
    assert_eq!(ran.stdout, "first 0\nfull 4\n1\ninspect 0\nagain 0\nreplay 0\n", "{ran:?} {told:#?}");
}

#[test]
fn a_record_in_the_place_of_which_a_file_stands_is_a_failure_of_ours() {
    let scratch = place("touch target/ran", "");
    scratch.write(".git/governed", "no folder\n");
    let ran = governed(scratch.path(), &["run"]);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(!scratch.at("target/ran").exists(), "nothing ran");
}

#[test]
fn a_full_disk_is_a_failure_of_ours_and_loses_nothing() {
    let scratch = place("cat src/lib.rs", "");
    assert_eq!(run(scratch.path()).0, 0);
    // A limit on the size of a file stands in for a disk without space: the ledger can't grow beyond it.
    let length = std::fs::metadata(scratch.at(".git/governed/ledger.jsonl")).expect("a ledger").len();
    let blocks = (length / 512).max(1);
    let tool = env!("CARGO_BIN_EXE_cargo-governed");
    let script = format!("ulimit -f {blocks}; trap '' XFSZ; exec {tool} run --fresh");
    let mut shell = command(scratch.path(), &[]);
    let variables: Vec<_> =
        shell.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(scratch.path()).env_clear();
    shell.envs(variables.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let ran = tool::of(shell.output().expect("sh runs"));
    assert!(ran.code == 4 && ran.stderr.contains("free some space"), "{ran:?}");
    let (code, document) = run(scratch.path());
    assert_eq!((code, &document["verdict"]), (0, &"accepted".into()), "with space again");
    stands(scratch.path());
}

#[test]
fn worktrees_share_the_record_and_prove_their_own_trees() {
    let scratch = place("cat src/lib.rs", "");
    let (_, first) = run(scratch.path());
    let other = tempfile::tempdir().expect("a folder");
    let other = other.path().join("tree");
    scratch.git(&["worktree", "add", "-q", "--detach", other.to_str().expect("a plain path")]);
    let (code, second) = run(&other);
    assert_eq!((code, &second["steps"][0]["source"]), (0, &"reused".into()), "the same tree is proven already");
    assert_eq!(second["steps"][0]["reused_from"]["run"], first["run"]);
    std::fs::write(other.join("src/lib.rs"), "//! B.\n").expect("a file");
    let (code, third) = run(&other);
    assert_eq!((code, &third["steps"][0]["source"]), (0, &"executed".into()));
    stands(scratch.path());
    stands(&other);
}

#[test]
fn a_submodule_has_a_record_of_its_own() {
    let (inner, outer) = (place("cat src/lib.rs", ""), place("cat src/lib.rs inner/src/lib.rs", ""));
    checkout::git_in(outer.path(), &["submodule", "add", "-q", inner.path().to_str().expect("a plain path"), "inner"]);
    outer.commit("a submodule");
    let (code, document) = run(&outer.at("inner"));
    assert_eq!((code, &document["verdict"]), (0, &"accepted".into()), "{document:#}");
    assert!(outer.at(".git/modules/inner/governed/ledger.jsonl").is_file());
    assert!(!outer.at(".git/governed").exists());
    let (code, document) = run(outer.path());
    assert_eq!((code, &document["steps"][0]["source"]), (0, &"executed".into()), "{document:#}");
    assert_eq!(run(outer.path()).1["steps"][0]["source"], "reused");
    outer.write("inner/src/lib.rs", "//! Changed.\n");
    let (_, document) = run(outer.path());
    assert_eq!(document["steps"][0]["source"], "executed", "what is in a submodule is an input");
    stands(outer.path());
}

#[test]
fn what_a_step_prints_is_kept_as_it_came_and_shown_harmless() {
    let script = r"printf 'bad \377\376 bytes\n\033[31mred\033[0m\n::error file=x::forged\n##[group]x\n\033]0;title\007\n'; exit 1";
    let scratch = place(script, "");
    let ran = governed(scratch.path(), &["run"]);
    assert_eq!(ran.code, 1);
    for text in [&ran.stdout, &ran.stderr] {
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "no escape reaches the terminal: {text:?}");
        assert!(text.lines().all(|line| !line.starts_with("::") && !line.starts_with("##[")), "no command: {text:?}");
    }
    let report: Value =
        serde_json::from_str(&governed(scratch.path(), &["inspect", "--format", "json"]).stdout).expect("JSON");
    let object = report["steps"][0]["stdout"]["objects"][0].as_str().expect("an object").replace("sha256:", "");
    let kept = std::fs::read(scratch.at(&format!(".git/governed/objects/sha256/{}/{}", &object[..2], &object[2..])));
    assert!(kept.expect("kept bytes").starts_with(b"bad \xff\xfe bytes\n\x1b[31mred"), "the record has the bytes");
    stands(scratch.path());
}

#[test]
fn a_step_that_deletes_its_inputs_or_rewrites_and_restores_them_proves_nothing() {
    for script in ["rm src/lib.rs", "cp src/lib.rs target/kept; echo evil > src/lib.rs; cp target/kept src/lib.rs"] {
        let scratch = place(script, "");
        let (code, document) = run(scratch.path());
        assert_eq!((code, codes(&document)), (3, vec!["inputs-moved"]), "{script}: {document:#}");
        assert!(document["because"][0]["message"].as_str().expect("a message").contains("src/lib.rs"));
        stands(scratch.path());
    }
}

#[test]
fn a_step_that_hangs_on_its_input_ignores_sigterm_or_forks_a_daemon_ends() {
    let scratch = place("cat; echo read to the end", "");
    let (code, document) = run(scratch.path());
    assert_eq!((code, &document["verdict"]), (0, &"accepted".into()), "the input is closed: {document:#}");

    let scratch = place("trap '' TERM; echo $$ > target/pid; while :; do sleep 1; done", "timeout = \"1s\"");
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    let begin = Instant::now();
    let (code, document) = run(scratch.path());
    assert_eq!((code, codes(&document)), (1, vec!["step-timed-out"]), "{document:#}");
    assert!(begin.elapsed() < Duration::from_secs(30));
    let pid = std::fs::read_to_string(scratch.at("target/pid")).expect("a pid");
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "it is gone");

    let scratch = place("setsid sh -c 'echo $$ > target/pid; sleep 300' & sleep 0.3", "");
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    let (code, document) = run(scratch.path());
    assert_eq!((code, &document["steps"][0]["notes"][0]["code"]), (0, &"process-left-behind".into()), "{document:#}");
    let pid = std::fs::read_to_string(scratch.at("target/pid")).expect("a pid");
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "it is gone");
    stands(scratch.path());
}

#[test]
fn a_step_that_writes_far_more_than_is_kept_ends_and_says_how_much_was_cut() {
    let scratch = place("head -c 20000000 /dev/zero", "");
    scratch.write(
        "governed.toml",
        std::fs::read_to_string(scratch.at("governed.toml"))
            .expect("a policy")
            .replace("infer = false", "infer = false\noutput-cap = \"1MiB\""),
    );
    scratch.commit("a cap");
    let (code, document) = run(scratch.path());
    assert_eq!(code, 0, "{document:#}");
    assert_eq!(document["steps"][0]["stdout"]["bytes"], 1 << 20);
    let note = &document["steps"][0]["notes"][0];
    assert!(
        note["code"] == "output-cut" && note["message"].as_str().expect("a message").contains("18951424"),
        "{note}"
    );
    stands(scratch.path());
}

/// On a temporary folder that is truly full; where a user may mount one.
#[test]
fn a_step_that_fills_its_temporary_folder_fails_alone() {
    let step = |name: &str, script: &str, more: &str| {
        format!("[[step]]\nname = \"{name}\"\nrun = [\"sh\", \"-c\", '{script}']\n{more}\n")
    };
    let fills = "cat /dev/zero > \"$TMPDIR/full\"; code=$?; touch target/filled; exit $code";
    let beside = "while ! test -e target/filled; do sleep 0.02; done; echo beside";
    let policy =
        step("fills", fills, "") + &step("beside", beside, "") + &step("later", "echo later", "needs = [\"beside\"]");
    let scratch = place("true", "");
    scratch.write("governed.toml", format!("[run]\ninfer = false\n{policy}"));
    scratch.commit("three steps");
    std::fs::create_dir_all(scratch.at("target/small")).expect("a folder");
    let mut shell =
        mounting(&scratch, "mount -t tmpfs -o size=256k none target/small && exec \"$1\" run --format json");
    let Some(shell) = &mut shell else { return };
    let ran = tool::of(shell.env("TMPDIR", scratch.at("target/small")).output().expect("unshare runs"));
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!((ran.code, codes(&document)), (1, vec!["step-failed"]), "{document:#}");
    let states =
        document["steps"].as_array().expect("steps").iter().map(|step| step["state"].as_str().expect("a state"));
    assert_eq!(states.collect::<Vec<_>>(), ["failed", "passed", "passed"], "{document:#}");
    stands(scratch.path());
}

#[test]
fn a_step_that_kills_its_parent_is_found_out() {
    let scratch = place("kill -9 $PPID; sleep 300", "timeout = \"2s\"");
    let (code, document) = run(scratch.path());
    // Confined, its signal reaches nobody and it runs into its own timeout; else who watched it is missed at once.
    let lost = document["steps"][0]["doubts"].to_string().contains("watcher-lost");
    assert_eq!((code, codes(&document)[0]), (1, if lost { "step-failed" } else { "step-timed-out" }), "{document:#}");
    stands(scratch.path());
}
