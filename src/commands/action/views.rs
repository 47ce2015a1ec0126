//! The views of an outcome, in the order in which they are sure to arrive: job summary, annotations, files, comment,
//! check run. One that fails is a warning and nothing else.

use std::fmt::Write as _;

use crate::commands::action::check_run;
use crate::commands::action::ground::Ground;
use crate::commands::action::inputs::Command;
use crate::commands::action::inputs::Commenting;
use crate::commands::action::inputs::Inputs;
use crate::commands::action::outcome::Outcome;
use crate::commands::action::runner::Runner;
use crate::commands::action::sticky;
use crate::commands::action::sticky::Spot;
use crate::commands::action::suggesting;
use crate::commands::action::suggesting::Asked;
use crate::commands::action::warning;
use crate::commands::action::warning::Needed;
use crate::commands::action::warning::Warning;
use crate::error::Error;
use crate::judge::report::Report;
use crate::judge::report::Standing;
use crate::judge::report::Verdict;
use crate::render::comment::case::Around;
use crate::render::comment::case::COMMENT_LIMIT;
use crate::render::comment::case::Case;
use crate::render::comment::case::SUMMARY_LIMIT;
use crate::render::comment::marker::Marker;
use crate::render::comment::marker::State;
use crate::render::comment::page;
use crate::render::encode::annotation;
use crate::render::format::Format;
use crate::render::github;
use crate::render::human::look::Look;
use crate::render::text;
use crate::render::text::count;
use crate::rules::level::Level;
use crate::world::forge::checks;
use crate::world::forge::connection::Connection;
use crate::world::outfile;
use crate::world::runner_file;

/// The rows of a comment; a summary has room for all.
const ROWS: usize = 20;

/// All that the views need.
pub(crate) struct Scene<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) runner: &'a Runner,
    pub(crate) outcome: &'a Outcome,
    pub(crate) ground: &'a Ground,
    /// When it is, as shown.
    pub(crate) at: String,
    /// How long it took, as shown.
    pub(crate) took: Option<String>,
    /// The run that tells an older comment from a newer one.
    pub(crate) run: (u64, u64),
}

impl Scene<'_> {
    fn around(&self) -> Around {
        Around {
            links: self.runner.links(),
            base: self.ground.base.clone(),
            run: self.runner.page(),
            at: self.at.clone(),
            took: self.took.clone(),
            proof: self.outcome.proof.as_ref().map(|(_, digest)| digest.clone()),
            notes: self.ground.notes.clone(),
            gated: self.inputs.command == Command::Gate,
            limit: COMMENT_LIMIT,
            rows: ROWS,
            ..Around::default()
        }
    }

    fn page(&self, around: &Around) -> String {
        let outcome = self.outcome;
        page::render(&Case {
            verdict: outcome.verdict,
            report: outcome.report.as_ref(),
            steps: &outcome.steps,
            jobs: &outcome.jobs,
            because: &outcome.because,
            rests_on: outcome.rests_on,
            around,
        })
    }

    /// The page of a comment.
    fn comment(&self, before: Option<State>) -> String {
        let marker = Marker { id: self.inputs.comment_id.clone(), run: self.run };
        self.page(&Around { marker: Some(marker), before, ..self.around() })
    }
}

/// The summary of the job.
pub(crate) fn summary(scene: &Scene<'_>) -> Option<Warning> {
    let path = scene.runner.summary.as_ref().filter(|_| scene.inputs.summary)?;
    let limit = SUMMARY_LIMIT.saturating_sub(runner_file::size(path));
    let around = Around { limit, rows: usize::MAX, ..scene.around() };
    let page = scene.outcome.page.clone().unwrap_or_else(|| scene.page(&around));
    // An earlier writer of the step may have left no room even for the heading.
    if page.len() > limit {
        let message = "could not write the job summary: earlier lines of this step leave no room".to_owned();
        return Some(Warning { code: "summary-not-written", message });
    }
    let written = runner_file::append(path, &page);
    written.err().map(|error| Warning::of_file("summary-not-written", &error))
}

/// What the log holds for GitHub: annotations, worst first.
pub(crate) fn annotations(scene: &Scene<'_>) -> String {
    let outcome = scene.outcome;
    if !scene.inputs.annotations {
        // What was printed of the check alone must not be the last word on a job that others decided.
        let decided =
            outcome.report.as_ref().filter(|report| outcome.error.is_none() && report.verdict != outcome.verdict);
        return decided.map(|report| format!("{}\n", closing(outcome, report))).unwrap_or_default();
    }
    let mut out = String::new();
    let said = |title: &str, message: &str| {
        format!("::error title={}::{}\n", annotation::property(title), annotation::message(message))
    };
    if outcome.error.is_none() {
        out.extend(outcome.because.iter().take(5).map(|reason| said(&reason.code, &reason.message)));
    }
    for job in outcome.jobs.iter().filter(|job| job.standing() != Standing::Holds).take(5) {
        let message = format!("the job {} did not pass: GitHub reports `{}`", job.name, job.result);
        out.push_str(&said("job-not-passed", &message));
    }
    // GitHub shows ten of a kind: what is about the whole comes before the findings, which the log lists anyway.
    match (&outcome.error, &outcome.report) {
        (Some(error), _) => out.push_str(&github::render_error(error)),
        (None, Some(report)) => {
            out.push_str(&github::listed(report));
            let _ = writeln!(out, "{}", closing(outcome, report));
        }
        (None, None) => {}
    }
    out
}

