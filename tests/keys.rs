//! Keys of steps over real files: what changes one, under which layer it is told, and what is seen though it was hidden.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use cargo_governed::facts::digest::Digest;
use cargo_governed::facts::policy::find;
use cargo_governed::rules;
use cargo_governed::steps::environment;
use cargo_governed::steps::explain_key;
use cargo_governed::steps::explain_key::Difference;
use cargo_governed::steps::inputs::Globs;
use cargo_governed::steps::key::Layer;
use cargo_governed::steps::key::Preimage;
use cargo_governed::steps::keys;
use cargo_governed::steps::keys::Ground;
use cargo_governed::steps::keys::Keys;
use cargo_governed::steps::outside;
use cargo_governed::steps::plan;
use cargo_governed::steps::policy_text::PolicyText;
use cargo_governed::steps::prepare;
use cargo_governed::steps::prepare::Strength;
use cargo_governed::steps::prepare::Wanted;
use cargo_governed::steps::step::Step;
use cargo_governed::world::cargo_chain;
use cargo_governed::world::cargo_chain::Homes;
use cargo_governed::world::checkout::Checkout;
use cargo_governed::world::hash_memo::HashMemo;
use cargo_governed::world::listing;
use cargo_governed::world::reading;
use cargo_governed::world::snapshot;
use cargo_governed::world::snapshot::Snapshot;
use cargo_governed::world::tools;
use cargo_governed::world::tools::Around;
use cargo_governed::world::tools::Tool;

use crate::support::checkout::Scratch;

mod support;

const POLICY: &str = "[run]\ninfer = false\n[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\"]\nenv = [\"MY_URL\"]\n[[step]]\nname = \"docs\"\nrun = [\"cargo\", \"doc\"]\nneeds = [\"test\"]\n[[step]]\nname = \"prose\"\nrun = [\"./prose.sh\"]\ninputs = [\"docs/**\", \"prose.sh\"]\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.1\"\nsource = \"registry+https://x\"\n";

/// A repository below a folder of its own, with a toolchain of scripts and a folder for the record.
struct Place {
    scratch: Scratch,
    root: PathBuf,
    environment: BTreeMap<OsString, OsString>,
}

impl Place {
    fn new() -> Self {
        let scratch = Scratch::new();
        let root = scratch.path().canonicalize().expect("a scratch place").join("above/repo");
        let place = Self {
            environment: [("PATH", scratch.at("bin").into_os_string()), ("HOME", scratch.at("home").into_os_string())]
                .into_iter()
                .map(|(name, value)| (OsString::from(name), value))
                .collect(),
            scratch,
            root,
        };
        place.write("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n");
        place.write("Cargo.lock", LOCK);
        place.write("src/lib.rs", "pub fn a() {}\n");
        place.write("docs/one.md", "one\n");
        place.script("above/repo/prose.sh", "true");
        place.write("governed.toml", POLICY);
        place.compiler("1.95.0");
        place.script("bin/cargo", "echo cargo 1.95.0");
        place
    }

    fn write(&self, path: &str, text: &str) {
        self.scratch.write(&format!("above/repo/{path}"), text);
    }

    fn script(&self, path: &str, body: &str) {
        self.scratch.write(path, format!("#!/bin/sh\n{body}\n"));
        std::fs::set_permissions(self.scratch.at(path), std::fs::Permissions::from_mode(0o755))
            .expect("a scratch place");
    }

    /// A compiler that says its release and knows no sysroot.
    fn compiler(&self, release: &str) {
        let says = format!("rustc {release}\\nrelease: {release}\\ncommit-hash: abc\\nhost: here\\n");
        self.script("bin/rustc", &format!("case \"$*\" in *sysroot*) exit 1;; esac\nprintf '{says}'"));
    }

    fn record(&self) -> PathBuf {
        self.scratch.at("record")
    }

