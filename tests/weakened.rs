//! What a change takes away from the base, case by case: each is told for certain, and what an honest change does is not.

use std::collections::BTreeMap;
use std::sync::Arc;

use cargo_governed::facts::Facts;
use cargo_governed::facts::history::NoHistory;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse;
use cargo_governed::facts::policy::Policy;
use cargo_governed::facts::policy::change::Change;
use cargo_governed::facts::policy::change::Signed;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::source::SourceFile;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::rules;
use cargo_governed::rules::authority::authority_touched;
use cargo_governed::rules::authority::authority_weakened;
use cargo_governed::rules::authority::cargo_runner_replaced;
use cargo_governed::rules::level::Certainty;
use cargo_governed::rules::rule::Context;
use cargo_governed::rules::rule::Rule;
use cargo_governed::steps::replaced;
use cargo_governed::steps::replaced::Replaced;
use cargo_governed::steps::step::Profile;
use cargo_governed::steps::step::Step;

/// A file, a link to where its text says behind `->`, a submodule at the commit behind `@`, or one that is gone.
type Files<'a> = &'a [(&'a str, &'a str)];

const MANIFEST: (&str, &str) = ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n");
const SIGNERS: &str = "me ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKNh9V9RCsDYuxfLh9Tu/OislkklGoxiVm5rMstcaJi+\n";

fn facts(files: Files<'_>) -> Facts {
    let files: BTreeMap<&str, &str> = [MANIFEST].iter().chain(files).copied().collect();
    let mode = |text: &str| match text.get(..1) {
        Some("-") if text.starts_with("->") => Mode::Symlink,
        Some("@") => Mode::Submodule,
        _ => Mode::File,
    };
    let id = |text: &str| text.strip_prefix('@').map(Arc::from);
    let entry =
        |(path, text): (&&str, &&str)| Entry { path: Arc::from(*path), mode: mode(text), id: id(text), tracked: true };
    let tree = Tree::new(files.iter().map(entry).collect());
    let read = files.iter().filter(|(path, text)| mode(text) == Mode::File && Kind::of(path).is_read());
    let file = |(path, text): (&&str, &&str)| {
        let kind = Kind::of(path);
        SourceFile { path: Arc::from(*path), kind, content: Arc::new(parse::parse(kind, text.as_bytes().to_vec())) }
    };
    Facts::assemble(tree, read.map(file).collect::<Vec<_>>())
}

fn policy(facts: &Facts) -> Policy {
    let text = facts.text("governed.toml").unwrap_or_default();
    find::read("governed.toml", text, &rules::vocabulary()).expect("a policy")
}

/// The base with files laid over it; one without a text is gone.
fn over<'a>(base: Files<'a>, edits: Files<'a>) -> Vec<(&'a str, &'a str)> {
    let mut files: BTreeMap<&str, &str> = base.iter().copied().collect();
    for (path, text) in edits {
        if text.is_empty() {
            files.remove(path);
        } else {
            files.insert(path, text);
        }
    }
    files.into_iter().collect()
}

/// What a rule says of the edits of a base, for certain or not.
fn said(rule: &Rule, base: Files<'_>, edits: Files<'_>, certainty: Certainty) -> Vec<String> {
    let (base, head) = (facts(base), facts(&over(base, edits)));
    let head = head.since(&base.tree);
    let (before, after) = (policy(&base), policy(&head));
    let texts = |facts: &Facts| -> BTreeMap<String, String> {
        let all = ["signers", "other", ".github/allowed_signers"];
        all.iter()
            .filter(|path| facts.tree.has_file(path))
            .map(|path| ((*path).to_owned(), SIGNERS.to_owned()))
            .collect()
    };
    let (signers_before, signers_after) = (texts(&base), texts(&head));
    let signed = Signed::default();
    let change =
        Change { before: before.clone(), after: Ok(after), rules: Vec::new(), signers_before, signers_after, signed };
    let context = Context {
        facts: &head,
        history: &NoHistory,
        policy: &before,
        base: Some(&base),
        change: Some(&change),
        today: "2026-11-22".parse().expect("a day"),
    };
    let found = (rule.check)(&context).findings;
    found.into_iter().filter(|one| one.certainty == certainty).map(|one| one.message).collect()
}

fn weakened(base: Files<'_>, edits: Files<'_>) -> Vec<String> {
    said(&authority_weakened::RULE, base, edits, Certainty::Certain)
}