/// The last line of the log: the verdict of this job, and behind it what it is made of.
fn closing(outcome: &Outcome, report: &Report) -> String {
    let counts = text::counts(report);
    let (steps, jobs) = (&outcome.steps, &outcome.jobs);
    if steps.is_empty() && jobs.is_empty() && outcome.verdict == report.verdict {
        return format!("{}: {counts}", report.verdict.as_str());
    }
    let mut parts = vec![format!("check {}, {counts}", report.verdict.as_str())];
    let mut add = |passed: usize, all: usize, what: &str| {
        if all > 0 {
            parts.push(format!("{passed} of {} passed", count(all, what)));
        }
    };
    add(steps.iter().filter(|step| step.passed).count(), steps.len(), "step");
    add(jobs.iter().filter(|job| job.standing() == Standing::Holds).count(), jobs.len(), "other job");
    format!("{}: {}", outcome.verdict.as_str(), parts.join("; "))
}

/// The files that were asked for: SARIF and JSON.
pub(crate) fn files(scene: &Scene<'_>) -> Result<Option<String>, Error> {
    let text = |format: Format| match (&scene.outcome.report, &scene.outcome.error) {
        (Some(report), _) => format.render(report, Look::plain()),
        (None, Some(error)) => format.render_error(error),
        (None, None) => String::new(),
    };
    // A gate has neither findings nor a failure to write down.
    if scene.outcome.report.is_none() && scene.outcome.error.is_none() {
        return Ok(None);
    }
    if let Some(path) = &scene.inputs.report {
        outfile::write(path, text(Format::Json).as_bytes())?;
    }
    let Some(path) = &scene.inputs.sarif else { return Ok(None) };
    outfile::write(path, text(Format::Sarif).as_bytes())?;
    Ok(Some(path.display().to_string()))
}

/// What came of the comment: its page, and the line that is said of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Commented {
    pub(crate) url: String,
    pub(crate) line: String,
}

/// The comment on the pull request, if there is one to comment on.
pub(crate) fn comment(scene: &Scene<'_>, number: u64, forge: &Connection, fork: bool) -> Result<Commented, Warning> {
    let repository = &scene.runner.repository;
    let spot = Spot { forge, repository, number };
    let warned = |failure| sticky::warning(&failure, fork);
    let own = sticky::own(&spot, &scene.inputs.comment_id).map_err(warned)?;
    let body = scene.comment(own.first().and_then(|comment| State::of(&comment.body)));
    let outcome = scene.outcome;
    let found = outcome.report.iter().flat_map(|report| &report.findings);
    let is_quiet = outcome.verdict == Verdict::Accepted
        && found.filter(|judged| judged.new && judged.waiver.is_none() && judged.level > Level::Note).count() == 0;
    if own.is_empty() && is_quiet && scene.inputs.comment == Commenting::OnFailure {
        return Ok(Commented { url: String::new(), line: "nothing to comment on".to_owned() });
    }
    if scene.inputs.dry_run {
        let act = sticky::decide(&own, &body);
        return Ok(Commented {
            url: String::new(),
            line: format!("dry run: {act:?} on pull request {number}\n{body}"),
        });
    }
    let (url, done) = sticky::post(&spot, &scene.inputs.comment_id, &own, &body).map_err(warned)?;
    Ok(Commented { url, line: format!("comment on pull request {number}: {done}") })
}

/// The check run; gives the line that is said of it.
pub(crate) fn check_run(scene: &Scene<'_>, forge: &Connection, fork: bool) -> Result<String, Warning> {
    let Some(run) = check_run::of(scene.runner, scene.outcome, scene.page(&scene.around())) else {
        return Ok("no check run: the event names no commit".to_owned());
    };
    let told = format!("{} on {}, {} annotations", run.conclusion, run.commit, run.annotations.len());
    if scene.inputs.dry_run {
        return Ok(format!("dry run: check run {told}"));
    }
    let made = checks::create(forge, &scene.runner.repository, &run);
    made.map(|_| format!("check run: {told}")).map_err(|failure| Warning::of(warning::CHECK_RUN, &failure, fork))
}

/// The suggestions on the pull request, of what the job itself checked; gives the line that is said of them.
pub(crate) fn suggestions(scene: &Scene<'_>, number: u64, forge: &Connection, fork: bool) -> Result<String, Warning> {
    let runner = scene.runner;
    let (Some(report), Some(head)) = (&scene.outcome.report, &runner.event.head) else { return Ok(String::new()) };
    let spot = Spot { forge, repository: &runner.repository, number };
    let (id, dry_run) = (scene.inputs.comment_id.as_str(), scene.inputs.dry_run);
    let asked = Asked { spot, id, folder: &scene.ground.folder, head, dry_run };
    suggesting::offer(&asked, report).map_err(|failure| Warning::of(warning::SUGGESTIONS, &failure, fork))
}

/// What the views need of the forge: the first of them names what is missing.
pub(crate) fn needed(inputs: &Inputs, runner: &Runner) -> Option<Needed> {
    if runner.event.pull.is_some() && inputs.comment != Commenting::Never {
        return Some(warning::COMMENT);
    }
    if runner.event.pull.is_some() && inputs.suggestions {
        return Some(warning::SUGGESTIONS);
    }
    inputs.check_run.then_some(warning::CHECK_RUN)
}