    fn around(&self) -> Around<'_> {
        Around { root: &self.root, environment: &self.environment, record: None }
    }

    fn keys(&self) -> Keys {
        self.keys_with(&[])
    }

    fn keys_with(&self, variables: &[(&str, &str)]) -> Keys {
        let checkout = Checkout::open(&self.root, None).expect("a scratch place");
        let listing = listing::list(&checkout, &checkout.tree, None);
        let facts = reading::read_facts(checkout.tree.clone(), |entry, limit| checkout.read(entry, limit), None);
        let policy = find::find(&facts, &rules::vocabulary()).expect("a scratch place");
        let plan = plan::plan(&policy, PolicyText::of(&policy, &facts), &facts, &[].into()).expect("a scratch place");
        let mut ambient: Vec<(OsString, OsString)> = self.environment.clone().into_iter().collect();
        ambient.extend(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        let environment = |step: &Step| environment::of(&ambient, &step.env);
        let homes =
            Homes { cargo: Some(self.scratch.at("home/.cargo")), settings: Some(self.scratch.at("home/.config")) };
        let chain = cargo_chain::read(&self.root, &homes);
        let identified = tools::identify(keys::tools(&plan, &environment, &chain, &self.root), self.around());
        let lock = std::fs::read(self.root.join("Cargo.lock")).ok();
        let outside = outside::of(&facts, &listing, &chain, &self.root);
        let ground = Ground {
            root: &self.root,
            listing: &listing,
            outside: &outside,
            lock_path: "Cargo.lock",
            lock: lock.as_deref(),
            chain: &chain,
            tools: &identified,
            environment: &environment,
            salt: b"salt",
            platform: ("linux", "x86_64"),
        };
        keys::keys(&plan, &ground)
    }
}

/// What differs for a step, one line each.
fn lines(old: &Keys, new: &Keys, step: &str) -> Vec<String> {
    differences(old, new, step).iter().map(Difference::line).collect()
}

fn differences(old: &Keys, new: &Keys, step: &str) -> Vec<Difference> {
    let object = |digest: &Digest| old.objects.get(digest).or_else(|| new.objects.get(digest)).map(|one| one.to_vec());
    let (one, other) = (&old.steps[step], &new.steps[step]);
    let found = explain_key::compare(&one.preimage, &other.preimage, &object);
    assert_eq!(found.is_empty(), one.key == other.key, "the explanation agrees with the key");
    found
}

#[test]
fn the_same_tree_has_the_same_keys_and_the_key_names_its_ingredients() {
    let place = Place::new();
    let (one, other) = (place.keys(), place.keys());
    assert_eq!(one, other);
    let keyed = &one.steps["test"];
    assert_eq!(Digest::of(&keyed.bytes), keyed.key);
    assert_eq!(Preimage::parse(&keyed.bytes).unwrap(), keyed.preimage);
    assert!(keyed.missing.is_empty(), "{:?}", keyed.missing);
    for layer in Layer::ALL.into_iter().filter(|layer| *layer != Layer::Environment) {
        assert!(keyed.preimage.ingredients().iter().any(|one| one.layer == layer), "{layer}");
    }
    assert!(one.objects.len() == 3, "two listings and the lock file");
}

#[test]
fn a_file_is_told_by_its_name_and_only_steps_that_read_it_change() {
    let place = Place::new();
    let old = place.keys();
    place.write("src/lib.rs", "pub fn b() {}\n");
    place.write("src/new.rs", "");
    let new = place.keys();
    assert_eq!(lines(&old, &new, "test"), ["source: src/lib.rs changed", "source: src/new.rs added"]);
    assert_eq!(differences(&old, &new, "docs")[0].line(), "policy: need test changed");
    assert!(differences(&old, &new, "prose").is_empty());
    std::fs::remove_file(place.root.join("docs/one.md")).unwrap();
    std::fs::write(place.root.join("docs/two.md"), "").unwrap();
    let third = place.keys();
    assert_eq!(lines(&new, &third, "prose"), ["source: docs/one.md removed", "source: docs/two.md added"]);
}

#[test]
fn a_changed_lock_file_is_told_by_packages_and_versions() {
    let place = Place::new();
    let old = place.keys();
    place.write("Cargo.lock", &LOCK.replace("1.0.1", "1.0.2").replace("name = \"a\"", "name = \"b\""));
    let new = place.keys();
    let expected =
        ["dependencies: a 1.0.0 removed", "dependencies: b 1.0.0 added", "dependencies: serde 1.0.1 -> 1.0.2"];
    assert_eq!(lines(&old, &new, "test"), expected);
    assert!(differences(&old, &new, "prose").is_empty());
    // One that git ignores decides just as much.
    place.write(".gitignore", "Cargo.lock\n");
    let ignored = place.keys();
    place.write("Cargo.lock", LOCK);
    assert_eq!(explain_key::first_layer(&differences(&ignored, &place.keys(), "test")), Some(Layer::Dependencies));
}

