//! What will run: inferred and declared steps, their order, and the faults of a policy with their places.

use std::collections::BTreeSet;
use std::sync::Arc;

use cargo_governed::error::Error;
use cargo_governed::facts::Facts;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse;
use cargo_governed::facts::policy::Policy;
use cargo_governed::facts::policy::find;
use cargo_governed::facts::source::SourceFile;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::rules;
use cargo_governed::steps::plan;
use cargo_governed::steps::plan::Plan;
use cargo_governed::steps::policy_text::PolicyText;
use cargo_governed::steps::step::Profile;

const PACKAGE: &str =
    "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"d\"\nlicense = \"MIT\"\n";

fn facts(files: &[(&str, &str)]) -> Facts {
    let entry = |path: &str| Entry { path: Arc::from(path), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.iter().map(|(path, _)| entry(path)).collect());
    let read = files.iter().filter(|(path, _)| Kind::of(path).is_read()).map(|(path, text)| {
        let kind = Kind::of(path);
        SourceFile { path: Arc::from(*path), kind, content: Arc::new(parse::parse(kind, text.as_bytes().to_vec())) }
    });
    Facts::assemble(tree, read.collect::<Vec<_>>())
}

fn planned(files: &[(&str, &str)], tools: &[&str]) -> Result<Plan, Error> {
    let facts = facts(files);
    let policy = find::find(&facts, &rules::vocabulary()).expect("a policy that can be read");
    let tools: BTreeSet<String> = tools.iter().map(|tool| (*tool).to_owned()).collect();
    plan::plan(&policy, PolicyText::of(&policy, &facts), &facts, &tools)
}

fn argv(plan: &Plan, name: &str) -> String {
    plan.step(name).map(|step| step.argv.join(" ")).unwrap_or_default()
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.name.as_str()).collect()
}

#[test]
fn a_package_without_ci_gets_every_step_and_locks_what_is_locked() {
    let files = [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("Cargo.lock", "version = 4\n")];
    let plan = planned(&files, &[]).unwrap();
    assert_eq!(names(&plan), ["fmt", "clippy", "test", "doc", "package"]);
    assert_eq!(argv(&plan, "fmt"), "cargo fmt --all --check");
    assert_eq!(argv(&plan, "clippy"), "cargo clippy --all-targets --locked");
    assert_eq!(argv(&plan, "test"), "cargo test --locked");
    assert_eq!(argv(&plan, "doc"), "cargo doc --no-deps --locked");
    assert_eq!(argv(&plan, "package"), "cargo package --no-verify --allow-dirty --locked");
    assert_eq!(plan.left_out[0].step, "semver");
    assert_eq!(planned(&files, &["cargo-semver-checks"]).unwrap().steps[5].profile, Profile::Semver);
    assert_eq!(argv(&planned(&files[..2], &[]).unwrap(), "test"), "cargo test");
}

#[test]
fn ci_says_how_and_whether() {
    let ci = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: dtolnay/rust-toolchain@nightly\n      - run: cargo fmt --all -- --check\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cargo test --workspace --all-features\n          cargo test -p a one\n          cargo doc --no-deps || true\n          RUSTFLAGS=-Dwarnings cargo test --workspace\n";
    let files = [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), (".github/workflows/ci.yml", ci)];
    let plan = planned(&files, &[]).unwrap();
    assert_eq!(argv(&plan, "fmt"), "cargo +nightly fmt --all -- --check");
    assert_eq!(argv(&plan, "test"), "cargo test --workspace --all-features");
    assert_eq!(argv(&plan, "doc"), "cargo doc --no-deps");
    assert!(plan.step("clippy").is_none(), "CI never names clippy: {:?}", plan.left_out);
    assert!(plan.left_out.iter().any(|left| left.step == "clippy" && left.why.contains("CI never runs clippy")));
    let strict = ci.replace("cargo test -p a one", "cargo clippy --all-targets -- -D warnings");
    let files = [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), (".github/workflows/ci.yml", strict.as_str())];
    assert_eq!(argv(&planned(&files, &[]).unwrap(), "clippy"), "cargo clippy --all-targets -- -D warnings");
    let locked = [files[0], files[1], files[2], ("Cargo.lock", "version = 4\n")];
    let plan = planned(&locked, &[]).unwrap();
    assert_eq!(argv(&plan, "clippy"), "cargo clippy --all-targets --locked -- -D warnings");
}