/// The settings that decide a plain `cargo test`.
fn deciding(files: Files<'_>) -> Vec<String> {
    let found = said(&cargo_runner_replaced::RULE, &[], files, Certainty::Certain);
    let one = |message| Replaced { rule: cargo_runner_replaced::RULE.name.to_owned(), message };
    let argv = ["cargo", "test"].map(str::to_owned).to_vec();
    let step = Step::inferred("test", Profile::Test, argv, "a test");
    replaced::deciding(found.into_iter().map(one).collect(), &[step]).into_iter().map(|one| one.message).collect()
}

const RUNNER: &str = "[target.'cfg(all())']\nrunner = \"true\"\n";

#[test]
fn what_cargo_follows_is_followed() {
    let cases: &[(&str, Files<'_>)] = &[
        ("a runner", &[(".cargo/config.toml", RUNNER)]),
        (
            "in a folder that calls itself imported",
            &[(".cargo/config.toml", RUNNER), (".cargo/.github/workflows/x.yml", "on: push\n")],
        ),
        ("in a file that is included", &[(".cargo/config.toml", "include = ['a.toml']\n"), (".cargo/a.toml", RUNNER)]),
        (
            "in one that is included by it",
            &[
                (".cargo/config.toml", "include = 'a.toml'\n"),
                (".cargo/a.toml", "include = [{ path = '../b.toml' }]\n"),
                ("b.toml", RUNNER),
            ],
        ),
        ("what is included leads out", &[(".cargo/config.toml", "include = ['../../a.toml']\n")]),
        ("what is included is a link", &[(".cargo/config.toml", "include = ['a.toml']\n"), (".cargo/a.toml", "-> /x")]),
        ("the configuration is a link", &[(".cargo/config.toml", "-> ../evil"), ("evil", RUNNER)]),
        ("the folder is a link", &[(".cargo", "-> evil"), ("evil/config.toml", RUNNER)]),
        ("the toolchain file is a link", &[("rust-toolchain.toml", "-> evil")]),
        ("a toolchain of the tree", &[("rust-toolchain.toml", "[toolchain]\npath = 'tc'\n")]),
        ("a linker of the tree", &[(".cargo/config.toml", "[target.'cfg(unix)']\nlinker = './evil.sh'\n")]),
        ("capped lints", &[(".cargo/config.toml", "[build]\nrustflags = ['--cap-lints=allow']\n")]),
        (
            "behind one that decides nothing",
            &[(
                ".cargo/config.toml",
                "[target.wasm32-wasip1]\nrunner = 'true'\n[target.'cfg(all())']\nrunner = 'true'\n",
            )],
        ),
    ];
    for (name, files) in cases {
        assert_eq!(deciding(files).len(), 1, "{name}: {:?}", deciding(files));
    }
    let honest: &[Files<'_>] = &[
        &[(".cargo/config.toml", "[target.aarch64-unknown-linux-gnu]\nlinker = 'aarch64-linux-gnu-gcc'\n")],
        &[(
            ".cargo/config.toml",
            "[target.x86_64-unknown-linux-gnu]\nlinker = 'clang'\nrustflags = ['-Clink-arg=-fuse-ld=mold']\n",
        )],
        &[(".cargo/config.toml", "[alias]\nxtask = 'run -p xtask --'\n[env]\nA = '1'\n")],
        &[(".cargo/config.toml", "include = [{ path = 'local.toml', optional = true }]\n")],
        &[
            ("rust-toolchain.toml", "[toolchain]\nchannel = 'stable'\n"),
            ("tests/fixtures/a/.cargo/config.toml", RUNNER),
        ],
        &[(".cargo/config.toml", "[target.wasm32-wasip1]\nrunner = 'true'\n")],
    ];
    for files in honest {
        assert_eq!(deciding(files), Vec::<String>::new(), "{files:?}");
    }
}

#[test]
fn programs_of_the_tree_that_are_handed_tokens_are_replacements() {
    for config in [
        "[registries.mine]\ncredential-provider = ['ci/steal.sh']\n",
        "[registry]\ncredential-provider = './steal'\n",
        "[registry]\nglobal-credential-providers = ['cargo:token', 'ci/steal.sh --x']\n",
        "[credential-alias]\nmine = ['cargo:token-from-stdout', 'ci/steal.sh']\n",
        "[registries]\nmine = { index = 'https://a', credential-provider = 'python3 ci/steal.py' }\n",
    ] {
        assert_eq!(deciding(&[(".cargo/config.toml", config)]).len(), 1, "{config}");
        let included = [(".cargo/config.toml", "include = 'a.toml'\n"), (".cargo/a.toml", config)];
        assert_eq!(deciding(&included).len(), 1, "{config}");
    }
    for config in [
        "[registry]\nglobal-credential-providers = ['cargo:token', 'cargo:libsecret']\n",
        "[registries.mine]\nindex = 'sparse+https://a/b/'\ncredential-provider = 'cargo:macos-keychain'\n",
        "[registries.mine]\ncredential-provider = ['cargo-credential-vault', '--path', 'secret/data/x']\n",
    ] {
        assert_eq!(deciding(&[(".cargo/config.toml", config)]), Vec::<String>::new(), "{config}");
    }
}

#[test]
fn nobody_hears_a_token_whom_the_base_does_not_let() {
    let path = ".cargo/config.toml";
    let before = "[registries.mine]\nindex = 'https://a'\n[registry]\nglobal-credential-providers = ['cargo:token', 'p']\n\
        [source.mirror]\nregistry = 'https://m'\n[alias]\nship = 'publish --locked'\n[http]\nproxy = 'p:1'\n";
    let told = |after: &str| weakened(&[(path, before)], &[(path, after)]);
    let with = |more: &str| told(&format!("{before}{more}"));
    let other = |from: &str, to: &str| {
        assert!(before.contains(from), "{from}");
        told(&before.replace(from, to))
    };
    for found in [
        other("https://a", "https://b"),
        other("https://m", "https://b"),
        other("'p']", "'p', 'q']"),
        other("'p:1'", "'q:1'"),
        other("'p:1'", "'p:1'\ncainfo = 'ca.pem'"),
        other("'p:1'", "'p:1'\ncheck-revoke = false"),
        other("publish --locked", "publish --config http.cainfo=\"x.pem\""),
        with("[registries.mine2]\ncredential-provider = 'q'\n"),
        with("[credential-alias]\nx = ['q']\n"),
        with("[env]\nHTTPS_PROXY = 'q'\n"),
        with("[env]\nCARGO_REGISTRIES_MINE_CREDENTIAL_PROVIDER = { value = './q' }\n"),
        weakened(&[(path, before)], &[(".Cargo/config.toml", "[http]\nproxy = 'q'\n")]),
        weakened(&[(path, before)], &[("crates/a/.cargo/config.toml", "[http]\nproxy = 'q'\n")]),
        weakened(
            &[(path, "[net]\nretry = 1\n")],
            &[(path, "include = ['a.toml']\n"), (".cargo/a.toml", "[http]\nproxy = 'q'\n")],
        ),
    ] {
        assert_eq!(found.len(), 1, "{found:?}");
    }
    for found in [
        other("'cargo:token', 'p'", "'p', 'cargo:token'"),
        other("'p']", "'cargo:libsecret']"),
        other("[http]\nproxy = 'p:1'\n", ""),
        with("retry = 3\ntimeout = 9\n"),
        with("[net]\ngit-fetch-with-cli = true\n[registries.other]\nindex = 'https://o'\n"),
        with("[source.vendored]\ndirectory = 'vendor'\n"),
        weakened(&[(path, before)], &[(path, ""), (".cargo/config", before)]),
        weakened(&[(path, before)], &[("tests/fixtures/a/.cargo/config.toml", "[http]\nproxy = 'q'\n")]),
        weakened(
            &[(path, before), ("governed.toml", "[authority]\nallow = ['http.proxy=q:1']\n")],
            &[(path, &before.replace("p:1", "q:1"))],
        ),
    ] {
        assert_eq!(found, Vec::<String>::new());
    }
    let added = [(path, "[registries.mine]\nindex = 'https://b'\n")];
    assert_eq!(weakened(&[], &added), Vec::<String>::new(), "a registry that nobody spoke of");
    let suspected = said(&authority_weakened::RULE, &[], &added, Certainty::Probable);
    assert_eq!(suspected.len(), 1, "{suspected:?}");
    let example = [("examples/a/.cargo/config.toml", "[registries.mine]\nindex = 'https://b'\n")];
    assert_eq!(said(&authority_weakened::RULE, &[], &example, Certainty::Probable), Vec::<String>::new());
    let manifest = format!("{}publish = ['mine']\n", MANIFEST.1);
    assert_eq!(weakened(&[("Cargo.toml", &manifest)], &added).len(), 1, "the address came from elsewhere");
}

#[test]
fn a_release_takes_nothing_of_the_tree_for_the_way_of_its_token() {
    use cargo_governed::rules::authority::token;
    let exposed = |files: Files<'_>, allow: &str| {
        let policy = policy(&facts(&[("governed.toml", allow)]));
        token::at_release(&facts(files), &policy.authority)
    };
    let config = "[http]\nproxy = 'p:1'\ncainfo = 'ca.pem'\n[registries.a]\nindex = 'https://a'\ncredential-provider = 'p'\n\
        [env]\nHTTPS_PROXY = 'q'\n";
    let files = [(".cargo/config.toml", config)];
    let found = exposed(&files, "");
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with(".cargo/config.toml:2: `http.proxy`"), "{found:?}");
    let all = "[authority]\nallow = ['http.*', 'registries.*.credential-provider=p']\n";
    assert_eq!(exposed(&files, all), Vec::<String>::new());
    let honest = "[registry]\nglobal-credential-providers = ['cargo:token']\n[registries.a]\nindex = 'https://a'\n";
    assert_eq!(exposed(&[(".cargo/config.toml", honest)], ""), Vec::<String>::new());
}

