//! `release plan --online`: registries as a second witness of what was released. A packed crate stands in for a tag that is
//! missing, a release that is not known here is refused, and who does not answer is never taken for somebody who agrees.
#![cfg(unix)]

mod support;

use std::path::Path;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::command;
use support::governed::keeps_to_its_schema;
use support::registry::free_port;
use support::release::change;
use support::release::codes;
use support::release::manifest;
use support::release::next;
use support::sparse::Sparse;
use support::tool;
use support::tool::Ran;

/// A library at 1.2.3, which was released under a tag where one is given.
fn library(tag: &str) -> Scratch {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", &manifest("a", "1.2.3", "", "")),
        ("src/lib.rs", "//! A.\npub fn one() {}\n"),
        (".gitignore", "/target\nCargo.lock\n"),
    ]);
    if !tag.is_empty() {
        scratch.git(&["tag", tag]);
    }
    scratch
}

/// The real cargo publishes what is checked out.
#[track_caller]
fn published(scratch: &Scratch, sparse: &Sparse, more: &[&str]) {
    let home = tempfile::tempdir().expect("a folder");
    let tester = std::env::var("HOME").unwrap_or_default();
    let rustup = std::env::var_os("RUSTUP_HOME").unwrap_or_else(|| Path::new(&tester).join(".rustup").into());
    let output = std::process::Command::new("cargo")
        .args(["publish", "--quiet", "--no-verify", "--registry", "mine"])
        .args(more)
        .current_dir(scratch.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("RUSTUP_HOME", rustup)
        .envs([("HOME", home.path()), ("CARGO_HOME", home.path())])
        .env("CARGO_REGISTRIES_MINE_INDEX", sparse.index())
        .env("CARGO_REGISTRIES_MINE_TOKEN", "t0ken")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn at(scratch: &Scratch, index: &str, arguments: &[&str]) -> Ran {
    let mut command = command(scratch, arguments);
    command.env("CARGO_REGISTRIES_MINE_INDEX", index).env("CARGO_REGISTRY_DEFAULT", "mine");
    tool::of(command.output().expect("the binary runs"))
}

/// The plan with what the registry says.
#[track_caller]
fn plan(scratch: &Scratch, sparse: &Sparse, more: &[&str]) -> (i32, Value) {
    let words = ["release", "plan", "--no-api", "--online", "--format", "json"];
    let ran = at(scratch, &sparse.index(), &[&words[..], more].concat());
    let document = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    keeps_to_its_schema(&document);
    (ran.code, document)
}

fn told(plan: &Value) -> Vec<&str> {
    let because = plan["packages"][0]["because"].as_array().expect("reasons").iter();
    because.filter(|one| one["kind"] == "registry").filter_map(|one| one["detail"].as_str()).collect()
}

#[track_caller]
fn refused(found: &(i32, Value), code: &str, words: &str) {
    let (exit, plan) = found;
    assert_eq!((*exit, codes(plan)), (1, vec![code.to_owned()]), "{plan:#}");
    assert!(plan["blockers"][0]["message"].as_str().is_some_and(|told| told.contains(words)), "{words}: {plan:#}");
    assert_eq!(plan["blockers"][0]["unproven"], false);
}

#[test]
fn a_registry_that_agrees_is_a_reason_with_its_name() {
    let (sparse, scratch) = (Sparse::new(), library("v1.2.3"));
    published(&scratch, &sparse, &[]);
    let (code, resting) = plan(&scratch, &sparse, &[]);
    assert_eq!((code, next(&resting, "a").as_str(), told(&resting)), (0, "-", vec!["mine has 1.2.3"]), "{resting:#}");
    change(&scratch, "src/lib.rs", "mend it");
    let (code, planned) = plan(&scratch, &sparse, &[]);
    assert_eq!((code, next(&planned, "a").as_str(), told(&planned)), (0, "1.2.4", vec!["mine has 1.2.3"]));
    assert_eq!(planned["packages"][0]["baseline"]["source"], "tag");
    // Nothing is asked where nobody says so, and the plan is the same.
    let offline = at(&scratch, "sparse+http://127.0.0.1:9/", &["release", "plan", "--no-api", "--format", "json"]);
    assert!(offline.code == 0 && !offline.stdout.contains("mine"), "{offline:?}");
    let human = at(&scratch, &sparse.index(), &["release", "plan", "--no-api", "--online"]);
    assert!(human.stdout.contains("registry: mine has 1.2.3\n"), "{human:?}");
    assert!(scratch.git(&["status", "--porcelain"]).is_empty(), "a plan writes nothing");
    // Who tagged, and never uploaded, is told so.
    scratch.git(&["tag", "v1.2.4"]);
    scratch.write("Cargo.toml", manifest("a", "1.2.4", "", ""));
    change(&scratch, "src/lib.rs", "mend more");
    let (code, planned) = plan(&scratch, &sparse, &[]);
    let missing = "mine does not have 1.2.4, which v1.2.4 names; the newest there is 1.2.3";
    assert_eq!((code, next(&planned, "a").as_str(), told(&planned)), (0, "1.2.5", vec![missing]), "{planned:#}");
}

#[test]
fn a_packed_crate_stands_in_for_a_tag() {
    let (sparse, scratch) = (Sparse::new(), library(""));
    published(&scratch, &sparse, &[]);
    let released = scratch.git(&["rev-parse", "HEAD"]).trim().to_owned();
    change(&scratch, "src/lib.rs", "mend it");
    let offline = at(&scratch, &sparse.index(), &["release", "plan", "--no-api"]);
    assert!(offline.stdout.contains("a: 1.2.3, its first release\n"), "without a tag it looks new: {offline:?}");
    let (code, planned) = plan(&scratch, &sparse, &[]);
    let baseline = &planned["packages"][0]["baseline"];
    assert_eq!((code, next(&planned, "a").as_str(), &baseline["source"]), (0, "1.2.4", &"registry".into()));
    assert_eq!((&baseline["ref"], &baseline["commit"]), (&"a 1.2.3 on mine".into(), &released.into()), "{planned:#}");
    // Other bytes than the index says are no witness.
    sparse.alter("a");
    refused(&plan(&scratch, &sparse, &[]), "registry-ahead", "where it was packed is not known");
}

#[test]
fn a_release_that_is_not_known_here_is_refused() {
    let (sparse, scratch) = (Sparse::new(), library("v1.2.3"));
    published(&scratch, &sparse, &[]);
    // Somebody else brings out the next one, and pushes nothing.
    let other = Scratch::new();
    other.git(&["clone", "-q", &scratch.path().display().to_string(), "."]);
    other.write("Cargo.toml", manifest("a", "1.3.0", "", ""));
    change(&other, "src/lib.rs", "feat: more");
    published(&other, &sparse, &[]);
    refused(&plan(&scratch, &sparse, &[]), "registry-ahead", "which can't be read in this clone");
    scratch.git(&["fetch", "-q", &other.path().display().to_string(), "main:theirs"]);
    refused(&plan(&scratch, &sparse, &[]), "checkout-old", "that already holds this one");
    // Once it is behind, it is what is compared with.
    scratch.git(&["merge", "-q", "--ff-only", "theirs"]);
    let (code, resting) = plan(&scratch, &sparse, &[]);
    assert_eq!((code, next(&resting, "a").as_str()), (0, "-"), "{resting:#}");
    assert_eq!(resting["packages"][0]["baseline"]["ref"], "a 1.3.0 on mine");
    // An edit goes the same way.
    let prepared = at(&scratch, &sparse.index(), &["release", "prepare", "--no-api", "--online", "--no-package"]);
    assert_eq!(prepared.code, 0, "{prepared:?}");
    sparse.alter("a");
    let prepared = at(&scratch, &sparse.index(), &["release", "prepare", "--no-api", "--online", "--no-package"]);
    assert!(prepared.code == 1 && prepared.stdout.contains("[registry-ahead]"), "{prepared:?}");
}

#[test]
fn a_name_that_may_be_somebody_elses_is_told_so() {
    let (sparse, stranger) = (Sparse::new(), library(""));
    published(&stranger, &sparse, &[]);
    let own = Scratch::committed(&[
        ("Cargo.toml", &manifest("a", "0.1.0", "", "")),
        ("src/lib.rs", "//! Another A.\n"),
        (".gitignore", "/target\nCargo.lock\n"),
    ]);
    let found = plan(&own, &sparse, &[]);
    refused(&found, "registry-ahead", "knows the one version of a on mine: the name may be somebody else's");
    let remedy = found.1["blockers"][0]["remedy"].as_str().expect("a remedy");
    assert!(remedy.contains("(cargo owner --list a), choose another one"), "{remedy}");
    // Who knows one of the versions is told nothing of the kind.
    own.write("CHANGELOG.md", "# Changelog\n\n## 1.2.3 - 2024-01-01\n\n- It began.\n");
    own.commit("a changelog");
    let (_, known) = plan(&own, &sparse, &[]);
    assert!(!known.to_string().contains("somebody else's"), "{known:#}");
}

#[test]
fn what_was_packed_from_no_commit_is_compared_with_nothing() {
    let (sparse, scratch) = (Sparse::new(), library("v1.2.3"));
    scratch.write("Cargo.toml", manifest("a", "1.2.4", "", ""));
    published(&scratch, &sparse, &["--allow-dirty"]);
    scratch.git(&["restore", "."]);
    change(&scratch, "src/lib.rs", "mend it");
    refused(&plan(&scratch, &sparse, &[]), "registry-ahead", "from changes that are in no commit");
}

#[test]
fn a_version_of_another_branch_is_taken_and_no_baseline() {
    let (sparse, scratch) = (Sparse::new(), library("v1.2.3"));
    scratch.git(&["switch", "-q", "-c", "other"]);
    scratch.write("Cargo.toml", manifest("a", "1.2.4", "", ""));
    change(&scratch, "src/lib.rs", "another 1.2.4");
    published(&scratch, &sparse, &[]);
    scratch.git(&["switch", "-q", "main"]);
    change(&scratch, "src/lib.rs", "mend it");
    refused(&plan(&scratch, &sparse, &[]), "version-exists", "mine has a 1.2.4 already");
    sparse.yank("a");
    refused(&plan(&scratch, &sparse, &[]), "version-exists", "mine has a 1.2.4 already");
    let (code, planned) = plan(&scratch, &sparse, &["--set", "a=1.2.5"]);
    assert_eq!((code, next(&planned, "a").as_str()), (0, "1.2.5"), "{planned:#}");
    assert_eq!(planned["packages"][0]["baseline"]["ref"], "v1.2.3");
}

#[test]
fn a_registry_that_does_not_answer_leaves_the_plan_unproven() {
    let scratch = library("v1.2.3");
    change(&scratch, "src/lib.rs", "mend it");
    let nobody = format!("sparse+http://127.0.0.1:{}/", free_port());
    let words = ["release", "plan", "--no-api", "--online", "--format", "json"];
    let ran = at(&scratch, &nobody, &words);
    let plan: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, codes(&plan)), (3, vec!["registry-unknown".to_owned()]), "{plan:#}");
    let unproven = plan["packages"][0]["unproven"].as_array().expect("a list").iter();
    let told = unproven.filter_map(Value::as_str).any(|told| told.starts_with("what mine has of a is not known: "));
    assert!(told, "{plan:#}");
    // An index that shows nothing without a token is no empty one.
    let sparse = Sparse::new();
    sparse.closed("a token that nobody has");
    let ran = at(&scratch, &sparse.index(), &words);
    let plan: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!((ran.code, codes(&plan)), (3, vec!["registry-unknown".to_owned()]), "{plan:#}");
}

