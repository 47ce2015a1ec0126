//! `doc`: the documentation of the packages can be built. Warnings decide only where CI's own command says so.

use crate::steps::catalog::called::Called;
use crate::steps::catalog::ci_command::CiCommand;
use crate::steps::catalog::ground::Ground;
use crate::steps::catalog::job_toolchain::JobToolchain;
use crate::steps::step::Profile;
use crate::steps::step::Step;

pub(super) fn infer(ground: &Ground<'_>) -> Called {
    if ground.members().all(|package| package.targets.is_empty()) {
        return Called::Not("no package has a target".to_owned());
    }
    let (mut argv, why) = if let Some(command) = ground.best(score) {
        (command.argv.clone(), format!("{} runs it", command.place))
    } else {
        let words: Vec<&str> = ["doc", "--no-deps"].into_iter().chain(ground.whole()).collect();
        (ground.cargo(&words), format!("{} has packages", ground.workspace.manifest))
    };
    ground.lock(&mut argv);
    Called::For(Box::new(Step::inferred("doc", Profile::Doc, argv, why)))
}

fn score(command: &CiCommand) -> Option<i32> {
    let call = &command.call;
    let named = [&call.packages, &call.operands, &call.bins, &call.examples];
    let part = named.iter().any(|words| !words.is_empty())
        || !call.switches.is_empty()
        || call.other.iter().any(|word| word.text == "--open" || word.text.starts_with("-Z"));
    let fit = call.subcommand == "doc"
        && call.wrapper.is_none()
        && !part
        && call.other.iter().any(|word| word.text == "--no-deps")
        && command.toolchain == JobToolchain::Default;
    fit.then_some(2 * i32::from(call.workspace) + i32::from(call.all_features))
}