#[test]
fn nextest_runs_the_tests_where_it_is_configured_and_used() {
    let ci = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo nextest run --profile ${{ matrix.x }}\n";
    let config = (".config/nextest.toml", "[profile.default]\n");
    let base = [("Cargo.toml", PACKAGE), ("src/lib.rs", "")];
    let both = [base[0], base[1], config, (".github/workflows/ci.yml", ci)];
    assert_eq!(argv(&planned(&both, &[]).unwrap(), "test"), "cargo nextest run");
    assert_eq!(argv(&planned(&both[..3], &[]).unwrap(), "test"), "cargo test");
    assert_eq!(argv(&planned(&[base[0], base[1], both[3]], &[]).unwrap(), "test"), "cargo test");
}

#[test]
fn only_what_may_be_published_is_packed() {
    let root = "[workspace]\nmembers = [\"a\", \"b\", \"c\"]\n";
    let member = |name: &str, more: &str| PACKAGE.replace("\"a\"", &format!("\"{name}\"")) + more;
    let (a, b, c) = (member("a", ""), member("b", "publish = false\n"), member("c", "publish = false\n"));
    let mut files = vec![("Cargo.toml", root), ("a/Cargo.toml", a.as_str()), ("a/src/lib.rs", "")];
    files.extend([
        ("b/Cargo.toml", b.as_str()),
        ("b/src/lib.rs", ""),
        ("c/Cargo.toml", c.as_str()),
        ("c/src/lib.rs", ""),
    ]);
    let plan = planned(&files, &[]).unwrap();
    assert_eq!(argv(&plan, "package"), "cargo package --no-verify --allow-dirty -p a");
    assert_eq!(argv(&plan, "test"), "cargo test --workspace");
    let narrow = root.to_owned() + "default-members = [\"a\"]\n";
    files[0].1 = &narrow;
    assert_eq!(argv(&planned(&files, &[]).unwrap(), "test"), "cargo test");
    files[1].1 = &b;
    assert!(planned(&files[..3], &[]).unwrap().step("package").is_none());
    let bare = a.replace("description = \"d\"\n", "");
    files[1].1 = &bare;
    assert!(planned(&files[..3], &[]).unwrap().step("package").is_none(), "crates.io would not take it");
}

#[test]
fn declared_steps_stand_beside_the_inferred_ones_in_order_of_their_needs() {
    let policy = "[[step]]\nname = \"late\"\nrun = [\"make\"]\nneeds = [\"early\", \"test\"]\n[[step]]\nname = \"early\"\nrun = [\"cargo\", \"check\"]\n[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\", \"--lib\"]\nneeds = [\"fmt\"]\n";
    let files = [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("governed.toml", policy)];
    let plan = planned(&files, &[]).unwrap();
    assert_eq!(names(&plan), ["fmt", "clippy", "doc", "package", "early", "test", "late"]);
    assert_eq!(argv(&plan, "test"), "cargo test --lib");
    let only = plan::select(&plan, &["late".to_owned()]).unwrap();
    assert_eq!(names(&only), ["fmt", "early", "test", "late"]);
    let error = plan::select(&plan, &["tset".to_owned()]).unwrap_err();
    assert_eq!((error.code, error.help.as_deref()), ("unknown-step", Some("write `test`")));
    assert!(plan::select(&plan, &["semver".to_owned()]).unwrap_err().help.unwrap().contains("not installed"));
    assert_eq!(plan.digest(), planned(&files, &[]).unwrap().digest());
    let moved = format!("# a comment\n{policy}");
    let files = [files[0], files[1], ("governed.toml", moved.as_str())];
    assert_eq!(plan.digest(), planned(&files, &[]).unwrap().digest(), "a moved line changes no plan");
}

/// The faults of a policy as `place message` each.
fn faults(policy: &str) -> Vec<String> {
    let files = [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("governed.toml", policy)];
    let error = planned(&files, &[]).expect_err("a fault");
    assert_eq!(error.exit, 2);
    error.all().map(|error| format!("{} {}", error.place.clone().unwrap_or_default(), error.message)).collect()
}

