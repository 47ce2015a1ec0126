//! Repositories with declared steps, the verbs of governed runs on them, and the schemas that their documents keep to.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::checkout::Scratch;
use crate::support::tool;
use crate::support::tool::Ran;

const MANIFEST: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";

/// A repository whose policy declares these steps and infers none, with more files.
pub(crate) fn place(steps: &str, more: &[(&str, &str)]) -> Scratch {
    let policy = format!("[run]\ninfer = false\n{steps}");
    let mut files = vec![
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", "//! A.\n"),
        ("docs/one.md", "one\n"),
        (".gitignore", "/target\n"),
        ("governed.toml", &policy),
    ];
    files.retain(|(path, _)| more.iter().all(|(other, _)| other != path));
    files.extend(more);
    Scratch::committed(&files)
}

/// A step that runs a script, with more keys.
pub(crate) fn step(name: &str, script: &str, more: &str) -> String {
    format!("[[step]]\nname = \"{name}\"\nrun = [\"sh\", \"-c\", '''{script}''']\n{more}\n")
}

/// The step that runs the tests.
pub(crate) const TEST: &str = "[[step]]\nname = \"test\"\nrun = [\"cargo\", \"test\", \"--offline\"]\n";

/// A verb in a repository. The home lies outside the tree, cargo's own is the tester's.
pub(crate) fn command(scratch: &Scratch, arguments: &[&str]) -> Command {
    let mut command = tool::running(scratch.path(), arguments);
    let home = std::env::var("HOME").unwrap_or_default();
    for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        command.env(name, std::env::var_os(name).unwrap_or_else(|| Path::new(&home).join(folder).into()));
    }
    command
}

pub(crate) fn governed(scratch: &Scratch, arguments: &[&str]) -> Ran {
    tool::of(command(scratch, arguments).output().expect("the binary runs"))
}

/// The document that a verb prints with `--format json`, which keeps to its schema, and the exit code.
#[track_caller]
pub(crate) fn document(scratch: &Scratch, arguments: &[&str]) -> (i32, Value) {
    let ran = governed(scratch, &[arguments, &["--format", "json"]].concat());
    let value: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    keeps_to_its_schema(&value);
    (ran.code, value)
}

/// A document keeps to the schema that is shipped for it.
#[track_caller]
pub(crate) fn keeps_to_its_schema(document: &Value) {
    let name = document["schema"].as_str().and_then(|name| name.strip_prefix("cargo-governed/"));
    let name = name.unwrap_or_else(|| panic!("no schema of ours: {document:#}")).replace('/', "-");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/{name}.schema.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let schema = jsonschema::validator_for(&serde_json::from_str(&text).expect("JSON")).expect("a schema");
    let faults: Vec<String> =
        schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:#?}\n{document:#}");
}