const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

#[test]
fn a_manifest_silences_no_lint_that_the_base_asks_for() {
    let lints = "[lints.rust]\nunsafe_code = 'forbid'\ndead_code = 'warn'\n[lints.clippy]\n\
        pedantic = { level = 'warn', priority = -1 }\nunwrap_used = 'deny'\n";
    let manifest = |lints: &str| format!("{PACKAGE}{lints}");
    let found = |then: &str, now: &str, certainty| {
        let (then, now) = (manifest(then), manifest(now));
        said(&authority_weakened::RULE, &[("Cargo.toml", &then)], &[("Cargo.toml", &now)], certainty).len()
    };
    let all = |then: &str, now: &str| {
        [Certainty::Certain, Certainty::Probable, Certainty::Unsure].map(|certainty| found(then, now, certainty))
    };
    let other = |from: &str, to: &str| {
        assert!(lints.contains(from), "{from}");
        all(lints, &lints.replace(from, to))
    };
    for (after, expected) in [
        (all("", "[lints.clippy]\nall = 'allow'\n"), [1, 0, 0]),
        (all("", "[lints.rust]\nwarnings = { level = 'allow', priority = 3 }\n"), [1, 0, 0]),
        (all(lints, ""), [2, 1, 0]),
        (other("'forbid'", "'warn'"), [1, 0, 0]),
        (other("unsafe_code = 'forbid'\n", ""), [1, 0, 0]),
        (other("unwrap_used = 'deny'", "unwrap_used = 'allow'"), [1, 0, 0]),
        (other("dead_code = 'warn'", "dead_code = 'allow'"), [0, 1, 0]),
        (other("level = 'warn', priority = -1", "level = 'allow', priority = -1"), [0, 1, 0]),
        // A new name for what was asked for, perhaps.
        (other("unwrap_used = 'deny'", "unwrap_spent = 'deny'"), [0, 1, 0]),
        (
            other("unwrap_used = 'deny'", "unwrap_used = 'deny'\nrestriction = { level = 'allow', priority = 9 }"),
            [0, 1, 0],
        ),
        (other("unwrap_used = 'deny'", "unwrap_used = 'deny'\nneedless_return = 'allow'"), [0, 0, 1]),
        (other("unwrap_used = 'deny'", "unwrap_used = 'forbid'\ntodo = 'deny'"), [0, 0, 0]),
        (other("dead_code = 'warn'", "unused = 'warn'"), [0, 0, 0]),
        (other("dead_code = 'warn'\n", ""), [0, 0, 0]),
        (other("unsafe_code = 'forbid'", "unsafe-code = { level = \"forbid\" }"), [0, 0, 0]),
        (all("", "[lints.clippy]\npedantic = 'warn'\nmust_use_candidate = 'allow'\n"), [0, 0, 0]),
        (all("[lints.clippy]\nall = 'warn'\n", ""), [0, 0, 0]),
    ] {
        assert_eq!(after, expected);
    }
}

