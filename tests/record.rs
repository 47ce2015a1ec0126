//! The record at its boundary: what is kept is found again, by this process and the next, and nothing else is.

mod support;

use std::sync::Arc;
use std::time::Duration;

use cargo_governed::facts::digest::Digest;
use cargo_governed::record::kept::Past;
use cargo_governed::record::store::Store;
use cargo_governed::steps::event::Event;
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
