//! A proof as one file: made, listed by plain tar, joined and verified elsewhere; and what stores of attestations take.
#![cfg(unix)]

mod support;

use std::path::PathBuf;
use std::process::Command;

use cargo_governed::facts::digest::Digest;
use cargo_governed::proof::bundle::Bundle;
use cargo_governed::proof::names;
use serde_json::Value;
use support::checkout::Scratch;
use support::checkout::git_in;
use support::tool::document;
use support::tool::governed;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const POLICY: &str = "[run]\ninfer = false\n[[step]]\nname = \"says\"\nrun = [\"sh\", \"-c\", \"echo hello\"]\n";

fn machine() -> Scratch {
    let files =
        [("Cargo.toml", MANIFEST), ("src/lib.rs", "//! A.\n"), (".gitignore", "/target\n"), ("governed.toml", POLICY)];
    Scratch::committed(&files)
}

fn exported(scratch: &Scratch) -> PathBuf {
    assert_eq!(governed(scratch.path(), &["run"]).code, 0);
    let ran = governed(scratch.path(), &["prove", "--export", "target/proof.tar"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    scratch.at("target/proof.tar")
}

fn told(document: &Value, key: &str, name: &str) -> Vec<String> {
    let list = document[key].as_array().unwrap_or_else(|| panic!("{document:#}"));
    list.iter().map(|one| one[name].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn one_file_holds_the_proof_and_all_that_it_names() {
    let scratch = machine();
    let file = exported(&scratch);
    let path = file.display().to_string();
    let first = std::fs::read(&file).expect("a file");
    let again = governed(scratch.path(), &["prove", "--export", "target/proof.tar"]);
    assert!(again.code == 0 && std::fs::read(&file).expect("a file") == first, "the same bytes");

    let folder = tempfile::tempdir().expect("a folder");
    let unpacked = Command::new("tar").args(["-xf", &path]).current_dir(folder.path()).output().expect("tar");
    assert!(unpacked.status.success() && unpacked.stderr.is_empty(), "{unpacked:?}");
    let bundle =
        Bundle::parse(&std::fs::read(folder.path().join("proof.intoto.jsonl")).expect("a proof")).expect("a proof");
    let listing = std::fs::read(folder.path().join("tree.sha256")).expect("a listing");
    assert_eq!(bundle.subject().listing, Digest::of(&listing));
    let log = bundle.steps[0].link.predicate().byproducts.stdout.sha256[0].0.hex();
    let log = folder.path().join(format!("objects/sha256/{}/{}", &log[..2], &log[2..]));
    assert_eq!(std::fs::read(log).expect("a log"), b"hello\n");

    // At the clone that made it, and at another one, where nothing vouches.
    assert_eq!(document(scratch.path(), &["verify", &path]).0, 0);
    let clone = tempfile::tempdir().expect("a folder");
    git_in(clone.path(), &["clone", "-q", &scratch.path().display().to_string(), "."]);
    let (code, verified) = document(clone.path(), &["verify", &path]);
    assert_eq!((code, told(&verified, "problems", "code").len()), (3, 0), "{verified:#}");
    assert!(verified["checked"].to_string().contains("byte for byte"), "{verified:#}");

    // Where there is no repository at all.
    let nowhere = tempfile::tempdir().expect("a folder");
    let (code, verified) = document(nowhere.path(), &["verify", &path]);
    assert_eq!((code, told(&verified, "problems", "code").len()), (3, 0), "{verified:#}");
    let why = told(&verified, "unchecked", "why").join("\n");
    assert!(why.contains("there is no repository here") && why.contains("rule/file-unparsable, "), "{why}");
    let plain = governed(nowhere.path(), &["verify", &folder.path().join("proof.intoto.jsonl").display().to_string()]);
    assert!(plain.code == 3 && plain.stdout.contains("not computed again: "), "{plain:?}");
}

#[test]
fn every_altered_byte_of_the_file_is_found() {
    let scratch = machine();
    let file = exported(&scratch);
    let bytes = std::fs::read(&file).expect("a file");
    let other = scratch.at("target/other.tar").display().to_string();
    let objects = bytes.windows(15).position(|window| window == b"objects/sha256/").expect("objects");
    // One in the proof, one in the listing, some in the objects; that all of them are is tested with the format.
    let listing = bytes.windows(12).position(|window| window == b"tree.sha256\0").expect("a listing") + 512;
    for at in [600, listing, objects, objects + 300, objects + 512, bytes.len() - 1] {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        std::fs::write(&other, altered).expect("a file");
        let (code, verified) = document(scratch.path(), &["verify", &other]);
        assert_eq!(code, 1, "byte {at}: {verified:#}");
    }
    std::fs::write(&other, [&bytes[..], b"x"].concat()).expect("a file");
    assert_eq!(told(&document(scratch.path(), &["verify", &other]).1, "problems", "code"), ["malformed"]);
    std::fs::write(&other, &bytes[..bytes.len() / 2]).expect("a file");
    let (code, error) = document(scratch.path(), &["prove", "--merge", &other]);
    assert_eq!((code, &error["code"]), (1, &"shard-altered".into()), "{error:#}");
}

#[test]
fn files_of_several_machines_are_joined_as_folders_are() {
    let (one, two, here) = (machine(), machine(), machine());
    let files = [exported(&one).display().to_string(), exported(&two).display().to_string()];
    let (code, merged) =
        document(here.path(), &["prove", "--merge", &files[0], &files[1], "--export", "target/all.tar"]);
    assert_eq!((code, &merged["verdict"]), (0, &"accepted".into()), "{merged:#}");
    assert_eq!(merged["joins"].as_array().map(Vec::len), Some(2));
    let all = here.at("target/all.tar").display().to_string();
    assert_eq!(document(here.path(), &["verify", &all]).0, 0);
    let (code, error) = document(here.path(), &["prove", "--merge", &all, &files[0]]);
    assert_eq!((code, &error["code"]), (1, &"shard-is-joined".into()), "{error:#}");
}

#[test]
fn stores_of_attestations_get_a_predicate_and_a_subject_of_what_passed() {
    let scratch = machine();
    assert_eq!(governed(scratch.path(), &["run"]).code, 0);
    let ran = governed(scratch.path(), &["prove", "--attest", "target/attest"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let read = |name: &str| std::fs::read_to_string(scratch.at(&format!("target/attest/{name}"))).expect(name);
    let bytes = std::fs::read(scratch.at("target/governed/proof.intoto.jsonl")).expect("a proof");
    let bundle = Bundle::parse(&bytes).expect("a proof");
    assert_eq!(read("subject.checksums"), format!("{}  tree.sha256\n", bundle.subject().listing.hex()));
    assert_eq!(read("predicate-type.txt").trim_end(), names::SUMMARY);
    let payload: Value = serde_json::from_slice(&bundle.root.envelope.payload).expect("JSON");
    assert_eq!(serde_json::from_str::<Value>(&read("predicate.json")).expect("JSON"), payload["predicate"]);
    let checked = Command::new("sha256sum")
        .args(["--strict", "-c", "../attest/subject.checksums"])
        .current_dir(scratch.at("target/governed"))
        .output();
    assert!(checked.expect("sha256sum can be run").status.success());

    scratch.write("governed.toml", POLICY.replace("echo hello", "exit 7"));
    assert_eq!(governed(scratch.path(), &["run"]).code, 1);
    let ran = governed(scratch.path(), &["prove", "--attest", "target/other"]);
    assert!(ran.code == 3 && !scratch.at("target/other").exists(), "{ran:?}");
}
