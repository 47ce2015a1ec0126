//! `run --rev` and `replay --live`: trees from git objects in a fresh folder, with the real binary.
#![cfg(unix)]

mod support;

use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;
use support::checkout::git_in;
use support::tool;
use support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n";

/// A folder with a repository `tree` in it, a home, and programs that are first on the path.
struct House(tempfile::TempDir);

impl House {
    /// A repository whose policy declares these steps and infers none.
    fn with(policy: &str) -> Self {
        let house = Self(tempfile::tempdir().expect("a scratch folder"));
        let policy = format!("[run]\ninfer = false\n{policy}");
        for (path, text) in [
            ("Cargo.toml", MANIFEST),
            ("Cargo.lock", LOCK),
            (".gitignore", "/target\n"),
            ("src/lib.rs", "//! A.\n"),
            ("governed.toml", &policy),
        ] {
            house.write(&format!("tree/{path}"), text);
        }
        std::fs::create_dir_all(house.at("home")).expect("a home");
        house.git(&["init", "-q", "-b", "main"]);
        house.commit("one");
        house
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        std::fs::write(path, text).expect("a writable file");
    }

    /// A program that is first on the path.
    fn program(&self, name: &str, text: &str) {
        self.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{text}\n"));
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(self.at(&format!("bin/{name}")), mode).expect("a program");
    }

    fn git(&self, arguments: &[&str]) -> String {
        git_in(&self.at("tree"), arguments)
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tool::command(&self.at("tree"), arguments);
        command.env("PATH", format!("{}:/usr/bin:/bin", self.at("bin").display())).env("HOME", self.at("home"));
        command
    }

    fn governed(&self, arguments: &[&str]) -> Ran {
        tool::of(self.command(arguments).output().expect("the binary runs"))
    }

    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        self.json_with(arguments, &[])
    }

    fn json_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> (i32, Value) {
        let mut command = self.command(&[arguments, &["--format", "json"]].concat());
        let ran = tool::of(command.envs(variables.iter().copied()).output().expect("the binary runs"));
        (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
    }

    /// The fresh folders that are there.
    fn fresh(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("a folder").flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.contains(".governed-")).collect()
    }
}

fn step(name: &str, script: &str, more: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\nrun = [\"sh\", \"-c\", '''{script}''']\n{more}\n")
}

fn the<'v>(document: &'v Value, step: &str) -> &'v Value {
    let steps = document["steps"].as_array().expect("steps");
    steps.iter().find(|found| found["step"] == step).unwrap_or_else(|| panic!("{step} in {document:#}"))
}

#[test]
fn a_revision_is_run_without_touching_the_checkout() {
    let look = "cat src/lib.rs; git describe --always --dirty; git status --porcelain; stat -c %a .";
    let house = House::with(&step("look", look, ""));
    let old = house.git(&["rev-parse", "HEAD"]).trim().to_owned();
    house.write("tree/src/lib.rs", "//! B.\n");
    house.commit("two");
    house.write("tree/src/lib.rs", "//! Not committed.\n");
    let before = house.git(&["status", "--porcelain"]);

    let (code, ran) = house.json(&["run", "--rev", "HEAD~1"]);
    assert_eq!((code, &ran["verdict"]), (0, &"accepted".into()), "{ran:#}");
    let subject = &ran["subject"];
    assert_eq!(
        (&subject["source"], &subject["revision"], &subject["dirty"]),
        (&"revision".into(), &old.clone().into(), &false.into())
    );
    let said = house.governed(&["inspect", "--step", "look"]).stdout;
    let expected = format!("//! A.\n{}\n700\n", &old[..7]);
    assert_eq!(said, expected, "the step saw the revision, clean, with its history, where nobody else looks");
    assert_eq!(house.git(&["status", "--porcelain"]), before);
    assert_eq!(house.fresh(), [""; 0], "the fresh folder is gone");
    assert_eq!(house.governed(&["replay"]).code, 0, "the run is a run like any other");
}

