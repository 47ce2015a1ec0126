//! `release publish` against a real registry, a real cargo and a real git remote: what it does, what it says it would do,
//! and that both are the same.
#![cfg(unix)]

mod support;

use support::shop::CHAIN;
use support::shop::FAN;
use support::shop::Shop;
use support::shop::TOKEN;
use support::shop::acts;
use support::shop::codes;
use support::shop::tags;
use support::shop::words;

#[test]
fn a_workspace_comes_out_in_order_and_once() {
    let Some(shop) = Shop::open(FAN) else { return };
    let (code, dry) = shop.publish(&[]);
    assert_eq!((code, &dry["verdict"]), (0, &"accepted".into()), "{dry:#}");
    assert!(shop.registry().published().is_empty(), "a dry run does nothing");
    assert!(shop.proxy.uploads().is_empty());
    let would: Vec<String> = acts(&dry);
    assert_eq!(would.len(), 18, "{would:#?}");
    assert!(would.iter().all(|act| act.starts_with("would: ")));
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!((code, &done["verdict"]), (0, &"accepted".into()), "{done:#}");
    assert_eq!(acts(&done), would.iter().map(|act| act.replace("would", "done")).collect::<Vec<_>>());
    shop.is_out(FAN);
    let passed = shop.proxy.passed();
    let at = |name: &str| passed.iter().position(|one| one == name).expect("it was sent");
    for (name, needs) in FAN {
        assert!(needs.iter().all(|need| at(need) < at(name)), "{passed:?}");
    }
    // Once more: nothing is left, and nothing is sent.
    for more in [&["--execute"][..], &[]] {
        let (code, again) = shop.publish(more);
        assert_eq!((code, acts(&again)), (0, vec![]), "{again:#}");
    }
    assert_eq!(shop.proxy.uploads().len(), FAN.len());
    shop.is_out(FAN);
}

#[test]
fn what_stands_against_it_is_the_same_dry_and_real() {
    let Some(shop) = Shop::open(CHAIN) else { return };
    let both = |shop: &Shop, more: &[&str]| {
        let (code, dry) = shop.publish(more);
        let (real_code, real) = shop.publish(&[more, &["--execute"]].concat());
        assert_eq!((code, codes(&dry), &dry["verdict"]), (real_code, codes(&real), &real["verdict"]), "{real:#}");
        assert!(shop.proxy.uploads().is_empty() && shop.registry().published().is_empty());
        (code, codes(&dry))
    };
    assert_eq!(both(&shop, &["--offline"]).0, 3, "what was not asked is not known");
    // A tag of another commit, here and on the remote.
    shop.scratch.git(&["tag", "cc-v0.1.0", "HEAD~1"]);
    assert_eq!(both(&shop, &[]), (1, vec!["tag-elsewhere".to_owned()]));
    shop.scratch.git(&["push", "-q", "origin", "refs/tags/cc-v0.1.0"]);
    shop.scratch.git(&["tag", "-d", "cc-v0.1.0"]);
    assert_eq!(both(&shop, &[]), (1, vec!["tag-elsewhere".to_owned()]));
    shop.scratch.git(&["push", "-q", "origin", ":refs/tags/cc-v0.1.0"]);
    // A registry that the manifests do not allow, behind the gate.
    let ran = shop.run(&["release", "publish", "--base", "base", "--proof", "/nowhere", "--registry", "other"]);
    assert_eq!(ran.code, 1, "the gate stands in front of everything: {ran:?}");
    let proof = shop.proof().display().to_string();
    let ran = shop.run(&["release", "publish", "--base", "base", "--proof", &proof, "--registry", "other"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("its manifest allows mine"), "{ran:?}");
    // Another commit than the one that was proved, and changes that are in none.
    shop.scratch.write("aa/src/lib.rs", "//! Other.\n");
    for execute in [&[][..], &["--execute"]] {
        let ran = shop.run(&words(&proof, execute));
        assert_eq!(ran.code, 2, "{ran:?}");
        assert!(ran.stderr.contains("the work tree has changes that are in no commit\nhelp: commit or put"), "{ran:?}");
    }
    shop.scratch.commit("other");
    assert_eq!(shop.publish(&["--execute"]).1["gate"]["decision"], "deny");
    assert!(shop.proxy.uploads().is_empty());
}

#[test]
fn no_token_is_in_the_record_the_report_or_the_talk() {
    let Some(shop) = Shop::open(&CHAIN[..2]) else { return };
    let proof = shop.proof().display().to_string();
    shop.proxy.fail("bb", support::proxy::Fault::Denied);
    let denied = shop.run(&words(&proof, &["--execute", "-v"]));
    assert_eq!(denied.code, 4, "{denied:?}");
    assert!(denied.stderr.contains("this token may not"), "{denied:?}");
    let done = shop.run(&words(&proof, &["--execute", "-v"]));
    assert_eq!(done.code, 0, "{done:?}");
    shop.is_out(&CHAIN[..2]);
    let mut open = vec![shop.scratch.path().to_path_buf()];
    let mut looked_at = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let found = bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
                assert!(!found, "{}", path.display());
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 20);
    for text in [&denied.stdout, &denied.stderr, &done.stdout, &done.stderr] {
        assert!(!text.contains(TOKEN), "{text}");
    }
}

#[test]
fn without_a_token_nothing_is_begun() {
    let Some(mut shop) = Shop::open(&CHAIN[..1]) else { return };
    shop.without_token = true;
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (3, vec!["no-token".to_owned()]), "{document:#}");
    }
    assert!(shop.proxy.uploads().is_empty());
    assert_eq!(tags(shop.scratch.path()), []);
}
