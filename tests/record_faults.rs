//! What can happen to a record: `kill -9`, a crash of the machine, a full disk, an altered byte, a cut. A small campaign of
//! each runs with the tests; the big ones are run by hand: `cargo test --release --test record_faults -- --ignored --nocapture`.

mod support;

use std::sync::Arc;

use cargo_governed::facts::digest::Digest;
use cargo_governed::record::kept::Past;
use cargo_governed::record::reader;
use cargo_governed::record::recover;
use cargo_governed::record::recovery::End;
use cargo_governed::record::runs;
use cargo_governed::record::runs::Standing;
use cargo_governed::record::store::Store;
use cargo_governed::record::verify::Verified;
use cargo_governed::record::verify::verify;
use cargo_governed::record::writer::Clock;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;
use cargo_governed::world::storage::Storage;
use support::crash;
use support::crash::Thoroughness;
use support::events;
use support::logged::Disk;
use support::logged::Failing;
use support::logged::Logged;

#[expect(clippy::print_stdout, reason = "a campaign reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

fn clock() -> Clock {
    Arc::new(|| "2026-11-22T04:00:00.123Z".to_owned())
}

fn open(storage: &Logged) -> Result<Store, cargo_governed::error::Error> {
    Store::open(Arc::new(storage.clone()), clock())
}

fn verified(storage: &Logged) -> Verified {
    let storage: Arc<dyn Storage> = Arc::new(storage.clone());
    verify(&storage).expect("a record can be read whatever stands in it")
}

/// Appends, and marks in the log what was acknowledged.
struct Acknowledged<'a> {
    storage: &'a Logged,
    events: Vec<(u64, Event)>,
}

impl Acknowledged<'_> {
    fn append(&mut self, store: &Store, event: Event) {
        let n = store.append(&event, Durability::Now).expect("nothing fails here");
        self.storage.mark(n);
        self.events.push((n, event));
    }
}

/// Two runs at once, the second opened in the midst of the first, which reuses what others keep; then a third.
fn two_runs(storage: &Logged) -> Vec<(u64, Event)> {
    let mut acknowledged = Acknowledged { storage, events: Vec::new() };
    let soon = |store: &Store, event: &Event| store.append(event, Durability::Soon).map(drop).expect("nothing fails");
    let first = open(storage).expect("an open record");
    let kept = |store: &Store, bytes: &[u8]| store.object(bytes).expect("a kept object");
    let (listing, plan) = (kept(&first, b"listing"), kept(&first, b"plan"));
    acknowledged.append(&first, events::run_began("one", listing, plan));
    let key = kept(&first, b"key of test");
    acknowledged.append(&first, events::step_began("one", "test", key));
    let log = kept(&first, b"running 3 tests");
    soon(&first, &events::step_output("one", "test", log, 15));
    let second = open(storage).expect("a second open record");
    // The same objects again, which the first run has not made durable itself.
    let log = kept(&second, b"running 3 tests");
    soon(&second, &events::step_output("two", "test", log, 15));
    // An object that only the first run knows of, in a line that the second makes durable.
    let only = kept(&first, b"only the first has this");
    soon(&first, &events::step_output("one", "test", only, 23));
    acknowledged.append(&second, events::run_began("two", listing, plan));
    let more = kept(&first, b"test result: ok");
    soon(&first, &events::step_output("one", "test", more, 15));
    acknowledged.append(&first, Event::StepEnded(events::ended("one", "test", key, State::Passed)));
    let report = kept(&first, b"{}");
    soon(&first, &events::judged("one", report));
    acknowledged.append(&first, events::run_ended("one"));
    drop(first);
    let third = open(storage).expect("a third open record");
    acknowledged.append(&third, events::run_began("three", listing, plan));
    acknowledged.events
}

