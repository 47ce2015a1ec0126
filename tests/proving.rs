//! The proof of a run from end to end: what `run` leaves beside its verdict, and what `prove` makes of any recorded run.
#![cfg(unix)]

mod support;

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cargo_governed::facts::digest::Digest;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::names;
use cargo_governed::proof::resource::GitId;
use cargo_governed::proof::scai::Basis;
use cargo_governed::proof::scai::Standing;
use cargo_governed::proof::summary::Outcome;
use cargo_governed::proof::summary::Word;
use serde_json::Value;
use support::checkout::Scratch;
use support::tool;
use support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const PROOF: &str = "target/governed/proof.intoto.jsonl";

/// A repository whose policy declares these steps and infers none.
fn place(steps: &str) -> Scratch {
    Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("odd\\name", "odd\n"),
        (".gitignore", "/target\n"),
        ("governed.toml", &format!("[run]\ninfer = false\n{steps}")),
    ])
}

fn step(name: &str, script: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\nrun = [\"sh\", \"-c\", '''{script}''']\n")
}

fn governed(scratch: &Scratch, arguments: &[&str]) -> Ran {
    tool::governed(scratch.path(), arguments)
}

fn proof(scratch: &Scratch) -> Bundle {
    Bundle::parse(&std::fs::read(scratch.at(PROOF)).expect("a proof")).expect("a proof that can be read")
}

fn standing(bundle: &Bundle, claim: &str) -> (Standing, Basis) {
    let claims = &bundle.claims.predicate().attributes;
    let found =
        claims.iter().find(|found| found.attribute == claim).unwrap_or_else(|| panic!("{claim} in {claims:#?}"));
    (found.conditions.standing, found.conditions.basis)
}

#[test]
fn every_run_leaves_a_proof_of_its_tree_that_coreutils_and_git_find_again() {
    let scratch = place(&step("says", "echo hello"));
    scratch.git(&["remote", "add", "origin", "https://me:secret@github.com/O/r.git"]);
    scratch.git(&["branch", "base"]);
    scratch.write("src/lib.rs", "//! B.\n");
    scratch.commit("two");
    let ran = governed(&scratch, &["run", "--base", "base", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, document["verdict"].as_str()), (0, Some("accepted")), "{ran:?}");
    assert!(document["proof"].as_str().is_some_and(|path| path.ends_with(PROOF)));

    let bundle = proof(&scratch);
    let summary = bundle.root.predicate();
    assert_eq!(summary.verification_result, Outcome::Passed);
    assert_eq!(summary.verified_levels, [names::LEVEL]);
    assert_eq!(summary.resource_uri, "git+https://github.com/o/r");
    assert_eq!(summary.governed.base.as_ref().map(GitId::as_str), Some(scratch.git(&["rev-parse", "base"]).trim()));
    let policy = std::fs::read(scratch.at("governed.toml")).expect("a policy");
    assert_eq!(summary.policy.sha256(), Some(Digest::of(&policy)));
    let all = String::from_utf8(std::fs::read(scratch.at(PROOF)).expect("a proof")).expect("text");
    let payloads: Vec<String> = all
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("JSON")["payload"].as_str().expect("a payload").to_owned()
        })
        .map(|payload| String::from_utf8(STANDARD.decode(payload).expect("base64")).expect("text"))
        .collect();
    assert!(payloads.iter().all(|payload| !payload.contains("secret")), "credentials are in the proof");

    let subject = bundle.subject();
    let git = |arguments: &[&str]| scratch.git(arguments).trim().to_owned();
    assert_eq!(subject.commit.as_ref().map(ToString::to_string), Some(git(&["rev-parse", "HEAD"])));
    assert_eq!(subject.tree.as_ref().map(ToString::to_string), Some(git(&["rev-parse", "HEAD^{tree}"])));
    let listing = std::fs::read(scratch.at("target/governed/tree.sha256")).expect("a listing");
    assert_eq!(subject.listing, Digest::of(&listing));
    assert_eq!(String::from_utf8_lossy(&listing).lines().count(), git(&["ls-files"]).lines().count());
    let checked = Command::new("sha256sum")
        .args(["--strict", "--quiet", "-c", "target/governed/tree.sha256"])
        .current_dir(scratch.path())
        .status();
    assert!(checked.expect("sha256sum can be run").success());

    assert_eq!(standing(&bundle, "step/says"), (Standing::Holds, Basis::Observed));
    assert_eq!(standing(&bundle, "rule/file-unparsable"), (Standing::Holds, Basis::Derived));
    let link = bundle.steps[0].link.predicate();
    assert_eq!(link.command, ["sh", "-c", "echo hello"]);
    assert_eq!((link.byproducts.stdout.bytes, link.byproducts.stdout.sha256[0].0), (6, Digest::of(b"hello\n")));
    assert!(link.materials.iter().any(|one| one.name.as_deref() == Some("source/listing")));
    assert!(summary.governed.checkpoint.is_some(), "the history up to the run is pinned");
    assert!(summary.governed.not_proven.is_empty(), "{:#?}", summary.governed.not_proven);
}

