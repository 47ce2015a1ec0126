//! No remote and no token: what `release prepare` and `release publish` say where they are missing, and that nothing is begun.
#![cfg(unix)]

mod support;

use support::checkout::Scratch;
use support::governed::command;
use support::release::change;
use support::release::manifest;
use support::release::one;
use support::shop::CHAIN;
use support::shop::Shop;
use support::shop::TOKEN;
use support::shop::WITNESSES;
use support::shop::codes;
use support::shop::tags;
use support::shop::words;
use support::sparse::Sparse;
use support::tool;
use support::tool::Ran;

fn prepare(scratch: &Scratch, sparse: &Sparse, more: &[&str]) -> Ran {
    let mut command = command(scratch, &[&["release", "prepare", "--no-api"], more].concat());
    let home = tempfile::tempdir().expect("a folder");
    command.env("CARGO_HOME", home.path()).env("CARGO_REGISTRIES_MINE_INDEX", sparse.index());
    tool::of(command.output().expect("the binary runs"))
}

#[test]
fn prepare_asks_for_neither() {
    let (scratch, sparse) = (one("1.2.3", "v1.2.3"), Sparse::new());
    change(&scratch, "src/lib.rs", "mend it");
    assert!(scratch.git(&["remote"]).is_empty());
    let ran = prepare(&scratch, &sparse, &["--offline", "--execute"]);
    assert!(ran.code == 0 && ran.stdout.contains("packed against each other: a\n"), "{ran:?}");
}

#[test]
fn what_prepare_can_not_pack_without_a_token_is_unproven_and_not_edited() {
    let sparse = Sparse::new();
    sparse.closed("a token that nobody has");
    let dependency = "dependency = { version = \"0.1\", registry = \"mine\" }\n";
    let scratch = Scratch::committed(&[
        ("Cargo.toml", &manifest("a", "1.2.3", "publish = [\"mine\"]\n", dependency)),
        ("src/lib.rs", "//! A.\n"),
        (".gitignore", "/target\nCargo.lock\n"),
    ]);
    scratch.git(&["tag", "v1.2.3"]);
    change(&scratch, "src/lib.rs", "mend it");
    for execute in [&[][..], &["--execute"]] {
        let ran = prepare(&scratch, &sparse, execute);
        assert_eq!(ran.code, 3, "{ran:?}");
        assert!(ran.stdout.contains("[package-unproven]") && ran.stdout.contains("help: "), "{ran:?}");
        assert!(scratch.git(&["status", "--porcelain"]).is_empty(), "nothing is half-edited");
    }
    let ran = prepare(&scratch, &sparse, &["--execute", "--no-package"]);
    assert!(ran.code == 0 && scratch.git(&["diff"]).contains("+version = \"1.2.4\""), "{ran:?}");
}

#[test]
fn what_a_lock_file_names_and_nobody_has_keeps_nothing_from_being_packed() {
    let sparse = Sparse::new();
    let source = "git+https://127.0.0.1:9/none?branch=main#0123456789abcdef0123456789abcdef01234567";
    let patch = "\n[patch.crates-io]\npatched = { git = \"https://127.0.0.1:9/none\", branch = \"main\" }\n";
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\n[[package]]\nname = \"patched\"\n\
         version = \"0.1.0\"\nsource = \"{source}\"\n"
    );
    let scratch = Scratch::committed(&[
        ("Cargo.toml", &format!("{}{patch}", manifest("a", "1.2.3", "", ""))),
        ("Cargo.lock", &lock),
        ("src/lib.rs", "//! A.\n"),
        (".gitignore", "/target\n"),
    ]);
    scratch.git(&["tag", "v1.2.3"]);
    change(&scratch, "src/lib.rs", "mend it");
    let ran = prepare(&scratch, &sparse, &["--execute"]);
    assert!(ran.code == 0 && ran.stdout.contains("packed against each other: a\n"), "{ran:?}");
    assert!(ran.stdout.contains("packed without the lock file, which is not proven with it: "), "{ran:?}");
    // What is really written keeps its lock file, with the new version.
    let lock = scratch.git(&["diff", "-U0", "--", "Cargo.lock"]);
    assert!(lock.contains("-version = \"1.2.3\"\n+version = \"1.2.4\"\n") && !lock.contains("patched"), "{lock}");
}