/// What must hold whatever a crash left: nothing acknowledged is lost, the record is read, mended, verified and written again.
fn survives(disk: Disk, acknowledged: &[(u64, Event)], what: &str) {
    let storage = Logged::after(disk);
    let door: Arc<dyn Storage> = Arc::new(storage.clone());
    let reading = reader::read(&door).unwrap_or_else(|error| panic!("{what}: {error}"));
    drop(reading);
    Past::load(Arc::clone(&door)).unwrap_or_else(|error| panic!("{what}: {error}"));
    let copy = Logged::after(storage.disk());
    match open(&copy) {
        Ok(store) => holds(&copy, acknowledged, &format!("{what}, opened")).unwrap_or_else(|| drop(store)),
        // Only a whole line behind the torn place keeps a run from going on by itself.
        Err(error) => assert_eq!(error.code, "record-altered", "{what}: {error}"),
    }
    let left = recover::execute(&door, clock()).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(left.is_empty(), "{what}: after recovery there is still {left:?}");
    holds(&storage, acknowledged, what);
    let store = open(&storage).unwrap_or_else(|error| panic!("{what}: {error}"));
    events::record_run(&store, "after", 1, 40).unwrap_or_else(|error| panic!("{what}: {error}"));
    drop(store);
    holds(&storage, acknowledged, what);
}

fn holds(storage: &Logged, acknowledged: &[(u64, Event)], what: &str) -> Option<()> {
    let verified = verified(storage);
    assert!(verified.faults.is_empty(), "{what}: {:?}", verified.faults);
    for (n, event) in acknowledged {
        let line = verified.reading.lines.get(usize::try_from(*n).expect("small"));
        assert_eq!(line.map(|line| &line.event), Some(event), "{what}: line {n} was acknowledged");
    }
    None
}

fn every_crash_of_two_runs(thoroughness: Thoroughness) -> usize {
    let storage = Logged::default();
    let acknowledged = two_runs(&storage);
    let log = storage.log();
    crash::every_crash(&log, thoroughness, &mut |length, disk| {
        let marks = log[..length].iter().filter(|call| matches!(call, support::logged::Call::Mark(_))).count();
        survives(disk, &acknowledged[..marks], &format!("a crash after {length} of {} calls", log.len()));
    })
}

#[test]
fn a_crash_of_the_machine_loses_nothing_that_was_acknowledged() {
    let count = every_crash_of_two_runs(Thoroughness { all_subsets_of: 2, sample: 2, torn_every: 251 });
    assert!(count > 300, "only {count} disks were staged");
}

#[test]
#[ignore = "heavy: every choice of what had reached the disk, every byte of a torn write"]
fn every_crash_of_the_machine() {
    let count = every_crash_of_two_runs(Thoroughness { all_subsets_of: 12, sample: 300, torn_every: 1 });
    report(&format!("{count} different disks that a crash can leave: 0 acknowledged events lost, 0 panics"));
}

/// Lets each changing call fail in turn, in each way.
fn every_failing_call(failings: &[Failing]) -> usize {
    let whole = Logged::default();
    two_runs_failing(&whole);
    let mut count = 0;
    for failing in failings {
        for at in 1..=whole.calls() {
            let storage = Logged::default().failing(at, *failing);
            let acknowledged = two_runs_failing(&storage);
            let what = format!("{failing:?} at call {at}");
            // The process ends, the disk gets space again.
            survives(storage.disk(), &acknowledged, &what);
            count += 1;
        }
    }
    count
}

/// The same two runs; stops at the first error, as an engine does. What was refused must not be there.
fn two_runs_failing(storage: &Logged) -> Vec<(u64, Event)> {
    let mut acknowledged = Vec::new();
    let result = (|| {
        let first = open(storage)?;
        let (listing, plan) = (first.object(b"listing")?, first.object(b"plan")?);
        let second = open(storage)?;
        let log = first.object(b"running 3 tests")?;
        let script = [
            (&first, events::run_began("one", listing, plan), Durability::Now),
            (&second, events::run_began("two", listing, plan), Durability::Now),
            (&first, events::step_output("one", "test", log, 15), Durability::Soon),
            (&second, events::step_output("two", "test", log, 15), Durability::Soon),
            (&first, events::run_ended("one"), Durability::Now),
            (&second, events::run_ended("two"), Durability::Now),
        ];
        for (store, event, durability) in script {
            let before = verified(storage).reading.lines.len();
            match store.append(&event, durability) {
                Ok(n) if durability == Durability::Now => acknowledged.push((n, event)),
                Ok(_) => {}
                Err(error) => {
                    assert_eq!((error.exit, error.code), (4, "disk-full"), "{error}");
                    assert!(error.help.is_some(), "{error}");
                    if error.message.contains("nothing was recorded") {
                        let reading = verified(storage).reading;
                        assert_eq!((reading.lines.len(), reading.end), (before, End::Whole), "{error}");
                    }
                    return Err(error);
                }
            }
        }
        first.checkpoint()?;
        Ok(())
    })();
    if let Err(error) = result {
        let error: cargo_governed::error::Error = error;
        assert_eq!(error.exit, 4, "{error}");
    }
    storage.heal();
    acknowledged
}

