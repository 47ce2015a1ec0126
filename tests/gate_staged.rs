//! `gate --self-test`: on this repository every staged attack is refused, under a strict policy every one applies, and
//! under a mild one it says which would get through.
#![cfg(unix)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::gated::POLICY;
use support::gated::Stage;
use support::gated::plain;
use support::governed;

fn staged(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let ran = plain(folder, &[&["gate", "--self-test", "--format", "json"], arguments].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    governed::keeps_to_its_schema(&document);
    assert_eq!(ran.code == 0, document["holds"] == true);
    (ran.code, document)
}

fn names(document: &Value, ended: &str) -> Vec<String> {
    let attacks = document["attacks"].as_array().expect("attacks").iter();
    let of = attacks.filter(|attack| attack["ended"] == ended);
    of.map(|attack| attack["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn on_this_repository_every_staged_attack_is_refused() {
    let (code, document) = staged(Path::new(env!("CARGO_MANIFEST_DIR")), &[]);
    assert_eq!((code, names(&document, "allowed")), (0, Vec::<String>::new()), "{document:#}");
    assert_eq!(document["control"]["ended"], "allowed", "{document:#}");
    assert!(names(&document, "refused").len() > 25, "{document:#}");
}

#[test]
fn under_a_strict_policy_every_attack_applies_and_is_refused() {
    let steps =
        "[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\"]\n[[step]]\nname = \"script\"\nrun = [\"ci/t.sh\"]\n";
    let gate = "[gate.merge]\nmax-attempts = 1\nmax-age = \"7d\"\nsigners = \".github/allowed_signers\"\n";
    let stage = Stage::base(&format!("{POLICY}{steps}{gate}"));
    stage.change("ci/t.sh", "#!/bin/sh\ncargo test\n");
    stage.change(
        ".github/workflows/ci.yml",
        "on: pull_request\npermissions:\n  contents: read\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1\n      - run: cargo-governed gate merge --base origin/main\n",
    );
    let before = stage.scratch.git(&["for-each-ref"]);
    let (code, document) = staged(stage.folder(), &["--base", "main"]);
    assert_eq!((code, names(&document, "allowed")), (0, Vec::<String>::new()), "{document:#}");
    // Nothing is inferred from workflows here.
    let idle = ["workflows that lint and test less", "workflows whose lints and tests are told to pass"];
    assert_eq!(names(&document, "not-applicable"), idle, "{document:#}");
    assert_eq!(names(&document, "refused-otherwise"), Vec::<String>::new(), "{document:#}");
    // A signature is demanded, and so each attack has one: it is refused for what it does alone.
    let attacks = document["attacks"].as_array().expect("attacks");
    let other = attacks.iter().find(|attack| attack["name"] == "a step that ran another command").expect("the attack");
    assert!(other["because"].as_array().expect("reasons").iter().all(|one| one["code"] == "step-differs"), "{other:#}");
    assert_eq!(document["control"]["ended"], "allowed", "{document:#}");
    assert_eq!(stage.scratch.git(&["for-each-ref"]), before);
    assert_eq!(stage.scratch.git(&["status", "--porcelain"]), "", "nothing was written");
    let loose = stage.scratch.git(&["fsck", "--unreachable", "--no-reflogs"]);
    assert!(!loose.contains("unreachable commit"), "{loose}");
}

#[test]
fn a_workflow_from_which_less_is_inferred_is_an_attack() {
    let stage = Stage::base(POLICY);
    stage.scratch.git(&["rm", "-q", "governed.toml"]);
    let workflow = "on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo test --all-features\n";
    stage.change(".github/workflows/ci.yml", workflow);
    let (code, document) = staged(stage.folder(), &["--base", "main"]);
    let refused = names(&document, "refused");
    assert_eq!((code, refused.contains(&"workflows that lint and test less".to_owned())), (0, true), "{document:#}");
}

#[test]
fn what_a_mild_policy_lets_through_is_told() {
    let mild = format!("{POLICY}[authority]\nreview = \"forge\"\n[gate.merge]\nrequires = [\"says\"]\n");
    let stage = Stage::base(&mild);
    let (code, document) = staged(stage.folder(), &[]);
    assert_eq!(code, 1);
    let through = names(&document, "allowed");
    assert!(through.contains(&"a policy that asks for nothing".to_owned()), "{through:?}");
    let told = plain(stage.folder(), &["gate", "--self-test"]).stdout;
    assert!(told.contains("GETS THROUGH: merge: a policy that asks for nothing"), "{told}");
}

#[test]
fn a_base_that_refuses_the_harmless_change_tests_nothing() {
    let stage = Stage::base(&format!("{POLICY}[gate.merge]\nrequires = []\n"));
    let (code, document) = staged(stage.folder(), &[]);
    assert_eq!((code, &document["control"]["ended"]), (3, &"refused".into()), "{document:#}");
    let told = plain(stage.folder(), &["gate", "--self-test"]).stdout;
    assert!(told.contains("nobody can tell whether the gate holds (exit 3)"), "{told}");
}

#[test]
fn as_many_runs_are_forged_as_have_to_agree() {
    let stage = Stage::base(&format!("{POLICY}[gate.merge]\nmachines = \"quorum:3\"\n"));
    let (code, document) = staged(stage.folder(), &[]);
    assert_eq!((code, names(&document, "allowed")), (0, Vec::<String>::new()), "{document:#}");
    assert_eq!(names(&document, "refused-otherwise"), Vec::<String>::new(), "{document:#}");
    assert_eq!(document["control"]["ended"], "allowed", "{document:#}");
    let attacks = document["attacks"].as_array().expect("attacks");
    let other = attacks.iter().find(|attack| attack["name"] == "a step that ran another command").expect("the attack");
    assert!(other["because"].as_array().expect("reasons").iter().all(|one| one["code"] == "step-differs"), "{other:#}");
}
