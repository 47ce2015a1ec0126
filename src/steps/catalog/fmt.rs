//! `fmt`: the sources are as rustfmt writes them.
//!
//! Inferred where somebody of the repository said so: CI or a task runner formats, or rustfmt is configured, or there
//! is no CI yet that could have said otherwise. A repository whose CI never formats made no such claim.

use crate::facts::path;
use crate::steps::catalog::called::Called;
use crate::steps::catalog::ci_command::CiCommand;
use crate::steps::catalog::ground::Ground;
use crate::steps::catalog::job_toolchain::JobToolchain;
use crate::steps::catalog::promise;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// What rustfmt reads in a tree: sources, the manifests that lead to them, and its own configuration.
const INPUTS: &[&str] = &["**/*.rs", "**/Cargo.toml"];
/// The names of its configuration, in any folder.
const CONFIGURATION: &[&str] = &["rustfmt.toml", ".rustfmt.toml"];

pub(super) fn infer(ground: &Ground<'_>) -> Called {
    let facts = ground.facts;
    let (argv, why) = if let Some(command) = ground.best(score) {
        let mut argv = command.argv.clone();
        // Nightly rustfmt reads options that stable rustfmt passes over: the toolchain belongs to the command.
        if let JobToolchain::Named(name) = &command.toolchain {
            argv.insert(1, format!("+{name}"));
        }
        (argv, format!("{} runs it", command.place))
    } else {
        let why = if let Some(path) = promise::has_file_named(facts, CONFIGURATION) {
            format!("{path} configures it")
        } else if !promise::has_ci(facts) {
            format!("{} has packages", ground.workspace.manifest)
        } else if promise::is_named(facts, &["cargo fmt", "rustfmt", "\"fmt\""]) {
            "CI or a script names it".to_owned()
        } else {
            return Called::Not("CI never formats, and no rustfmt.toml is there".to_owned());
        };
        (ground.cargo(&["fmt", "--all", "--check"]), why)
    };
    let mut step = Step::inferred("fmt", Profile::Fmt, argv, why);
    // Only where all modules are `.rs` files do the globs name all that rustfmt reads.
    if facts.modules().compiled.keys().all(|file| path::extension(file) == "rs") {
        let there = |name: &&&str| promise::has_file_named(facts, &[name]).is_some();
        let configuration = CONFIGURATION.iter().filter(there).map(|name| format!("**/{name}"));
        step.inputs = Some(INPUTS.iter().map(|glob| (*glob).to_owned()).chain(configuration).collect());
    }
    Called::For(Box::new(step))
}

fn score(command: &CiCommand) -> Option<i32> {
    let call = &command.call;
    let checks = call.other.iter().chain(&call.rest).any(|word| word.text == "--check");
    let whole = call.packages.is_empty() && call.wrapper.is_none();
    let fit = call.subcommand == "fmt" && checks && whole && command.toolchain != JobToolchain::Unknown;
    fit.then_some(i32::from(call.workspace))
}