#[test]
fn a_full_disk_at_any_write_records_nothing_and_breaks_nothing() {
    let count = every_failing_call(&[Failing::FullOnce, Failing::FullFromHere, Failing::DeadFromHere]);
    assert!(count > 150, "only {count} calls failed");
    report(&format!("{count} failing calls: 0 acknowledged events lost, 0 panics"));
}

/// A record with two runs that ended and one that did not.
fn small_record() -> Logged {
    let storage = Logged::default();
    let store = open(&storage).expect("an open record");
    events::record_run(&store, "one", 2, 60).expect("a recorded run");
    events::record_run(&store, "two", 1, 60).expect("a recorded run");
    storage
}

fn is_clean(storage: &Logged) -> bool {
    let verified = verified(storage);
    verified.faults.is_empty() && verified.reading.end == End::Whole
}

/// Alters bytes of a small record, so far apart, in so many ways each.
fn altered_bytes(every: usize, flips: &[u8]) -> usize {
    let storage = small_record();
    assert!(is_clean(&storage));
    let disk = storage.disk();
    let mut count = 0;
    for path in disk.paths() {
        let every = if path == "checkpoint" { 1 } else { every };
        if path != "ledger.jsonl" && path != "checkpoint" && !path.starts_with("objects/") {
            continue;
        }
        let bytes = disk.clone().bytes_mut(&path).clone();
        for at in (0..bytes.len()).step_by(every) {
            for flip in flips {
                let mut altered = disk.clone();
                altered.bytes_mut(&path)[at] ^= flip;
                let verified = verified(&Logged::after(altered));
                let fault = verified.faults.first().unwrap_or_else(|| panic!("{path}, byte {at}: not found"));
                let line = bytes[..at].split(|byte| *byte == b'\n').count();
                match path.as_str() {
                    "ledger.jsonl" => assert_eq!(fault.place, format!("ledger.jsonl:{line}"), "byte {at}"),
                    // A checkpoint of more lines than there are: the lines may as well have been cut.
                    "checkpoint" if line == 2 => {}
                    _ => assert_eq!(fault.place, path, "byte {at}"),
                }
                count += 1;
            }
        }
    }
    count
}

#[test]
fn an_altered_byte_is_found_at_its_place() {
    assert!(altered_bytes(11, &[0x01]) > 500);
}

#[test]
#[ignore = "heavy: every bit"]
fn every_altered_bit() {
    let count = altered_bytes(1, &[1, 2, 4, 8, 16, 32, 64, 128, 255]);
    report(&format!("{count} altered records (every bit of ledger, checkpoint and objects): each found at its place"));
}

/// Cuts the ledger of a small record, at lengths so far apart and around every end of a line.
fn cuts(every: usize) -> usize {
    let storage = small_record();
    let covered = storage.disk().bytes_mut("ledger.jsonl").len();
    let store = open(&storage).expect("an open record");
    let append = |event| store.append(&event, Durability::Now).expect("a recorded event");
    let (listing, plan) =
        (store.object(b"listing").expect("a kept object"), store.object(b"plan").expect("a kept object"));
    append(events::run_began("three", listing, plan));
    append(events::step_began("three", "test", listing));
    drop(store);
    let disk = storage.disk();
    let whole = disk.clone().bytes_mut("ledger.jsonl").len();
    let first_step = usize::try_from(verified(&storage).reading.known.position.last).expect("small");
    let bytes = disk.clone().bytes_mut("ledger.jsonl").clone();
    let is_near_end = |length: usize| bytes[length.saturating_sub(2)..length].contains(&b'\n');
    let lengths: Vec<usize> = (0..whole).filter(|&length| length % every == 0 || is_near_end(length)).collect();
    for &length in &lengths {
        let mut cut = disk.clone();
        cut.bytes_mut("ledger.jsonl").truncate(length);
        let storage = Logged::after(cut);
        let verified = verified(&storage);
        if length < covered {
            assert!(!verified.faults.is_empty(), "the cut at {length} was not found");
            assert_eq!(open(&storage).err().map(|error| error.code), Some("record-altered"), "{length}");
            continue;
        }
        assert!(verified.faults.is_empty(), "{length}: {:?}", verified.faults);
        let runs = runs::list(&verified.reading.lines, &|_| false);
        assert!(runs[..2].iter().all(|run| matches!(run.standing, Standing::Finished { .. })), "{length}");
        let third = runs.get(2).map(|run| &run.standing);
        assert_eq!(third.is_some(), length >= first_step, "{length}");
        assert!(third.is_none_or(|standing| matches!(standing, Standing::Unfinished { alive: false, .. })), "{length}");
        assert!(open(&storage).is_ok(), "{length}");
    }
    lengths.len()
}