#[test]
fn lints_may_move_between_a_package_and_its_workspace() {
    let root = |lints: &str| format!("[workspace]\nmembers = [\"a\", \"b\"]\n{lints}");
    let member = |name: &str, lints: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n{lints}");
    let held = "[workspace.lints.clippy]\nunwrap_used = 'deny'\n";
    let takes = "[lints]\nworkspace = true\n";
    let told = |then: (&str, &str), now: (&str, &str)| {
        let files = |(of_root, of_member): (&str, &str)| {
            [
                ("Cargo.toml", root(of_root)),
                ("a/Cargo.toml", member("a", of_member)),
                ("b/Cargo.toml", member("b", of_member)),
            ]
        };
        let (then, now) = (files(then), files(now));
        let borrow = |files: &'_ [(&'static str, String); 3]| -> Vec<(&'static str, String)> { files.to_vec() };
        let (then, now) = (borrow(&then), borrow(&now));
        let then: Vec<(&str, &str)> = then.iter().map(|(path, text)| (*path, text.as_str())).collect();
        let now: Vec<(&str, &str)> = now.iter().map(|(path, text)| (*path, text.as_str())).collect();
        weakened(&then, &now)
    };
    assert_eq!(
        told((held, takes), ("[workspace.lints.clippy]\nunwrap_used = 'warn'\n", takes)).len(),
        1,
        "once for both"
    );
    let left = told((held, takes), (held, ""));
    assert_eq!(left, ["a/Cargo.toml does not take the lints of its workspace any more, as 1 more"]);
    assert_eq!(told((held, takes), ("", "[lints.clippy]\nunwrap_used = 'deny'\n")), Vec::<String>::new());
    assert_eq!(told((held, ""), ("", "")), Vec::<String>::new(), "nobody took them");
}

