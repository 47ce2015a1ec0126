//! What goes out is what its commit holds: bytes that git takes for the same, edits between packing and uploading, tags that
//! are sent along, and a commit that is its own authority.
#![cfg(unix)]

mod support;

use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use support::proxy::Fault;
use support::shop::CHAIN;
use support::shop::Shop;
use support::shop::WITNESSES;
use support::shop::codes;
use support::shop::tags;
use support::shop::words;
use support::sparse::Sparse;

/// Lets git take what is in the work tree for what it tracks.
fn filter(shop: &Shop) {
    shop.scratch.git(&["config", "filter.hides.clean", "sed s/evil/aa/"]);
    shop.scratch.write(".git/info/attributes", "aa/src/lib.rs filter=hides\n");
    shop.scratch.write("aa/src/lib.rs", "//! evil.\n");
    shop.scratch.git(&["add", "--renormalize", "."]);
    assert!(shop.scratch.git(&["status", "--porcelain"]).is_empty(), "git takes it for the same");
}

#[test]
fn bytes_that_a_filter_changes_are_neither_signed_for_nor_published() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..2], WITNESSES, sparse.index());
    filter(&shop);
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        // The proof is of other files, if nothing is said before.
        assert!(code == 1 && document["verdict"] == "refused", "{document:#}");
    }
    // Proved as it lies there.
    let ran = shop.run(&["run", "--base", "base", "--quiet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let key = shop.outside.path().join("me").display().to_string();
    let ran = shop.run(&["prove", "--sign", &key]);
    assert!(ran.code == 1 && ran.stderr.contains("the bytes of aa/src/lib.rs are not those"), "{ran:?}");
    assert_eq!((sparse.kept().0.len(), tags(&shop.remote())), (0, vec![]));
}

#[test]
fn an_edit_between_packing_and_uploading_does_not_go_out() {
    let Some(shop) = Shop::open(&CHAIN[..2]) else { return };
    shop.proxy.fail("aa", Fault::Late(Duration::from_secs(6)));
    let proof = shop.proof().display().to_string();
    let arguments = words(&proof, &["--execute", "--format", "json"]);
    let running = shop.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let begun = Instant::now();
    while shop.proxy.uploads().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "aa is uploaded");
        std::thread::sleep(Duration::from_millis(20));
    }
    shop.scratch.git(&["update-index", "--assume-unchanged", "bb/src/lib.rs"]);
    shop.scratch.write("bb/src/lib.rs", "//! evil.\n");
    assert!(shop.scratch.git(&["status", "--porcelain"]).is_empty(), "git says nothing");
    let output = running.wait_with_output().expect("its end");
    let document = serde_json::from_slice(&output.stdout).expect("a document");
    assert_eq!((output.status.code(), codes(&document)), (Some(1), vec!["bytes-differ".to_owned()]), "{document:#}");
    let published: Vec<String> = shop.registry().published().into_keys().map(|(name, _)| name).collect();
    assert_eq!((published, tags(&shop.remote())), (vec!["aa".to_owned()], vec![]));
    // Put back, it is finished.
    shop.scratch.git(&["update-index", "--no-assume-unchanged", "bb/src/lib.rs"]);
    shop.scratch.git(&["restore", "."]);
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    shop.is_out(&CHAIN[..2]);
}

#[test]
fn a_push_takes_no_other_tag_along() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    shop.scratch.git(&["config", "push.followTags", "true"]);
    shop.scratch.git(&["tag", "-a", "-m", "mine alone", "private", "HEAD~1"]);
    // Proved with it: what the rules say of tags is then as it will be.
    shop.prove();
    let (code, done) = shop.publish(&["--execute"]);
    let there: Vec<String> = tags(&shop.remote()).into_iter().map(|(name, _)| name).collect();
    assert_eq!((code, there), (0, vec!["aa-v0.1.0".to_owned()]), "{done:#}");
}

#[test]
fn a_commit_is_not_its_own_authority() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..1], WITNESSES, sparse.index());
    let key = shop.outside.path().join("me").display().to_string();
    for words in [&["run", "--base", "HEAD", "--quiet"][..], &["prove", "--sign", &key]] {
        let ran = shop.run(words);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let proof = shop.scratch.at("target/governed/proof.intoto.jsonl").display().to_string();
    let publish = |base: &str| {
        let ran = shop.run(&["release", "publish", "--base", base, "--proof", &proof, "--execute", "--format", "json"]);
        let document = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        (ran.code, codes(&document), document)
    };
    let (code, found, document) = publish("HEAD");
    assert_eq!((code, found), (1, vec!["own-authority".to_owned()]), "{document:#}");
    assert!(sparse.kept().0.is_empty());
    // The commit that the remote's own branch is at.
    shop.scratch.git(&["push", "-q", "origin", "HEAD:refs/heads/main"]);
    shop.scratch.git(&["fetch", "-q", "origin"]);
    let (code, found, document) = publish("origin/main");
    assert_eq!((code, found), (0, vec![]), "{document:#}");
}
