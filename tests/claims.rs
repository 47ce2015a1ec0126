//! Declared claims from end to end: in the verdict of a run, in its proof, in what `inspect` lists and `verify` finds again.
#![cfg(unix)]

mod support;

use cargo_governed::facts::digest::Digest;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::scai::Attribute;
use cargo_governed::proof::scai::Basis;
use cargo_governed::proof::scai::Standing;
use serde_json::Value;
use support::checkout::Scratch;
use support::checkout::git_in;
use support::tool::document;
use support::tool::governed;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\nrust-version = \"1.85\"\n";
const PROOF: &str = "target/governed/proof.intoto.jsonl";
const README: &str = "# a\n\nIt builds with Rust 1.85. <!-- governed: claim msrv --> It has 12 parts. \
    <!-- governed: claim parts -->\n\nIts test says hello. <!-- governed: claim greets -->\n";

fn policy(script: &str) -> String {
    format!(
        "[run]\ninfer = false\n\
         [[step]]\nname = \"says\"\nrun = [\"sh\", \"-c\", '''{script}''']\noutputs = [\"target/*.json\"]\n\
         [[claim]]\nname = \"msrv\"\nevidence = {{ file = \"Cargo.toml\", key = \"package.rust-version\" }}\n\
         [[claim]]\nname = \"parts\"\nevidence = {{ output = \"target/parts.json\", key = \"parts\" }}\n\
         [[claim]]\nname = \"greets\"\nevidence = {{ step = \"says\" }}\n"
    )
}

fn place(script: &str) -> Scratch {
    Scratch::committed(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("README.md", README),
        (".gitignore", "/target\n"),
        ("governed.toml", &policy(script)),
    ])
}

const GOOD: &str = "mkdir -p target && printf %s '{ \"parts\": 12 }' > target/parts.json && echo hello";

fn bundle(scratch: &Scratch) -> Bundle {
    Bundle::parse(&std::fs::read(scratch.at(PROOF)).expect("a proof")).expect("a proof that can be read")
}

fn claim(bundle: &Bundle, name: &str) -> Attribute {
    let claims = &bundle.claims.predicate().attributes;
    claims.iter().find(|claim| claim.attribute == name).unwrap_or_else(|| panic!("{name} in {claims:#?}")).clone()
}

fn problems(document: &Value) -> Vec<&str> {
    document["problems"].as_array().expect("a list").iter().map(|one| one["code"].as_str().expect("text")).collect()
}

#[test]
fn each_claim_is_in_the_proof_with_what_it_rests_on() {
    let scratch = place(GOOD);
    let (code, run) = document(scratch.path(), &["run"]);
    assert_eq!((code, &run["verdict"]), (0, &"accepted".into()), "{run:#}");
    let bundle = bundle(&scratch);
    let of = |name: &str| {
        let claim = claim(&bundle, name);
        (claim.conditions.standing, claim.conditions.basis, claim.conditions.rests_on.unwrap_or_default())
    };
    assert_eq!(of("claim/greets"), (Standing::Holds, Basis::Observed, "step/says".to_owned()));
    assert_eq!(of("claim/msrv"), (Standing::Holds, Basis::Derived, "file/Cargo.toml#package.rust-version".to_owned()));
    assert_eq!(of("claim/parts"), (Standing::Holds, Basis::Reported, "output/target/parts.json#parts".to_owned()));
    assert_eq!(claim(&bundle, "claim/greets").evidence, claim(&bundle, "step/says").evidence);
    assert_eq!(claim(&bundle, "claim/parts").evidence.sha256(), Some(Digest::of(b"{ \"parts\": 12 }")));
    let sentence = &claim(&bundle, "claim/msrv").conditions.sentences[0];
    let (start, end) = (sentence.annotations.get("start").expect("it"), sentence.annotations.get("end").expect("it"));
    let (start, end): (usize, usize) = (start.parse().expect("a number"), end.parse().expect("a number"));
    assert_eq!(&README[start..end], "It builds with Rust 1.85.");
    assert_eq!(sentence.sha256(), Some(Digest::of(b"It builds with Rust 1.85.")));

    let (code, listed) = document(scratch.path(), &["inspect", "--claims"]);
    let listed = listed["claims"].as_array().expect("a list");
    let parts = listed.iter().find(|claim| claim["name"] == "claim/parts").expect("the claim");
    assert_eq!((code, &parts["standing"], &parts["basis"]), (0, &"holds".into(), &"reported".into()), "{parts:#}");
    assert_eq!(listed.len(), bundle.claims.predicate().attributes.len(), "the claims of the proof, every one");
    let told = governed(scratch.path(), &["inspect", "--claims"]).stdout;
    assert!(told.contains("holds     msrv, as README.md:5-30 says (derived; file/Cargo.toml#package"), "{told}");
    let page = governed(scratch.path(), &["inspect", "--claims", "--format", "html"]).stdout;
    let table = page.split("id=\"declared\"").nth(1).and_then(|rest| rest.split("</table>").next()).expect("a table");
    for shown in ["parts", "rests on output/target/parts.json#parts", "said README.md:", "reported", ">holds<"] {
        assert!(table.contains(shown), "{shown} in {table}");
    }
    assert_eq!(governed(scratch.path(), &["replay"]).code, 0);

    // A claim of a run where the step never was is not proven, and decides nothing.
    let clone = tempfile::tempdir().expect("a folder");
    git_in(clone.path(), &["clone", "-q", &scratch.path().display().to_string(), "."]);
    let proof = scratch.at(PROOF).display().to_string();
    let (code, verified) = document(clone.path(), &["verify", &proof]);
    assert_eq!((code, problems(&verified)), (3, vec![]), "only a voucher is missing: {verified:#}");
    assert!(verified["checked"].to_string().contains("3 declared claims"), "{verified:#}");
}