#[test]
fn what_clippy_is_told_stays_as_narrow() {
    let config =
        "too-many-lines-threshold = 100\ndisallowed-methods = [\"std::env::var\", { path = 'a::b', reason = 'x' }]\n";
    let found = |to: &str| {
        let sure =
            |certainty| said(&authority_weakened::RULE, &[("clippy.toml", config)], &[("clippy.toml", to)], certainty);
        [Certainty::Certain, Certainty::Probable, Certainty::Unsure].map(|certainty| sure(certainty).len())
    };
    for (to, expected) in [
        (config.replace("\"std::env::var\", ", ""), [1, 0, 0]),
        ("too-many-lines-threshold = 100\n".to_owned(), [2, 0, 0]),
        (String::new(), [2, 0, 0]),
        (config.replace("100", "1_000"), [0, 1, 0]),
        (format!("{config}allow-unwrap-in-tests = true\n"), [0, 0, 1]),
        (config.replace("100", "80"), [0, 0, 0]),
        (config.replace("\"std::env::var\"", "{ path = \"std::env::var\" }, 'c::d'"), [0, 0, 0]),
        (format!("{config}msrv = '1.80'\nallow-unwrap-in-tests = false\ntype-complexity-threshold = 999\n"), [0, 0, 0]),
    ] {
        assert_eq!(found(&to), expected, "{to}");
    }
}

#[test]
fn where_a_configuration_of_clippy_goes_the_one_above_it_counts() {
    let narrow = "disallowed-types = ['std::sync::Mutex']\n";
    let base = [("clippy.toml", "msrv = '1.80'\n"), ("a/clippy.toml", narrow)];
    let gone = |root: &str| weakened(&base, &[("a/clippy.toml", ""), ("clippy.toml", root)]).len();
    assert_eq!((gone(narrow), gone("msrv = '1.80'\n")), (0, 1));
}

#[test]
fn a_name_of_another_case_is_the_same_name_on_some_systems() {
    for path in [".Cargo/config.toml", ".cargo/Config.toml", ".CARGO/CONFIG"] {
        assert_eq!(deciding(&[(path, RUNNER)]).len(), 1, "{path}");
    }
    assert_eq!(deciding(&[(".Cargo", "-> evil")]).len(), 1);
    assert_eq!(deciding(&[("Rust-Toolchain.toml", "[toolchain]\npath = 'tc'\n")]).len(), 1);
    for (path, text) in [
        ("RustFmt.toml", "disable_all_formatting = true\n"),
        (".RUSTFMT.TOML", "disable_all_formatting = true\n"),
        (".Config/NexTest.toml", "[profile.default]\nretries = 3\n"),
    ] {
        assert_eq!(weakened(&[], &[(path, text)]).len(), 1, "{path}");
    }
}

#[test]
fn what_a_submodule_holds_stands_in_no_proof() {
    let suspected =
        |base: Files<'_>, edits: Files<'_>| said(&authority_weakened::RULE, base, edits, Certainty::Probable).len();
    let modules = (".gitmodules", "[submodule \"x\"]\n\tpath = vendor/x\n\turl = https://example.com/x\n");
    let fetched = [("vendor/x", "@1"), modules];
    assert_eq!(suspected(&[], &fetched), 1);
    assert_eq!(suspected(&[], &[("vendor/x", "@1")]), 0, "no checkout has its files");
    assert_eq!(suspected(&[("vendor/x", "@1")], &[("vendor/x", "@2")]), 0);
    let touched = |base, edits| said(&authority_touched::RULE, base, edits, Certainty::Unsure).len();
    assert_eq!(touched(&[("vendor/x", "@1")], &[("vendor/x", "@2")]), 1);
    assert_eq!(touched(&[("vendor/x", "@1")], &[("b.txt", "b\n")]), 0);
}

