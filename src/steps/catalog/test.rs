//! `test`: the tests pass, and some were there to pass.
//!
//! nextest runs them where the repository says so twice: `.config/nextest.toml` is checked in, and CI or a task runner
//! names nextest. That is a matter of the tree alone: where the tool is missing the claim is unproven, and no other
//! runner stands in for it. nextest runs no doc tests; the reason of the step says so.

use crate::steps::catalog::called::Called;
use crate::steps::catalog::ci_command::CiCommand;
use crate::steps::catalog::ground::Ground;
use crate::steps::catalog::job_toolchain::JobToolchain;
use crate::steps::catalog::promise;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// Where nextest keeps its configuration.
const NEXTEST: &str = ".config/nextest.toml";

pub(super) fn infer(ground: &Ground<'_>) -> Called {
    let nextest = ground.facts.tree.has_file(NEXTEST) && promise::is_named(ground.facts, &["nextest"]);
    let (mut argv, mut why) = if let Some(command) = ground.best(|command| score(command, nextest)) {
        (command.argv.clone(), format!("{} runs it", command.place))
    } else {
        let words: &[&str] = if nextest { &["nextest", "run"] } else { &["test"] };
        let words: Vec<&str> = words.iter().copied().chain(ground.whole()).collect();
        let why = if nextest { NEXTEST } else { ground.workspace.manifest.as_ref() };
        (ground.cargo(&words), format!("{why} {}", if nextest { "configures nextest" } else { "has packages" }))
    };
    if nextest {
        why.push_str("; nextest runs no doc tests");
    }
    ground.lock(&mut argv);
    Called::For(Box::new(Step::inferred("test", Profile::Test, argv, why)))
}

fn score(command: &CiCommand, nextest: bool) -> Option<i32> {
    let call = &command.call;
    let by_nextest = call.wrapper.as_deref() == Some("nextest");
    let named = [&call.packages, &call.operands, &call.tests, &call.bins, &call.examples, &call.benches];
    let part = named.iter().any(|words| !words.is_empty())
        || call.switches.iter().any(|word| word.text != "--all-targets")
        || call.other.iter().any(|word| is_partial(&word.text))
        || call.rest.iter().any(|word| !matches!(word.text.as_str(), "--nocapture" | "--show-output"));
    let runner = if by_nextest { call.subcommand == "run" } else { call.wrapper.is_none() && call.runs_tests() };
    let fit = runner && !part && by_nextest == nextest && command.toolchain == JobToolchain::Default;
    let score = 4 * i32::from(call.workspace) + 2 * i32::from(call.all_features)
        - 3 * i32::from(call.no_default_features)
        - i32::from(!call.features.is_empty());
    fit.then_some(score)
}

/// Says whether a flag makes a command something else than a run of all tests.
fn is_partial(flag: &str) -> bool {
    ["--no-run", "--partition", "-E", "--filter", "--archive", "--run-ignored", "--ignored", "-Z", "--config"]
        .iter()
        .any(|partial| flag.starts_with(partial))
}