#[test]
fn the_same_record_gives_the_same_bytes_and_a_reused_step_has_its_log() {
    let scratch = place(&step("says", "echo hello"));
    assert_eq!(governed(&scratch, &["run"]).code, 0);
    let first = std::fs::read(scratch.at(PROOF)).expect("a proof");
    let ran = governed(&scratch, &["prove"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("signed   by nobody") && ran.stdout.contains("no gate takes this proof"), "{ran:?}");
    assert_eq!(std::fs::read(scratch.at(PROOF)).expect("a proof"), first);
    let proved = |scratch: &Scratch| {
        let ledger = std::fs::read_to_string(scratch.at(".git/governed/ledger.jsonl")).expect("a ledger");
        ledger.matches("\"event\":\"proved\"").count()
    };
    assert_eq!(proved(&scratch), 1, "the same proof is recorded once");

    assert_eq!(governed(&scratch, &["run"]).code, 0);
    let second = proof(&scratch);
    let (one, other) = (Bundle::parse(&first).expect("a proof"), &second);
    let (one, other) = (one.steps[0].link.predicate().clone(), other.steps[0].link.predicate().clone());
    assert!(one.byproducts.reused_from.is_none() && other.byproducts.reused_from.is_some());
    assert_eq!(one.byproducts.stdout, other.byproducts.stdout, "the log of the execution that it stands on");
    assert_eq!(second.root.predicate().governed.runs[0].earlier, 1);
    assert_eq!(proved(&scratch), 2);
    let replayed = governed(&scratch, &["replay"]);
    assert_eq!(replayed.code, 0, "{replayed:?}");

    let list: Value =
        serde_json::from_str(&governed(&scratch, &["inspect", "--list", "--format", "json"]).stdout).unwrap();
    let oldest = list["runs"][0]["run"].as_str().expect("a run");
    let ran = governed(&scratch, &["prove", oldest, "--out", "elsewhere/p.jsonl", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let schema: Value = serde_json::from_str(include_str!("../schemas/proof-1.schema.json")).expect("a schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    assert!(schema.iter_errors(&document).next().is_none(), "{document:#}");
    assert_eq!((ran.code, document["runs"][0]["run"].as_str()), (0, Some(oldest)));
    assert!(Bundle::parse(&std::fs::read(scratch.at("elsewhere/p.jsonl")).expect("a proof")).is_ok());
    assert!(scratch.at("elsewhere/tree.sha256").exists());
}

/// What differs between two JSON values, by the names on the way.
fn differing(one: &Value, other: &Value, place: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            for (key, value) in one {
                differing(value, &other[key], &format!("{place}/{key}"), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (one, other) in one.iter().zip(other) {
                differing(one, other, place, found);
            }
        }
        _ if one != other => found.push(place.to_owned()),
        _ => {}
    }
}

#[test]
fn two_machines_prove_the_same_but_for_what_names_the_run() {
    let one = place(&step("says", "echo hello"));
    let other = Scratch::committed(&[]);
    other.git(&["fetch", "-q", &one.path().display().to_string(), "HEAD"]);
    other.git(&["reset", "-q", "--hard", "FETCH_HEAD"]);
    let payloads = |scratch: &Scratch| -> Vec<Value> {
        assert_eq!(governed(scratch, &["run"]).code, 0);
        let text = std::fs::read_to_string(scratch.at(PROOF)).expect("a proof");
        let envelopes = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let payload = |envelope: Value| STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
        envelopes.map(|envelope| serde_json::from_slice(&payload(envelope)).expect("JSON")).collect()
    };
    let mut found = Vec::new();
    differing(&payloads(&one).into(), &payloads(&other).into(), "", &mut found);
    found.sort();
    found.dedup();
    let own = format!("/predicate/{}", names::EXTENSION);
    let expected = [
        "/predicate/attributes/conditions/run".to_owned(),
        "/predicate/attributes/evidence/digest/sha256".to_owned(),
        "/predicate/environment/run".to_owned(),
        format!("{own}/checkpoint"),
        format!("{own}/runs/began"),
        format!("{own}/runs/run"),
        "/predicate/inputAttestations/digest/sha256".to_owned(),
        "/predicate/inputAttestations/uri".to_owned(),
        "/predicate/timeVerified".to_owned(),
    ];
    // By chance they take as long, and their keys hold no variable that a secret of the machine hides.
    found.retain(|place| !place.ends_with("/durationMs") && !place.ends_with("/materials/digest/sha256"));
    assert_eq!(found, expected);
}

#[test]
fn the_reports_of_a_run_are_objects_that_the_proof_names() {
    let scratch = place(
        &step("says", "mkdir -p target; echo made > target/made.txt")
            .replace("\nrun = ", "\noutputs = [\"target/made.txt\"]\nrun = "),
    );
    assert_eq!(governed(&scratch, &["run"]).code, 0);
    let bundle = proof(&scratch);
    let object = |digest: Digest| {
        let hex = digest.hex();
        let path = scratch.at(&format!(".git/governed/objects/sha256/{}/{}", &hex[..2], &hex[2..]));
        std::fs::read_to_string(path).expect("an object")
    };
    let reports = &bundle.root.predicate().governed.reports;
    let named: Vec<&str> = reports.iter().filter_map(|report| report.name.as_deref()).collect();
    assert_eq!(named, ["check", "sarif", "junit"]);
    let texts: Vec<String> = reports.iter().filter_map(|report| report.sha256().map(object)).collect();
    assert!(texts[0].contains("cargo-governed/check/1"));
    let sarif: Value = serde_json::from_str(&texts[1]).expect("JSON");
    assert_eq!(sarif["version"], "2.1.0");
    assert!(texts[2].contains("<testcase name=\"says\" classname=\"governed.steps\"/>"), "{}", texts[2]);
    let kept = &bundle.steps[0].link.predicate().byproducts.outputs;
    assert_eq!((kept[0].name.as_deref(), kept[0].sha256()), (Some("target/made.txt"), Some(Digest::of(b"made\n"))));

    let first = reports.clone();
    assert_eq!(governed(&scratch, &["run"]).code, 0);
    assert_eq!(proof(&scratch).root.predicate().governed.reports, first, "they say nothing of times");
}

#[test]
fn what_failed_was_overridden_or_was_never_committed_is_told_and_never_passes() {
    let scratch = place(&(step("fails", "exit 7") + &step("works", "true")));
    assert_eq!(governed(&scratch, &["run"]).code, 1);
    let refused = proof(&scratch);
    let summary = refused.root.predicate();
    assert_eq!((summary.verification_result, summary.governed.verdict), (Outcome::Failed, Word::Refused));
    assert!(summary.verified_levels.is_empty());
    assert_eq!(standing(&refused, "step/fails").0, Standing::Refuted);
    let told: Vec<&str> = summary.governed.not_proven.iter().map(|one| one.claim.as_str()).collect();
    assert_eq!(told, ["step/fails"]);
    assert_eq!(summary.governed.because[0].code, "step-failed");

    governed(&scratch, &["run"]);
    let again = proof(&scratch);
    let fails = again.steps.iter().find(|step| step.link.predicate().name == "fails").expect("the step");
    assert_eq!(fails.link.predicate().byproducts.failures, 2, "running until green leaves a trace");

    let scratch = place(&step("works", "true"));
    assert_eq!(governed(&scratch, &["run", "--override", "in a hurry"]).code, 0);
    let overridden = proof(&scratch);
    assert_eq!(overridden.root.predicate().verification_result, Outcome::Failed);
    assert!(!overridden.root.predicate().governed.is_certifiable());
    let told = governed(&scratch, &["prove"]).stdout;
    assert!(told.contains("not certifiable") && told.contains("overridden: in a hurry"), "{told}");

    governed(&scratch, &["run", "--fresh", "--shard", "1/2"]);
    let part = proof(&scratch);
    assert_eq!(part.root.predicate().verification_result, Outcome::Failed);
    assert_eq!(part.root.predicate().governed.because.last().map(|one| one.code.as_str()), Some("part-of-plan"));

    scratch.write("new.txt", "not committed\n");
    governed(&scratch, &["run"]);
    let dirty = proof(&scratch);
    assert!(dirty.root.predicate().governed.dirty);
    assert_eq!((&dirty.subject().tree, &dirty.subject().commit), (&None, &None), "no commit has these files");
}

#[test]
fn a_tree_that_no_listing_can_vouch_for_has_a_verdict_and_no_proof() {
    let scratch = place(&step("works", "true"));
    let odd = std::ffi::OsStr::new("odd");
    let odd = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(
        &[std::os::unix::ffi::OsStrExt::as_bytes(odd), b"\xff"].concat(),
    )
    .to_owned();
    std::fs::write(scratch.path().join(odd), "x").expect("a file");
    scratch.commit("two");
    let ran = governed(&scratch, &["run", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, &document["proof"]), (0, &Value::Null), "{ran:?}");
    assert!(ran.stderr.contains("no proof was made") && ran.stderr.contains("odd\\xff"), "{}", ran.stderr);
    let ran = governed(&scratch, &["prove"]);
    assert_eq!(ran.code, 3, "{ran:?}");
}

#[test]
fn a_record_that_lost_what_the_proof_needs_proves_nothing() {
    let scratch = place(&step("works", "true"));
    assert_eq!(governed(&scratch, &["run"]).code, 0);
    std::fs::remove_dir_all(scratch.at(".git/governed/objects")).expect("objects");
    let ran = governed(&scratch, &["prove"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stderr.contains("does not hold"), "{}", ran.stderr);
    let ran = governed(&place(""), &["prove"]);
    assert_eq!(ran.code, 3, "without a run: {ran:?}");
}
