//! `release publish` to a registry that speaks the sparse protocol, with releases on a forge: an index that is late, answers
//! that are lost, other bytes, and a forge that may not be written to.
#![cfg(unix)]

mod support;

use std::time::Duration;

use support::forge::Fault;
use support::forge::Forge;
use support::shop::CHAIN;
use support::shop::Shop;
use support::shop::TOKEN;
use support::shop::WITNESSES;
use support::shop::acts;
use support::shop::codes;
use support::shop::tags;
use support::sparse::Sparse;

/// The token that the forge of the tests asks for.
const FORGE_TOKEN: &str = "t0ken";
const WITH_FORGE: &str = "[\"manifest\", \"tag\", \"registry\", \"forge\"]";

/// Every package is kept once.
fn once(sparse: &Sparse, packages: &[(&str, &[&str])]) {
    let (kept, _) = sparse.kept();
    assert_eq!(kept.len(), packages.len(), "0 missing: {kept:?}");
    assert!(kept.values().all(|versions| *versions == 1), "0 published twice: {kept:?}");
}

#[test]
fn a_late_index_and_a_lost_answer_are_met_in_one_command() {
    let sparse = Sparse::new();
    let shop = Shop::at(CHAIN, WITNESSES, sparse.index());
    sparse.lag(Duration::from_secs(2));
    sparse.break_after_storing(1);
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    assert_eq!(
        acts(&done)[0],
        "found: upload aa 0.1.0 to mine",
        "the file is there before the index shows it: {done:#}"
    );
    once(&sparse, CHAIN);
    assert_eq!(sparse.kept().1, 0, "nothing was sent that was there");
}

#[test]
fn what_is_stored_is_seen_without_the_record_and_before_the_index_shows_it() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    sparse.lag(Duration::from_secs(4));
    let (_, cut) = shop.publish(&["--execute", "--wait", "0"]);
    // Another machine goes on, without the record of the first.
    std::fs::remove_dir_all(shop.scratch.at(".git/governed")).expect("a record");
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{cut:#}\n{done:#}");
    once(&sparse, &CHAIN[..1]);
    assert_eq!(sparse.kept().1, 0, "nothing was sent again");
}

#[test]
fn other_bytes_and_a_yanked_version_are_refused_every_time() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..2], WITNESSES, sparse.index());
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    sparse.yank("bb");
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (1, vec!["yanked".to_owned()]), "{document:#}");
    }
    sparse.alter("aa");
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!(
            (code, codes(&document)),
            (1, vec!["checksum-differs".to_owned(), "yanked".to_owned()]),
            "{document:#}"
        );
    }
}

#[test]
fn a_registry_that_shows_nothing_without_a_token_is_asked_with_the_one_cargo_has() {
    let sparse = Sparse::new();
    sparse.closed(TOKEN);
    let mut shop = Shop::at(&CHAIN[..2], WITNESSES, sparse.index());
    // Cargo asks for it to be said where its tokens are, for such a registry.
    shop.variables.push(("CARGO_REGISTRY_GLOBAL_CREDENTIAL_PROVIDERS".to_owned(), "cargo:token".to_owned()));
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    once(&sparse, &CHAIN[..2]);
    shop.without_token = true;
    let (code, unknown) = shop.publish(&[]);
    assert_eq!(code, 3, "not seen is not known: {unknown:#}");
    assert!(!unknown.to_string().contains(TOKEN));
}

/// A shop whose tags have releases on a forge, which holds every request and answer against GitHub's own description.
fn announcing(sparse: &Sparse, forge: &Forge, packages: &[(&str, &[&str])]) -> Shop {
    let mut shop = Shop::at(packages, WITH_FORGE, sparse.index());
    for (name, value) in
        [("GITHUB_API_URL", forge.url.as_str()), ("GITHUB_REPOSITORY", "o/r"), ("GITHUB_TOKEN", FORGE_TOKEN)]
    {
        shop.variables.push((name.to_owned(), value.to_owned()));
    }
    shop
}