#[test]
fn a_revision_and_a_clean_checkout_of_it_have_one_key() {
    let house = House::with(&step("works", "true", ""));
    house.write(".cargo/config.toml", "[build]\nincremental = false\n");
    let (_, first) = house.json(&["run"]);
    let (code, second) = house.json(&["run", "--rev", "HEAD"]);
    assert_eq!((code, &the(&second, "works")["source"]), (0, &"reused".into()), "{second:#}");
    assert_eq!(the(&second, "works")["reused_from"]["run"], first["run"]);
    let plan = house.governed(&["run", "--rev", "HEAD", "--plan"]);
    assert!(plan.stdout.contains("reused"), "{}", plan.stdout);
    assert_eq!(house.fresh(), [""; 0]);
}

#[test]
fn a_target_folder_outside_the_tree_is_written_where_the_machine_names_it_and_not_where_the_tree_does() {
    let write = "mkdir -p ../shared && echo built > ../shared/kept";
    let house = House::with(&step("builds", write, ""));
    house.write(".cargo/config.toml", "[build]\ntarget-dir = \"shared\"\n");
    for arguments in [&["run", "--fresh"][..], &["run", "--fresh", "--rev", "HEAD"]] {
        let (code, ran) = house.json(arguments);
        assert_eq!(code, 0, "{ran:#}");
        assert!(house.at("shared/kept").is_file());
        std::fs::remove_file(house.at("shared/kept")).expect("it was there");
    }
    let isolation = house.json(&["inspect"]).1["steps"][0]["isolation"].clone();
    std::fs::remove_dir_all(house.at("shared")).expect("it was there");
    std::fs::remove_dir_all(house.at(".cargo")).expect("it was there");
    house.write("tree/.cargo/config.toml", "[build]\ntarget-dir = \"../shared\"\n");
    let (code, ran) = house.json(&["run", "--fresh"]);
    let expected = i32::from(isolation == "landlock");
    assert_eq!(code, expected, "{ran:#}");
}

/// Does the last run again, and says the exit code, the standing and the layer of a step, and the lines of what differs.
fn replayed(
    house: &House,
    step: &str,
    more: &[&str],
    variables: &[(&str, &str)],
) -> (i32, String, String, Vec<String>) {
    let (code, replay) = house.json_with(&[&["replay", "--live"], more].concat(), variables);
    let found = the(&replay, step);
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let lines = |value: &Value| -> Vec<String> {
        value["differences"].as_array().expect("a list").iter().map(|one| word(&one["line"])).collect()
    };
    let all = [lines(found), lines(&found["checkout"])].concat();
    (code, word(&found["standing"]), word(&found["layer"]), all)
}

fn accepted(house: &House) -> Value {
    let (code, ran) = house.json(&["run"]);
    assert_eq!(code, 0, "{ran:#}");
    ran
}

#[test]
fn a_replay_of_what_did_not_change_stands_and_is_no_evidence_for_another_run() {
    let steps = step("look", "cat src/lib.rs; pwd", "") + &step("next", "true", "needs = [\"look\"]");
    let house = House::with(&(steps + "[replay]\naccept = \"exact\"\n"));
    let ran = accepted(&house);
    let (code, replay) = house.json(&["replay", "--live"]);
    assert_eq!((code, &replay["verdict"], &replay["accept"]), (0, &"stands".into(), &"exact".into()), "{replay:#}");
    for name in ["look", "next"] {
        let found = the(&replay, name);
        assert_eq!((&found["standing"], &found["layer"]), (&"same".into(), &Value::Null), "{replay:#}");
        assert_eq!(found["normaliser"], "plain/1", "what takes places out of the output is declared");
    }
    assert_eq!(house.fresh(), [""; 0]);

    let (_, shown) = house.json(&["inspect"]);
    assert_eq!(shown["run"], ran["run"], "the last run is not the replay");
    let (_, shown) = house.json(&["inspect", replay["replay"].as_str().expect("its name")]);
    assert_eq!((&shown["verdict"], &shown["certifiable"]), (&"stands".into(), &false.into()));
    let (_, next) = house.json(&["run"]);
    assert_eq!(the(&next, "look")["reused_from"]["run"], ran["run"]);
    let again = house.governed(&["replay", "--live", replay["replay"].as_str().expect("its name")]);
    assert!(again.code == 2 && again.stderr.contains("it is a replay itself"), "{again:?}");
    let told = house.governed(&["replay", "--live"]);
    assert!(told.stdout.contains("normalised: look, next by plain/1"), "{}", told.stdout);
    assert!(told.stdout.contains("stands: all 2 steps came to the same (exit 0)"), "{}", told.stdout);
}

