//! `verify` from end to end: what a person at another clone finds again, each thing that speaks against a proof by its
//! code, and the plain lines that come to the same answer.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::resource::Resource;
use cargo_governed::record::gc;
use cargo_governed::record::gc::Keep;
use cargo_governed::world::disk_storage::DiskStorage;
use cargo_governed::world::storage::Storage;
use serde_json::Value;
use support::checkout::Scratch;
use support::checkout::git_in;
use support::keys::Keys;
use support::tool::governed;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const PROOF: &str = "target/governed/proof.intoto.jsonl";
const POLICY: &str = "[run]\ninfer = false\n[[step]]\nname = \"says\"\nrun = [\"sh\", \"-c\", \"echo hello\"]\n";

/// A signed proof of the second commit on the first, whose signers may sign; and the keys.
struct Stage {
    scratch: Scratch,
    keys: Keys,
}

impl Stage {
    fn new(signers: impl Fn(&Keys) -> String) -> Self {
        let keys = Keys::new();
        keys.make("me", "ed25519");
        keys.make("other", "ed25519");
        let scratch = Scratch::committed(&[
            ("Cargo.toml", MANIFEST),
            ("src/lib.rs", "//! A.\n"),
            (".gitignore", "/target\n"),
            ("governed.toml", POLICY),
            (".github/allowed_signers", &signers(&keys)),
        ]);
        scratch.git(&["branch", "base"]);
        scratch.write("src/lib.rs", "//! B.\n");
        scratch.commit("two");
        let ran = governed(scratch.path(), &["run", "--base", "base"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        Self { scratch, keys }
    }

    fn mine() -> Self {
        Self::new(|keys| format!("me@example.com namespaces=\"proof@*\" {}\n", keys.public("me")))
    }

    fn sign(&self, key: &str) {
        let key = self.keys.path(key).display().to_string();
        let ran = governed(self.scratch.path(), &["prove", "--sign", &key, "--bare"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }

    fn proof(&self) -> PathBuf {
        self.scratch.at(PROOF)
    }

    /// Another clone, which has no ledger.
    fn clone_of(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        let from = self.scratch.path().display().to_string();
        git_in(folder.path(), &["clone", "-q", &from, "."]);
        folder
    }
}

/// What `verify` says: its exit code, the codes of what speaks against the proof, and what decides and was not checked.
fn verify(folder: &Path, arguments: &[&str]) -> (i32, Vec<String>, Vec<String>) {
    let ran = governed(folder, &[&["verify", "--format", "json"], arguments].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let schema: Value = serde_json::from_str(include_str!("../schemas/verify-1.schema.json")).expect("a schema");
    assert!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&document), "{document:#}");
    let all = |key: &str, name: &str, counts: &dyn Fn(&Value) -> bool| -> Vec<String> {
        let values = document[key].as_array().expect("a list").iter().filter(|value| counts(value));
        values.map(|value| value[name].as_str().expect("text").to_owned()).collect()
    };
    (ran.code, all("problems", "code", &|_| true), all("unchecked", "what", &|value| value["decides"] == true))
}

fn one(code: &str) -> (i32, Vec<String>, Vec<String>) {
    (1, vec![code.to_owned()], Vec::new())
}

const GOOD: (i32, Vec<String>, Vec<String>) = (0, Vec::new(), Vec::new());

#[test]
fn an_unsigned_proof_stands_only_where_the_ledger_names_it() {
    let stage = Stage::mine();
    assert_eq!(verify(stage.scratch.path(), &[]), GOOD);
    let clone = stage.clone_of();
    let proof = stage.proof().display().to_string();
    assert_eq!(verify(clone.path(), &[&proof]), (3, Vec::new(), vec!["voucher".to_owned()]));
    let told = governed(clone.path(), &["verify", &proof]).stdout;
    assert!(told.contains("nothing vouches") && told.contains("unproven:"), "{told}");
    assert_eq!(governed(clone.path(), &["verify"]).code, 3, "there is no proof in the clone");
}

#[test]
fn a_signed_proof_stands_at_another_clone_and_plain_tools_agree() {
    let stage = Stage::mine();
    stage.sign("me");
    assert_eq!(verify(stage.scratch.path(), &["--base", "base"]), GOOD);
    let clone = stage.clone_of();
    let proof = stage.proof().display().to_string();
    assert_eq!(verify(clone.path(), &[&proof, "--base", "origin/base"]), GOOD);
    assert_eq!(verify(clone.path(), &[&proof, "--rev", "HEAD"]), GOOD, "from git's objects");
    let explain = governed(clone.path(), &["verify", &proof, "--explain"]);
    let plain = |folder: &Path| {
        let script = folder.join(".git/explain.sh");
        std::fs::write(&script, &explain.stdout).expect("a script");
        let output = Command::new("sh").arg(&script).current_dir(folder).output().expect("sh can be run");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), err)
    };
    let (accepted, err) = plain(clone.path());
    assert!(accepted, "{err}\n{}", explain.stdout);

    // The same lines, and the same answer, where something is altered.
    let good = std::fs::read_to_string(stage.proof()).expect("a proof");
    let signed = good.find("\"sig\":\"").expect("a signature") + 60;
    let flipped = |at: usize| {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        bytes
    };
    let lines: Vec<&str> = good.lines().collect();
    let altered = [flipped(40), flipped(signed), (lines[..lines.len() - 1].join("\n") + "\n").into_bytes()];
    for bytes in altered {
        std::fs::write(stage.proof(), bytes).expect("a proof");
        assert_eq!(verify(clone.path(), &[&proof]).0, 1);
        assert!(!plain(clone.path()).0);
    }
    std::fs::write(stage.proof(), &good).expect("a proof");
    std::fs::write(clone.path().join("src/lib.rs"), "//! C.\n").expect("a file");
    assert_eq!(verify(clone.path(), &[&proof]).0, 1);
    assert!(!plain(clone.path()).0, "another tree");
}

#[test]
fn what_a_signed_proof_names_is_never_removed() {
    let stage = Stage::mine();
    let record: Arc<dyn Storage> = Arc::new(DiskStorage::at(stage.scratch.at(".git/governed")));
    let waste = || gc::plan(&record, &Keep { runs: 0, ..Keep::default() }).expect("a plan").objects;
    let unsigned = waste();
    assert!(unsigned.len() > 5, "nothing else keeps the objects: {unsigned:?}");
    stage.sign("me");
    let bundle = Bundle::parse(&std::fs::read(stage.proof()).expect("a proof")).expect("a proof");
    let left = waste();
    let reports = bundle.root.predicate().governed.reports.iter().filter_map(Resource::sha256);
    assert!(reports.clone().all(|digest| unsigned.contains_key(&digest)), "the reports are objects");
    let all = std::iter::once(&bundle.root.envelope)
        .chain([&bundle.claims.envelope])
        .chain(bundle.steps.iter().map(|step| &step.link.envelope))
        .map(|envelope| String::from_utf8(envelope.payload.clone()).expect("text"))
        .collect::<String>();
    let named: Vec<_> = unsigned.keys().filter(|digest| all.contains(&digest.hex())).collect();
    assert!(named.len() > 4, "reports, log, key and what the key names: {named:?}");
    assert!(named.iter().all(|digest| !left.contains_key(digest)), "{left:?}");
}

#[test]
fn what_speaks_against_a_proof_has_its_code() {
    let stage = Stage::mine();
    stage.sign("me");
    let (folder, scratch) = (stage.scratch.path(), &stage.scratch);
    let proof = stage.proof().display().to_string();
    assert_eq!(verify(folder, &["--rev", "HEAD~1"]).1[..2], ["other-tree".to_owned(), "other-tree".to_owned()]);

    scratch.commit("three, with the same tree");
    assert_eq!(verify(folder, &[]), one("other-commit"), "a rebased branch");
    scratch.git(&["reset", "-q", "--hard", "HEAD~1"]);

    scratch.git(&["remote", "add", "origin", "https://github.com/fork/r"]);
    assert_eq!(verify(folder, &[]), one("other-repository"));
    scratch.git(&["remote", "remove", "origin"]);

    assert_eq!(verify(folder, &["--base", "HEAD"]).1, ["stale-base"]);

    stage.sign("other");
    assert_eq!(verify(folder, &[]), one("unknown-signer"));
    stage.sign("me");

    std::fs::write(stage.proof(), "{}\n").expect("a proof");
    assert_eq!(verify(folder, &[&proof]), one("malformed"));
    let told = governed(folder, &["verify"]);
    assert!(told.code == 1 && told.stdout.contains("malformed: "), "{told:?}");

    std::fs::write(scratch.at(PROOF), "").expect("a proof");
    assert_eq!(verify(folder, &[]), one("malformed"), "an empty bundle");
}

#[test]
fn signers_count_by_their_time_and_role_in_the_base() {
    let cases: [(&str, &str); 3] = [
        ("namespaces=\"policy@*\"", "unknown-signer"),
        ("valid-before=\"20200101Z\"", "expired-signer"),
        ("nonsense", "signers-malformed"),
    ];
    for (options, code) in cases {
        let stage = Stage::new(|keys| format!("me@example.com {options} {}\n", keys.public("me")));
        stage.sign("me");
        let (exit, codes, _) = verify(stage.scratch.path(), &[]);
        assert_eq!((exit, codes), (1, vec![code.to_owned()]), "{options}");
    }
    // Who is named by the head alone is nobody, though the first signers may be added.
    let stage = Stage::new(|_| String::new());
    stage.scratch.write(".github/allowed_signers", format!("other@example.com {}\n", stage.keys.public("other")));
    stage.scratch.commit("other may sign");
    assert_eq!(governed(stage.scratch.path(), &["run", "--base", "base"]).code, 0);
    stage.sign("other");
    assert_eq!(verify(stage.scratch.path(), &[]), one("unknown-signer"));
}

#[test]
fn a_refused_overridden_or_rewritten_run_never_verifies() {
    let stage = Stage::mine();
    let (folder, scratch) = (stage.scratch.path(), &stage.scratch);
    assert_eq!(governed(folder, &["run", "--base", "base", "--override", "in a hurry"]).code, 0);
    assert_eq!(verify(folder, &[]), one("non-certifiable"));
    let key = stage.keys.path("me").display().to_string();
    assert_eq!(governed(folder, &["prove", "--sign", &key]).code, 3, "what did not pass is not signed");

    scratch.write("governed.toml", POLICY.replace("echo hello", "exit 7"));
    scratch.commit("break it");
    assert_eq!(governed(folder, &["run"]).code, 1);
    assert_eq!(verify(folder, &[]).1, ["not-passed"]);

    // A claim that is turned round, with every digest put right: the ledger does not name it, and the rules say otherwise.
    let bundle = Bundle::parse(&std::fs::read(stage.proof()).expect("a proof")).expect("a proof");
    let mut claims = bundle.claims.predicate().clone();
    let rule = claims.attributes.iter_mut().find(|claim| claim.attribute == "rule/file-unparsable").expect("the rule");
    rule.conditions.looked_at = Some(99);
    let steps = bundle
        .steps
        .iter()
        .map(|step| cargo_governed::proof::bundle::StepSaid { link: step.link.predicate().clone(), tests: None });
    let summary = bundle.root.predicate().clone();
    let forged = Bundle::new(bundle.subject(), summary, claims, steps.collect());
    std::fs::write(stage.proof(), forged.bytes()).expect("a proof");
    let (code, codes, gaps) = verify(folder, &[]);
    assert_eq!(
        (code, codes, gaps),
        (1, vec!["not-passed".to_owned(), "claim-differs".to_owned()], vec!["voucher".to_owned()])
    );
}
