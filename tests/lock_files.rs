//! A library without a checked-in lock file: cargo writes one, and what ran then is reused under it.
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::TEST;
use support::governed::document;
use support::governed::place;
use support::governed::step;

const TESTED: &str = "#[test]\nfn it_works() {}\n";

fn sources(scratch: &Scratch) -> Vec<(String, Option<String>)> {
    let (code, run) = document(scratch, &["run"]);
    assert_eq!(code, 0, "{run:#}");
    let text = |step: &Value, name: &str| step[name].as_str().map(str::to_owned);
    let steps = run["steps"].as_array().expect("steps").iter();
    steps.map(|step| (text(step, "step").expect("a name"), text(step, "source"))).collect()
}

#[test]
fn what_ran_when_cargo_wrote_the_lock_file_is_reused_under_it() {
    let steps = [TEST, &step("reads", "cat Cargo.lock || true", "")].concat();
    let scratch = place(&steps, &[("src/lib.rs", TESTED), (".gitignore", "/target\n/Cargo.lock\n")]);
    let of = |word: &str| Some(word.to_owned());
    let both = |test: &str, reads: &str| vec![("test".to_owned(), of(test)), ("reads".to_owned(), of(reads))];
    assert_eq!(sources(&scratch), both("executed", "executed"));
    // Who found no lock file and is not cargo may have read none.
    assert_eq!(sources(&scratch), both("reused", "executed"));
    assert_eq!(sources(&scratch), both("reused", "reused"));
    assert_eq!(document(&scratch, &["replay"]).0, 0);
    let lock = std::fs::read_to_string(scratch.at("Cargo.lock")).expect("cargo wrote it");
    scratch.write("Cargo.lock", format!("{lock}\n# another one\n"));
    let (code, plan) = document_of_plan(&scratch);
    assert_eq!((code, plan["steps"][0]["action"].as_str()), (0, Some("run")), "{plan:#}");
    assert!(plan["steps"][0].to_string().contains("Cargo.lock"), "{plan:#}");
}

fn document_of_plan(scratch: &Scratch) -> (i32, Value) {
    let ran = support::governed::governed(scratch, &["run", "--plan", "--format", "json"]);
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}
