//! The whole of `action`: inputs, event, what is done, its views, its outputs, the exit code.

use crate::commands::action::forge_error::OVERALL;
use crate::commands::action::ground;
use crate::commands::action::ground::Ground;
use crate::commands::action::inputs::Command;
use crate::commands::action::inputs::Commenting;
use crate::commands::action::inputs::Inputs;
use crate::commands::action::needs;
use crate::commands::action::outcome::Outcome;
use crate::commands::action::outputs::Outputs;
use crate::commands::action::reread;
use crate::commands::action::runner::Runner;
use crate::commands::action::verbs;
use crate::commands::action::views;
use crate::commands::action::views::Scene;
use crate::commands::action::warning;
use crate::commands::action::warning::Warning;
use crate::commands::cli::Shared;
use crate::commands::exit;
use crate::commands::output;
use crate::commands::resolve;
use crate::error::Error;
use crate::judge::report::Report;
use crate::judge::report::Verdict;
use crate::render::encode::annotation;
use crate::render::github;
use crate::render::run::words;
use crate::world::clock;
use crate::world::forge::access::Access;
use crate::world::forge::connection::Connection;
use crate::world::forge::pulls;
use crate::world::given;

/// Does what action.yml asks for in the environment; gives the exit code.
pub fn action(shared: &Shared, variable: &dyn Fn(&str) -> Option<String>) -> u8 {
    let read = Inputs::read(variable).and_then(|inputs| Ok((inputs, Runner::read(variable)?)));
    let (inputs, runner) = match read {
        Ok(read) => read,
        Err(error) => {
            let _ = output::answer(&github::render_error(&error));
            output::talk(&output::described(&error));
            return error.exit;
        }
    };
    let clock = clock::Stopwatch::start();
    let (outcome, ground, run) = if let Some(followed) = &runner.event.followed {
        (reported(&inputs, &runner), told_by_others(&runner), followed.run)
    } else {
        let (outcome, ground) = done(shared, &inputs, &runner);
        (outcome, ground, runner.run)
    };
    if let Some(error) = &outcome.error {
        output::talk(&output::described(error));
    }
    let took = (runner.event.followed.is_none()).then(|| words::duration(clock.milliseconds()));
    let scene = Scene { inputs: &inputs, runner: &runner, outcome: &outcome, ground: &ground, at: minute(), took, run };
    let outputs = show(&scene);
    if let Err(error) = outputs.write(&runner) {
        say(&Warning::of_file("outputs-not-written", &error));
    }
    // Who tells what others found decides nothing.
    if runner.event.followed.is_some() && outcome.error.is_none() { exit::ACCEPTED } else { outcome.exit }
}

/// What the verb came to, whatever became of it.
fn done(shared: &Shared, inputs: &Inputs, runner: &Runner) -> (Outcome, Ground) {
    let shared = Shared {
        manifest_path: inputs.manifest_path.clone().or_else(|| shared.manifest_path.clone()),
        ..shared.clone()
    };
    let jobs = inputs.needs.as_deref().map_or(Ok(Vec::new()), needs::read);
    let grounded = refuse_strangers(inputs, runner)
        .and_then(|()| resolve::folder(&shared))
        .and_then(|folder| ground::of(&folder, inputs, runner));
    let (ground, outcome) = match grounded {
        Ok(ground) => {
            let done = verbs::of(&shared, inputs, runner, &ground);
            (ground, done.unwrap_or_else(Outcome::failed))
        }
        Err(error) => (Ground::default(), Outcome::failed(error)),
    };
    match jobs {
        Ok(jobs) => (outcome.with_jobs(jobs), ground),
        Err(error) => (Outcome::failed(error), ground),
    }
}

/// The steps of a stranger's pull request are never run where the token may write.
fn refuse_strangers(inputs: &Inputs, runner: &Runner) -> Result<(), Error> {
    let is_fork = runner.event.pull.as_ref().is_some_and(|pull| pull.fork);
    if runner.event.name == "pull_request_target" && inputs.command == Command::Run && is_fork {
        return Err(Error::usage("untrusted-run", "run the steps of a fork in a job whose token may write")
            .help("run on the event pull_request; docs/action.md shows how to report from a second workflow"));
    }
    Ok(())
}

/// The report that the first workflow wrote. It decides nothing here.
fn reported(inputs: &Inputs, runner: &Runner) -> Outcome {
    let asks_more = inputs.command != Command::Check || inputs.proof.is_some() || inputs.needs.is_some();
    if asks_more {
        let message = "judge anything in a job that tells what another workflow found";
        return Outcome::failed(
            Error::usage("bad-input", message).help("leave command, proof and needs out, or run it on another event"),
        );
    }
    let Some(path) = &inputs.report else {
        return Outcome::failed(
            Error::usage("no-report", format!("report for the run that {} follows", runner.event.name))
                .help("download the report that the first workflow uploaded, and name it in the input report"),
        );
    };
    let read = given::document(path, reread::MOST_BYTES).and_then(|bytes| reread::report(&bytes));
    read.map_or_else(Outcome::failed, |report: Report| Outcome {
        report: Some(report.clone()),
        ..Outcome::of(report.verdict)
    })
}

