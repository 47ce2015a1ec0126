//! The drills of the page on failure recovery: each disaster is staged, `recover` is asked, what it prints is typed and
//! nothing else, and then all must be well again. The page has a row for each; the row says what is printed.
#![cfg(target_os = "linux")]

#[path = "support/drill.rs"]
mod drill;
mod support;

use std::path::PathBuf;
use std::process::Command;

use cargo_governed::facts::digest::Digest;
use drill::Stage;
use drill::Who;
use drill::eventually;
use drill::give;
use drill::mode;

const PAGE: &str = include_str!("../docs/operations/failure-recovery.md");

/// What the page says of a disaster: the first word of `recover`, and its commands.
fn row(disaster: &str) -> (String, Vec<String>) {
    let line = PAGE.lines().find(|line| line.starts_with(&format!("| {disaster} |")));
    let cells: Vec<&str> = line.unwrap_or_else(|| panic!("no row for: {disaster}")).split('|').map(str::trim).collect();
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    (quoted(cells[2]).concat(), quoted(cells[3]))
}

/// Asks `recover`, types what it prints, and holds it against the page.
#[track_caller]
fn mend_as_the_page_says(stage: &Stage, disaster: &str) {
    let (word, commands) = row(disaster);
    let (told, typed) = stage.mend();
    assert!(told.lines().any(|line| line.starts_with(&word)), "the page says `{word}`: {told}");
    assert_eq!(typed, commands, "{told}");
}

/// Nothing is left to do, a run is accepted, and its verdict stands when it is recomputed.
#[track_caller]
fn all_is_well(stage: &Stage) {
    let recover = stage.types("cargo governed recover");
    assert!(recover.code == 0 && recover.stdout.ends_with("recover: nothing is left to do (exit 0)\n"), "{recover:?}");
    let run = stage.types("cargo governed run");
    assert_eq!(run.code, 0, "{run:?}");
    let replay = stage.types("cargo governed replay");
    assert_eq!(replay.code, 0, "{replay:?}");
}

#[track_caller]
fn accepted(stage: &Stage) {
    let run = stage.types("cargo governed run");
    assert_eq!(run.code, 0, "{run:?}");
}

/// The script of a step that leaves half an output and hangs, until something is put right.
const HANGS: &str = "if [ -e target/go ]; then echo whole > target/half; else echo half > target/half; sleep 600; fi";
const LEAVES: &str = "outputs = [\"target/half\"]\nenv = [\"NOTHING\"]";

/// Begins a run that hangs, and waits until its step does.
fn hanging() -> (Stage, std::process::Child) {
    let stage = Stage::new(HANGS, LEAVES);
    let engine = stage.begins("exec cargo-governed run");
    let half = stage.scratch.at("target/half");
    eventually("the step hangs", || std::fs::read(&half).is_ok_and(|bytes| bytes == b"half\n"));
    (stage, engine)
}

fn killed() -> Stage {
    let (stage, mut engine) = hanging();
    engine.kill().expect("it can be killed");
    engine.wait().expect("it is gone");
    let is_gone = || !stage.types("cargo governed recover").stdout.contains("goes on with it");
    eventually("its shepherd follows", is_gone);
    std::fs::write(stage.scratch.at("target/go"), "").expect("a file");
    stage
}

#[test]
fn a_killed_run() {
    let stage = killed();
    mend_as_the_page_says(&stage, "a run was killed, with `kill -9` or by a power cut");
    let inspect = stage.types("cargo governed inspect");
    assert!(inspect.stdout.contains("accepted: "), "{inspect:?}");
    all_is_well(&stage);
}

#[test]
fn a_half_written_output() {
    let stage = killed();
    mend_as_the_page_says(&stage, "it left an output half-written");
    assert_eq!(std::fs::read(stage.scratch.at("target/half")).expect("the output"), b"whole\n");
    let mut folders = std::fs::read_dir(stage.record().join("quarantine")).expect("a quarantine").flatten();
    let half = folders.next().expect("a folder of the run").path().join("target/half");
    assert_eq!(std::fs::read(half).expect("the half output is kept"), b"half\n");
    all_is_well(&stage);
}

#[test]
fn a_torn_end_of_the_ledger() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    let mut ledger = stage.ledger();
    ledger.extend(b"{\"n\":7,\"prev\":\"sha2");
    stage.set_ledger(&ledger);
    assert_eq!(stage.types("cargo governed recover").code, 3);
    mend_as_the_page_says(&stage, "the last line of the ledger is torn");
    all_is_well(&stage);
}