#[test]
fn flags_and_a_steps_own_variables_change_the_key_without_their_values() {
    let place = Place::new();
    let old = place.keys();
    let flags = place.keys_with(&[("RUSTFLAGS", "-Dwarnings")]);
    assert_eq!(lines(&old, &flags, "test"), ["environment: RUSTFLAGS added"]);
    let other = place.keys_with(&[("RUSTFLAGS", "-Awarnings")]);
    assert_eq!(lines(&flags, &other, "test"), ["environment: RUSTFLAGS changed"]);
    let own = place.keys_with(&[("MY_URL", "hush-hush")]);
    assert_eq!(lines(&old, &own, "test"), ["environment: MY_URL added"]);
    assert!(differences(&old, &own, "prose").is_empty(), "another step does not see it");
    let text = String::from_utf8(own.steps["test"].bytes.clone()).unwrap();
    assert!(!text.contains("hush") && !text.contains(&Digest::of(b"hush-hush").hex()));
}

#[test]
fn configuration_that_appears_in_the_tree_or_around_it_changes_the_key() {
    let place = Place::new();
    let old = place.keys();
    place.write(".cargo/config.toml", "[build]\nrustflags = [\"-Cdebuginfo=0\"]\n[registry]\ntoken = \"hush\"\n");
    let new = place.keys();
    let found = lines(&old, &new, "test");
    assert!(found.contains(&"configuration: .cargo/config.toml added".to_owned()), "{found:?}");
    assert!(found.contains(&"configuration: .cargo/config.toml build.rustflags [\"-Cdebuginfo=0\"] added".to_owned()));
    assert_eq!(explain_key::first_layer(&differences(&old, &new, "test")), Some(Layer::Configuration));
    place.write(".cargo/config.toml", "[build]\nrustflags = [\"-Cdebuginfo=0\"]\n[registry]\ntoken = \"other\"\n");
    assert!(differences(&new, &place.keys(), "test").is_empty(), "a new token is no new configuration");
    place.write(".cargo/config.toml", "include = \"more.toml\"\n");
    let old = place.keys();
    place.write(".cargo/more.toml", "[build]\njobs = 1\n");
    assert!(lines(&old, &place.keys(), "prose").iter().any(|line| line.contains("include more.toml added")));
    for (path, name) in [
        ("above/.cargo/config.toml", "configuration: ../.cargo/config.toml added"),
        (".cargo/config", "configuration: ../../.cargo/config added"),
        ("home/.cargo/config.toml", "configuration: $CARGO_HOME/config.toml added"),
        ("home/.config/rustfmt/rustfmt.toml", "configuration: ~/.config/rustfmt/rustfmt.toml added"),
        ("above/clippy.toml", "configuration: ../clippy.toml added"),
        ("above/rust-toolchain", "toolchain: ../rust-toolchain added"),
    ] {
        let old = place.keys();
        place.scratch.write(path, "");
        let found = lines(&old, &place.keys(), "test");
        assert_eq!(found, [name]);
    }
}

#[test]
fn a_toolchain_file_that_appears_is_told_as_the_toolchain() {
    let place = Place::new();
    let old = place.keys();
    place.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90\"\n");
    let new = place.keys();
    assert_eq!(lines(&old, &new, "test"), ["toolchain: rust-toolchain.toml added"]);
}

#[test]
fn a_compiler_is_told_by_its_release_and_a_missing_one_is_missing() {
    let place = Place::new();
    let old = place.keys();
    place.compiler("1.96.0");
    let found = lines(&old, &place.keys(), "test");
    assert!(found.contains(&"toolchain: release 1.95.0 -> 1.96.0".to_owned()), "{found:?}");
    std::fs::remove_file(place.scratch.at("bin/cargo")).unwrap();
    assert_eq!(place.keys().steps["test"].missing, ["cargo: `cargo` is not installed"]);
    place.script("bin/cargo", "echo 'toolchain is not installed' >&2; exit 1");
    let missing = place.keys().steps["test"].missing.join("");
    assert!(missing.contains("toolchain is not installed"), "{missing}");
    // A program that may or may not call cargo does without.
    assert!(place.keys().steps["prose"].missing.is_empty());
}

