//! Checked-in configuration that puts other programs in cargo's hands, and whether it can decide a step of the plan.

use crate::rules::authority::cargo_alias_shadows;
use crate::rules::authority::cargo_runner_replaced;
use crate::rules::authority::cargo_runner_replaced::ONLY_WHERE_ASKED;
use crate::steps::step::Step;

/// The rules that `check` tells of and `run` enforces.
pub const RULES: [&str; 2] = [cargo_alias_shadows::RULE.name, cargo_runner_replaced::RULE.name];

/// A finding of one of these rules, which no waiver accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The rule.
    pub rule: String,
    /// What it says.
    pub message: String,
}

/// Commands of cargo and of the Rust distribution that run for the host unless they are told otherwise.
const FOR_THE_HOST: &[&str] =
    &["build", "check", "test", "bench", "doc", "package", "clippy", "fmt", "nextest", "semver-checks"];

/// Those that can decide one of the steps.
///
/// An alias does so where a step calls cargo by its name. A runner that is there only for another target does not where
/// every step is a plain command of cargo that names no target.
pub fn deciding(replaced: Vec<Replaced>, steps: &[Step]) -> Vec<Replaced> {
    let host = steps.iter().all(runs_for_the_host);
    let decides = |one: &Replaced| {
        if one.rule == cargo_alias_shadows::RULE.name {
            cargo_alias_shadows::name_in(&one.message).is_none_or(|name| steps.iter().any(|step| calls(step, name)))
        } else {
            !host || !one.message.ends_with(ONLY_WHERE_ASKED)
        }
    };
    replaced.into_iter().filter(decides).collect()
}

/// The words behind `cargo` and a toolchain; none where the step calls another program.
fn words(step: &Step) -> Option<&[String]> {
    let behind = step.is_cargo().then(|| step.argv.get(1..))??;
    Some(if behind.first().is_some_and(|word| word.starts_with('+')) { &behind[1..] } else { behind })
}

fn calls(step: &Step, name: &str) -> bool {
    words(step).and_then(<[String]>::first).is_some_and(|word| word == name)
}

fn runs_for_the_host(step: &Step) -> bool {
    let Some((command, rest)) = words(step).and_then(<[String]>::split_first) else { return false };
    FOR_THE_HOST.contains(&command.as_str())
        && !rest.iter().any(|word| word == "--target" || word.starts_with("--target=") || word.starts_with("--config"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::step::Profile;

    fn step(argv: &[&str]) -> Step {
        let argv = argv.iter().map(|word| (*word).to_owned()).collect();
        Step::inferred("step", Profile::Build, argv, "")
    }

    fn kept(rule: &str, message: String, argv: &[&str]) -> bool {
        let replaced = Replaced { rule: rule.to_owned(), message };
        !deciding(vec![replaced], &[step(&["cargo", "fmt"]), step(argv)]).is_empty()
    }

    #[test]
    fn a_runner_of_another_target_decides_only_steps_that_may_ask_for_it() {
        let message = || format!("`target.wasm32-wasip1.runner` replaces it by `true`{ONLY_WHERE_ASKED}");
        for (argv, expected) in [
            (&["cargo", "test", "--workspace"][..], false),
            (&["cargo", "+nightly", "test", "--workspace"], false),
            (&["cargo", "test", "--target", "wasm32-wasip1"], true),
            (&["cargo", "test", "--target=wasm32-wasip1"], true),
            (&["cargo", "test", "--config", "build.target='wasm32-wasip1'"], true),
            (&["cargo", "xtask"], true),
            (&["./ci/test.sh"], true),
        ] {
            assert_eq!(kept("cargo-runner-replaced", message(), argv), expected, "{argv:?}");
        }
        assert!(kept("cargo-runner-replaced", "`build.rustc` replaces it".to_owned(), &["cargo", "test"]));
    }

    #[test]
    fn an_alias_decides_the_steps_that_call_it() {
        let message = || cargo_alias_shadows::message("clippy", "`cargo-clippy`");
        assert!(kept("cargo-alias-shadows", message(), &["cargo", "clippy", "--all-targets"]));
        assert!(kept("cargo-alias-shadows", message(), &["cargo", "+stable", "clippy"]));
        assert!(!kept("cargo-alias-shadows", message(), &["cargo", "test"]));
        assert!(kept("cargo-alias-shadows", "of another wording".to_owned(), &["cargo", "test"]));
    }
}
