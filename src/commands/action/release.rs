//! `command: release`: after the merge, everything that the plan prepared comes out by the journaled publish, and the
//! release on the forge carries the proof, the digests and the files that were handed over.

use std::fmt::Write as _;
use std::time::Duration;

use crate::commands::action::ground::Ground;
use crate::commands::action::inputs::Inputs;
use crate::commands::action::outcome::Outcome;
use crate::commands::action::runner::Runner;
use crate::commands::cli::Shared;
use crate::commands::exit;
use crate::commands::output;
use crate::commands::release_assets::Handed;
use crate::commands::release_forge::Given;
use crate::commands::release_outside::Reach;
use crate::commands::release_publish;
use crate::commands::release_site::How;
use crate::commands::surroundings;
use crate::error::Error;
use crate::gate::decision::Refusal;
use crate::judge::report::Verdict;
use crate::release::plan::Blocker;
use crate::release::publishing::act::Act;
use crate::release::publishing::report::Acted;
use crate::release::publishing::report::Report;
use crate::release::publishing::report::State;
use crate::render::comment::case::Reason;
use crate::render::encode::annotation;
use crate::render::encode::markdown;
use crate::render::release::publish_human;

/// How long to wait for an index, and for a registry that limits us.
const WAIT: Duration = Duration::from_secs(900);
/// How long a registry may take to finish what was cut off.
const SETTLE: Duration = Duration::from_secs(10);

/// Publishes what is checked out, or says what that would do.
pub(crate) fn of(shared: &Shared, inputs: &Inputs, runner: &Runner, ground: &Ground) -> Result<Outcome, Error> {
    let place = ground.folder.as_path();
    let Some(proof) = &inputs.proof else {
        return Err(Error::usage("no-proof", "release without a proof")
            .help("name in the input proof the signed proof of this very commit, from outside the checkout"));
    };
    let Some((_, base)) = &ground.base else {
        return Err(Error::usage("no-base", "release without a base").help("name the branch in the input base-ref"));
    };
    if inputs.config.is_some() {
        return Err(Error::usage("bad-input", "take the policy of a gate from a file: it is that of the base")
            .help("leave the input config out"));
    }
    let talk = |line: &str| {
        let _ = output::answer(&format!("{}\n", annotation::log_line(line)));
    };
    let how = How {
        execute: !inputs.dry_run,
        base: base.clone(),
        proof: Some(proof.clone()),
        packages: Vec::new(),
        registry: None,
        remote: None,
        reach: Reach::Online,
        wait: WAIT,
        settle: SETTLE,
        forge: Given {
            server: Some(runner.server.clone()),
            api: Some(inputs.api_url.clone().unwrap_or_else(|| runner.api.clone())),
            repository: Some(runner.repository.clone()).filter(|name| !name.is_empty()),
            token: Some(inputs.token.0.clone()).filter(|token| !token.is_empty()),
        },
        assets: Handed::read(proof, inputs.assets.as_deref())?,
        talk: &talk,
    };
    let report = release_publish::publish(place, &how)?;
    if let Err(error) = output::answer(&publish_human::render(&report, surroundings::look(shared))) {
        output::talk(&output::described(&error));
    }
    Ok(outcome(report))
}

fn outcome(report: Report) -> Outcome {
    let verdict = match report.verdict() {
        "accepted" => Verdict::Accepted,
        "refused" => Verdict::Refused,
        _ => Verdict::Unproven,
    };
    let exit = release_publish::code(&report);
    let refusal = |one: &Refusal| Reason {
        code: one.code.as_str().to_owned(),
        message: one.message.clone(),
        remedy: Some(one.code.remedy().to_owned()),
    };
    let blocker = |one: &Blocker| Reason {
        code: one.code.to_owned(),
        message: one.message.clone(),
        remedy: Some(one.remedy.clone()),
    };
    let because = report.decision.because.iter().map(refusal).chain(report.blockers.iter().map(blocker)).collect();
    let done = report.acts.iter().filter(|acted| matches!(acted.state, State::Done | State::Found)).count();
    let url = report.acts.iter().filter(|acted| matches!(acted.act, Act::ForgeRelease { .. }));
    let url = url.map(|acted| acted.says.clone()).find(|says| says.starts_with("http")).unwrap_or_default();
    let line = match (report.acts.len(), report.execute) {
        (0, _) => "nothing is left to release".to_owned(),
        (all, true) => format!("{done} of {all} acts of the release were done"),
        (all, false) => format!("dry run: {all} acts would be done"),
    };
    let page = (exit == exit::ACCEPTED).then(|| page(&line, &report.acts));
    Outcome {
        because,
        exit,
        line,
        page,
        release_url: url,
        released: done > 0,
        error: report.failure,
        ..Outcome::of(verdict)
    }
}

fn page(line: &str, acts: &[Acted]) -> String {
    let mut page = format!("## \u{2705} Release: {line}\n\n");
    for acted in acts {
        let (mark, word) = match acted.state {
            State::Done => ("\u{2705}", ""),
            State::Found => ("\u{2705}", " (found to be done)"),
            State::Would => ("\u{26aa}", " (would be done)"),
            State::NotDone => ("\u{274c}", " (not done)"),
            State::Unknown => ("\u{26a0}\u{fe0f}", " (may have been done)"),
        };
        let says = match acted.says.as_str() {
            "" => String::new(),
            url if is_page(url) => format!(": [its page]({url})"),
            other => format!(": {}", markdown::plain(other)),
        };
        let _ = writeln!(page, "* {mark} {}{word}{says}", markdown::plain(&acted.act.told()));
    }
    page
}

/// An address of a page that ends no link of Markdown and hides nothing.
fn is_page(url: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._~:/%+".contains(sign);
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(plain)
}
