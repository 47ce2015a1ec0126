//! `clippy`: clippy has nothing to say that the repository does not accept.
//!
//! The levels are those of the repository: CI's `-D warnings` is taken over where CI says it, and not invented where
//! it does not. A repository that nowhere names clippy made no claim about it.

use crate::facts::manifest::TargetKind;
use crate::steps::catalog::called::Called;
use crate::steps::catalog::ci_command::CiCommand;
use crate::steps::catalog::ground::Ground;
use crate::steps::catalog::job_toolchain::JobToolchain;
use crate::steps::catalog::promise;
use crate::steps::step::Profile;
use crate::steps::step::Step;

pub(super) fn infer(ground: &Ground<'_>) -> Called {
    let facts = ground.facts;
    let (mut argv, why) = if let Some(command) = ground.best(score).or_else(|| ground.best(score_of_others)) {
        (command.argv.clone(), format!("{} runs it", command.place))
    } else {
        let why = if let Some(path) = promise::has_file_named(facts, &["clippy.toml", ".clippy.toml"]) {
            format!("{path} configures it")
        } else if let Some(path) = lints(ground) {
            format!("{path} sets lints of it")
        } else if !promise::has_ci(facts) {
            format!("{} has packages", ground.workspace.manifest)
        } else if promise::is_named(facts, &["clippy"]) {
            "CI or a script names it".to_owned()
        } else {
            return Called::Not("CI never runs clippy, and nothing configures it".to_owned());
        };
        let targets: &[&str] =
            if benches_need_nightly(ground) { &["--tests", "--examples"] } else { &["--all-targets"] };
        let words: Vec<&str> = ["clippy"].into_iter().chain(ground.whole()).chain(targets.iter().copied()).collect();
        (ground.cargo(&words), why)
    };
    ground.lock(&mut argv);
    Called::For(Box::new(Step::inferred("clippy", Profile::Build, argv, why)))
}

/// A manifest with a table of clippy's lints.
fn lints(ground: &Ground<'_>) -> Option<String> {
    let manifests = ground.facts.manifests();
    let sets = |text: &str| memchr::memmem::find(text.as_bytes(), b"lints.clippy").is_some();
    manifests.map(|(file, _)| file).find(|file| sets(file.text())).map(|file| file.path.to_string())
}

/// Benches with the unstable harness can't be built by the toolchain that everything else is built with.
fn benches_need_nightly(ground: &Ground<'_>) -> bool {
    let mut benches =
        ground.members().flat_map(|package| &package.targets).filter(|target| target.kind == TargetKind::Bench);
    benches.any(|bench| ground.facts.text(&bench.path).is_some_and(|text| text.contains("#![feature(")))
}

fn score(command: &CiCommand) -> Option<i32> {
    if command.toolchain == JobToolchain::Default { shape(command) } else { None }
}

/// A command that CI gives to beta or to a release by number means the same to the toolchain here, nightly's may not.
fn score_of_others(command: &CiCommand) -> Option<i32> {
    let JobToolchain::Named(name) = &command.toolchain else { return None };
    if name.starts_with("nightly") { None } else { shape(command) }
}

fn shape(command: &CiCommand) -> Option<i32> {
    let call = &command.call;
    let writes = call.other.iter().any(|word| word.text == "--fix");
    let whole = call.packages.is_empty() && call.wrapper.is_none() && call.operands.is_empty();
    let fit = call.subcommand == "clippy" && whole && !writes;
    let all_targets = call.switches.iter().any(|word| word.text == "--all-targets");
    let score = 4 * i32::from(call.workspace) + 2 * i32::from(all_targets) + i32::from(call.all_features)
        - 3 * i32::from(call.no_default_features);
    fit.then_some(score)
}
