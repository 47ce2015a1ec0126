//! The record at its boundary: what is kept is found again, by this process and the next, and nothing else is.

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cargo_governed::facts::digest::Digest;
use cargo_governed::record::gc;
use cargo_governed::record::gc::Keep;
use cargo_governed::record::kept::Past;
use cargo_governed::record::line::RESERVED;
use cargo_governed::record::objects;
use cargo_governed::record::reader;
use cargo_governed::record::recover;
use cargo_governed::record::runs;
use cargo_governed::record::runs::Standing;
use cargo_governed::record::store::Store;
use cargo_governed::record::verify::verify;
use cargo_governed::steps::event::Event;
use cargo_governed::steps::event::StepReused;
use cargo_governed::steps::outcome::State;
use cargo_governed::steps::sink::Durability;
use cargo_governed::steps::sink::Sink;
use cargo_governed::world::clock;
use cargo_governed::world::disk_storage::DiskStorage;
use cargo_governed::world::storage::Sharing;
use cargo_governed::world::storage::Storage;
use cargo_governed::world::storage::Wait;
use support::events;

fn open(folder: &std::path::Path) -> Store {
    Store::in_folder(folder).expect("an open record")
}

fn past(folder: &std::path::Path) -> Past {
    Past::load(Arc::new(DiskStorage::at(folder))).expect("a readable record")
}

#[test]
fn a_result_is_found_by_its_key_and_by_its_step() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("governed");
    events::record_run(&open(&root), "first", 3, 100).unwrap();
    let key = Digest::of(b"the inputs of step-1 in first");
    for _ in 0..2 {
        let kept = past(&root).accepted(&key).unwrap().expect("a kept result");
        assert_eq!((kept.ended.step.as_str(), kept.ended.run.as_str()), ("step-1", "first"));
        assert_eq!(past(&root).accepted(&Digest::of(b"other")).unwrap(), None);
        assert_eq!(past(&root).last_accepted("step-1").unwrap(), Some(kept));
        assert_eq!(past(&root).durations("step-1"), [1200]);
        assert!(past(&root).unfinished().is_empty());
        // Whatever the index says, or whether there is one, the answers are the same.
        std::fs::write(root.join("index"), b"no index").unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&root).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn a_later_failure_under_one_key_is_not_hidden_by_an_earlier_success() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let key = store.object(b"inputs").unwrap();
    let append = |state| store.append(&Event::StepEnded(events::ended("run", "test", key, state)), Durability::Now);
    append(State::Passed).unwrap();
    assert!(store.past().accepted(&key).unwrap().is_some());
    append(State::Interrupted).unwrap();
    assert!(store.past().accepted(&key).unwrap().is_some());
    append(State::Failed).unwrap();
    assert!(store.past().accepted(&key).unwrap().is_none());
    assert!(past(folder.path()).accepted(&key).unwrap().is_none());
}

#[test]
fn an_event_that_names_an_object_which_was_not_kept_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let event = events::step_began("run", "test", Digest::of(b"never kept"));
    assert_eq!(store.append(&event, Durability::Now).unwrap_err().code, "object-missing");
    assert_eq!(store.past().entries(), 1);
}

#[test]
fn a_lock_that_is_held_is_named_after_a_while() {
    let folder = tempfile::tempdir().unwrap();
    let storage = DiskStorage::at(folder.path()).patience(Duration::from_millis(20));
    let store = Store::open(Arc::new(storage.clone()), Arc::new(clock::stamp)).unwrap();
    let held = storage.lock("lock", Sharing::Alone, Wait::Not).unwrap();
    let error = store.append(&events::run_ended("run"), Durability::Now).unwrap_err();
    assert_eq!((error.code, error.exit), ("record-locked", 4));
    assert!(error.message.contains(&folder.path().join("lock").display().to_string()), "{error}");
    drop(held);
    store.append(&events::run_ended("run"), Durability::Now).unwrap();
}

