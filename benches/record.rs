//! What the record costs beyond what the disk needs. One command; prints medians and ratios:
//!
//! ```sh
//! cargo bench --bench record -- [FOLDER]
//! ```
//!
//! A durable append against a bare write and fsync of the same bytes, in turn; a step with its objects; verification of 100
//! steps with 10 KiB of log each; opening a ledger of 20,000 lines. The folder says which disk; else the temporary one.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use cargo_governed::facts::digest::Digest;
use cargo_governed::record::kept::Past;
use cargo_governed::record::store::Store;
use cargo_governed::record::verify::verify;
use cargo_governed::steps::event::CheckSummary;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::event::JudgedRun;
use cargo_governed::steps::event::Lease;
use cargo_governed::steps::event::RunEnded;
use cargo_governed::steps::event::StepBegan;
use cargo_governed::steps::event::StepEnded;
use cargo_governed::steps::event::StepOutput;
use cargo_governed::steps::event::Stream;
use cargo_governed::steps::outcome::Confinement;
use cargo_governed::steps::outcome::Evidence;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;
use cargo_governed::world::disk_storage::DiskStorage;
use cargo_governed::world::storage::Storage;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| argument != "--bench");
    let folder = folder.map_or_else(tempfile::tempdir, tempfile::tempdir_in).expect("a folder to write in");
    appends(&folder.path().join("appends"));
    steps(&folder.path().join("steps"));
    long(&folder.path().join("long"));
}

#[expect(clippy::print_stdout, reason = "a bench reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

fn timed<T>(what: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let result = what();
    (begin.elapsed(), result)
}

