//! A plan done by several machines: each exports what it did, and `prove --merge` joins it to one run or refuses.
#![cfg(unix)]

mod support;

use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use support::checkout::Scratch;
use support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const STEPS: &str = "[run]\ninfer = false\n\
    [[step]]\nname = \"base\"\nrun = [\"sh\", \"-c\", \"echo base\"]\n\
    [[step]]\nname = \"one\"\nrun = [\"sh\", \"-c\", \"echo one\"]\nneeds = [\"base\"]\n\
    [[step]]\nname = \"two\"\nrun = [\"sh\", \"-c\", \"echo two; test ! -e /tmp/no-such-file-is-there\"]\nneeds = [\"base\"]\n";

fn files(policy: &str) -> Vec<(&'static str, String)> {
    vec![
        ("Cargo.toml", MANIFEST.to_owned()),
        ("src/lib.rs", "//! A.\n".to_owned()),
        (".gitignore", "target\n".to_owned()),
        ("governed.toml", policy.to_owned()),
    ]
}

/// One machine: its own clone of one commit, with a record of its own.
fn machine(policy: &str) -> Scratch {
    let files = files(policy);
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    Scratch::committed(&files)
}

fn governed(scratch: &Scratch, arguments: &[&str]) -> Ran {
    support::governed::governed(scratch, arguments)
}

fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// Does a part on a machine of its own and gives the folder of its export.
fn shard(scratch: &Scratch, part: &str) -> PathBuf {
    let ran = governed(scratch, &["run", "--shard", part, "--format", "json"]);
    let place = part.split(':').next().expect("never empty").replace('/', "-of-");
    let folder = scratch.at(&format!("target/governed/shard-{place}"));
    assert!(folder.join("ledger.jsonl").is_file(), "{ran:?}");
    folder
}

fn merge(scratch: &Scratch, folders: &[&Path]) -> (i32, Value) {
    let folders: Vec<&str> = folders.iter().map(|folder| folder.to_str().expect("a plain path")).collect();
    let ran = governed(scratch, &[&["prove", "--format", "json", "--merge"], folders.as_slice()].concat());
    (ran.code, document(&ran))
}

fn codes(document: &Value) -> Vec<&str> {
    document["because"]
        .as_array()
        .unwrap_or_else(|| panic!("reasons in {document:#}"))
        .iter()
        .filter_map(|doubt| doubt["code"].as_str())
        .collect()
}

#[test]
fn shards_of_one_plan_become_one_accepted_run_that_is_inspected_and_replayed() {
    let (one, two, here) = (machine(STEPS), machine(STEPS), machine(STEPS));
    let matrix = governed(&here, &["run", "--plan", "--format", "github-matrix"]);
    assert_eq!(matrix.stderr, "2 parts, packed by how long their steps took before: timings known 0/3\n");
    let matrix = document(&matrix);
    let parts: Vec<&str> =
        matrix["include"].as_array().unwrap().iter().map(|job| job["part"].as_str().unwrap()).collect();
    assert_eq!(parts, ["1/2:base,one", "2/2:base,two"]);
    let folders = [shard(&one, parts[0]), shard(&two, parts[1])];
    let (code, merged) = merge(&here, &[&folders[1], &folders[0]]);
    assert_eq!((code, &merged["verdict"], codes(&merged)), (0, &"accepted".into(), vec![]));
    let steps = merged["steps"].as_array().unwrap();
    assert_eq!(steps.iter().map(|step| step["step"].as_str().unwrap()).collect::<Vec<_>>(), ["base", "one", "two"]);
    assert!(steps.iter().all(|step| step["state"] == "passed" && step["joined_from"].is_string()), "{steps:?}");
    assert_eq!(merged["joins"].as_array().unwrap().len(), 2);

    let shown = governed(&here, &["inspect", "--step", "two"]);
    assert_eq!((shown.code, shown.stdout.as_str()), (0, "two\n"));
    let shown = governed(&here, &["inspect"]);
    assert!(shown.stdout.contains("joins:") && shown.stdout.contains("accepted:"), "{}", shown.stdout);
    let replayed = governed(&here, &["replay"]);
    assert!(replayed.code == 0 && replayed.stdout.contains("stands: accepted"), "{replayed:?}");
    let plan = governed(&here, &["run", "--plan"]);
    assert!(plan.stdout.contains("timings known 3/3"), "what the others took is known now: {}", plan.stdout);
    let matrix = governed(&here, &["run", "--plan", "--format", "github-matrix"]);
    assert!(matrix.stderr.ends_with(": timings known 3/3\n"), "{matrix:?}");
    assert_eq!(governed(&here, &["run", "--plan", "--format", "github-matrix", "--quiet"]).stderr, "");
}