#[test]
fn the_past_and_nobody_can_not_be_asked() {
    let scratch = library("v1.2.3");
    for (more, word) in [(&["--offline"][..], "--online or --offline"), (&["--rev", "HEAD"], "--online or --rev")] {
        let ran = at(&scratch, "sparse+http://127.0.0.1:9/", &[&["release", "plan", "--online"], more].concat());
        assert_eq!((ran.code, ran.stderr.contains(word)), (2, true), "{ran:?}");
    }
}

/// The exit code of the status, the word of the registry and what was seen there.
#[track_caller]
fn registry(scratch: &Scratch, sparse: &Sparse) -> (i32, String, String) {
    let ran = at(scratch, &sparse.index(), &["release", "status", "--format", "json"]);
    let status: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    keeps_to_its_schema(&status);
    let of = |part: &str| status["packages"][0][part]["registry"].as_str().expect("a text").to_owned();
    (ran.code, of("witnesses"), of("says"))
}

#[test]
fn a_tag_that_names_another_commit_than_the_crate_was_packed_from_is_told() {
    let (sparse, remote, scratch) = (Sparse::new(), Scratch::new(), library(""));
    remote.git(&["init", "-q", "--bare", "."]);
    scratch.git(&["remote", "add", "origin", &remote.path().display().to_string()]);
    published(&scratch, &sparse, &[]);
    let packed = scratch.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let tag = |revision: &str| {
        scratch.git(&["tag", "-f", "v1.2.3", revision]);
        scratch.git(&["push", "-q", "-f", "origin", "refs/tags/v1.2.3"]);
    };
    tag("HEAD");
    let agrees = |says: String| (0, "agrees".to_owned(), says);
    assert_eq!(registry(&scratch, &sparse), agrees("1.2.3 is there".to_owned()));
    // A commit that changes nothing of the package, as a merge does behind a release.
    scratch.git(&["commit", "-q", "--allow-empty", "-m", "merged"]);
    tag("HEAD");
    let alike = format!("1.2.3 is there, packed from {packed}, which has the same files as its tag");
    assert_eq!(registry(&scratch, &sparse), agrees(alike));
    // The tag was set on what came later.
    change(&scratch, "src/lib.rs", "mend it");
    tag("HEAD");
    let head = scratch.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let elsewhere = format!("1.2.3 is there, packed from {packed}, and its tag names {head}");
    assert_eq!(registry(&scratch, &sparse), (1, "contradicts".to_owned(), elsewhere));
    // Other bytes than those of the index say nothing.
    tag(&packed);
    sparse.alter("a");
    let (code, word, says) = registry(&scratch, &sparse);
    assert_eq!((code, word.as_str()), (3, "unknown"), "{says}");
    assert!(says.starts_with("1.2.3 is there; whether it is what its tag names is not known: "), "{says}");
}

#[test]
fn a_crate_that_was_packed_from_a_commit_of_nobody_is_not_known() {
    let (sparse, remote, scratch) = (Sparse::new(), Scratch::new(), library(""));
    remote.git(&["init", "-q", "--bare", "."]);
    scratch.git(&["remote", "add", "origin", &remote.path().display().to_string()]);
    let other = Scratch::new();
    other.git(&["clone", "-q", &scratch.path().display().to_string(), "."]);
    other.git(&["-c", "user.name=S", "-c", "user.email=s@x", "commit", "-q", "--allow-empty", "-m", "never pushed"]);
    published(&other, &sparse, &[]);
    scratch.git(&["tag", "v1.2.3"]);
    scratch.git(&["push", "-q", "origin", "v1.2.3"]);
    let (code, word, says) = registry(&scratch, &sparse);
    assert_eq!((code, word.as_str()), (3, "unknown"), "{says}");
    assert!(says.contains("which can't be read in this clone"), "{says}");
}