/// Runs, changes something around the tree, does the run again, and says which layer is named and how.
fn names(layer: &str, line: &str, change: impl Fn(&House), variables: &[(&str, &str)]) {
    let house = House::with(&(step("works", "true", "") + "[[step]]\nname = \"tool\"\nrun = [\"our-tool\"]\n"));
    house.program("our-tool", "true # 1");
    house.program("rustc", "echo 'rustc 1.94.0'; echo 'release: 1.94.0'");
    house.write(".cargo/config.toml", "[build]\nincremental = false\n");
    accepted(&house);
    change(&house);
    let step = if layer == "tools" { "tool" } else { "works" };
    let (code, standing, named, lines) = replayed(&house, step, &[], variables);
    assert_eq!((code, standing.as_str(), named.as_str()), (0, "same", layer), "{lines:?}");
    assert!(lines.iter().any(|found| found.contains(line)), "{line} in {lines:?}");
}

#[test]
fn another_toolchain_is_named() {
    let change = |house: &House| house.program("rustc", "echo 'rustc 1.95.0'; echo 'release: 1.95.0'");
    names("toolchain", "toolchain release: 1.94.0 -> 1.95.0", change, &[]);
}

#[test]
fn another_version_of_a_tool_is_named() {
    names("tools", "tools our-tool", |house| house.program("our-tool", "true # 2"), &[]);
}

#[test]
fn other_flags_of_the_compiler_are_named() {
    names("environment", "environment RUSTFLAGS", |_| {}, &[("RUSTFLAGS", "-Dwarnings")]);
}

#[test]
fn another_configuration_above_the_checkout_is_named() {
    let change = |house: &House| house.write(".cargo/config.toml", "[build]\nincremental = true\n");
    names("configuration", "../.cargo/config.toml build.incremental: false -> true", change, &[]);
}

#[test]
fn another_lock_file_is_named() {
    let other = LOCK.to_owned() + "\n[[package]]\nname = \"b\"\nversion = \"1.2.3\"\n";
    names("dependencies", "dependencies: b 1.2.3 added", |house| house.write("tree/Cargo.lock", &other), &[]);
}

#[test]
fn another_source_is_named() {
    let change = |house: &House| house.write("tree/src/lib.rs", "//! Another.\n");
    names("source", "source: src/lib.rs changed", change, &[]);
}

#[test]
fn another_policy_is_named() {
    let change = |house: &House| {
        let policy = std::fs::read_to_string(house.at("tree/governed.toml")).expect("a policy");
        house.write("tree/governed.toml", &policy.replace("'''true'''", "'''exit 0'''"));
    };
    names("policy", "policy: run", change, &[]);
}

#[test]
fn what_a_change_comes_to_is_told_with_its_layer_on_another_revision() {
    let house = House::with(&step("tests", "grep -q '^//! A' src/lib.rs", "inputs = [\"src/**\"]"));
    let ran = accepted(&house);
    house.write("tree/src/lib.rs", "//! B.\n");
    house.commit("two");
    assert_eq!(replayed(&house, "tests", &[], &[]).0, 0, "on its own tree it stands");
    let run = ran["run"].as_str().expect("a name");
    let (code, standing, layer, lines) = replayed(&house, "tests", &[run, "--rev", "HEAD"], &[]);
    assert_eq!((code, standing.as_str(), layer.as_str()), (1, "drifted", "source"), "{lines:?}");
    assert!(lines.contains(&"outcome: passed with exit code 0 -> failed with exit code 1".to_owned()), "{lines:?}");
}

#[test]
fn a_layer_that_changes_the_outcome_is_named_and_the_checkout_is_not_blamed() {
    let house = House::with(&step("strict", "test -z \"$RUSTFLAGS\"", ""));
    accepted(&house);
    house.write("tree/src/lib.rs", "//! Another.\n");
    let (code, standing, layer, lines) = replayed(&house, "strict", &[], &[("RUSTFLAGS", "-Dwarnings")]);
    assert_eq!((code, standing.as_str(), layer.as_str()), (1, "drifted", "environment"), "{lines:?}");
    assert!(lines.contains(&"source: src/lib.rs changed".to_owned()), "{lines:?}");
    let told = house.governed(&["replay", "--live"]);
    assert!(told.stdout.contains("same: strict: source\n  checkout: source: src/lib.rs changed"), "{}", told.stdout);
}

