//! The pull requests that docs/gate.md decides about, staged: what a maintainer would want in each.
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::gated::POLICY;
use support::gated::Stage;
use support::gated::decision;

const WORKFLOW: &str = "on: pull_request\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1\n      - run: cargo-governed gate merge --base origin/main\n";

/// The decision about the change that is committed, the codes of the reasons, and what was told beside them.
fn judged(stage: &Stage) -> (String, Vec<String>, String) {
    let proof = stage.prove();
    let document = decision(&stage.scratch, &["merge", "--base", "base", "--proof", &proof]);
    let codes = document["because"].as_array().expect("reasons").iter();
    let codes = codes.filter_map(|reason| Some(reason["code"].as_str()?.to_owned())).collect();
    (document["decision"].as_str().expect("a word").to_owned(), codes, document["unchecked"].to_string())
}

/// What a reviewer is told of: the notes of `authority-touched`.
fn touched(stage: &Stage) -> Vec<String> {
    let ran = stage.run(&["check", "--since", "base", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("findings").iter();
    let own = findings.filter(|finding| finding["rule"] == "authority-touched");
    own.map(|finding| finding["message"].as_str().expect("a message").to_owned()).collect()
}

fn allowed(stage: &Stage) {
    let (word, codes, _) = judged(stage);
    assert_eq!((word.as_str(), codes), ("allow", Vec::new()));
}

#[test]
fn one_from_a_fork_with_an_unsigned_proof_that_is_handed_over() {
    let stage = Stage::new(POLICY);
    let (word, codes, unchecked) = judged(&stage);
    assert_eq!((word.as_str(), codes), ("allow", Vec::new()));
    assert!(unchecked.contains("who handed it over vouches for it"), "{unchecked}");
    assert_eq!(touched(&stage), Vec::<String>::new());
}

#[test]
fn one_that_adds_the_first_policy() {
    let stage = Stage::base(POLICY);
    stage.scratch.git(&["rm", "-q", "governed.toml", "Cargo.toml", "src/lib.rs"]);
    stage.scratch.write("README.md", "# A\n\nSee [it](README.md).\n");
    stage.scratch.commit("no policy, and no package, so that nothing is inferred");
    stage.scratch.git(&["branch", "-f", "base"]);
    stage.change("governed.toml", &POLICY.replace("[run]\ninfer = false\n", "[check]\nfail-on = \"warn\"\n"));
    allowed(&stage);
    assert_eq!(touched(&stage), ["the policy governed.toml is added"]);
    // One that asks for less than the defaults is no strengthening.
    stage.change("governed.toml", &format!("{POLICY}[rules]\ndocs = \"allow\"\n"));
    let (word, codes, _) = judged(&stage);
    assert_eq!(word, "deny");
    assert!(codes.contains(&"authority-weakened".to_owned()), "{codes:?}");
}

#[test]
fn one_that_adds_a_step() {
    let stage = Stage::base(POLICY);
    stage
        .change("governed.toml", &format!("{POLICY}[[step]]\nname = \"sings\"\nrun = [\"sh\", \"-c\", \"echo la\"]\n"));
    allowed(&stage);
    assert_eq!(touched(&stage), ["the policy governed.toml is edited"]);
    // What the tree adds is run too, and counts.
    stage.change("governed.toml", &format!("{POLICY}[[step]]\nname = \"sings\"\nrun = [\"sh\", \"-c\", \"exit 1\"]\n"));
    let (word, codes, _) = judged(&stage);
    assert_eq!((word.as_str(), codes), ("deny", vec!["not-passed".to_owned(), "claim-refuted".to_owned()]));
}

#[test]
fn one_that_bumps_the_pin_of_an_action() {
    let stage = Stage::base(POLICY);
    stage.change(".github/workflows/ci.yml", WORKFLOW);
    stage.scratch.git(&["branch", "-f", "base"]);
    stage.change(".github/workflows/ci.yml", &WORKFLOW.replace("@3d3c42e5", "@0d3c42e5"));
    allowed(&stage);
    assert_eq!(touched(&stage), ["the workflow .github/workflows/ci.yml is edited"]);
    stage.change(".github/workflows/ci.yml", &WORKFLOW.replace("@3d3c42e5aac5ba805825da76410c181273ba90b1", "@main"));
    let (word, codes, _) = judged(&stage);
    assert_eq!((word.as_str(), codes), ("deny", vec!["not-passed".to_owned(), "authority-weakened".to_owned()]));
}

#[test]
fn one_that_adds_a_build_script() {
    let stage = Stage::base(POLICY);
    stage.change("build.rs", "fn main() {}\n");
    allowed(&stage);
    assert_eq!(touched(&stage), ["a has a build script now"]);
}

#[test]
fn one_that_loosens_a_step_that_is_required() {
    let stage = Stage::base(POLICY);
    stage.change("governed.toml", &POLICY.replace("echo hello", "true"));
    let (word, codes, _) = judged(&stage);
    assert_eq!((word.as_str(), codes), ("deny", vec!["not-passed".to_owned(), "authority-weakened".to_owned()]));

    // Somebody signs for it whom the base trusts: then it may be merged.
    let key = stage.keys.path("me").display().to_string();
    let signed = stage.run(&["prove", "--sign", &key, "--what", "policy", "--base", "base"]);
    assert_eq!(signed.code, 0, "{signed:?}");
    stage.scratch.commit("signed");
    let (word, codes, unchecked) = judged(&stage);
    assert_eq!((word.as_str(), codes), ("allow", Vec::new()));
    assert!(unchecked.contains("me@example.com signed for it"), "{unchecked}");

    // Or the base leaves it to the forge's code owners.
    let policy = format!("{POLICY}[authority]\nreview = \"forge\"\n");
    let stage = Stage::base(&policy);
    stage.change("governed.toml", &policy.replace("echo hello", "true"));
    let (word, codes, unchecked) = judged(&stage);
    assert_eq!((word.as_str(), codes), ("allow", Vec::new()));
    assert!(unchecked.contains("left") || unchecked.contains("leaves it to the review"), "{unchecked}");
}