#[test]
fn what_a_script_of_a_step_runs_in_turn_is_part_of_it() {
    let base = [
        (
            "governed.toml",
            "[[step]]\nname = 'a'\nrun = ['./ci/t.sh']\n[[step]]\nname = 'b'\nrun = ['cargo', '+nightly', 'ci', '--all']\n",
        ),
        ("ci/t.sh", "#!/usr/bin/env bash\nset -e\n. \"$(dirname \"$0\")/common.sh\"\n./ci/b.sh x\ncat docs/a.txt\n"),
        ("ci/common.sh", "run() { cargo test; }\n"),
        ("ci/b.sh", "#!/bin/sh\npython3 ci/c.py\nci/b.sh\n"),
        ("ci/c.py", "print(1)\n"),
        ("docs/a.txt", "a\n"),
        (".cargo/config.toml", "[alias]\nci = 'test --workspace'\nother = 'run'\n"),
    ];
    for edits in [
        &[("ci/common.sh", "run() { true; }\n")][..],
        &[("ci/b.sh", "#!/bin/sh\npython3 ci/c.py\n")],
        &[("ci/c.py", "print(2)\n")],
        &[(".cargo/config.toml", "[alias]\nci = 'version'\n")],
        &[(".cargo/config.toml", "[alias]\nother = 'run'\n")],
    ] {
        assert_eq!(weakened(&base, edits).len(), 1, "{edits:?}: {:?}", weakened(&base, edits));
    }
    for edits in [
        &[("docs/a.txt", "b\n")][..],
        &[("ci/d.sh", "exit 0\n")],
        &[(".cargo/config.toml", "[alias]\nci = ['test', '--workspace']\nother = 'build'\n")],
    ] {
        assert_eq!(weakened(&base, edits), Vec::<String>::new(), "{edits:?}");
    }
}

#[test]
fn one_file_beside_it_hides_no_edit_from_a_reviewer() {
    let touched = |base, edits| said(&authority_touched::RULE, base, edits, Certainty::Unsure).len();
    for edits in [
        &[(".cargo/config.toml", "[net]\nretry = 2\n"), (".cargo/.github/workflows/a.yml", "on: push\n")][..],
        &[("rust-toolchain.toml", "[toolchain]\nchannel = 'stable'\n")],
        &[("rustfmt.toml", "max_width = 100\n")],
        &[(".config/nextest.toml", "[profile.default]\nfail-fast = false\n")],
        &[("clippy.toml", "msrv = '1.80'\n")],
    ] {
        assert_eq!(touched(&[], edits), 1, "{edits:?}");
    }
    let make =
        [("governed.toml", "[[step]]\nname = 'a'\nrun = ['make', 'test']\n"), ("Makefile", "test:\n\tcargo test\n")];
    assert_eq!(touched(&make, &[("Makefile", "test:\n\ttrue\n")]), 1);
}