#[test]
fn a_clock_in_the_output_is_named_and_accepted_only_where_it_is_declared() {
    let exact = "[replay]\naccept = \"exact\"\n";
    let house = House::with(&(step("dates", "echo made at $(date +%s%N)", "") + exact));
    accepted(&house);
    let (code, replay) = house.json(&["replay", "--live"]);
    let found = the(&replay, "dates");
    assert_eq!((code, &found["standing"]), (1, &"drifted".into()), "{replay:#}");
    assert_eq!((&found["layer"], &found["healed_by"][0]), (&"nondeterminism".into(), &"clock".into()));
    let told = house.governed(&["replay", "--live"]);
    assert!(told.stdout.contains("drifted: dates: nondeterminism (clock)\n  stdout:1: made at "), "{}", told.stdout);

    let declared = "nondeterminism = [{ source = \"clock\", why = \"it says when\" }]";
    let house = House::with(&(step("dates", "echo made at $(date +%s%N)", declared) + exact));
    accepted(&house);
    let (code, standing, layer, lines) = replayed(&house, "dates", &[], &[]);
    assert_eq!((code, standing.as_str(), layer.as_str(), lines.len()), (0, "same", "nondeterminism", 1));
}

/// A cargo whose test `b` fails while the file `flip` is there; with the canary it does as cargo does.
fn flaky_cargo(house: &House) {
    let script = r#"
if [ "$1" = -V ]; then echo 'cargo 1.95.0'; exit; fi
say() {
  echo "     Running unittests $1 (target/debug/deps/a-0123456789abcdef)" >&2
  printf '\nrunning 2 tests\ntest tests::%s ... ok\ntest tests::%s ... %s\n\n' "$2" "$3" "$4"
  tail="0 ignored; 0 measured; 0 filtered out; finished in 0.00s"
  if [ "$4" = ok ]; then echo "test result: ok. 2 passed; 0 failed; $tail"; exit; fi
  printf 'failures:\n\nfailures:\n    tests::%s\n\n' "$3"
  echo "test result: FAILED. 1 passed; 1 failed; $tail"
  exit 101
}
named() { sed -n "s/.*fn \($1[0-9a-f]*\)().*/\1/p" lib.rs; }
if [ -f lib.rs ]; then say lib.rs $(named p) $(named f) FAILED; fi
if [ -e FLIP ]; then say src/lib.rs a b FAILED; else say src/lib.rs a b ok; fi
"#;
    house.program("cargo", &script.replace("FLIP", &house.at("flip").display().to_string()));
    house.program("rustc", "echo 'rustc 1.95.0'; echo 'release: 1.95.0'");
}

#[test]
fn a_flaky_test_outside_its_budget_is_refused_and_named() {
    for (budget, expected) in [("", (1, "drifted")), ("budget = { flaky-tests = 1 }\n", (0, "same"))] {
        let steps = "[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\"]\n";
        let house = House::with(&format!("{steps}[replay]\naccept = \"within-budget\"\n{budget}"));
        flaky_cargo(&house);
        accepted(&house);
        house.write("flip", "");
        let (code, standing, layer, lines) = replayed(&house, "test", &[], &[]);
        assert_eq!((code, standing.as_str(), layer.as_str()), (expected.0, expected.1, "nondeterminism"), "{lines:?}");
        assert!(lines.iter().any(|line| line.ends_with("tests::b: passed -> failed")), "{lines:?}");
    }
}

#[test]
fn a_tree_that_was_never_committed_is_not_comparable_until_its_bytes_are() {
    let house = House::with(&step("look", "grep -c A src/lib.rs; true", ""));
    house.write("tree/src/lib.rs", "//! Not committed.\n");
    accepted(&house);
    let (code, replay) = house.json(&["replay", "--live"]);
    assert_eq!((code, &replay["verdict"], &replay["replay"]), (3, &"not-comparable".into(), &Value::Null));
    assert!(replay["why"].as_str().expect("a reason").contains("src/lib.rs"), "{replay:#}");
    house.commit("two");
    let (code, replay) = house.json(&["replay", "--live"]);
    assert_eq!((code, &replay["verdict"], &replay["tree"]["dirty"]), (0, &"stands".into(), &true.into()), "{replay:#}");
}