#[test]
fn a_ledger_cut_below_its_checkpoint() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    let ledger = stage.ledger();
    let lines: Vec<&[u8]> = ledger.split_inclusive(|&byte| byte == b'\n').collect();
    stage.set_ledger(lines[..4].concat());
    let run = stage.types("cargo governed run");
    assert!(run.code == 4 && run.stderr.contains("help: `cargo governed recover`"), "{run:?}");
    mend_as_the_page_says(&stage, "the ledger is shorter than its checkpoint says");
    assert!(stage.scratch.at(".git/governed.aside-1/ledger.jsonl").exists(), "the old one is kept");
    all_is_well(&stage);
}

#[test]
fn a_flipped_byte_in_a_line_that_the_checkpoint_covers() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    let mut ledger = stage.ledger();
    let at = ledger.windows(9).position(|part| part == b"cat docs/").expect("the command of the step");
    ledger[at] ^= 1;
    stage.set_ledger(&ledger);
    assert_eq!(stage.types("cargo governed replay").code, 1);
    // A run reads of older lines only those that it stands on, and checks those: who wants to know all asks replay.
    assert_eq!(stage.types("cargo governed run").code, 0);
    assert_eq!(stage.types("cargo governed replay").code, 1);
    mend_as_the_page_says(&stage, "a byte of a recorded line was flipped");
    all_is_well(&stage);
}

#[test]
fn a_flipped_byte_in_a_line_of_a_killed_run() {
    let stage = killed();
    let mut ledger = stage.ledger();
    let at = ledger.windows(12).position(|part| part == b"\"run-began\",").expect("the beginning of the run");
    ledger[at + 20] ^= 1;
    stage.set_ledger(&ledger);
    mend_as_the_page_says(&stage, "a byte was flipped in a line that no checkpoint covers");
    all_is_well(&stage);
}

/// The object of the kept output of the step.
fn output(stage: &Stage) -> PathBuf {
    let hex = Digest::of(b"one\n").hex();
    stage.record().join("objects/sha256").join(&hex[..2]).join(&hex[2..])
}

#[test]
fn a_flipped_byte_in_an_object() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    let object = output(&stage);
    mode(&object, 0o600);
    std::fs::write(&object, "onf\n").expect("a writable object");
    mode(&object, 0o400);
    assert_eq!(stage.types("cargo governed replay").code, 1);
    mend_as_the_page_says(&stage, "a byte of an object was flipped");
    let kept = std::fs::read_dir(stage.record().join("quarantine")).expect("a quarantine").flatten();
    let kept: Vec<_> = kept.map(|entry| std::fs::read(entry.path()).expect("a file")).collect();
    assert_eq!(kept, [b"onf\n"], "the altered bytes are kept");
    all_is_well(&stage);
}

#[test]
fn a_missing_object() {
    // The output differs from run to run, so that nothing brings the very same object back.
    let stage = Stage::new("cat docs/one.md; date +%N", "");
    accepted(&stage);
    let objects = std::fs::read_dir(stage.record().join("objects/sha256")).expect("objects").flatten();
    let objects: Vec<PathBuf> = objects
        .flat_map(|folder| std::fs::read_dir(folder.path()).expect("a folder").flatten())
        .map(|entry| entry.path())
        .collect();
    let is_output = |path: &&PathBuf| std::fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"one\n"));
    for path in objects.iter().filter(is_output) {
        std::fs::remove_file(path).expect("it was there");
    }
    assert_eq!(stage.types("cargo governed replay").code, 1);
    let first = stage.types("cargo governed inspect --list").stdout;
    mend_as_the_page_says(&stage, "an object is missing");
    all_is_well(&stage);
    let lost = stage.types(&format!("cargo governed replay {}", &first[..22]));
    assert!(lost.code == 3 && lost.stdout.contains("not comparable"), "what is lost is never green: {lost:?}");
}

#[test]
fn a_checkpoint_and_temporary_files_that_a_crash_left() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    std::fs::remove_file(stage.record().join("checkpoint")).expect("it was there");
    mend_as_the_page_says(&stage, "the machine went down before the checkpoint was written");
    all_is_well(&stage);
    std::fs::create_dir_all(stage.record().join("tmp")).expect("a folder");
    std::fs::write(stage.record().join("tmp/7-left"), "x").expect("a file");
    mend_as_the_page_says(&stage, "files that were being written are left");
    all_is_well(&stage);
}

#[test]
fn a_lock_file_that_nobody_holds() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    for name in ["lock", "in-use"] {
        std::fs::write(stage.record().join(name), "4711\n").expect("a writable file");
    }
    mend_as_the_page_says(&stage, "a lock file is there that no process holds");
    all_is_well(&stage);
}