#[test]
fn a_remembered_answer_costs_nothing_and_a_swapped_compiler_is_seen() {
    let place = Place::new();
    let record = place.record();
    let around = Around { record: Some(&record), ..place.around() };
    let ask = || tools::identify([Tool::named("rustc"), Tool::named("cargo")], around);
    let first = ask();
    assert_eq!(first.queries, ["rustc -vV", "rustc --print sysroot", "cargo -V"]);
    assert_eq!(ask().queries.len(), 3, "what was made a moment ago is not remembered");
    std::thread::sleep(Duration::from_millis(2_100));
    ask();
    let warm = ask();
    assert!(warm.queries.is_empty(), "{:?}", warm.queries);
    assert_eq!(warm.answers, first.answers);
    // Same size, same time of writing: only the inode and the time of change tell.
    let compiler = place.scratch.at("bin/rustc");
    let times = std::fs::metadata(&compiler).unwrap().modified().unwrap();
    place.compiler("1.95.1");
    std::fs::File::options().write(true).open(&compiler).unwrap().set_modified(times).unwrap();
    let swapped = ask();
    assert_eq!(swapped.queries[0], "rustc -vV");
    assert!(swapped.identity(&Tool::named("rustc")).unwrap().says.contains("release: 1.95.1"));
    // A toolchain file that appears may mean another compiler behind the same proxy.
    std::thread::sleep(Duration::from_millis(2_100));
    ask();
    assert!(ask().queries.is_empty());
    place.write("rust-toolchain", "nightly\n");
    assert!(!ask().queries.is_empty());
}

fn touch_back(path: &Path, text: &str) {
    let times = std::fs::metadata(path).expect("a scratch place").modified().expect("a scratch place");
    std::fs::write(path, text).expect("a scratch place");
    std::fs::File::options()
        .write(true)
        .open(path)
        .expect("a scratch place")
        .set_modified(times)
        .expect("a scratch place");
}

#[test]
fn an_edit_of_the_same_size_with_its_time_put_back_is_seen_through_the_memo() {
    let place = Place::new();
    let record = place.record();
    let list = |margin| {
        let memo = HashMemo::with_margin(&record, &place.root, margin);
        let checkout = Checkout::open(&place.root, None).unwrap();
        let listing = listing::list(&checkout, &checkout.tree, Some(&memo));
        listing.remember(&memo).unwrap();
        listing
    };
    let young = list(HashMemo::MARGIN);
    assert_eq!(list(HashMemo::MARGIN).hashed, young.files.len(), "young files are read again");
    std::thread::sleep(Duration::from_millis(50));
    let first = list(0);
    assert_eq!(list(0).hashed, 0, "what rests is not read again");
    touch_back(&place.root.join("src/lib.rs"), "pub fn b() {}\n");
    let edited = list(0);
    assert_eq!(edited.hashed, 1);
    let digest =
        |listing: &listing::Listing| listing.files.iter().find(|one| &*one.path == "src/lib.rs").unwrap().digest;
    assert_ne!(digest(&first), digest(&edited));
    // A memo that is no memo is none.
    for file in std::fs::read_dir(record.join("memo")).unwrap() {
        std::fs::write(file.unwrap().path(), "nonsense").unwrap();
    }
    assert_eq!(list(0).hashed, edited.files.len());
}