#[test]
fn a_need_that_is_not_planned_is_a_fault_at_its_place() {
    let policy = "[run]\ninfer = false\n[[step]]\nname = \"x\"\nrun = [\"make\"]\nneeds = [\"test\"]\n";
    assert_eq!(faults(policy), ["governed.toml:6:11 plan the run: `x` needs `test`, which is not in the plan"]);
    let policy = "[[step]]\nname = \"x\"\nrun = [\"make\"]\nneeds = [\"semver\"]\n";
    assert_eq!(faults(policy), ["governed.toml:4:11 plan the run: `x` needs `semver`, which is not in the plan"]);
}

#[test]
fn inputs_that_match_nothing_are_faults_at_their_places() {
    let policy = "[[step]]\nname = \"x\"\nrun = [\"make\"]\ninputs = [\"src\", \"./src/*.rs\", \"docs/**\", \"src/**\"]\noutputs = [\"later/*\"]\n";
    assert_eq!(
        faults(policy),
        [
            "governed.toml:4:12 plan the run: `inputs` of `x` match nothing: `src`",
            "governed.toml:4:19 plan the run: `inputs` of `x` match nothing: `./src/*.rs`",
            "governed.toml:4:33 plan the run: `inputs` of `x` match nothing: `docs/**`",
        ]
    );
}

#[test]
fn clippy_is_called_as_ci_calls_it_under_another_release() {
    let ci = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cargo +beta clippy --all-features\n      - run: cargo +nightly clippy --workspace --all-targets -Zunstable-options\n";
    let files = [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), (".github/workflows/ci.yml", ci)];
    assert_eq!(argv(&planned(&files, &[]).unwrap(), "clippy"), "cargo clippy --all-features");
}

#[test]
fn benches_with_the_unstable_harness_are_left_out_where_nobody_asked_for_them() {
    let files =
        [("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("benches/fast.rs", "#![feature(test)]\nextern crate test;\n")];
    assert_eq!(argv(&planned(&files, &[]).unwrap(), "clippy"), "cargo clippy --tests --examples");
}

#[test]
fn circles_and_empty_commands_are_faults_however_the_policy_was_made() {
    // The parser of a policy finds these first; a plan does not rely on it.
    let facts = facts(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "")]);
    let text = "[[step]]\nname = \"x\"\nrun = [\"make\"]\n[[step]]\nname = \"y\"\nrun = [\"make\"]\nneeds = [\"x\"]\n";
    let mut policy: Policy = find::read("governed.toml", text, &rules::vocabulary()).unwrap();
    let need = policy.steps[1].name.clone();
    policy.steps[0].needs.push(need);
    let place = PolicyText::from_elsewhere("governed.toml", text);
    let error = plan::plan(&policy, place, &facts, &BTreeSet::new()).unwrap_err();
    assert!(error.message.contains("steps need each other: x -> y -> x"), "{}", error.message);
    assert_eq!(error.place.as_deref(), Some("governed.toml:2:9"));
    policy.steps[0].needs.clear();
    policy.steps[0].run.clear();
    let error = plan::plan(&policy, place, &facts, &BTreeSet::new()).unwrap_err();
    assert!(error.message.contains("step `x` has no command"), "{}", error.message);
    assert!(find::read("governed.toml", "[[step]]\nname = \"x\"\nrun = []\n", &rules::vocabulary()).is_err());
}

#[test]
fn nothing_is_inferred_without_a_package_or_against_the_policy() {
    let plan = planned(&[("README.md", "")], &[]).unwrap();
    assert!(plan.steps.is_empty() && plan.left_out.len() == 6);
    let policy = "[run]\ninfer = false\n[[step]]\nname = \"x\"\nrun = [\"make\"]\n";
    let plan = planned(&[("Cargo.toml", PACKAGE), ("src/lib.rs", ""), ("governed.toml", policy)], &[]).unwrap();
    assert_eq!(names(&plan), ["x"]);
    assert_eq!(plan.left_out[0].why, "[run] infer is false");
}