/// A durable line against a bare write and sync of as many bytes, in turn.
fn appends(folder: &Path) {
    let store = Store::in_folder(folder).expect("an open record");
    let mut bare = File::create(folder.join("bare")).expect("a new file");
    let line = [b'x'; 400];
    let (mut ours, mut theirs, mut soon) = (Vec::new(), Vec::new(), Vec::new());
    let event = began_key(&store, "the key");
    let mut plain = || {
        bare.write_all(&line)?;
        bare.sync_data()
    };
    for _ in 0..300 {
        ours.push(timed(|| store.append(&event, Durability::Now).expect("a durable line")).0);
        theirs.push(timed(|| plain().expect("a durable write")).0);
    }
    for _ in 0..300 {
        soon.push(timed(|| store.append(&event, Durability::Soon).expect("a line")).0);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    report(&format!(
        "durable append {ours:.3} ms, bare write and fsync {theirs:.3} ms: ratio {:.2}; append without waiting {:.3} ms",
        ours / theirs,
        median(soon)
    ));
}

fn began_key(store: &Store, key: &str) -> Event {
    let key = store.object(key.as_bytes()).expect("a kept object");
    let lease = Lease { boot: "boot".to_owned(), pid: 1, started: 1 };
    let argv = vec!["cargo".to_owned(), "test".to_owned()];
    let (run, step) = ("run".to_owned(), "test".to_owned());
    Event::StepBegan(StepBegan { run, step, attempt: 1, key, argv, lease })
}

fn step(store: &Store, run: &str, number: usize, log: usize, durability: Durability) {
    let (run, step) = (run.to_owned(), format!("step-{number}"));
    let key = store.object(format!("pre-image of {step} in {run}").repeat(20).as_bytes()).expect("a kept object");
    let lease = Lease { boot: "boot".to_owned(), pid: 1, started: 1 };
    let argv = vec!["cargo".to_owned(), step.clone()];
    let began = StepBegan { run: run.clone(), step: step.clone(), attempt: 1, key, argv, lease };
    store.append(&Event::StepBegan(began), durability).expect("a recorded event");
    let text = format!("{run} {step}: one line of a log\n");
    let text = text.repeat(log / text.len() + 1);
    let object = store.object(text.as_bytes()).expect("a kept object");
    let bytes = text.len() as u64;
    let output =
        StepOutput { run: run.clone(), step: step.clone(), attempt: 1, stream: Stream::Out, object, bytes, at_ms: 5 };
    store.append(&Event::StepOutput(output), Durability::Soon).expect("a recorded event");
    let ended = StepEnded {
        run,
        step,
        attempt: 1,
        key,
        also: None,
        state: State::Passed,
        exit: Some(0),
        signal: None,
        duration_ms: 100,
        cpu_ms: None,
        unproven: Vec::new(),
        notes: Vec::new(),
        isolation: Confinement::Landlock,
        evidence: Evidence::default(),
        outputs: Vec::new(),
        normal: None,
        streams: None,
    };
    store.append(&Event::StepEnded(ended), durability).expect("a recorded event");
}

fn end(store: &Store, run: &str) {
    let report = store.object(b"{}").expect("a kept object");
    let check = CheckSummary {
        verdict: "accepted".to_owned(),
        deny: 0,
        warn: 0,
        note: 0,
        waived: 0,
        new: 0,
        report,
        sarif: None,
    };
    let verdict = "accepted".to_owned();
    let judged = JudgedRun { run: run.to_owned(), check, verdict: verdict.clone(), because: Vec::new(), junit: None };
    store.append(&Event::Judged(judged), Durability::Soon).expect("a recorded event");
    let ended = RunEnded { run: run.to_owned(), verdict, duration_ms: 100, certifiable: true };
    store.append(&Event::RunEnded(ended), Durability::Now).expect("a recorded event");
}

/// 100 steps with 10 KiB of log each: what a step costs, and what its verification does.
fn steps(folder: &Path) {
    let store = Store::in_folder(folder).expect("an open record");
    let times = (0..100).map(|number| timed(|| step(&store, "run", number, 10 << 10, Durability::Now)).0).collect();
    report(&format!("a step with two durable lines and two objects {:.3} ms", median(times)));
    end(&store, "run");
    let storage: Arc<dyn Storage> = Arc::new(DiskStorage::at(folder));
    let mut times = Vec::new();
    for _ in 0..30 {
        let (time, verified) = timed(|| verify(&storage).expect("a readable record"));
        assert!(verified.faults.is_empty() && verified.objects >= 200);
        times.push(time);
    }
    report(&format!("verification of 100 steps with 10 KiB of log each {:.2} ms", median(times)));
}

/// A ledger of 20,000 lines: opening it for writing, and looking results up for a plan.
fn long(folder: &Path) {
    let store = Store::in_folder(folder).expect("an open record");
    for run in 0..330 {
        let run = format!("run-{run}");
        (0..20).for_each(|number| step(&store, &run, number, 10, Durability::Soon));
        end(&store, &run);
    }
    let entries = store.past().entries();
    drop(store);
    let keys: Vec<Digest> = (0..20)
        .map(|number| Digest::of(format!("pre-image of step-{number} in run-200").repeat(20).as_bytes()))
        .collect();
    let storage: Arc<dyn Storage> = Arc::new(DiskStorage::at(folder));
    let (mut opened, mut looked) = (Vec::new(), Vec::new());
    for _ in 0..50 {
        let (time, store) = timed(|| Store::in_folder(folder).expect("an open record"));
        opened.push(time);
        let all = || keys.iter().all(|key| store.past().accepted(key).expect("a readable record").is_some());
        let (time, found) = timed(all);
        assert!(found);
        looked.push(time);
    }
    std::fs::remove_file(folder.join("index")).expect("an index");
    let (whole, past) = timed(|| Past::load(Arc::clone(&storage)).expect("a readable record"));
    assert_eq!(past.entries(), entries);
    let (recomputed, verified) = timed(|| verify(&storage).expect("a readable record"));
    assert!(verified.faults.is_empty());
    report(&format!(
        "{entries} lines: open {:.3} ms, 20 results by key {:.3} ms; without an index {:.1} ms; verification {:.1} ms",
        median(opened),
        median(looked),
        whole.as_secs_f64() * 1000.0,
        recomputed.as_secs_f64() * 1000.0
    ));
}