#[test]
fn a_forge_that_refuses_or_loses_an_answer_is_gone_on_with() {
    for (forge, packages) in [(Forge::new(), CHAIN), (Forge::enterprise(), &CHAIN[..1])] {
        let sparse = Sparse::new();
        let shop = announcing(&sparse, &forge, packages);
        forge.fail("POST", "/releases", Fault::Denied);
        let (code, denied) = shop.publish(&["--execute"]);
        assert_eq!(code, 4, "{denied:#}");
        assert!(denied["failure"]["message"].as_str().is_some_and(|told| told.contains("403")), "{denied:#}");
        assert_eq!(forge.released(), [""; 0]);
        forge.fail("POST", "/releases", Fault::StoredThenBroken);
        let (code, done) = shop.publish(&["--execute"]);
        assert_eq!(code, 0, "{done:#}");
        let tags: Vec<String> = packages.iter().map(|(name, _)| format!("{name}-v0.1.0")).collect();
        assert_eq!(forge.released(), tags, "one each, though an answer was lost");
        once(&sparse, packages);
        let changes = forge.changes();
        let (code, again) = shop.publish(&["--execute"]);
        assert_eq!((code, acts(&again)), (0, vec![]), "{again:#}");
        assert_eq!((forge.released().len(), forge.changes()), (packages.len(), changes), "nothing was sent again");
    }
}

#[test]
fn without_a_token_of_the_forge_nothing_is_begun_and_a_draft_is_no_release() {
    let (sparse, forge) = (Sparse::new(), Forge::new().public());
    let mut shop = announcing(&sparse, &forge, &CHAIN[..1]);
    shop.variables.retain(|(name, _)| name != "GITHUB_TOKEN");
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (3, vec!["no-forge-token".to_owned()]), "{document:#}");
    }
    shop.variables.push(("GITHUB_TOKEN".to_owned(), FORGE_TOKEN.to_owned()));
    forge.release("aa-v0.1.0", true);
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (1, vec!["forge-draft".to_owned()]), "{document:#}");
    }
    assert_eq!((sparse.kept().0.len(), tags(&shop.remote()).len()), (0, 0), "nothing was begun");
    assert_eq!(forge.changes(), 0);
    forge.state().releases.clear();
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    let status = shop.run(&["release", "status"]);
    assert_eq!(status.code, 0, "{status:?}");
    assert_eq!(forge.released(), ["aa-v0.1.0"]);
}

#[test]
fn packages_under_one_tag_have_one_release() {
    let (sparse, forge) = (Sparse::new(), Forge::new());
    let shop = announcing(&sparse, &forge, &CHAIN[..3]);
    let policy = std::fs::read_to_string(shop.scratch.at("governed.toml")).expect("a policy");
    shop.scratch.write("governed.toml", policy.replace("{package}-v{version}", "v{version}"));
    shop.scratch.commit("one tag for all");
    shop.scratch.git(&["branch", "-f", "base"]);
    shop.scratch.git(&["commit", "-q", "--allow-empty", "-m", "release"]);
    shop.prove();
    let uploads = ["aa", "bb", "cc"].map(|name| format!("upload {name} 0.1.0 to mine"));
    let rest = ["make the tag v0.1.0", "push the tag v0.1.0 to origin", "make the forge release of v0.1.0"];
    let all: Vec<&str> = uploads.iter().map(String::as_str).chain(rest).collect();
    let (code, dry) = shop.publish(&[]);
    assert_eq!((code, acts(&dry)), (0, all.iter().map(|act| format!("would: {act}")).collect()), "{dry:#}");
    // Refused once, everything of all three is still told as missing, and done by the next command.
    forge.fail("POST", "/releases", Fault::Denied);
    assert_eq!(shop.publish(&["--execute"]).0, 4);
    let (_, left) = shop.publish(&[]);
    assert_eq!(acts(&left), [format!("would: {}", all[5])], "{left:#}");
    let stands = left["packages"].as_array().expect("packages").iter().all(|one| one["stands"] == "to-do");
    assert!(stands, "{left:#}");
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!((code, acts(&done)), (0, vec![format!("done: {}", all[5])]), "{done:#}");
    assert_eq!((forge.released(), tags(&shop.remote()).len()), (vec!["v0.1.0".to_owned()], 1));
    once(&sparse, &CHAIN[..3]);
    let body = forge.state().releases[0]["body"].as_str().expect("notes").to_owned();
    assert!(body.contains("## aa 0.1.0") && body.contains("## cc 0.1.0") && body.contains("It began."), "{body}");
    let status = shop.run(&["release", "status"]);
    assert!(status.code == 0 && status.stdout.ends_with("all witnesses agree on 3 packages\n"), "{status:?}");
}