#[test]
fn the_index_gives_the_same_answers_as_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    events::record_run(&store, "one", 2, 10).unwrap();
    let index = std::fs::read(folder.path().join("index")).unwrap();
    events::record_run(&store, "two", 2, 10).unwrap();
    let listing = store.object(b"listing").unwrap();
    store.append(&events::run_began("three", listing, listing), Durability::Now).unwrap();
    store.append(&events::step_began("three", "test", listing), Durability::Now).unwrap();
    let answers = || {
        let past = past(folder.path());
        let key =
            |step: &str, run: &str| past.accepted(&Digest::of(format!("the inputs of {step} in {run}").as_bytes()));
        let kept = [key("step-0", "one"), key("step-1", "two"), key("step-9", "two"), past.last_accepted("step-1")];
        let kept = kept.map(|kept| kept.unwrap().map(|kept| (kept.n, kept.ended)));
        let lines =
            ["one", "two", "three"].map(|run| past.lines_of(run).unwrap().map(|lines| (lines[0].n, lines.len())));
        assert_eq!(lines, [Some((1, 9)), Some((10, 9)), Some((19, 2))]);
        assert_eq!((past.last_run(), past.lines_of("four").unwrap()), (Some("three"), None));
        let halves = past.halves(&Digest::of(b"anywhere"));
        (kept, past.durations("step-0"), past.unfinished(), past.entries(), past.head(), halves)
    };
    let expected = answers();
    let halves: Vec<(&str, &str)> = expected.5.iter().map(|half| (half.step.as_str(), half.run.as_str())).collect();
    assert_eq!(halves, [("test", "three")], "what ended by itself is whole");
    assert_eq!(expected.0.iter().filter(|kept| kept.is_some()).count(), 3);
    assert_eq!((expected.1.len(), expected.2.len(), expected.2[0].steps.len()), (2, 1, 1));
    let path = folder.path().join("index");
    let mut variants = vec![Vec::new(), b"no index".to_vec(), index.clone(), index[..index.len() / 2].to_vec()];
    for at in (0..index.len()).step_by(13) {
        let mut altered = index.clone();
        altered[at] ^= 4;
        variants.push(altered);
    }
    for variant in variants {
        std::fs::write(&path, &variant).unwrap();
        assert_eq!(answers(), expected);
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(answers(), expected);
}

#[test]
fn an_index_of_another_ledger_is_not_believed() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    events::record_run(&open(one.path()), "one", 2, 10).unwrap();
    events::record_run(&open(two.path()), "two", 2, 10).unwrap();
    std::fs::copy(one.path().join("index"), two.path().join("index")).unwrap();
    assert!(past(two.path()).accepted(&Digest::of(b"the inputs of step-0 in one")).unwrap().is_none());
    assert!(past(two.path()).accepted(&Digest::of(b"the inputs of step-0 in two")).unwrap().is_some());
}

fn door(folder: &std::path::Path) -> Arc<dyn Storage> {
    Arc::new(DiskStorage::at(folder))
}

#[test]
fn what_nothing_needs_is_removed_and_the_record_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for run in ["one", "two", "three"] {
        events::record_run(&store, run, 2, 100).unwrap();
    }
    // The third run reuses a result of the first.
    let key = Digest::of(b"the inputs of step-0 in one");
    let kept = store.past().accepted(&key).unwrap().unwrap();
    let reused = StepReused {
        run: "three".to_owned(),
        step: "step-0".to_owned(),
        key,
        from: "one".to_owned(),
        line: kept.n,
        executed_at: kept.at,
    };
    store.append(&Event::StepReused(reused), Durability::Now).unwrap();
    let proof = Digest::of(b"the inputs of step-1 in two");
    let keep = Keep { runs: 1, digests: BTreeSet::from([proof]) };
    let error = gc::collect(&door(folder.path()), Arc::new(clock::stamp), &keep).unwrap_err();
    assert_eq!(error.code, "record-locked", "a run may name any moment what is removed");
    drop(store);
    std::fs::write(folder.path().join("tmp/left"), b"by a crash").unwrap();
    let waste = gc::collect(&door(folder.path()), Arc::new(clock::stamp), &keep).unwrap();
    assert!(waste.objects.contains_key(&Digest::of(b"the inputs of step-1 in one")));
    assert!(waste.objects.contains_key(&Digest::of(b"listing of two")));
    let store = open(folder.path());
    assert!(store.objects().has(&proof) && store.past().accepted(&key).unwrap().is_some());
    let gone = Digest::of(b"the inputs of step-1 in one");
    assert!(!store.objects().has(&gone) && store.past().accepted(&gone).unwrap().is_none());
    assert!(!folder.path().join("tmp/left").exists());
    let verified = verify(&door(folder.path())).unwrap();
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    assert_eq!(verified.removed, waste.objects.len());
    drop(store);
    assert!(gc::plan(&door(folder.path()), &keep).unwrap().objects.is_empty(), "nothing is removed twice");
    // What is needed and goes without a line is a fault.
    std::fs::remove_file(folder.path().join(objects::path(&key))).unwrap();
    assert_eq!(verify(&door(folder.path())).unwrap().faults[0].code, "object-missing");
}