#[test]
fn a_cut_below_the_checkpoint_is_tampering_and_one_above_it_an_unfinished_run() {
    assert!(cuts(101) > 80);
}

#[test]
#[ignore = "heavy: every length"]
fn every_cut() {
    report(&format!("{} cuts: below the checkpoint found, above it an unfinished run", cuts(1)));
}

#[test]
fn a_checkpoint_that_was_removed_or_put_back_is_found() {
    let storage = Logged::default();
    let store = open(&storage).unwrap();
    events::record_run(&store, "one", 1, 10).unwrap();
    let old = storage.disk().bytes_mut("checkpoint").clone();
    events::record_run(&store, "two", 1, 10).unwrap();
    let listing = store.object(b"listing of three").unwrap();
    store.append(&events::run_began("three", listing, listing), Durability::Now).unwrap();
    drop(store);
    let mut disk = storage.disk();
    *disk.bytes_mut("checkpoint") = old;
    let found = verified(&Logged::after(disk));
    assert_eq!(found.faults[0].place, "checkpoint");
    let removed = Logged::after(storage.disk());
    removed.remove("checkpoint").unwrap();
    assert_eq!(verified(&removed).faults[0].place, "checkpoint");
}

#[test]
fn lines_that_change_places_are_found() {
    let storage = small_record();
    let bytes = storage.disk().bytes_mut("ledger.jsonl").clone();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let altered = |lines: Vec<&[u8]>| {
        let mut disk = storage.disk();
        *disk.bytes_mut("ledger.jsonl") = lines.concat();
        verified(&Logged::after(disk)).faults.first().map(|fault| fault.place.clone())
    };
    for at in 1..lines.len() - 1 {
        let mut swapped = lines.clone();
        swapped.swap(at, at + 1);
        assert_eq!(altered(swapped), Some(format!("ledger.jsonl:{}", at + 1)));
        let mut doubled = lines.clone();
        doubled.insert(at, lines[at]);
        assert_eq!(altered(doubled), Some(format!("ledger.jsonl:{}", at + 2)));
        let mut removed = lines.clone();
        removed.remove(at);
        assert_eq!(altered(removed), Some(format!("ledger.jsonl:{}", at + 1)));
    }
}