/// A workspace of two came out; then the second got another version.
fn second_release(witnesses: &str, sparse: &Sparse) -> Shop {
    let shop = Shop::at(&CHAIN[..2], witnesses, sparse.index());
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    for path in ["bb/Cargo.toml", "Cargo.lock"] {
        let text = std::fs::read_to_string(shop.scratch.at(path)).expect("a file");
        let text = text.replacen("name = \"bb\"\nversion = \"0.1.0\"", "name = \"bb\"\nversion = \"0.1.1\"", 1);
        shop.scratch.write(path, text);
    }
    shop.scratch.commit("bb 0.1.1");
    shop.prove();
    shop
}

#[test]
fn what_came_out_earlier_is_left_alone() {
    let sparse = Sparse::new();
    let shop = second_release(&format!("{WITNESSES}\napi = \"when-available\""), &sparse);
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    assert_eq!((&done["packages"][0]["name"], &done["packages"][0]["stands"]), (&"aa".into(), &"earlier".into()));
    let (tag, push) = ("done: make the tag bb-v0.1.1", "done: push the tag bb-v0.1.1 to origin");
    assert_eq!(acts(&done), ["done: upload bb 0.1.1 to mine", tag, push]);
    assert_eq!(sparse.kept().0.into_iter().collect::<Vec<_>>(), [("aa".to_owned(), 1), ("bb".to_owned(), 2)]);
    // Named, it must come from this commit, and does not.
    let (code, refused) = shop.publish(&["--package", "aa"]);
    assert_eq!((code, codes(&refused)), (1, vec!["checksum-differs".to_owned(), "tag-elsewhere".to_owned()]));
}

#[test]
fn a_library_that_is_out_comes_out_again_only_when_its_api_was_compared() {
    let sparse = Sparse::new();
    let shop = second_release(WITNESSES, &sparse);
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (3, vec!["api-unproven".to_owned()]), "{document:#}");
    }
    assert_eq!(sparse.kept().0.values().sum::<usize>(), 2, "nothing more came out");
}

#[test]
fn tags_are_signed_where_git_is_set_to() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    let key = shop.outside.path().join("me").display().to_string();
    for (name, value) in [("gpg.format", "ssh"), ("user.signingkey", &key), ("tag.gpgSign", "true")] {
        shop.scratch.git(&["config", name, value]);
    }
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!((code, &done["acts"][1]["says"]), (0, &"signed".into()), "{done:#}");
    assert!(shop.scratch.git(&["cat-file", "tag", "aa-v0.1.0"]).contains("BEGIN SSH SIGNATURE"));
}

#[test]
fn a_tag_that_the_remote_refused_is_still_missing_from_the_next_commit_on() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    let hook = shop.remote().join("hooks/pre-receive");
    std::fs::write(&hook, "#!/bin/sh\nexit 1\n").expect("a hook");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&hook, mode).expect("a hook that runs");
    assert_eq!(shop.publish(&["--execute"]).0, 4);
    assert_eq!((tags(shop.scratch.path()).len(), tags(&shop.remote()).len()), (1, 0));
    let released = shop.commit();
    std::fs::remove_file(hook).expect("a hook");
    // Other bytes, so that this commit is not taken for the one that came out.
    shop.scratch.write("aa/src/lib.rs", "//! Other.\n");
    shop.scratch.commit("other");
    shop.prove();
    for more in [&[][..], &["--execute"]] {
        let (code, left) = shop.publish(more);
        assert_eq!((code, codes(&left)), (1, vec!["release-unfinished".to_owned()]), "{left:#}");
        assert!(left["blockers"][0]["remedy"].as_str().is_some_and(|told| told.contains(&released)), "{left:#}");
    }
    shop.scratch.git(&["push", "-q", "origin", "refs/tags/aa-v0.1.0"]);
    let (code, whole) = shop.publish(&["--execute"]);
    assert_eq!((code, &whole["packages"][0]["stands"]), (0, &"earlier".into()), "{whole:#}");
}