#[test]
fn a_torn_end_is_named_by_readers_and_mended_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    events::record_run(&open(folder.path()), "one", 1, 10).unwrap();
    let ledger = folder.path().join("ledger.jsonl");
    let mut bytes = std::fs::read(&ledger).unwrap();
    bytes.extend_from_slice(b"{\"n\":8,\"prev\":\"sha256:");
    std::fs::write(&ledger, &bytes).unwrap();
    let plan = recover::plan(&door(folder.path())).unwrap();
    let cut = plan.cut.clone().expect("a cut");
    assert_eq!((cut.place().as_str(), cut.bytes, plan.blocks_runs), ("ledger.jsonl:8", 22, false));
    assert!(verify(&door(folder.path())).unwrap().faults.is_empty());
    let store = open(folder.path());
    let recovered = store.recovered();
    assert_eq!((recovered.len(), recovered[0].bytes), (1, 22));
    assert_eq!(std::fs::read(folder.path().join(&recovered[0].quarantine)).unwrap(), b"{\"n\":8,\"prev\":\"sha256:");
    assert!(recover::plan(&door(folder.path())).unwrap().is_empty());
}

#[test]
fn whole_lines_behind_an_altered_one_wait_for_recovery() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    events::record_run(&store, "one", 1, 10).unwrap();
    let listing = store.object(b"listing").unwrap();
    store.append(&events::run_began("two", listing, listing), Durability::Now).unwrap();
    store.append(&events::step_began("two", "test", listing), Durability::Now).unwrap();
    drop(store);
    let ledger = folder.path().join("ledger.jsonl");
    let text = std::fs::read_to_string(&ledger).unwrap();
    let at = text.rfind("run-began").unwrap();
    let mut bytes = text.into_bytes();
    bytes[at] ^= 1;
    std::fs::write(&ledger, &bytes).unwrap();
    let error = Store::in_folder(folder.path()).err().unwrap();
    assert_eq!((error.code, error.place.as_deref()), ("record-altered", Some("ledger.jsonl:8")));
    let plan = recover::plan(&door(folder.path())).unwrap();
    assert!(plan.blocks_runs && !plan.is_empty());
    let left = recover::execute(&door(folder.path()), Arc::new(clock::stamp)).unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(open(folder.path()).past().entries(), 8);
    assert!(verify(&door(folder.path())).unwrap().faults.is_empty());
}

#[test]
fn a_newer_format_is_refused_by_its_major_and_read_by_its_minor() {
    let store = |format: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path()).unwrap();
        let line = format!(
            "{{\"n\":0,\"prev\":\"{}\",\"at\":\"2026-11-22T04:00:00.123Z\",\"event\":\"store-began\",\"format\":\"{format}\",\"version\":\"7.1.0\"",
            Digest::ZERO
        );
        let sum = Digest::of(line.as_bytes()).hex();
        std::fs::write(folder.path().join("ledger.jsonl"), format!("{line},\"sum\":\"{}\"}}\n", &sum[..16])).unwrap();
        folder
    };
    let newer = store("2.0");
    let error = Store::in_folder(newer.path()).err().unwrap();
    assert_eq!(error.code, "record-newer");
    assert_eq!(error.help.as_deref(), Some("use cargo-governed 7.1.0 or later"));
    assert_eq!(Past::load(door(newer.path())).err().map(|error| error.code), Some("record-newer"));
    let minor = store("1.9");
    let store = open(minor.path());
    let mut fields = serde_json::Map::new();
    fields.insert("event".to_owned(), "step-dreamt".into());
    fields.insert("run".to_owned(), "one".into());
    let event = Event::Unknown(fields);
    let n = store.append(&event, Durability::Now).unwrap();
    let verified = verify(&door(minor.path())).unwrap();
    assert!(verified.faults.is_empty());
    assert_eq!(verified.reading.lines[usize::try_from(n).unwrap()].event, event);
}

#[test]
fn a_known_event_with_other_fields_is_no_unknown_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let mut fields = serde_json::Map::new();
    fields.insert("event".to_owned(), "run-ended".into());
    fields.insert("verdict".to_owned(), 7.into());
    assert!(store.append(&Event::Unknown(fields), Durability::Now).is_err());
    assert_eq!(past(folder.path()).entries(), 1);
    store.append(&events::run_ended("one"), Durability::Now).unwrap();
}

#[cfg(unix)]
#[test]
fn a_record_that_cannot_be_made_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: root may write everywhere else.
    std::fs::write(folder.path().join("governed"), b"").unwrap();
    let error = Store::in_folder(&folder.path().join("governed")).err().unwrap();
    assert_eq!(error.exit, 4);
    assert!(error.message.contains("governed"), "{error}");
}

