//! `release plan` on histories that are not as simple as they look: packages that went or moved, clocks that were wrong.
#![cfg(unix)]

mod support;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::governed;
use support::release::change;
use support::release::codes;
use support::release::manifest;
use support::release::next;
use support::release::one;
use support::release::plan;

fn notes(plan: &Value) -> Vec<&str> {
    plan["notes"].as_array().expect("notes").iter().filter_map(Value::as_str).collect()
}

#[test]
fn a_package_that_is_gone_is_told_and_one_that_moved_is_not() {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n"),
        ("crates/user/Cargo.toml", &manifest("user", "1.0.0", "", "")),
        ("crates/user/src/lib.rs", "//! User.\n"),
        ("crates/other/Cargo.toml", &manifest("other", "1.0.0", "", "")),
        ("crates/other/src/lib.rs", "//! Other.\n"),
        ("crates/private/Cargo.toml", &manifest("private", "1.0.0", "publish = false\n", "")),
        ("crates/private/src/lib.rs", "//! Private.\n"),
    ]);
    for tag in ["user-v1.0.0", "other-v1.0.0"] {
        scratch.git(&["tag", tag]);
    }
    assert!(!notes(&plan(&scratch, &[]).1).iter().any(|note| note.contains(" is gone ")));
    scratch.git(&["mv", "crates/user", "crates/moved"]);
    scratch.git(&["rm", "-q", "-r", "crates/other", "crates/private"]);
    scratch.commit("feat: one moved, two gone");
    let (code, plan) = plan(&scratch, &[]);
    let gone: Vec<&str> = notes(&plan).into_iter().filter(|note| note.contains(" is gone ")).collect();
    assert_eq!(code, 0, "{plan:#}");
    assert_eq!(gone, ["other is gone since user-v1.0.0: nothing of it is released, and what is out of it stays out"]);
    assert_eq!(next(&plan, "user"), "-", "a folder of another name is no change: {plan:#}");
}

#[test]
fn a_package_of_another_name_is_new_and_the_old_one_is_told() {
    let scratch = one("1.2.3", "a-v1.2.3");
    scratch.write("Cargo.toml", manifest("b", "1.2.3", "", ""));
    scratch.commit("feat!: call it b");
    let (code, renamed) = plan(&scratch, &[]);
    assert_eq!((code, next(&renamed, "b").as_str()), (0, "1.2.3"), "{renamed:#}");
    assert_eq!(renamed["packages"][0]["bump"], "first");
}

#[test]
fn a_release_whose_clock_was_ahead_is_still_the_baseline() {
    let scratch = one("1.2.2", "v1.2.2");
    scratch.write("Cargo.toml", manifest("a", "1.2.3", "", ""));
    scratch.git(&["add", "-A"]);
    let made = std::process::Command::new("git")
        .args(["-c", "user.name=S", "-c", "user.email=s@example.com", "commit", "-q", "-m", "Release 1.2.3"])
        .current_dir(scratch.path())
        .env("GIT_COMMITTER_DATE", "2030-01-01T00:00:00Z")
        .status();
    assert!(made.expect("git runs").success());
    scratch.git(&["tag", "v1.2.3"]);
    for at in 0..6 {
        change(&scratch, "src/lib.rs", &format!("fix: mend it {at}"));
    }
    let (code, plan) = plan(&scratch, &[]);
    assert_eq!((code, next(&plan, "a").as_str()), (0, "1.2.4"), "{plan:#}");
    assert_eq!(plan["packages"][0]["baseline"]["ref"], "v1.2.3");
}

/// Takes an object away, as a clone that left it out would.
fn lose(scratch: &Scratch, revision: &str) {
    let id = scratch.git(&["rev-parse", revision]);
    let (folder, name) = id.trim().split_at(2);
    std::fs::remove_file(scratch.at(&format!(".git/objects/{folder}/{name}"))).expect("a loose object");
}

#[test]
fn what_can_not_be_read_of_the_history_is_not_taken_for_what_was_not_there() {
    // The old source: without it every public name would be new.
    let scratch = one("1.2.3", "v1.2.3");
    scratch.write("src/lib.rs", "//! A.\npub fn one() {}\n//! Mended.\n");
    scratch.commit("fix: mend it");
    assert_eq!(next(&plan(&scratch, &[]).1, "a"), "1.2.4");
    lose(&scratch, "v1.2.3:src/lib.rs");
    let (code, without) = plan(&scratch, &[]);
    assert_eq!((code, codes(&without), next(&without, "a").as_str()), (3, vec!["no-history".to_owned()], "-"));
    assert!(without["blockers"][0]["remedy"].as_str().expect("a remedy").contains("git fetch --refetch --no-filter"));
    // The old manifest: without it the package would be new.
    let scratch = one("1.2.3", "v1.2.3");
    scratch.write("Cargo.toml", manifest("a", "1.2.3", "keywords = [\"a\"]\n", ""));
    change(&scratch, "src/lib.rs", "feat: more");
    lose(&scratch, "v1.2.3:Cargo.toml");
    let (code, without) = plan(&scratch, &[]);
    assert_eq!((code, codes(&without)), (3, vec!["no-history".to_owned()]), "{without:#}");
    let prepared = governed(&scratch, &["release", "prepare", "--execute", "--no-package", "--no-api"]);
    assert_eq!(prepared.code, 3, "{prepared:?}");
    assert!(scratch.git(&["status", "--porcelain"]).is_empty());
}

#[test]
fn references_that_can_not_be_read_are_no_repository_without_tags() {
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "feat: more");
    scratch.git(&["pack-refs", "--all"]);
    let packed = std::fs::read_to_string(scratch.at(".git/packed-refs")).expect("packed references");
    let head = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write(".git/refs/heads/main", head);
    scratch.write(".git/packed-refs", format!("{packed}this is no reference\n"));
    let (code, without) = plan(&scratch, &[]);
    assert_eq!((code, codes(&without)), (3, vec!["no-history".to_owned()]), "{without:#}");
    for verb in ["status", "notes", "prepare"] {
        let ran = governed(&scratch, &["release", verb]);
        assert_eq!(ran.code, 3, "{verb}: {ran:?}");
        assert!(format!("{}{}", ran.stdout, ran.stderr).contains("can't be read"), "{verb}: {ran:?}");
    }
}
