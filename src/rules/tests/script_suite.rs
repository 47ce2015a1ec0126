//! Suites of tests that a script runs, outside of cargo: a folder of cases with its runner.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::source::SourceFile;
use crate::facts::tree::Mode;
use crate::facts::zone::Zone;

/// The fewest files beside the runner that make a suite.
const FEWEST_CASES: usize = 3;

/// The runners of suites that task files or scripts of the tree call and that nothing in CI leads to.
pub(super) fn forgotten(facts: &Facts) -> Vec<&SourceFile> {
    facts
        .tree
        .entries()
        .iter()
        .filter(|entry| matches!(entry.mode, Mode::Executable | Mode::File) && is_runner(&entry.path))
        .filter_map(|entry| facts.file(&entry.path))
        .filter(|file| facts.zone_by_place(&file.path) == Zone::Own && is_suite(facts, path::parent(&file.path)))
        .filter(|file| {
            let callers: Vec<&SourceFile> = callers(facts, &file.path).collect();
            // The folder may be named alone, behind `working-directory` or `cd`.
            let folder = path::file_name(path::parent(&file.path));
            !callers.is_empty() && !callers.iter().any(|caller| is_called(facts, caller)) && !ci_names(facts, &[folder])
        })
        .collect()
}

/// Says whether a file is named as the runner of the tests around it.
fn is_runner(path: &str) -> bool {
    let name = path::file_name(path);
    let stem = name.split('.').next().unwrap_or_default();
    matches!(path::extension(path), "sh" | "bash" | "py" | "nu" | "fish" | "zsh")
        && matches!(
            stem,
            "run"
                | "test"
                | "tests"
                | "runtest"
                | "runtests"
                | "run-tests"
                | "run_tests"
                | "run-all"
                | "run_all"
                | "all"
        )
}

/// Says whether a folder is one of tests by its name, holds cases, and is no folder of cargo.
fn is_suite(facts: &Facts, folder: &str) -> bool {
    let name = path::file_name(folder).to_ascii_lowercase();
    let named = name.ends_with("tests") || name.ends_with("test") || name == "e2e" || name.ends_with("-e2e");
    let files = facts.tree.within(folder).count();
    let packages = facts.tree.within(folder).any(|entry| path::file_name(&entry.path) == "Cargo.toml");
    named && files > FEWEST_CASES && !packages
}

/// The files that call a runner by its path.
fn callers<'a>(facts: &'a Facts, runner: &'a str) -> impl Iterator<Item = &'a SourceFile> {
    facts
        .files
        .values()
        .filter(move |file| file.kind == Kind::Text && *file.path != *runner && file.text().contains(runner))
}

/// Says whether a workflow or an action names one of these words.
fn ci_names(facts: &Facts, words: &[&str]) -> bool {
    facts
        .files
        .values()
        .filter(|file| matches!(file.kind, Kind::Workflow | Kind::Action))
        .any(|file| words.iter().any(|word| file.text().contains(word)))
}

/// Says whether CI runs a caller: by its name, or by the program that reads it.
fn is_called(facts: &Facts, caller: &SourceFile) -> bool {
    let name = path::file_name(&caller.path);
    match name.to_ascii_lowercase().as_str() {
        "justfile" | ".justfile" => ci_names(facts, &["just "]),
        "makefile" | "gnumakefile" => ci_names(facts, &["make "]),
        _ => ci_names(facts, &[name]),
    }
}