#[test]
fn the_clock_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let times = Arc::new(AtomicU64::new(9));
    let clock = move || format!("2026-11-22T04:00:0{}.000Z", times.fetch_sub(1, Ordering::Relaxed));
    let store = Store::open(door(folder.path()), Arc::new(clock)).unwrap();
    for _ in 0..4 {
        store.append(&events::run_ended("one"), Durability::Now).unwrap();
    }
    let reading = reader::read(&door(folder.path())).unwrap();
    let order: Vec<u64> = reading.lines.iter().map(|line| line.n).collect();
    assert_eq!(order, [0, 1, 2, 3, 4]);
    assert!(reading.lines.windows(2).all(|pair| pair[0].at > pair[1].at));
}

#[test]
fn eight_stores_and_their_threads_append_to_one_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let stores: Vec<Store> = (0..8).map(|_| open(folder.path())).collect();
    std::thread::scope(|scope| {
        for (number, store) in stores.iter().enumerate() {
            for thread in 0..2 {
                scope.spawn(move || {
                    events::record_run(store, &format!("run-{number}-{thread}"), 2, 50).unwrap();
                });
            }
        }
    });
    let verified = verify(&door(folder.path())).unwrap();
    assert!(verified.faults.is_empty(), "{:?}", verified.faults);
    let runs = runs::list(&verified.reading.lines, &|_| false);
    assert_eq!(runs.len(), 16);
    assert!(runs.iter().all(|run| matches!(run.standing, Standing::Finished { .. })));
    assert!(runs::of_run(&verified.reading.lines, "run-3-1").len() == 9);
}

#[test]
fn an_unfinished_run_shows_what_was_in_flight() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let listing = store.object(b"listing").unwrap();
    store.append(&events::run_began("one", listing, listing), Durability::Now).unwrap();
    store.append(&events::step_began("one", "test", listing), Durability::Now).unwrap();
    let reading = reader::read(&door(folder.path())).unwrap();
    for alive in [true, false] {
        let runs = runs::list(&reading.lines, &|lease| alive && *lease == events::lease());
        let Standing::Unfinished { last, event, in_flight, alive: said, .. } = &runs[0].standing else {
            panic!("{:?}", runs[0].standing)
        };
        assert_eq!((*last, event.as_str(), in_flight[0].step.as_str(), *said), (2, "step-began", "test", alive));
    }
}

#[test]
fn no_event_has_a_field_of_the_names_that_a_line_has_for_itself() {
    let digest = Digest::of(b"");
    let ended = events::ended("run", "step", digest, State::Passed);
    let events = [
        events::run_began("run", digest, digest),
        events::step_began("run", "step", digest),
        events::step_output("run", "step", digest, 1),
        Event::StepEnded(ended),
        events::judged("run", digest),
        events::run_ended("run"),
        Event::StepReused(StepReused {
            run: String::new(),
            step: String::new(),
            key: digest,
            from: String::new(),
            line: 1,
            executed_at: String::new(),
        }),
    ];
    for event in events {
        let serde_json::Value::Object(fields) = serde_json::to_value(&event).unwrap() else { panic!("no object") };
        let reserved: Vec<&String> = fields.keys().filter(|name| RESERVED.contains(&name.as_str())).collect();
        assert_eq!(reserved, ["event"], "{event:?}");
    }
}

/// Runs the lines of docs/formats.md that check a record by hand.
#[cfg(target_os = "linux")]
fn by_hand(folder: &std::path::Path) -> (bool, String) {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md")).expect("the page");
    let part = page.split("### By hand").nth(1).expect("the section");
    let script = part.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).expect("its lines");
    let mut shell = std::process::Command::new("sh");
    let output = shell.arg("-c").arg(script).current_dir(folder).output().expect("a shell");
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_checks_the_record_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    events::record_run(&store, "one", 2, 100).unwrap();
    let head = store.past().head();
    drop(store);
    assert_eq!(by_hand(folder.path()), (true, format!("head {head}\n")));
    let ledger = folder.path().join("ledger.jsonl");
    let bytes = std::fs::read(&ledger).unwrap();
    let mut altered = bytes.clone();
    altered[bytes.len() / 2] ^= 1;
    std::fs::write(&ledger, altered).unwrap();
    assert!(!by_hand(folder.path()).0);
    std::fs::write(&ledger, bytes).unwrap();
    let object = folder.path().join(objects::path(&Digest::of(b"plan")));
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, b"another plan").unwrap();
    assert!(!by_hand(folder.path()).0);
}