#[test]
fn a_lock_file_that_git_ignores_is_put_back_from_the_record() {
    let house = House::with(&step("locked", "cat Cargo.lock", ""));
    house.write("tree/.gitignore", "/target\nCargo.lock\n");
    house.git(&["rm", "-q", "--cached", "Cargo.lock"]);
    house.commit("two");
    accepted(&house);
    house.write("tree/Cargo.lock", "version = 4\n");
    let (code, standing, layer, lines) = replayed(&house, "locked", &[], &[]);
    assert_eq!((code, standing.as_str(), layer.as_str()), (0, "same", "dependencies"), "{lines:?}");
    assert!(lines.contains(&"dependencies: a 0.1.0 removed".to_owned()), "{lines:?}");
}

#[test]
fn a_run_with_a_submodule_checked_out_is_not_comparable_and_a_revision_says_that_it_is_left_empty() {
    let house = House::with(&step("look", "ls sub", ""));
    house.write("other/one", "1\n");
    git_in(&house.at("other"), &["init", "-q", "-b", "main"]);
    git_in(&house.at("other"), &["add", "-A"]);
    git_in(&house.at("other"), &["commit", "-q", "-m", "one"]);
    house.git(&["submodule", "--quiet", "add", "../other", "sub"]);
    house.commit("two");
    accepted(&house);
    let (code, replay) = house.json(&["replay", "--live"]);
    assert_eq!((code, &replay["verdict"]), (3, &"not-comparable".into()), "{replay:#}");
    assert!(replay["why"].as_str().expect("a reason").starts_with("sub/one and what else"), "{replay:#}");
    let ran = house.governed(&["run", "--rev", "HEAD"]);
    assert!(ran.code == 0 && ran.stderr.contains("left empty: sub: a submodule"), "{ran:?}");
}

#[test]
fn an_altered_record_is_not_done_again() {
    let house = House::with(&step("look", "echo seen", ""));
    accepted(&house);
    let ledger = house.at("tree/.git/governed/ledger.jsonl");
    let mut bytes = std::fs::read(&ledger).expect("a ledger");
    let at = bytes.windows(8).position(|part| part == b"accepted").expect("the verdict");
    bytes[at] ^= 1;
    std::fs::write(&ledger, &bytes).expect("a writable ledger");
    let told = house.governed(&["replay", "--live"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.stdout.contains("altered: ledger.jsonl:") && told.stdout.contains("nothing was executed"), "{told:?}");
}

#[test]
fn a_fresh_folder_that_a_killed_engine_left_is_taken_away_by_the_next() {
    let house = House::with(&step("waits", "if [ -e ../go ]; then exit 0; fi; echo here; sleep 30", ""));
    let mut command = house.command(&["run", "--rev", "HEAD", "--quiet"]);
    let mut engine = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary runs");
    let ledger = house.at("tree/.git/governed/ledger.jsonl");
    let until = Instant::now() + Duration::from_secs(60);
    let begun = || std::fs::read_to_string(&ledger).is_ok_and(|text| text.contains("step-output"));
    while !begun() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    engine.kill().expect("it runs");
    engine.wait().expect("it ends");
    assert_eq!(house.fresh().len(), 1, "nobody was there to remove it");
    house.write("go", "");
    let mut shown = house.governed(&["recover"]);
    while shown.stdout.contains("$ kill") && Instant::now() < until {
        // The shepherd is still ending the step.
        std::thread::sleep(Duration::from_millis(100));
        shown = house.governed(&["recover"]);
    }
    assert!(shown.stdout.contains("fresh folder: "), "{}", shown.stdout);
    let commit = house.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let resume = format!("$ cargo governed run --rev {commit} --resume");
    assert!(shown.stdout.contains("$ cargo governed recover --execute") && shown.stdout.contains(&resume), "{shown:?}");
    let ran = house.governed(&["run", "--rev", &commit, "--resume"]);
    assert!(ran.code == 0 && ran.stderr.contains("which a run that was killed left behind"), "{ran:?}");
    assert_eq!(house.fresh(), [""; 0]);
}