fn told_by_others(runner: &Runner) -> Ground {
    let head = runner.event.head.as_deref().unwrap_or_default();
    let note = format!(
        "told by the workflow of the pull request itself, for {head}: nothing was checked again here, and this decides \
         nothing"
    );
    Ground { notes: vec![note], ..Ground::default() }
}

/// Shows the outcome in every view that was asked for.
fn show(scene: &Scene<'_>) -> Outputs {
    let (inputs, outcome) = (scene.inputs, scene.outcome);
    // What others found is no verdict of this job.
    let is_told = scene.runner.event.followed.is_some();
    let verdict = if is_told { Verdict::Unproven } else { outcome.verdict };
    let mut outputs = Outputs { verdict: verdict.as_str().to_owned(), ..Outputs::default() };
    if let Some(report) = outcome.report.as_ref().filter(|_| !is_told) {
        let summary = report.summary();
        (outputs.findings, outputs.deny, outputs.warn) = (summary.new, summary.deny, summary.warn);
    }
    if let Some((path, digest)) = &outcome.proof {
        (outputs.proof_path, outputs.proof_digest) = (path.display().to_string(), digest.clone());
    }
    outputs.report_html = outcome.html.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    outputs.pull_request_url.clone_from(&outcome.url);
    outputs.release_url.clone_from(&outcome.release_url);
    outputs.released = outcome.released;
    if !outcome.line.is_empty() {
        tell(Ok(outcome.line.clone()));
    }
    views::summary(scene).iter().for_each(say);
    let _ = output::answer(&views::annotations(scene));
    // Who re-reads a report would overwrite it.
    if scene.runner.event.followed.is_none() {
        match views::files(scene) {
            Ok(sarif) => outputs.sarif_file = sarif.unwrap_or_default(),
            Err(error) => say(&Warning::of_file("file-not-written", &error)),
        }
    }
    outputs.comment_url = on_the_forge(scene).unwrap_or_else(|warning| {
        say(&warning);
        String::new()
    });
    tracing::debug!(dry_run = inputs.dry_run, "shown");
    outputs
}

/// The views behind the door; gives the page of the comment.
fn on_the_forge(scene: &Scene<'_>) -> Result<String, Warning> {
    let (inputs, runner) = (scene.inputs, scene.runner);
    let Some(needed) = views::needed(inputs, runner) else { return Ok(String::new()) };
    if inputs.token.0.is_empty() {
        return Err(Warning::without_token(needed));
    }
    if runner.repository.is_empty() {
        let message = "GITHUB_REPOSITORY names no repository; the verdict is unchanged".to_owned();
        return Err(Warning { code: needed.code, message });
    }
    let base = inputs.api_url.as_deref().unwrap_or(&runner.api);
    let access = Access::to(base, &inputs.token.0, OVERALL).map_err(|error| Warning::of_file(needed.code, &error))?;
    let fork = runner.reads_only();
    let forge = Connection::open(&access).map_err(|failure| Warning::of(needed, &failure, fork))?;
    let mut url = String::new();
    let is_told = runner.event.followed.is_some();
    let wants_pull = inputs.comment != Commenting::Never || inputs.suggestions && !is_told;
    let number = if wants_pull { number(scene, &forge)? } else { None };
    if let Some(number) = number.filter(|_| inputs.comment != Commenting::Never) {
        let commented = views::comment(scene, number, &forge, fork);
        url = commented.as_ref().map(|commented| commented.url.clone()).unwrap_or_default();
        tell(commented.map(|commented| commented.line));
    }
    if let Some(number) = number.filter(|_| inputs.suggestions && !is_told) {
        tell(views::suggestions(scene, number, &forge, fork));
    }
    if inputs.check_run && !is_told {
        tell(views::check_run(scene, &forge, fork));
    }
    Ok(url)
}

/// The number of the pull request: that of the event, or of the head of the run that is followed.
fn number(scene: &Scene<'_>, forge: &Connection) -> Result<Option<u64>, Warning> {
    let runner = scene.runner;
    let Some(pull) = &runner.event.pull else { return Ok(None) };
    let (None, Some(followed), Some(head)) = (pull.number, &runner.event.followed, &runner.event.head) else {
        return Ok(pull.number);
    };
    let found = pulls::of_head(forge, &runner.repository, &followed.owner, &followed.branch, head);
    let found = found.map_err(|failure| Warning::of(warning::COMMENT, &failure, false))?;
    if found.is_none() {
        let _ = output::answer(&logged(&format!("no open pull request has the head {head}: no comment")));
    }
    Ok(found)
}

fn logged(lines: &str) -> String {
    lines.lines().map(|line| format!("{}\n", annotation::log_line(line))).collect()
}

/// Says what came of a view.
fn tell(shown: Result<String, Warning>) {
    match shown {
        Ok(line) => {
            let _ = output::answer(&logged(&line));
        }
        Err(warning) => say(&warning),
    }
}

fn say(warning: &Warning) {
    let _ = output::answer(&warning.command());
}

/// Now, to the minute: `2026-11-22 04:00 UTC`.
fn minute() -> String {
    let stamp = clock::stamp();
    format!("{} {} UTC", stamp.get(..10).unwrap_or_default(), stamp.get(11..16).unwrap_or_default())
}