#[test]
fn of_a_part_nothing_is_said_about_the_whole() {
    let here = machine(STEPS);
    for (arguments, judge, part) in [
        (&["run", "--step", "one"][..], "cargo governed run", (2, 3)),
        (&["run", "--shard", "1/2:one,base"], "cargo governed prove --merge", (2, 3)),
        (&["inspect"], "cargo governed prove --merge", (2, 3)),
    ] {
        let ran = governed(&here, arguments);
        let (steps, of) = part;
        let last =
            format!("accepted, of this part: the rules and {steps} of {of} steps agree; `{judge}` judges the whole");
        let flat = ran.stdout.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(ran.code == 0 && flat.contains(&last), "{arguments:?}: {ran:?}");
        assert!(!flat.contains("every step agree"), "{ran:?}");
        let json = document(&governed(&here, &[arguments, &["--format", "json"]].concat()));
        assert_eq!(json["part"], serde_json::json!({ "steps": steps, "of": of }), "{json:#}");
        let page = governed(&here, &["inspect", "--format", "html"]).stdout;
        assert!(page.contains("2 of 3 steps agree") && !page.contains("every step agree"), "{arguments:?}");
    }
    for arguments in [&["run"][..], &["run", "--step", "one", "--step", "two"], &["run", "--shard", "1/1"]] {
        let ran = governed(&here, arguments);
        assert!(ran.code == 0 && ran.stdout.contains("accepted: the rules and every step agree"), "{ran:?}");
    }
}

#[test]
fn an_empty_part_is_a_job_too() {
    let (one, two) = (machine(STEPS), machine(STEPS));
    let folders = [shard(&one, "1/2:one,two"), shard(&two, "2/2:")];
    let (code, merged) = merge(&one, &[&folders[0], &folders[1]]);
    assert_eq!((code, &merged["verdict"]), (0, &"accepted".into()));
}

#[test]
fn a_shard_that_left_no_record_makes_the_run_unproven() {
    let (one, here) = (machine(STEPS), machine(STEPS));
    let folder = shard(&one, "1/2:one");
    let (code, merged) = merge(&here, &[&folder]);
    assert_eq!((code, &merged["verdict"]), (3, &"unproven".into()));
    assert_eq!(codes(&merged), ["not-run", "shard-missing"], "{merged:#}");
    assert!(merged["because"][1]["message"].as_str().unwrap().contains("2/2"));
    assert_eq!(governed(&here, &["replay"]).code, 0, "the verdict stands, and is unproven");
    let nothing = tempfile::tempdir().unwrap();
    let (code, error) = merge(&here, &[nothing.path()]);
    assert_eq!((code, &error["code"]), (3, &"no-shards".into()));
}

#[test]
fn a_failed_step_of_one_shard_refuses_the_whole() {
    let policy = STEPS.replace("echo two; ", "echo no >&2; exit 7; ");
    let (one, two) = (machine(&policy), machine(&policy));
    let folders = [shard(&one, "1/2:one"), shard(&two, "2/2:two")];
    let (code, merged) = merge(&one, &[&folders[0], &folders[1]]);
    assert_eq!((code, codes(&merged)), (1, vec!["step-failed"]));
    let told = governed(&one, &["inspect"]);
    assert!(told.stdout.contains("| no"), "the tail of its output came along: {}", told.stdout);
}

#[test]
fn what_is_of_another_tree_plan_or_policy_is_not_joined() {
    let one = machine(STEPS);
    let mine = shard(&one, "1/2:one");
    let runs =
        |scratch: &Scratch| document(&governed(scratch, &["inspect", "--list", "--format", "json"]))["runs"].clone();
    let before = runs(&one);
    let check = |other: &Scratch, part: &str, expected: &[&str]| {
        let theirs = shard(other, part);
        let (code, error) = merge(&one, &[&mine, &theirs]);
        let also = error["also"].as_array().into_iter().flatten().map(|error| error["code"].as_str().unwrap());
        let codes: Vec<&str> = std::iter::once(error["code"].as_str().unwrap()).chain(also).collect();
        for wanted in expected {
            assert!(codes.contains(wanted), "{wanted} in {error:#}");
        }
        assert_eq!(code, 1, "{error:#}");
    };
    let tree = machine(STEPS);
    tree.write("src/lib.rs", "//! Another.\n");
    check(&tree, "2/2:two", &["shard-other-tree"]);
    tree.commit("two");
    check(&tree, "2/2:two", &["shard-other-commit", "shard-other-tree"]);
    check(&machine(&format!("{STEPS}# another\n")), "2/2:two", &["shard-other-policy"]);
    check(&machine(&STEPS.replace("echo one", "echo three")), "2/2:two", &["shard-other-plan"]);
    check(&machine(STEPS), "2/3:two", &["shard-other-count"]);
    assert_eq!(runs(&one), before, "nothing was recorded");
}