#[test]
fn digests_name_the_objects_that_they_are_of() {
    assert_eq!(
        cargo_governed::record::objects::path(&Digest::of(b"abc")),
        "objects/sha256/ba/7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

/// The variable that makes the test binary a writer.
const WRITER: &str = "GOVERNED_RECORD_OF_WRITER";

#[test]
#[ignore = "no test: the writer that the campaign of kill -9 starts and ends"]
fn writer_process() {
    let Ok(folder) = std::env::var(WRITER) else { return };
    let store = Store::in_folder(std::path::Path::new(&folder)).expect("an open record");
    let run = format!("run-{}", std::process::id());
    let tell = |n: u64, event: &Event| {
        let text = serde_json::to_string(event).expect("an event is JSON");
        // One write a line: what the parent reads is whole, or has no end.
        let line = format!("\nack {n} {}\n", Digest::of(text.as_bytes()));
        std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()).expect("the parent reads");
    };
    let append = |event: Event| tell(store.append(&event, Durability::Now).expect("a recorded event"), &event);
    let listing = store.object(run.as_bytes()).expect("a kept object");
    append(events::run_began(&run, listing, listing));
    for step in 0..u64::MAX {
        let key = store.object(format!("{run} {step}").as_bytes()).expect("a kept object");
        append(events::step_began(&run, "test", key));
        let log = store.object(format!("{run} {step} ").repeat(200).as_bytes()).expect("a kept object");
        store.append(&events::step_output(&run, "test", log, 1), Durability::Soon).expect("a recorded event");
        append(Event::StepEnded(events::ended(&run, "test", key, State::Passed)));
        if step % 5 == 4 {
            append(events::run_ended(&run));
        }
    }
}

/// Starts writers on one record and kills each at a random instant; gives how many were killed and what they acknowledged.
fn killed_writers(folder: &std::path::Path, writers: usize, numbers: &mut crash::Numbers) -> Vec<(u64, String)> {
    let mut command = std::process::Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "writer_process", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(WRITER, folder).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
    let mut children: Vec<_> = (0..writers).map(|_| command.spawn().expect("a writer")).collect();
    let readers: Vec<_> = children
        .iter_mut()
        .map(|child| {
            let mut stdout = child.stdout.take().expect("a pipe");
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut stdout, &mut bytes).expect("a readable pipe");
                bytes
            })
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(15));
    for child in &mut children {
        std::thread::sleep(std::time::Duration::from_micros(numbers.next() % 40_000));
        assert!(child.try_wait().expect("a child").is_none(), "a writer ended by itself");
        child.kill().expect("kill -9");
    }
    for child in &mut children {
        child.wait().expect("a dead child");
    }
    let told = readers.into_iter().flat_map(|reader| {
        let bytes = reader.join().expect("a reader");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole: Vec<(u64, String)> = text
            .split_inclusive('\n')
            .filter_map(|line| line.strip_suffix('\n')?.strip_prefix("ack "))
            .filter_map(|line| line.split_once(' '))
            .map(|(n, digest)| (n.parse().expect("a number"), digest.to_owned()))
            .collect();
        whole
    });
    told.collect()
}

/// Kills so many writers, up to eight at once.
fn kills(wanted: usize) {
    let mut numbers = crash::Numbers(u64::from(std::process::id()));
    let (mut killed, mut told, mut torn, mut unfinished, mut lines) = (0, 0, 0, 0, 0);
    while killed < wanted {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut acknowledged: Vec<(u64, String)> = Vec::new();
        while killed < wanted && acknowledged.len() < 2_000 {
            let writers = 1 + usize::try_from(numbers.next() % 8).expect("small");
            acknowledged.extend(killed_writers(folder.path(), writers, &mut numbers));
            killed += writers;
            let disk = cargo_governed::world::disk_storage::DiskStorage::at(folder.path())
                .patience(std::time::Duration::from_millis(200));
            let storage: Arc<dyn Storage> = Arc::new(disk);
            let before = verify(&storage).expect("a readable record");
            assert!(before.faults.is_empty(), "{:?}", before.faults);
            torn += usize::from(before.reading.end != End::Whole);
            // The lock is free, and the torn end is mended and named.
            let store = Store::open(Arc::clone(&storage), clock()).expect("an open record");
            assert_eq!(store.recovered().is_empty(), before.reading.end == End::Whole);
            drop(store);
            let after = verify(&storage).expect("a readable record");
            assert!(after.faults.is_empty(), "{:?}", after.faults);
            for (n, digest) in &acknowledged {
                let line = after.reading.lines.get(usize::try_from(*n).expect("small"));
                let event = line.map(|line| serde_json::to_string(&line.event).expect("an event is JSON"));
                let found = event.map(|event| Digest::of(event.as_bytes()).to_string());
                assert_eq!(found.as_ref(), Some(digest), "line {n} was acknowledged");
            }
            let runs = runs::list(&after.reading.lines, &|_| false);
            unfinished += runs.iter().filter(|run| matches!(run.standing, Standing::Unfinished { .. })).count();
            lines = lines.max(after.reading.lines.len());
        }
        told += acknowledged.len();
    }
    report(&format!(
        "{killed} kills of up to 8 writers: {told} acknowledged events, 0 lost; {torn} torn ends mended; \
         {unfinished} sightings of unfinished runs; longest ledger {lines} lines"
    ));
}

#[test]
fn killed_writers_lose_nothing_that_they_acknowledged() {
    kills(16);
}

#[test]
#[ignore = "heavy: 2,000 kills"]
fn two_thousand_kills() {
    kills(2_000);
}