#[test]
fn publish_begins_nothing_without_a_remote_for_its_tags() {
    let sparse = Sparse::new();
    let shop = Shop::at(&CHAIN[..2], WITNESSES, sparse.index());
    let proof = shop.proof().display().to_string();
    let unknown = shop.run(&words(&proof, &["--remote", "nowhere"]));
    assert!(unknown.code == 2 && unknown.stderr.contains("could not find the remote `nowhere`"), "{unknown:?}");
    // Another name than git's own is no guess of ours.
    shop.scratch.git(&["remote", "rename", "origin", "upstream"]);
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (1, vec!["no-remote".to_owned(); 2]), "{document:#}");
        assert!(
            document["blockers"][0]["remedy"].as_str().is_some_and(|told| told.contains("--remote")),
            "{document:#}"
        );
    }
    assert_eq!((sparse.kept().0.len(), tags(shop.scratch.path())), (0, vec![]), "nothing was begun");
    let (code, done) = shop.publish(&["--execute", "--remote", "upstream"]);
    assert_eq!((code, tags(&shop.remote()).len()), (0, 2), "{done:#}");
}

#[test]
fn publish_begins_nothing_without_a_token() {
    let sparse = Sparse::new();
    let mut shop = Shop::at(&CHAIN[..2], WITNESSES, sparse.index());
    shop.without_token = true;
    for more in [&[][..], &["--execute"]] {
        let (code, document) = shop.publish(more);
        assert_eq!((code, codes(&document)), (3, vec!["no-token".to_owned(); 2]), "{document:#}");
        assert!(document["blockers"][0]["remedy"].as_str().is_some_and(|told| told.contains("cargo login")));
    }
    assert_eq!((sparse.kept().0.len(), tags(shop.scratch.path())), (0, vec![]), "nothing was begun");
    shop.without_token = false;
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!((code, sparse.kept().0.len()), (0, 2), "{done:#}");
}

/// A program that gives the token as cargo asks for it, and notes that it was asked.
fn provider(shop: &Shop, token: &str) -> String {
    let path = shop.outside.path().join("provider");
    let answer = format!(
        "{{\"Ok\":{{\"kind\":\"get\",\"token\":\"{token}\",\"cache\":\"session\",\"operation_independent\":true}}}}"
    );
    let script = format!(
        "#!/bin/sh\necho '{{\"v\":[1]}}'\nread -r question\necho \"$question\" >> {}\necho '{answer}'\n",
        shop.outside.path().join("asked").display()
    );
    std::fs::write(&path, script).expect("a script");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a program");
    path.display().to_string()
}

#[test]
fn an_index_that_wants_a_token_is_read_with_that_of_a_credential_provider() {
    let sparse = Sparse::new();
    sparse.closed(TOKEN);
    let mut shop = Shop::at(&CHAIN[..2], WITNESSES, sparse.index());
    shop.without_token = true;
    let program = provider(&shop, TOKEN);
    shop.variables.push(("CARGO_REGISTRIES_MINE_CREDENTIAL_PROVIDER".to_owned(), program));
    let (code, dry) = shop.publish(&[]);
    assert_eq!((code, codes(&dry)), (0, vec![]), "{dry:#}");
    let (code, done) = shop.publish(&["--execute"]);
    assert_eq!(code, 0, "{done:#}");
    assert_eq!(sparse.kept().0.values().copied().collect::<Vec<_>>(), [1, 1], "{done:#}");
    assert!(!done.to_string().contains(TOKEN) && shop.outside.path().join("asked").exists());
    // One that has another token opens nothing, and what is not known is not begun.
    provider(&shop, "another-token");
    assert_eq!(shop.publish(&["--execute"]).0, 3);
}