#[test]
fn a_claim_that_its_evidence_does_not_bear_out_refuses_the_run() {
    let scratch = place(&GOOD.replace("12", "13"));
    let (code, run) = document(scratch.path(), &["run"]);
    assert_eq!((code, &run["because"][0]["code"]), (1, &"claim-refuted".into()), "{run:#}");
    let told = run["because"][0]["message"].as_str().expect("text");
    assert!(told.contains("does not say 13"), "{told}");
    let proof = bundle(&scratch);
    assert_eq!(claim(&proof, "claim/parts").conditions.standing, Standing::Refuted);
    assert!(proof.root.predicate().governed.not_proven.iter().any(|one| one.claim == "claim/parts"));
    assert_eq!(governed(scratch.path(), &["replay"]).code, 0, "the verdict is made again from the record");

    let gone = place("mkdir -p target && echo '{}' > target/other.json && echo hello");
    let (code, run) = document(gone.path(), &["run"]);
    assert_eq!((code, &run["because"][0]["code"]), (3, &"claim-unproven".into()), "{run:#}");
    assert_eq!(claim(&bundle(&gone), "claim/parts").conditions.standing, Standing::Unproven);

    let failed = place("exit 7");
    let (code, run) = document(failed.path(), &["run"]);
    assert_eq!((code, &run["because"][0]["code"]), (1, &"step-failed".into()), "{run:#}");
    assert_eq!(claim(&bundle(&failed), "claim/greets").conditions.standing, Standing::Refuted);

    scratch.write("governed.toml", policy(GOOD));
    scratch.write("README.md", README.replace("1.85", "1.76"));
    let (code, check) = document(scratch.path(), &["check", "--rule", "claim-unsupported"]);
    assert_eq!((code, &check["findings"][0]["at"]["path"]), (1, &"README.md".into()), "{check:#}");
    assert_eq!(check["claims"][0]["against"].as_array().map(Vec::len), Some(1), "{check:#}");
}

#[test]
fn a_proof_that_speaks_of_other_sentences_or_evidence_does_not_verify() {
    let scratch = place(GOOD);
    assert_eq!(governed(scratch.path(), &["run"]).code, 0);
    let proof = bundle(&scratch);
    let altered = |name: &str, edit: &dyn Fn(&mut Attribute)| {
        let mut claims = proof.claims.predicate().clone();
        edit(claims.attributes.iter_mut().find(|claim| claim.attribute == name).expect("the claim"));
        let steps = proof
            .steps
            .iter()
            .map(|step| cargo_governed::proof::bundle::StepSaid { link: step.link.predicate().clone(), tests: None });
        let forged = Bundle::new(proof.subject(), proof.root.predicate().clone(), claims, steps.collect());
        std::fs::write(scratch.at(PROOF), forged.bytes()).expect("a proof");
        let (code, verified) = document(scratch.path(), &["verify"]);
        assert_eq!(code, 1, "{verified:#}");
        problems(&verified).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let other = || cargo_governed::proof::resource::Digests::sha256(Digest::of(b"other"));
    let sentence = |claim: &mut Attribute| claim.conditions.sentences[0].digest = Some(other());
    assert_eq!(altered("claim/msrv", &sentence), ["claim-differs"]);
    assert_eq!(altered("claim/msrv", &|claim| claim.evidence.digest = Some(other())), ["claim-differs"]);
    assert_eq!(altered("claim/parts", &|claim| claim.evidence.digest = Some(other())), ["contradicts-itself"]);
    assert_eq!(altered("claim/parts", &|claim| claim.conditions.basis = Basis::Derived), ["contradicts-itself"]);
    let rests = |claim: &mut Attribute| claim.conditions.rests_on = Some("file/README.md".to_owned());
    assert_eq!(altered("claim/msrv", &rests), ["claim-differs"]);
    let renamed = |claim: &mut Attribute| claim.attribute = "claim/other".to_owned();
    assert_eq!(altered("claim/msrv", &renamed), ["claim-differs", "claim-missing"]);
}