/// A workflow that calls the gate, with a few words replaced.
fn workflow(from: &str, to: &str) -> String {
    let text = "on: pull_request\npermissions:\n  contents: read\njobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      \
        - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      \
        - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1\n      - run: cargo install cargo-governed --version 0.1.0\n      \
        - name: Decide\n        run: cargo-governed gate merge --base origin/main\n  act:\n    runs-on: ubuntu-latest\n    steps:\n      \
        - uses: o/cargo-governed@3d3c42e5aac5ba805825da76410c181273ba90b1\n        with:\n          verb: run\n";
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn a_call_of_this_tool_is_made_as_in_the_base_or_decides_less() {
    let path = ".github/workflows/ci.yml";
    let plain = workflow("on:", "on:");
    let (call, step) = ("cargo-governed gate merge --base origin/main", "      - name: Decide\n");
    let said = |from: &str, to: &str| weakened(&[(path, &plain)], &[(path, &workflow(from, to))]);
    for (from, to) in [
        (call, "cargo-governed gate merge --help"),
        (call, "cargo-governed gate merge --base HEAD"),
        (call, "./cargo-governed gate merge --base origin/main"),
        (call, "PATH=. cargo-governed gate merge --base origin/main"),
        (call, "cargo-governed gate merge --base origin/main || true"),
        (call, "cargo-governed gate merge --base origin/main &"),
        (call, "if cargo-governed gate merge --base origin/main; then true; fi"),
        (call, "|\n          set +e\n          cargo-governed gate merge --base origin/main\n          true"),
        (call, "|\n          exit 0\n          cargo-governed gate merge --base origin/main"),
        (call, "|\n          cargo-governed gate merge --base origin/main && echo ok\n          true"),
        (call, "|\n          cargo-governed() { true; }\n          cargo-governed gate merge --base origin/main"),
        (step, "      - shell: bash -c \"exit 0\" {0}\n"),
        (step, "      - working-directory: fork\n"),
        (step, "      - env:\n          GIT_DIR: fork/.git\n"),
        (step, "      - if: false\n"),
        (step, "      - run: cp /bin/true ~/.cargo/bin/cargo-governed\n      - name: Decide\n"),
        ("  gate:\n", "  never:\n    if: false\n    runs-on: x\n    steps: []\n  gate:\n    needs: never\n"),
        ("  gate:\n", "  gate:\n    container: evil\n"),
        ("  gate:\n", "  gate:\n    env:\n      PATH: fork\n"),
        ("on: pull_request\n", "on: pull_request\nenv:\n  LD_PRELOAD: fork/evil.so\n"),
        ("o/cargo-governed@", "evil/cargo-governed@"),
        ("          verb: run\n", "          verb: check\n"),
        ("--version 0.1.0", "--git https://example.com/evil"),
        ("contents: read", "contents: write"),
    ] {
        assert!(!said(from, to).is_empty(), "{from:?} -> {to:?}");
    }
    for (from, to) in [
        ("on: pull_request\n", "on: pull_request\nenv:\n  CARGO_TERM_COLOR: always\n"),
        ("o/cargo-governed@3d3c42e5", "o/cargo-governed@0d3c42e5"),
        ("actions/checkout@3d3c42e5", "actions/checkout@0d3c42e5"),
        ("--version 0.1.0", "--version 0.2.0"),
        (step, "      - name: The gate\n"),
        (call, "|\n          cargo-governed gate merge --base origin/main"),
        ("  gate:\n", "  gate:\n    name: Gate\n"),
        ("  gate:\n", "  other:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test\n  gate:\n"),
        ("ubuntu-latest", "ubuntu-24.04"),
    ] {
        assert_eq!(said(from, to), Vec::<String>::new(), "{from:?} -> {to:?}");
    }
}

#[test]
fn a_workflow_under_another_name_is_the_same_workflow() {
    let (old, new) = (".github/workflows/ci.yml", ".github/workflows/x.yml");
    let plain = workflow("on:", "on:");
    let said = |from: &str, to: &str| weakened(&[(old, &plain)], &[(old, ""), (new, &workflow(from, to))]);
    assert_eq!(said("on:", "on:"), Vec::<String>::new());
    assert_eq!(said("contents: read", "contents: write").len(), 3, "of each job");
    assert_eq!(said("checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "checkout@main").len(), 1);

    let silent = plain.replace("permissions:\n  contents: read\n", "");
    let wide = |text: &str| weakened(&[(old, &silent)], &[(old, &silent.replace("jobs:\n", text))]).len();
    assert_eq!(wide("permissions: write-all\njobs:\n"), 3);
    assert_eq!(wide("permissions:\n  contents: write\njobs:\n"), 0, "nobody can tell what the base let it do");
    let target = |may: &str| {
        let text = format!("on: pull_request_target\npermissions:{may}\njobs:\n  a:\n    runs-on: x\n    steps: []\n");
        weakened(&[], &[(new, &text)]).len()
    };
    let all = [" write-all", "\n  contents: write", "\n  pull-requests: write", " read-all"].map(target);
    assert_eq!(all, [1, 1, 0, 0]);
}

#[test]
fn no_table_of_the_policy_asks_for_less_unseen() {
    let signers = [("signers", SIGNERS), ("other", SIGNERS)];
    for (before, after) in [
        ("[gate.merge]\nsigners = 'signers'\n", "[gate.merge]\nsigners = 'other'\n"),
        (
            "[gate.merge]\nsigners = 'signers'\n[gate.release]\nsigners = 'signers'\n",
            "[gate.merge]\nsigners = 'other'\n[gate.release]\nsigners = 'signers'\n",
        ),
        ("[gate.release]\nsigners = 'signers'\n", "[gate.release]\nsigners = 'other'\n"),
        (
            "[gate.merge]\nsigners = 'signers'\n",
            "[gate.merge]\nsigners = 'signers'\n[gate.release]\nsigners = 'other'\n",
        ),
        ("[gate.merge]\nrequires = ['rules', 'semver']\n", "# nothing\n"),
        ("[gate.release]\nrequires = ['merge']\n", "# nothing\n"),
        ("[release]\ntag = 'v{version}'\n", "[release]\ntag = 'x{version}'\n"),
        ("[release]\ngroup = [['a', 'b']]\n", "[release]\ngroup = [['a']]\n"),
    ] {
        let found = weakened(&over(&signers, &[("governed.toml", before)]), &[("governed.toml", after)]);
        assert!(!found.is_empty(), "{before}\n{after}");
        let same = weakened(&over(&signers, &[("governed.toml", before)]), &[("governed.toml", before)]);
        assert_eq!(same, Vec::<String>::new());
    }
    for (before, after) in [
        ("[release]\ngroup = [['a', 'b']]\n", "[release]\ngroup = [['a', 'b', 'c']]\ntag = 'v{version}'\n"),
        ("[gate.merge]\nrequires = ['rules']\n", "# more is required without a list\n"),
        ("# nothing\n", "[gate.merge]\nsigners = 'signers'\n"),
    ] {
        let found = weakened(&over(&[], &[("governed.toml", before)]), &[("governed.toml", after)]);
        assert_eq!(found, Vec::<String>::new(), "{before}\n{after}");
    }
}

#[test]
fn what_a_step_runs_and_what_its_tools_are_told_is_part_of_it() {
    let policy = "[[step]]\nname = 'a'\nrun = ['./ci/t.sh', 'docs/a.md']\n[[step]]\nname = 'b'\nrun = ['sh', '-c', 'python3 t.py']\n";
    let base = [
        ("governed.toml", policy),
        ("ci/t.sh", "#!/bin/sh\ncargo test\n"),
        ("t.py", "print(1)\n"),
        ("docs/a.md", "# A\n\nIt is 1. <!-- governed: claim one -->\n"),
        ("Dockerfile", "ARG V=0.1.0 # governed: same-as Cargo.toml#package.version\nRUN x\n"),
        ("rustfmt.toml", "max_width = 100\n"),
        (".config/nextest.toml", "[profile.default]\nretries = 1\n"),
    ];
    for edits in [
        &[("ci/t.sh", "#!/bin/sh\nexit 0\n")][..],
        &[("ci/t.sh", "")],
        &[("ci/t.sh", "-> /bin/true")],
        &[("t.py", "print(2)\n")],
        &[("docs/a.md", "# A\n\nIt is 2.\n")],
        &[("Dockerfile", "ARG V=0.0.1\nRUN x\n")],
        &[("rustfmt.toml", "disable_all_formatting = true\n")],
        &[("crates/b/.rustfmt.toml", "disable_all_formatting = true\n")],
        &[(".config/nextest.toml", "[profile.default]\nretries = 3\n")],
        &[(".config/nextest.toml", "[profile.default]\nretries = 1\ndefault-filter = 'none()'\n")],
    ] {
        assert_eq!(weakened(&base, edits).len(), 1, "{edits:?}: {:?}", weakened(&base, edits));
    }
    for edits in [
        &[("docs/a.md", "# B\n\nIt is 2. <!-- governed: claim one -->\n")][..],
        &[("docs/a.md", "# A\n"), ("docs/b.md", "It is 1. <!-- governed: claim one -->\n")],
        &[("Dockerfile", "")],
        &[("rustfmt.toml", "max_width = 120\n")],
        &[(".config/nextest.toml", "[profile.default]\nretries = 0\n")],
        &[("tests/fixtures/a/rustfmt.toml", "disable_all_formatting = true\n")],
        &[("ci/u.sh", "exit 0\n")],
    ] {
        assert_eq!(weakened(&base, edits), Vec::<String>::new(), "{edits:?}");
    }
}

#[test]
fn a_marker_that_the_change_brings_makes_nothing_somebody_elses() {
    use cargo_governed::facts::zone::Zone;
    let base = facts(&[("docs/a.md", "a\n"), ("themes/LICENSE", "x"), ("themes/README.md", "x\n")]);
    let head = facts(&[
        ("docs/a.md", "a\n"),
        ("docs/LICENSE", "x"),
        ("docs/README.md", "x\n"),
        ("themes/LICENSE", "x"),
        ("themes/README.md", "x\n"),
        ("themes/.github/workflows/a.yml", "on: push\n"),
        ("new/.github/workflows/a.yml", "on: push\n"),
        ("new/README.md", "x\n"),
    ]);
    let paths = ["docs/a.md", "themes/README.md", "new/README.md"];
    assert_eq!(paths.map(|path| head.zone(path)), [Zone::Vendored; 3]);
    let head = head.since(&base.tree);
    assert_eq!(paths.map(|path| head.zone(path)), [Zone::Own, Zone::Vendored, Zone::Vendored]);

    let root = "[workspace]\nmembers = [\"crates/x\"]\n";
    let member = "[package]\nname = \"x\"\nversion = \"0.1.0\"\n";
    let files = [
        ("Cargo.toml", root),
        ("crates/x/Cargo.toml", member),
        ("crates/x/src/lib.rs", "//! X.\n"),
        ("crates/x/README.md", "x\n"),
        ("crates/x/.github/workflows/a.yml", "on: push\n"),
    ];
    let head = facts(&files);
    assert_eq!(head.cargo.packages[0].zone, Zone::Own);
    assert_eq!(head.zone("crates/x/README.md"), Zone::Own);
}