#[test]
fn what_moves_while_a_step_runs_is_named_though_it_is_put_back() {
    let place = Place::new();
    let checkout = Checkout::open(&place.root, None).unwrap();
    let listing = listing::list(&checkout, &checkout.tree, None);
    let before = Snapshot::of(&listing);
    let all = |_: &str| true;
    assert!(snapshot::moved(&before, &before.again(&place.root), &all).is_empty());
    std::thread::sleep(Duration::from_millis(20));
    touch_back(&place.root.join("src/lib.rs"), "EVIL\n");
    touch_back(&place.root.join("src/lib.rs"), "pub fn a() {}\n");
    std::fs::remove_file(place.root.join("docs/one.md")).unwrap();
    place.write("src/new.rs", "");
    place.write("target/CACHEDIR.TAG", "");
    let after = before.again(&place.root);
    assert_eq!(snapshot::moved(&before, &after, &all), ["docs/one.md", "src/lib.rs"]);
    let relisted = before.relisted(&place.root).unwrap();
    assert_eq!(snapshot::moved(&before, &relisted, &all), ["docs/one.md", "src/lib.rs", "src/new.rs"]);
    let globs = Globs::new(Some(&["docs/**".to_owned()]));
    assert_eq!(snapshot::moved(&before, &relisted, &|path| globs.holds(path)), ["docs/one.md"]);
}

#[test]
fn all_of_it_is_prepared_in_one_call_under_the_toolchain_that_the_tree_names() {
    let place = Place::new();
    let record = place.record();
    let prepared = || {
        let checkout = Checkout::open(&place.root, None).unwrap();
        let facts = reading::read_facts(checkout.tree.clone(), |entry, limit| checkout.read(entry, limit), None);
        let policy = find::find(&facts, &rules::vocabulary()).unwrap();
        let mut ambient: Vec<(OsString, OsString)> = place.environment.clone().into_iter().collect();
        ambient.push(("RUSTUP_TOOLCHAIN".into(), "nightly".into()));
        let wanted = Wanted {
            plan: None,
            checkout: &checkout,
            facts: &facts,
            root: &place.root,
            policy: &policy,
            policy_text: PolicyText::of(&policy, &facts),
            only: &["docs".to_owned()],
            ambient: &ambient,
            record: Some(&record),
            strength: Strength::Local,
            salt: b"salt",
            platform: ("linux", "x86_64"),
        };
        prepare::prepare(&wanted).unwrap()
    };
    let one = prepared();
    let names: Vec<&str> = one.plan.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["test", "docs"]);
    assert_eq!(one.keys, prepared().keys);
    assert_eq!(one.environments["test"].get("RUSTUP_TOOLCHAIN"), Some(std::ffi::OsStr::new("nightly")));
    assert_eq!(one.toolchain_withheld, None);
    assert_eq!(one.subject.files, one.listing.files.len());
    place.write("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90\"\n");
    let other = prepared();
    assert_eq!(other.environments["test"].get("RUSTUP_TOOLCHAIN"), None);
    assert_eq!(other.toolchain_withheld.as_deref(), Some(std::ffi::OsStr::new("nightly")));
    assert_eq!(lines(&one.keys, &other.keys, "test"), ["toolchain: rust-toolchain.toml added"]);
}

#[test]
fn files_of_a_submodule_are_inputs() {
    let inner = Scratch::committed(&[("c.c", "int x;\n")]);
    let place = Place::new();
    let root = &place.root;
    for arguments in [&["init", "-q"][..], &["submodule", "add", "-q", &inner.path().display().to_string(), "vendor"]] {
        support::checkout::git_in(root, arguments);
    }
    let old = place.keys();
    place.write("vendor/c.c", "int y;\n");
    assert_eq!(lines(&old, &place.keys(), "test"), ["source: vendor/c.c changed"]);
}

#[test]
fn a_compiler_with_other_bytes_that_says_the_same_is_another_one() {
    let place = Place::new();
    let old = place.keys();
    let text = std::fs::read_to_string(place.scratch.at("bin/rustc")).unwrap();
    place.scratch.write("bin/rustc", format!("{text}# rebuilt\n"));
    assert_eq!(lines(&old, &place.keys(), "test"), ["toolchain: rustc changed"]);
}

#[test]
fn programs_beside_the_compiler_are_their_bytes_wherever_they_are_named() {
    let place = Place::new();
    place.script("above/wrap/one", "true");
    place.scratch.write("above/.cargo/config.toml", "[build]\nrustc-wrapper = \"wrap/one\"\n");
    place.script("bin/run", "true");
    let with = || place.keys_with(&[("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER", "run --fast")]);
    let old = with();
    place.script("above/wrap/one", "false");
    let new = with();
    assert_eq!(lines(&old, &new, "test"), ["tools: ../wrap/one changed"]);
    place.script("bin/run", "false");
    assert_eq!(lines(&new, &with(), "test"), ["tools: run changed"]);
}

