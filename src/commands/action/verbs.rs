//! The verbs behind the inputs.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::action::ground::Ground;
use crate::commands::action::inputs::Command;
use crate::commands::action::inputs::Inputs;
use crate::commands::action::outcome::Outcome;
use crate::commands::action::release;
use crate::commands::action::release_pr;
use crate::commands::action::runner::Runner;
use crate::commands::check;
use crate::commands::cli::Shared;
use crate::commands::gate;
use crate::commands::gating;
use crate::commands::gating::Asked;
use crate::commands::governing;
use crate::commands::judging;
use crate::commands::live::Live;
use crate::commands::output;
use crate::commands::run;
use crate::commands::surroundings;
use crate::error::Error;
use crate::facts::digest::Digest;
use crate::gate::act::Act;
use crate::gate::decision::Refusal;
use crate::judge::report::Judged;
use crate::judge::report::Verdict;
use crate::proof::bundle;
use crate::record::report::StepReport;
use crate::render::comment::case::Reason;
use crate::render::comment::case::Step;
use crate::render::format::Format;
use crate::render::gate as render_gate;
use crate::render::run::Shown;
use crate::render::run::html;
use crate::render::run::words;
use crate::rules::level::Level;
use crate::steps::outcome::State;
use crate::world::given;
use crate::world::outfile;

/// Does what the inputs ask for.
pub(crate) fn of(shared: &Shared, inputs: &Inputs, runner: &Runner, ground: &Ground) -> Result<Outcome, Error> {
    let folder = ground.folder.as_path();
    match inputs.command {
        Command::Check => checked(shared, inputs, folder, ground),
        Command::Run => ran(shared, inputs, folder, ground),
        Command::Gate => gated(shared, inputs, folder, ground),
        Command::Release => release::of(shared, inputs, runner, ground),
        Command::ReleasePr => release_pr::of(inputs, runner, folder),
    }
}

fn checked(shared: &Shared, inputs: &Inputs, folder: &Path, ground: &Ground) -> Result<Outcome, Error> {
    let options = check::Options {
        since: ground.base.as_ref().map(|(_, commit)| commit.clone()),
        deny_warn: inputs.fail_on_warn,
        config: inputs.config.clone(),
        ..check::Options::in_folder(folder)
    };
    let report = check::check(&options)?.report;
    logged(output::answer(&Format::Human.render(&report, surroundings::look(shared))));
    Ok(Outcome { report: Some(report.clone()), ..Outcome::of(report.verdict) })
}

fn ran(shared: &Shared, inputs: &Inputs, folder: &Path, ground: &Ground) -> Result<Outcome, Error> {
    let options = run::Options {
        folder: folder.to_path_buf(),
        base: ground.base.as_ref().map(|(_, commit)| commit.clone()),
        config: inputs.config.clone(),
        ..run::Options::default()
    };
    let look = surroundings::look(shared);
    let live = Live::here(shared, look.charset);
    let (shown, report) = run::with_report(&options, &|progress| live.tell(progress))?;
    drop(live);
    logged(governing::answer_run(&shown, "human", look));
    let verdict = judging::verdict(shown.report.verdict.as_deref().unwrap_or_default());
    // The proof keeps the verdict of the policy; the input is about this job.
    let is_loud = |judged: &Judged| judged.new && judged.waiver.is_none() && judged.level > Level::Note;
    let refuses = inputs.fail_on_warn && report.findings.iter().any(is_loud);
    let verdict = if refuses { Verdict::Refused } else { verdict };
    let proof = shown.proof.as_ref().map(PathBuf::from);
    let digest = proof.as_deref().and_then(digest_of);
    let html = proof.as_ref().map(|proof| proof.with_file_name("report.html"));
    let html = html.filter(|path| outfile::replace(path, html::page::render(&shown).as_bytes()).is_ok());
    Ok(Outcome { report: Some(report), steps: steps(&shown), proof: proof.zip(digest), html, ..Outcome::of(verdict) })
}

/// The gate of a merge. It executes nothing and opens no connection; its views are another matter.
fn gated(shared: &Shared, inputs: &Inputs, folder: &Path, ground: &Ground) -> Result<Outcome, Error> {
    let Some(proof) = &inputs.proof else {
        return Err(Error::usage("no-proof", "decide without a proof")
            .help("name in the input proof what the job with `command: run` uploaded, from outside the checkout"));
    };
    let Some((_, base)) = &ground.base else {
        return Err(Error::usage("no-base", "decide without a base").help("name the branch in the input base-ref"));
    };
    if inputs.config.is_some() {
        return Err(Error::usage("bad-input", "take the policy of a gate from a file: it is that of the base")
            .help("leave the input config out"));
    }
    let asked = Asked {
        folder: folder.to_path_buf(),
        act: Act::Merge,
        base: base.clone(),
        proof: Some(proof.clone()),
        rev: None,
    };
    let judged = gating::decide(&asked)?;
    let told = render_gate::human::render(&gate::shown(&judged, base));
    logged(output::answer(&surroundings::look(shared).charset.encode(&told)));
    let reason = |refusal: &Refusal| Reason {
        code: refusal.code.as_str().to_owned(),
        message: refusal.message.clone(),
        remedy: Some(refusal.code.remedy().to_owned()),
    };
    let decision = &judged.decision;
    let because = decision.because.iter().map(reason).collect();
    let verdict = if decision.allows() { Verdict::Accepted } else { Verdict::Refused };
    let digest = digest_of(proof);
    Ok(Outcome {
        because,
        rests_on: decision.rests_on.len(),
        proof: Some(proof.clone()).zip(digest),
        ..Outcome::of(verdict)
    })
}

/// A log that can't be written is a view that is missing: it is said where that is possible, and decides nothing.
fn logged(written: Result<(), Error>) {
    if let Err(error) = written {
        output::talk(&output::described(&error));
    }
}

fn digest_of(proof: &Path) -> Option<String> {
    let bytes = given::proof(proof, bundle::MOST_BYTES).ok()?;
    Some(Digest::of(&bytes).to_string())
}

fn steps(shown: &Shown) -> Vec<Step> {
    shown.report.steps.iter().map(step).collect()
}

fn step(step: &StepReport) -> Step {
    let passed = step.state == Some(State::Passed) && step.doubts.is_empty();
    let doubts = step.doubts.iter().map(|doubt| doubt.message.clone());
    let said = [words::state(step).to_owned(), words::evidence(step)].into_iter().chain(doubts);
    let said: Vec<String> = said.filter(|part| !part.is_empty()).collect();
    let time = if step.began.is_some() { words::took(step) } else { String::new() };
    let key = step.key.map(|key| key.to_string());
    Step { name: step.step.clone(), passed, result: said.join(": "), time, key }
}
