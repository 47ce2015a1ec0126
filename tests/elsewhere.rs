//! `run --rev` and `replay --live`: trees from git objects in a fresh folder, with the real binary.
#![cfg(unix)]

mod support;

use std::process::Command;

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
    let house = House::with(&step("look", "cat src/lib.rs; git describe --always --dirty; git status --porcelain", ""));
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
    assert_eq!(said, format!("//! A.\n{}\n", &old[..7]), "the step saw the revision, clean, with its history");
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
    let expected = if isolation == "landlock" { 1 } else { 0 };
    assert_eq!(code, expected, "{ran:#}");
}
