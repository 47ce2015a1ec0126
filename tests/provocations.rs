//! Scenes that deceive engines, end to end: a step that is killed half-way and begun again, an edit that hides itself, a
//! clock that goes back.
#![cfg(target_os = "linux")]

mod support;

use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::record::store::Store;
use cargo_governed::world::disk_storage::DiskStorage;
use serde_json::Value;
use support::checkout::Scratch;
use support::events;
use support::governed::command;
use support::governed::document;
use support::governed::governed;
use support::governed::place;
use support::governed::step;
use support::tool::Ran;

/// Makes its output in two writes unless it is there, as `make` does; between them it hangs until it may go on.
const MAKES: &str =
    "test -e target/out && exit 0; echo x >> target/begun; echo one > target/out; HANGS; echo two >> target/out";
const OUTPUT: &str = "outputs = [\"target/out\"]";

fn making(hangs: &str, more: &str) -> Scratch {
    let scratch = place(&step("makes", &MAKES.replace("HANGS", hangs), &format!("{OUTPUT}\n{more}")), &[]);
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    scratch
}

fn read(scratch: &Scratch, path: &str) -> String {
    std::fs::read_to_string(scratch.at(path)).unwrap_or_default()
}

fn begin(scratch: &Scratch) -> Child {
    let mut engine = command(scratch, &["run", "--quiet"]);
    let engine = engine.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let begun = Instant::now();
    while read(scratch, "target/out").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the step writes");
        std::thread::sleep(Duration::from_millis(10));
    }
    engine
}

fn source(scratch: &Scratch, arguments: &[&str]) -> (i32, String) {
    let (code, run) = document(scratch, arguments);
    (code, run["steps"][0]["source"].as_str().unwrap_or_default().to_owned())
}

/// The step runs to its end: what it finds is not what was left half-written, which is kept where the run says.
#[track_caller]
fn comes_out_whole(scratch: &Scratch, ran: &Ran) {
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(read(scratch, "target/out"), "one\ntwo\n", "{ran:?}");
    assert_eq!(read(scratch, "target/begun"), "x\nx\n", "it was begun twice in all");
    let told = ran.stderr.lines().find(|line| line.starts_with("put away: target/out: run ")).expect("it is told");
    let (_, kept) = told.split_once("kept in the record as ").expect("where it is");
    assert_eq!(read(scratch, &format!(".git/governed/{kept}")), "one\n", "{told}");
    assert_eq!(source(scratch, &["run"]), (0, "reused".to_owned()));
    assert_eq!(read(scratch, "target/out"), "one\ntwo\n");
    assert_eq!(governed(scratch, &["replay"]).code, 0);
    assert_eq!(governed(scratch, &["recover"]).code, 0);
}

#[test]
fn a_killed_step_is_not_begun_beside_its_orphans_and_its_half_written_output_is_never_taken_as_good() {
    // Known by the number: who finds one of them when it begins is a second copy.
    let mark = format!("8{:05}.5", std::process::id() % 100_000);
    let sleep = format!("sleep {mark}");
    let alone = format!("pgrep -fx '{sleep}' && exit 9; trap '' TERM");
    let hangs = format!(
        "test -e target/go || {{ {alone}; {sleep} & (setsid {sleep} &); {sleep}; }}; pgrep -fx '{sleep}' && exit 9"
    );
    let scratch = making(&hangs, "");
    let mut engine = begin(&scratch);
    engine.kill().expect("it runs");
    engine.wait().expect("it is gone");
    scratch.write("target/go", "");
    let until = Instant::now() + Duration::from_secs(60);
    let mut ran = governed(&scratch, &["run"]);
    while ran.code == 3 && Instant::now() < until {
        assert!(ran.stderr.contains("has it in flight") && ran.stderr.contains("recover"), "{ran:?}");
        assert_eq!(read(&scratch, "target/begun"), "x\n", "no second copy");
        std::thread::sleep(Duration::from_millis(50));
        ran = governed(&scratch, &["run"]);
    }
    let left = Command::new("pgrep").args(["-fx", &sleep]).output().expect("pgrep is there");
    assert_eq!(String::from_utf8_lossy(&left.stdout), "", "nothing of it is left");
    comes_out_whole(&scratch, &ran);
}

#[test]
fn what_a_stopped_or_late_step_left_half_written_is_never_taken_as_good() {
    let hangs = "test -e target/go || sleep 300";
    let scratch = making(hangs, "");
    let engine = begin(&scratch);
    let pid = engine.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    assert_eq!(engine.wait_with_output().expect("it ends").status.code(), Some(3));
    scratch.write("target/go", "");
    comes_out_whole(&scratch, &governed(&scratch, &["run"]));

    let scratch = making(hangs, "timeout = \"1s\"");
    assert_eq!(governed(&scratch, &["run"]).code, 1);
    scratch.write("target/go", "");
    comes_out_whole(&scratch, &governed(&scratch, &["run"]));
}

#[test]
fn what_was_left_half_written_goes_where_the_plan_of_its_run_is_lost() {
    let scratch = making("test -e target/go || sleep 300", "timeout = \"1s\"");
    let (code, run) = document(&scratch, &["run"]);
    assert_eq!(code, 1, "{run:#}");
    let plan = run["plan"].as_str().and_then(|plan| plan.strip_prefix("sha256:")).expect("a digest");
    let object = scratch.at(&format!(".git/governed/objects/sha256/{}/{}", &plan[..2], &plan[2..]));
    std::fs::remove_file(object).expect("the plan was kept");
    scratch.write("target/go", "");
    comes_out_whole(&scratch, &governed(&scratch, &["run"]));
}