#[test]
fn the_linker_that_flags_name_is_its_bytes_wherever_they_stand() {
    let place = Place::new();
    place.script("bin/my-ld", "true");
    place.script("bin/ld.fast", "true");
    place.script("above/repo/tools/cc", "true");
    let flags = ["-Clinker=my-ld", "-C linker=tools/cc", "-Clink-arg=-fuse-ld=fast"];
    let at = ["my-ld", "tools/cc", "ld.fast"];
    let files = ["bin/my-ld", "above/repo/tools/cc", "bin/ld.fast"];
    for ((flags, at), file) in flags.iter().zip(at).zip(files) {
        let encoded = flags.replace(' ', "\u{1f}");
        let variables =
            [("RUSTFLAGS", *flags), ("CARGO_ENCODED_RUSTFLAGS", &encoded), ("CARGO_TARGET_X_RUSTFLAGS", flags)];
        for variable in variables {
            let with = || place.keys_with(&[variable]);
            place.script(file, "true");
            let old = with();
            place.script(file, "false");
            assert!(lines(&old, &with(), "test").contains(&format!("tools: {at} changed")), "{variable:?}");
        }
        place.write(".cargo/config.toml", &format!("[target.x]\nrustflags = \"{flags}\"\n"));
        place.script(file, "true");
        let old = place.keys();
        place.script(file, "false");
        assert!(lines(&old, &place.keys(), "test").contains(&format!("tools: {at} changed")), "{flags}");
        place.write(".cargo/config.toml", "");
    }
}

#[test]
fn the_linker_that_a_command_names_is_its_bytes() {
    for arguments in [
        r#""--config", "target.x.linker='my-ld'""#,
        r#""--config=build.rustflags=['-Clinker=my-ld']""#,
        r#""--target", "./my-ld.json""#,
    ] {
        let place = Place::new();
        let is_target = arguments.contains("json");
        let (at, file) = if is_target { ("./my-ld.json", "above/repo/my-ld.json") } else { ("my-ld", "bin/my-ld") };
        place.write(".gitignore", "my-ld.json\n");
        place.script(file, "true");
        let run = r#"run = ["cargo", "test""#;
        assert!(POLICY.contains(run), "{POLICY}");
        place.write("governed.toml", &POLICY.replace(run, &format!("{run}, {arguments}")));
        let old = place.keys();
        place.script(file, "false");
        assert!(lines(&old, &place.keys(), "test").contains(&format!("tools: {at} changed")), "{arguments}");
    }
}

#[test]
fn that_a_secret_is_there_is_in_the_key_and_its_value_is_not() {
    let place = Place::new();
    place.write("governed.toml", &POLICY.replace("MY_URL", "MY_TOKEN"));
    let (none, one, other) =
        (place.keys(), place.keys_with(&[("MY_TOKEN", "a")]), place.keys_with(&[("MY_TOKEN", "b")]));
    assert_eq!(lines(&none, &one, "test"), ["environment: MY_TOKEN set added"]);
    assert_eq!(one.steps["test"].key, other.steps["test"].key);
}

#[test]
fn a_workspace_above_that_takes_the_tree_for_a_member_leads_out_of_it() {
    let place = Place::new();
    let outside = || place.keys().steps["test"].outside.iter().map(|one| one.to.clone()).collect::<Vec<_>>();
    assert!(outside().is_empty());
    place.scratch.write("above/Cargo.toml", "[workspace]\nmembers = [\"repo\"]\n");
    assert_eq!(outside(), ["../Cargo.toml"]);
    place.scratch.write("above/Cargo.toml", "[workspace]\nexclude = [\"repo\"]\n");
    assert!(outside().is_empty());
    place.scratch.write("above/Cargo.toml", "[workspace]\nexclude = [\"rep\"]\n");
    assert_eq!(outside(), ["../Cargo.toml"]);
    place.write("Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[workspace]\n");
    assert!(outside().is_empty());
}
