//! The toolchain that a command of CI runs under, as far as its job tells.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::scripts::Script;

/// The toolchain of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobToolchain {
    /// The one that is there, or stable: what a person has, too.
    Default,
    /// Another one by name: `nightly`, `1.74.0`.
    Named(String),
    /// Only a run knows it.
    Unknown,
}

/// The toolchain of a command in a script.
pub(super) fn of(facts: &Facts, script: &Script<'_>, call: &CargoCall) -> JobToolchain {
    if call.toolchain.is_some() {
        return call.known_toolchain().map_or(JobToolchain::Unknown, named);
    }
    // A toolchain file decides over what a job installs.
    if facts.of_kind(Kind::Toolchain).any(|file| path::parent(&file.path).is_empty()) {
        return JobToolchain::Default;
    }
    let before = &script.job.steps[..script.index.min(script.job.steps.len())];
    before.iter().rev().find_map(|step| set_by(script, step)).unwrap_or(JobToolchain::Default)
}

fn named(name: &str) -> JobToolchain {
    match name {
        "stable" | "" => JobToolchain::Default,
        name => JobToolchain::Named(name.to_owned()),
    }
}

/// The toolchain that a step makes the default one; none where it does not.
fn set_by(script: &Script<'_>, step: &Step) -> Option<JobToolchain> {
    if let Some(uses) = step.uses.as_ref().filter(|uses| uses.target.to_ascii_lowercase().contains("toolchain")) {
        let given = step.input("toolchain").or_else(|| step.input("channel")).map(|input| input.value.as_str());
        let reference = uses.reference.as_ref().map_or("", |reference| reference.value.as_str());
        let is_name = ["stable", "beta", "nightly"].iter().any(|name| reference.starts_with(name))
            || reference.starts_with(|first: char| first.is_ascii_digit()) && reference.contains('.');
        return match given.or(is_name.then_some(reference)) {
            None => Some(JobToolchain::Default),
            // Of several rows one with the stable toolchain is as good as no row at all.
            Some(text) => Some(match script.texts(text) {
                Some(texts) if texts.contains("stable") => JobToolchain::Default,
                Some(texts) if texts.len() == 1 => named(texts.first().map_or("", String::as_str)),
                _ => JobToolchain::Unknown,
            }),
        };
    }
    let run = &step.run.as_ref()?.value;
    let after = ["rustup default ", "rustup override set "].iter().find_map(|words| {
        let at = run.find(words)?;
        run[at + words.len()..].split_whitespace().next()
    })?;
    Some(if after.contains(['$', '"', '\'']) { JobToolchain::Unknown } else { named(after) })
}