#[test]
fn what_a_step_wrote_that_ended_by_itself_stays_and_so_does_a_file_of_the_tree() {
    let scratch = making("exit 7", "");
    assert_eq!(governed(&scratch, &["run"]).code, 1);
    let ran = governed(&scratch, &["run"]);
    assert!(ran.code == 0 && !ran.stderr.contains("put away"), "{ran:?}");
    assert_eq!(read(&scratch, "target/out"), "one\n");

    let waits = step("waits", "test -e target/go || sleep 300", "outputs = [\"docs/*.md\"]\ntimeout = \"1s\"");
    let scratch = place(&waits, &[]);
    assert_eq!(governed(&scratch, &["run"]).code, 1);
    scratch.write("target/go", "");
    let ran = governed(&scratch, &["run"]);
    assert!(ran.code == 0 && !ran.stderr.contains("put away"), "{ran:?}");
    assert_eq!(read(&scratch, "docs/one.md"), "one\n");
}

#[test]
fn what_a_late_step_was_to_change_in_place_is_made_anew_by_the_one_that_left_it() {
    let output = "outputs = [\"target/out\"]";
    let steps = step("makes", "echo one > target/out", output)
        + &step(
            "adds",
            "test -e target/go || sleep 300; echo two >> target/out",
            &format!("{output}\nneeds = [\"makes\"]\ntimeout = \"1s\""),
        );
    let scratch = place(&steps, &[]);
    std::fs::create_dir_all(scratch.at("target")).expect("a folder");
    assert_eq!(governed(&scratch, &["run"]).code, 1);
    scratch.write("target/go", "");
    let (code, run) = document(&scratch, &["run"]);
    let sources: Vec<_> = run["steps"].as_array().expect("steps").iter().map(|step| &step["source"]).collect();
    assert_eq!((code, sources), (0, vec![&Value::from("executed"); 2]), "{run:#}");
    assert_eq!(read(&scratch, "target/out"), "one\ntwo\n");
}

fn edit_with_the_time_put_back(path: &Path, text: &str) {
    let before = std::fs::metadata(path).expect("a file");
    std::fs::write(path, text).expect("a file");
    let file = std::fs::File::options().write(true).open(path).expect("a file");
    file.set_modified(before.modified().expect("a time")).expect("it is ours");
    let after = std::fs::metadata(path).expect("a file");
    assert_eq!((before.len(), before.modified().ok()), (after.len(), after.modified().ok()));
}

#[test]
fn an_edit_that_hides_and_a_toolchain_file_that_appears_are_named_and_run_again() {
    let scratch = place(&step("reads", "cat docs/one.md", ""), &[]);
    assert_eq!(source(&scratch, &["run"]), (0, "executed".to_owned()));
    // What was written a moment ago is read again by every run: only what rests is remembered.
    std::thread::sleep(Duration::from_millis(2_100));
    for _ in 0..2 {
        assert_eq!(source(&scratch, &["run"]), (0, "reused".to_owned()));
    }
    edit_with_the_time_put_back(&scratch.at("docs/one.md"), "owo\n");
    let plan = governed(&scratch, &["run", "--plan"]);
    assert!(plan.stdout.contains("source: docs/one.md changed"), "{plan:?}");
    assert_eq!(source(&scratch, &["run"]), (0, "executed".to_owned()));
    assert_eq!(governed(&scratch, &["inspect", "--step", "reads"]).stdout, "owo\n");
    let channel = std::env::var("RUSTUP_TOOLCHAIN").unwrap_or_else(|_| "stable".to_owned());
    scratch.write("rust-toolchain.toml", format!("[toolchain]\nchannel = \"{channel}\"\n"));
    let (_, plan) = document(&scratch, &["run", "--plan"]);
    let changes = plan["steps"][0]["changes"].as_array().expect("changes").iter();
    let told: Vec<_> = changes.map(|change| (change["layer"].as_str(), change["name"].as_str())).collect();
    assert!(told.contains(&(Some("toolchain"), Some("rust-toolchain.toml"))), "{plan:#}");
    assert_eq!(source(&scratch, &["run"]), (0, "executed".to_owned()));
}

#[test]
fn a_clock_that_went_back_changes_neither_what_is_last_nor_what_is_reused() {
    let scratch = place(&step("reads", "cat docs/one.md", ""), &[]);
    let record = scratch.at(".git/governed");
    let storage = Arc::new(DiskStorage::at(&record));
    let store = Store::open(storage, Arc::new(|| "2099-12-31T23:59:59.999Z".to_owned())).expect("a record");
    events::record_run(&store, "20991231-235959-ffffff", 2, 10).expect("a recorded run");
    drop(store);
    let (code, first) = document(&scratch, &["run"]);
    assert_eq!((code, &first["verdict"]), (0, &"accepted".into()), "{first:#}");
    let (_, last) = document(&scratch, &["inspect"]);
    assert_eq!(last["run"], first["run"], "the last is the one that was recorded last");
    let (_, second) = document(&scratch, &["run"]);
    let from = &second["steps"][0]["reused_from"]["run"];
    assert_eq!((&second["steps"][0]["source"], from), (&"reused".into(), &first["run"]));
    let listed = document(&scratch, &["inspect", "--list"]).1;
    let names: Vec<&Value> = listed["runs"].as_array().expect("runs").iter().map(|run| &run["run"]).collect();
    assert_eq!(names, [&Value::from("20991231-235959-ffffff"), &first["run"], &second["run"]]);
    assert_eq!(governed(&scratch, &["replay"]).code, 0);
    assert_eq!(governed(&scratch, &["recover"]).code, 0);
}