#[test]
fn a_lock_that_a_hung_process_holds() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    let lock = stage.record().join("lock");
    let mut hung = Command::new("flock").arg("-F").arg(&lock).args(["sleep", "600"]).spawn().expect("flock is there");
    eventually("the lock is held", || stage.types("cargo governed recover").stdout.contains("locked: "));
    mend_as_the_page_says(&stage, "a hung process holds the lock");
    assert!(!hung.wait().expect("it has ended").success());
    all_is_well(&stage);
}

#[test]
fn a_record_that_may_not_be_written() {
    let mut stage = Stage::new("cat docs/one.md", "");
    stage.hand_over();
    accepted(&stage);
    stage.types("chmod -R a-w .git/governed");
    let run = stage.types("cargo governed run");
    assert!(run.code == 4 && run.stderr.contains("`cargo governed recover`"), "{run:?}");
    assert_eq!(stage.types("cargo governed inspect").code, 0, "reading needs no permission to write");
    mend_as_the_page_says(&stage, "the record may not be written");
    all_is_well(&stage);
}

/// Needs somebody who can give files away: the administrator, or `sudo` without a password.
#[test]
fn a_record_and_a_repository_of_another_owner() {
    if !drill::can_be_root() {
        return;
    }
    let mut stage = Stage::new("cat docs/one.md", "");
    stage.hand_over();
    accepted(&stage);
    give(&stage.record(), "0");
    let run = stage.types("cargo governed run");
    assert!(run.code == 4 && run.stderr.contains("`cargo governed recover`"), "{run:?}");
    mend_as_the_page_says(&stage, "the record is another user's");
    all_is_well(&stage);

    stage.who = Who::Root;
    assert_eq!(stage.types("cargo governed run").code, 4, "not even the administrator trusts it unasked");
    mend_as_the_page_says(&stage, "the repository is another user's");
    assert_eq!(stage.types("cargo governed recover").code, 0);
}

#[test]
fn a_full_disk() {
    let stage = Stage::new("head -c 200000 /dev/urandom | base64; cat docs/one.md", "");
    // A limit on the size of files is what a test can set; the system's answer is of the same kind.
    let run = stage.types("trap '' XFSZ; ulimit -f 16; cargo governed run");
    assert!(run.code == 4 && run.stderr.contains("help: free some space"), "{run:?}");
    let inspect = stage.types("cargo governed inspect");
    assert!(inspect.stdout.contains("unfinished: "), "never accepted: {inspect:?}");
    mend_as_the_page_says(&stage, "the disk was full, and has space again");
    all_is_well(&stage);
}

#[test]
fn a_record_of_a_newer_format() {
    let stage = Stage::new("cat docs/one.md", "");
    accepted(&stage);
    let ledger = String::from_utf8(stage.ledger()).expect("text");
    let (first, rest) = ledger.split_once('\n').expect("a line");
    let (body, _) = first.rsplit_once(",\"sum\":").expect("a sum");
    let body = body.replace("\"format\":\"1.0\"", "\"format\":\"2.0\"").replace("\"version\":\"", "\"version\":\"9");
    let sum = &Digest::of(body.as_bytes()).hex()[..16];
    stage.set_ledger(format!("{body},\"sum\":\"{sum}\"}}\n{rest}"));
    let recover = stage.types("cargo governed recover");
    assert!(recover.code == 3 && recover.stdout.contains("use cargo-governed 9"), "{recover:?}");
    mend_as_the_page_says(&stage, "a newer version wrote the record");
    all_is_well(&stage);
}

#[test]
fn two_runs_at_once() {
    let (stage, mut engine) = hanging();
    let second = stage.types("cargo governed run");
    assert!(second.code == 3 && second.stderr.contains("`cargo governed recover` says how to end it"), "{second:?}");
    let recover = stage.types("cargo governed recover").stdout;
    assert!(
        recover.contains("instead of waiting for it:\n  $ kill "),
        "nobody is told to kill what is healthy: {recover}"
    );
    let waiter = std::thread::spawn(move || engine.wait().expect("it ends").code());
    mend_as_the_page_says(&stage, "another run has the same step in flight");
    assert_eq!(waiter.join().expect("no panic"), Some(3), "an interrupted run is unproven");
    std::fs::write(stage.scratch.at("target/go"), "").expect("a file");
    all_is_well(&stage);
}

#[test]
fn every_row_of_the_page_is_drilled() {
    let source = include_str!("drills.rs");
    let rows = PAGE.lines().skip_while(|line| !line.starts_with("| disaster |")).skip(2);
    let rows: Vec<&str> =
        rows.map_while(|line| line.strip_prefix("| ")).filter_map(|line| line.split(" |").next()).collect();
    assert!(rows.len() > 15, "{rows:#?}");
    for row in rows {
        assert!(source.contains(&format!("{row:?}")), "no drill stages: {row}");
    }
}
