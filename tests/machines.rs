//! One plan on several machines: what the proof of the joined run says of each, and when enough of them agree.
#![cfg(unix)]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::scai::Standing;
use serde_json::Value;
use support::checkout::Scratch;
use support::tool;
use support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const STEPS: &str = "[run]\ninfer = false\n\
    [[step]]\nname = \"one\"\nrun = [\"sh\", \"-c\", \"echo one; test ! -e target/broken\"]\n\
    [[step]]\nname = \"two\"\nrun = [\"sh\", \"-c\", \"echo two\"]\n";

fn machine(machines: &str) -> Scratch {
    let gate = if machines.is_empty() { String::new() } else { format!("[gate.merge]\nmachines = \"{machines}\"\n") };
    Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        (".gitignore", "target\n"),
        ("governed.toml", &format!("{STEPS}{gate}")),
    ])
}

fn governed(scratch: &Scratch, arguments: &[&str]) -> Ran {
    tool::governed(scratch.path(), arguments)
}

/// Does the whole plan on a machine of its own and gives the folder of its export.
fn whole(scratch: &Scratch) -> PathBuf {
    let folder = scratch.at("target/export");
    let ran = governed(scratch, &["run", "--export", "target/export"]);
    assert!(folder.join("ledger.jsonl").is_file(), "{ran:?}");
    folder
}

fn shard(scratch: &Scratch, part: &str) -> PathBuf {
    let ran = governed(scratch, &["run", "--shard", part]);
    let place = part.split(':').next().expect("never empty").replace('/', "-of-");
    let folder = scratch.at(&format!("target/governed/shard-{place}"));
    assert!(folder.join("ledger.jsonl").is_file(), "{ran:?}");
    folder
}

fn broken(scratch: &Scratch) -> PathBuf {
    scratch.write("target/broken", "");
    whole(scratch)
}

