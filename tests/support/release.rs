//! Workspaces with releases behind them, for the tests of plans, states, notes and edits of releases.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::checkout::Scratch;
use crate::support::governed::document;

/// The manifest of a library with dependencies, all that a registry asks for, and more lines of `[package]`.
pub(crate) fn manifest(name: &str, version: &str, more: &str, dependencies: &str) -> String {
    let version =
        if version == "workspace" { "version.workspace = true".to_owned() } else { format!("version = \"{version}\"") };
    let mut text = format!(
        "[package]\nname = \"{name}\"\n{version}\nedition = \"2021\"\ndescription = \"A.\"\nlicense = \"MIT\"\n{more}"
    );
    if !dependencies.is_empty() {
        let _ = write!(text, "\n[dependencies]\n{dependencies}");
    }
    text
}

/// A repository of one library that was released under a tag.
pub(crate) fn one(version: &str, tag: &str) -> Scratch {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", &manifest("a", version, "", "")),
        ("src/lib.rs", "//! A.\npub fn one() {}\n"),
        (".gitignore", "/target\n"),
    ]);
    if !tag.is_empty() {
        scratch.git(&["tag", tag]);
    }
    scratch
}

/// Changes the library at a path and commits it.
pub(crate) fn change(scratch: &Scratch, path: &str, message: &str) {
    let text = std::fs::read_to_string(scratch.at(path)).unwrap_or_default();
    scratch.write(path, format!("{text}fn more{}() {{}}\n", text.len()));
    scratch.commit(message);
}

/// The plan of a repository and its exit code.
#[track_caller]
pub(crate) fn plan(scratch: &Scratch, arguments: &[&str]) -> (i32, Value) {
    document(scratch, &[&["release", "plan"], arguments].concat())
}

/// The next version of a package in a plan; `-` where it is not released.
#[track_caller]
pub(crate) fn next(plan: &Value, name: &str) -> String {
    let packages = plan["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == name).unwrap_or_else(|| panic!("{name}: {plan:#}"));
    package["next"].as_str().unwrap_or("-").to_owned()
}

/// The codes of what stands against a plan.
pub(crate) fn codes(plan: &Value) -> Vec<String> {
    let blockers = plan["blockers"].as_array().expect("blockers");
    blockers.iter().map(|blocker| blocker["code"].as_str().expect("a code").to_owned()).collect()
}
