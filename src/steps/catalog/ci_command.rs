//! The cargo commands of workflows that mean the same here: no expression, no variable, no guard, at the root.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::script::Join;
use crate::facts::workflow::cargo_calls;
use crate::facts::workflow::cargo_calls::Call;
use crate::facts::workflow::scripts::Script;
use crate::steps::catalog::job_toolchain;
use crate::steps::catalog::job_toolchain::JobToolchain;

/// A command of CI that can be run here word for word.
#[derive(Clone, Debug)]
pub struct CiCommand {
    /// The program and its arguments as written, the toolchain left out.
    pub argv: Vec<String>,
    /// What it asks cargo for.
    pub call: CargoCall,
    /// The toolchain that it runs under in CI.
    pub toolchain: JobToolchain,
    /// Where it stands: `.github/workflows/ci.yml:12`.
    pub place: String,
}

/// The plain cargo commands of all workflows that run in a folder, in order of path and text.
pub(super) fn of(facts: &Facts, folder: &str) -> Vec<CiCommand> {
    let mut found = Vec::new();
    for (file, workflow) in facts.workflows() {
        for (script, calls) in cargo_calls::of(file, workflow) {
            if !is_plain_script(&script) {
                continue;
            }
            let commands = script.commands();
            for call in calls.iter().filter(|call| is_plain(call, folder)) {
                // `cargo fmt --check || true` decides nothing, and `| tee` hides the exit code.
                let next = commands.iter().find(|next| next.span.start >= call.command.span.end);
                if next.is_some_and(|next| matches!(next.join, Join::Or | Join::Pipe)) {
                    continue;
                }
                let line = file.content.text.line_of(script.span(call.command.span).start);
                let mut words = call.command.words.iter().map(|word| word.text.clone());
                let mut argv: Vec<String> = words.by_ref().take(1).collect();
                argv.extend(words.skip_while(|word| word.starts_with('+')));
                let toolchain = job_toolchain::of(facts, &script, &call.cargo);
                let place = format!("{}:{line}", file.path);
                found.push(CiCommand { argv, call: call.cargo.clone(), toolchain, place });
            }
        }
    }
    found
}

fn is_plain_script(script: &Script<'_>) -> bool {
    let lenient = |value: &Option<crate::facts::place::Spanned<String>>| {
        value.as_ref().is_some_and(|value| value.value.trim() != "false")
    };
    let windows = !script.job.runs_on.is_empty() && script.job.runs_on.iter().all(|on| on.value.contains("windows"));
    script.shell == Shell::Posix
        && !windows
        && !script.job.container
        && !lenient(&script.step.continue_on_error)
        && !lenient(&script.job.continue_on_error)
}

fn is_plain(call: &Call, folder: &str) -> bool {
    let command = &call.command;
    command.words.first().is_some_and(|word| word.text == "cargo")
        && command.words.iter().all(|word| !word.unknown && !word.text.contains("${{") && !word.text.contains('\n'))
        && command.variables.is_empty()
        && command.keyword.is_none()
        && command.depth == 0
        && command.join != Join::Or
        && !call.cargo.open
        && !call.cargo.cross
        && call.cargo.targets.is_empty()
        && call.cargo.manifest_path.is_none()
        && call.cargo.folder.is_none()
        && call.folders == Some(BTreeSet::from([folder.to_owned()]))
        // A command that starts below the root would need another folder here.
        && folder.is_empty()
}