fn merge(scratch: &Scratch, from: &[&Path]) -> (i32, Value) {
    let from: Vec<&str> = from.iter().map(|folder| folder.to_str().expect("a plain path")).collect();
    let ran = governed(scratch, &[&["prove", "--format", "json", "--merge"], from.as_slice()].concat());
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

fn codes(document: &Value) -> Vec<&str> {
    let because = document["because"].as_array().unwrap_or_else(|| panic!("reasons in {document:#}"));
    because.iter().filter_map(|doubt| doubt["code"].as_str()).collect()
}

fn proof(scratch: &Scratch) -> Bundle {
    let bytes = std::fs::read(scratch.at("target/governed/proof.intoto.jsonl")).expect("a proof");
    Bundle::parse(&bytes).expect("a proof that can be read")
}

/// How the claim of a step stands on each machine, in order.
fn standings(bundle: &Bundle, claim: &str) -> Vec<Standing> {
    let claims = bundle.claims.predicate().attributes.iter();
    claims.filter(|one| one.attribute == claim).map(|one| one.conditions.standing).collect()
}

/// Makes the machine of an export another one, as far as its lines tell: every digest put right.
fn on_macos(folder: &Path) {
    let path = folder.join("ledger.jsonl");
    let text = std::fs::read_to_string(&path).expect("a ledger");
    let mut prev: Option<String> = None;
    let mut made = String::new();
    for line in text.lines() {
        let mut line = line.replace("\"os\":\"linux\"", "\"os\":\"macos\"");
        if let Some(prev) = &prev {
            let at = line.find("\"prev\":\"").expect("a chain") + 8;
            line.replace_range(at..at + prev.len(), prev);
        }
        let sum = line.find(",\"sum\":\"").expect("a sum");
        let digest = |text: &str| cargo_governed::facts::digest::Digest::of(text.as_bytes());
        let short = line[sum + 8..].trim_end_matches("\"}").len();
        let own = digest(&line[..sum]).hex();
        line.truncate(sum);
        let _ = write!(line, ",\"sum\":\"{}\"}}", &own[..short]);
        prev = Some(digest(&format!("{line}\n")).to_string());
        made.push_str(&line);
        made.push('\n');
    }
    std::fs::write(&path, made).expect("a ledger");
}

#[test]
fn the_proof_of_a_joined_run_names_the_machines_that_did_it() {
    let (one, two, here) = (machine(""), machine(""), machine(""));
    let folders = [shard(&one, "1/2:one"), shard(&two, "2/2:two")];
    on_macos(&folders[1]);
    let (code, merged) = merge(&here, &[&folders[0], &folders[1]]);
    assert_eq!((code, codes(&merged)), (0, vec![]), "{merged:#}");
    let bundle = proof(&here);
    let summary = &bundle.root.predicate().governed;
    let machines: Vec<(&str, Option<&str>)> =
        summary.runs.iter().map(|run| (run.os.as_str(), run.shard.as_deref())).collect();
    assert_eq!(machines, [("linux", None), ("linux", Some("1/2")), ("macos", Some("2/2"))]);
    assert_eq!(summary.machines.as_deref(), Some("unanimous"));
    let links: Vec<(&str, &str, &str)> = bundle
        .steps
        .iter()
        .map(|step| step.link.predicate())
        .map(|link| (link.name.as_str(), link.environment.os.as_str(), link.environment.run.as_str()))
        .collect();
    assert_eq!(links, [("one", "linux", summary.runs[1].run.as_str()), ("two", "macos", summary.runs[2].run.as_str())]);
    let platform = bundle.claims.predicate().attributes.iter().find(|claim| claim.attribute == "step/two");
    assert_eq!(platform.and_then(|claim| claim.conditions.platform.as_deref()), Some("x86_64-macos"));
    let verified = governed(&here, &["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
}

#[test]
fn without_a_quorum_all_machines_must_agree() {
    let (one, two, here) = (machine(""), machine(""), machine(""));
    let (good, bad) = (whole(&one), broken(&two));
    let (code, merged) = merge(&here, &[&good, &whole(&here)]);
    assert_eq!((code, codes(&merged)), (0, vec![]), "{merged:#}");
    assert_eq!(standings(&proof(&here), "step/one"), [Standing::Holds, Standing::Holds]);
    let (code, merged) = merge(&here, &[&good, &bad]);
    assert_eq!((code, codes(&merged)), (1, vec!["shard-contradicts", "step-failed"]), "{merged:#}");
    on_macos(&bad);
    let (code, merged) = merge(&here, &[&good, &bad]);
    assert_eq!((code, codes(&merged)), (1, vec!["machines-disagree", "step-failed"]), "{merged:#}");
    let governed = &proof(&here).root.predicate().governed.clone();
    assert!(governed.not_proven.iter().any(|one| one.claim == "step/one"), "{:#?}", governed.not_proven);
}

#[test]
fn a_quorum_carries_what_enough_machines_agree_on_and_tells_who_did_not() {
    let machines = [machine("quorum:2"), machine("quorum:2"), machine("quorum:2")];
    let here = machine("quorum:2");
    let (first, second, bad) = (whole(&machines[0]), whole(&machines[1]), broken(&machines[2]));
    let (code, merged) = merge(&here, &[&first, &second, &bad]);
    assert_eq!((code, codes(&merged)), (0, vec![]), "{merged:#}");
    let bundle = proof(&here);
    assert_eq!(bundle.root.predicate().governed.machines.as_deref(), Some("quorum:2"));
    let mut stand = standings(&bundle, "step/one");
    stand.sort_by_key(|standing| standing.as_str());
    assert_eq!(stand, [Standing::Holds, Standing::Holds, Standing::Refuted]);
    let note = merged["steps"][0]["notes"][0]["code"].as_str();
    assert_eq!(note, Some("machines-disagree"), "{:#}", merged["steps"][0]);
    let verified = governed(&here, &["verify"]);
    assert_eq!(verified.code, 0, "{verified:?}");
    assert_eq!(governed(&here, &["replay"]).code, 0, "the verdict is made again with the quorum");

    let (code, merged) = merge(&here, &[&first]);
    assert_eq!((code, codes(&merged)), (3, vec!["quorum-missing", "quorum-missing"]), "{merged:#}");
    let (code, merged) = merge(&here, &[&first, &bad]);
    assert_eq!(code, 1, "{merged:#}");
    assert!(codes(&merged).contains(&"machines-disagree") && codes(&merged).contains(&"step-failed"), "{merged:#}");
    assert!(!codes(&merged).contains(&"quorum-missing"), "two passed, of two: {merged:#}");
}

#[test]
fn an_export_that_claims_to_be_larger_than_any_is_refused_unread() {
    let scratch = machine("");
    let folder = whole(&scratch);
    let ledger = std::fs::OpenOptions::new().write(true).open(folder.join("ledger.jsonl")).expect("a ledger");
    ledger.set_len(8 << 40).expect("a file with holes");
    let ran = governed(&scratch, &["prove", "--merge", folder.to_str().expect("a plain path")]);
    assert!(ran.code == 4 && ran.stderr.contains("are read at most"), "{ran:?}");
}