#[test]
fn an_altered_export_is_not_joined() {
    let (one, two) = (machine(STEPS), machine(STEPS));
    let folders = [shard(&one, "1/2:one"), shard(&two, "2/2:two")];
    let ledger = folders[1].join("ledger.jsonl");
    let text = std::fs::read_to_string(&ledger).unwrap();
    let altered = |text: String| {
        std::fs::write(&ledger, text).unwrap();
        let (code, error) = merge(&one, &[&folders[0], &folders[1]]);
        (code, error["code"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(altered(text.replacen("\"exit\":0", "\"exit\":7", 1)), (1, "shard-altered".to_owned()));
    let line = text.lines().nth(3).unwrap();
    assert_eq!(altered(text.replace(&format!("{line}\n"), "")), (1, "shard-altered".to_owned()));
    let short = &text[..=text.trim_end().rfind('\n').unwrap()];
    assert_eq!(altered(short.to_owned()), (3, "shard-unfinished".to_owned()));
    std::fs::write(&ledger, &text).unwrap();
    let object = folders[1].join("objects/sha256");
    let object = std::fs::read_dir(object).unwrap().next().unwrap().unwrap().path();
    let object = std::fs::read_dir(object).unwrap().next().unwrap().unwrap().path();
    std::fs::remove_file(&object).unwrap();
    std::fs::write(&object, "something else").unwrap();
    let (code, error) = merge(&one, &[&folders[0], &folders[1]]);
    assert_eq!((code, &error["code"]), (1, &"shard-altered".into()), "{error:#}");
}

#[test]
fn a_shard_that_was_done_twice_must_have_come_to_the_same() {
    let policy = STEPS.replace("test ! -e /tmp/no-such-file-is-there", "test ! -e target/broken");
    let (one, two, again) = (machine(&policy), machine(&policy), machine(&policy));
    let folders = [shard(&one, "1/2:one"), shard(&two, "2/2:two")];
    let same = shard(&again, "2/2:two");
    let (code, merged) = merge(&one, &[&folders[0], &folders[1], &same, &same]);
    assert_eq!((code, &merged["verdict"]), (0, &"accepted".into()), "{merged:#}");
    again.write("target/broken", "");
    let _ = governed(&again, &["run", "--shard", "2/2:two", "--fresh"]);
    let (code, merged) = merge(&one, &[&folders[0], &folders[1], &same]);
    assert_eq!((code, codes(&merged)), (1, vec!["shard-contradicts", "step-failed"]), "{merged:#}");
    assert_eq!(governed(&one, &["replay"]).code, 0);
}

#[test]
fn a_step_that_several_shards_need_and_that_fails_in_one_is_a_disagreement() {
    let policy = STEPS.replace("echo base", "echo base; test ! -e target/broken");
    let (one, two) = (machine(&policy), machine(&policy));
    two.write("target/broken", "");
    let folders = [shard(&one, "1/2:one"), shard(&two, "2/2:two")];
    let (code, merged) = merge(&one, &[&folders[0], &folders[1]]);
    assert_eq!(code, 1);
    assert!(codes(&merged).contains(&"machines-disagree"), "{merged:#}");
}

#[test]
fn an_altered_joined_record_is_found_by_replay() {
    let (one, two, here) = (machine(STEPS), machine(STEPS), machine(STEPS));
    let folders = [shard(&one, "1/2:one"), shard(&two, "2/2:two")];
    let (_, merged) = merge(&here, &[&folders[0], &folders[1]]);
    let two = merged["steps"].as_array().unwrap().iter().find(|step| step["step"] == "two").unwrap().clone();
    let object = two["stdout"]["objects"][0].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    let path = here.at(&format!(".git/governed/objects/sha256/{}/{}", &object[..2], &object[2..]));
    assert_eq!(std::fs::read(&path).unwrap(), b"two\n");
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, b"tow\n").unwrap();
    let replayed = governed(&here, &["replay"]);
    assert!(replayed.code == 1 && replayed.stdout.contains("object-altered"), "{replayed:?}");
}

#[test]
fn a_listed_test_that_no_shard_ran_is_found() {
    let policy = "[run]\ninfer = false\n\
        [[step]]\nname = \"list\"\nrun = [\"cargo\", \"test\", \"--offline\", \"--\", \"--list\"]\n\
        [[step]]\nname = \"first\"\nrun = [\"cargo\", \"test\", \"--offline\", \"--\", \"first\"]\n\
        [[step]]\nname = \"second\"\nrun = [\"cargo\", \"test\", \"--offline\", \"--\", \"second\"]\n";
    let one = machine(policy);
    one.write("src/lib.rs", "//! A.\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn first() {}\n    #[test]\n    fn second() {}\n    #[test]\n    fn third() {}\n}\n");
    one.write("Cargo.lock", "# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n");
    one.commit("tests");
    let folders = [shard(&one, "1/2:list,first"), shard(&one, "2/2:second")];
    let (code, merged) = merge(&one, &[&folders[0], &folders[1]]);
    assert_eq!((code, codes(&merged)), (3, vec!["tests-run-nowhere"]), "{merged:#}");
    assert!(merged["because"][0]["message"].as_str().unwrap().contains("tests::third"), "{merged:#}");
}

#[test]
fn an_export_takes_the_place_of_an_older_one_and_of_nothing_else() {
    let one = machine(STEPS);
    let folder = shard(&one, "1/1:one");
    let first = std::fs::read(folder.join("ledger.jsonl")).unwrap();
    assert_ne!(std::fs::read(shard(&one, "1/1:one").join("ledger.jsonl")).unwrap(), first);
    let ran = governed(&one, &["run", "--export", "src"]);
    assert!(ran.code == 2 && ran.stderr.contains("holds something else"), "{ran:?}");
    assert!(one.at("src/lib.rs").is_file());
}
