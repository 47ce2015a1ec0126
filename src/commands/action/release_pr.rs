//! `command: release-pr`: a pull request with the versions of the plan, kept up to date, in which people's edits stay.

use std::path::Path;

use crate::commands::action::forge_error;
use crate::commands::action::inputs::Inputs;
use crate::commands::action::outcome::Outcome;
use crate::commands::action::release_branch;
use crate::commands::action::release_branch::Branch;
use crate::commands::action::release_branch::Wanted;
use crate::commands::action::release_branch::Why;
use crate::commands::action::runner::Runner;
use crate::commands::cli_release::WishArgs;
use crate::commands::exit;
use crate::commands::release_ground;
use crate::commands::release_ground::Laid;
use crate::commands::release_ground::Read;
use crate::commands::release_prepare;
use crate::commands::release_prepare::How;
use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::facts::kind::Kind;
use crate::facts::tree::Mode;
use crate::judge::report::Verdict;
use crate::release::edit::prepare::Changelogs;
use crate::release::edit::set::Change;
use crate::release::plan::Blocker;
use crate::render::comment::case::Reason;
use crate::render::encode::markdown;
use crate::render::release::pull_request;
use crate::render::release::pull_request::Renewed;
use crate::render::release::pull_request::Text;
use crate::world::clock;
use crate::world::forge::connection::Connection;
use crate::world::forge::git_data;
use crate::world::forge::pulls;
use crate::world::forge::pulls::Opened;
use crate::world::git::scratch::Scratch;

/// Brings the release pull request up to date with the plan.
pub(crate) fn of(inputs: &Inputs, runner: &Runner, folder: &Path) -> Result<Outcome, Error> {
    let base = branch(inputs, runner)?;
    let options = release_ground::Options { folder: folder.to_path_buf(), rev: None, config: inputs.config.clone() };
    let read = release_ground::read(&options, Kind::is_read)?;
    let api = |facts: &_, found: &_| release_ground::ask_api(&read, facts, found);
    let laid = release_ground::plan(&read, &WishArgs::default(), &api, None)?;
    if !laid.plan.blockers.is_empty() {
        return Ok(blocked(&laid.plan.blockers, release_ground::code(&laid.plan)));
    }
    if laid.plan.released().next().is_none() {
        return Ok(said("nothing is to be released"));
    }
    let Some(head) = read.examined.history().head() else {
        return Err(
            Error::usage("no-commit", "prepare a release: there is no commit yet").help("commit something first")
        );
    };
    let (commit, date) = (head.id.clone(), clock::date_of(head.time));
    // The day of the commit, not of the run: the same commit gives the same branch.
    let how =
        How { execute: false, allow_dirty: false, package: true, offline: false, changelogs: Changelogs::Move, date };
    let done = release_prepare::prepare(folder, &read, &laid, how)?;
    if !done.prepared.blockers.is_empty() {
        return Ok(blocked(&done.prepared.blockers, done.code));
    }
    if done.prepared.changes.is_empty() {
        return Ok(said("every version is prepared already: what is left is `command: release`"));
    }
    let text = pull_request::render(&laid.plan, &notes(&read, &laid, how, &done.prepared.changes));
    let asked = Asked { inputs, runner, folder, base, commit, text };
    send(&asked, &done.prepared.changes)
}

/// What is asked of the forge.
struct Asked<'a> {
    inputs: &'a Inputs,
    runner: &'a Runner,
    folder: &'a Path,
    base: String,
    commit: ObjectId,
    text: Text,
}

/// The branch that the pull request is made against.
fn branch(inputs: &Inputs, runner: &Runner) -> Result<String, Error> {
    if runner.event.pull.is_some() {
        return Err(Error::usage("wrong-event", "make a release pull request in a job about another pull request")
            .help("run it on: push of the branch that is released, or workflow_dispatch"));
    }
    inputs.base_ref.clone().or_else(|| runner.branch.clone()).ok_or_else(|| {
        Error::usage("no-base", "make a release pull request without a branch to make it against")
            .help("run it on: push of a branch, or name the branch in the input base-ref")
    })
}

fn send(asked: &Asked<'_>, changes: &[Change]) -> Result<Outcome, Error> {
    let (inputs, runner) = (asked.inputs, asked.runner);
    let forge = forge_error::open(inputs, runner)?;
    let repository = runner.repository.as_str();
    let denied = |failure| forge_error::of(&failure, "bring the release pull request up to date", &NEEDED);
    if git_data::branch(&forge, repository, &asked.base).map_err(denied)?.as_deref() != Some(&*asked.commit.0) {
        return Ok(said(&format!("{} has moved on: the run of its newest commit does this", asked.base)));
    }
    let found = pulls::of_branch(&forge, repository, &inputs.release_branch, &asked.base).map_err(denied)?;
    let open = found.iter().find(|pull| pull.open);
    let dismissed =
        found.first().filter(|pull| !pull.open && !pull.merged && pull_request::is_of_plan(&pull.body, &asked.text));
    if let (None, Some(pull)) = (open, dismissed) {
        return Ok(Outcome {
            url: pull.url.clone(),
            ..said(&format!("pull request {} says the same and was closed: it is not opened again", pull.number))
        });
    }
    let scratch = Scratch::of(asked.folder)?;
    let edit = |change: &Change| (change.path.clone(), Some((Mode::File, change.after.clone())));
    let edits: Vec<_> = changes.iter().map(edit).collect();
    let fresh = scratch.commit(&asked.commit, &edits)?;
    let wanted = Wanted {
        forge: &forge,
        repository,
        branch: &inputs.release_branch,
        base: &asked.commit,
        fresh: &fresh,
        scratch: &scratch,
        changes,
        title: &asked.text.title,
    };
    let branch = release_branch::bring(&wanted, inputs.dry_run).map_err(|why| match why {
        Why::Forge(failure) => denied(failure),
        Why::Own(error) => error,
    })?;
    let told = match branch {
        Branch::Conflicts(paths) => return Ok(conflicts(&inputs.release_branch, &paths, open)),
        Branch::Unknown(head) => return Err(unknown(&inputs.release_branch, &head)),
        Branch::Same => "the branch holds it already",
        Branch::Written => "the branch was written",
        Branch::Joined => "the branch was joined with what people committed there",
    };
    let (url, line) = pull(asked, &forge, open).map_err(denied)?;
    let dry = if inputs.dry_run { "dry run: " } else { "" };
    let page = format!("## \u{2705} {}\n\n{}; {line}\n\n{}\n", asked.text.title, told, asked.text.section);
    Ok(Outcome { url, page: Some(page), ..said(&format!("{dry}{}: {told}; {line}", asked.text.title)) })
}

const NEEDED: [&str; 2] = ["contents", "pull-requests"];

/// Opens the pull request, or brings its title and our section up to date; gives its page and what is said of it.
fn pull(
    asked: &Asked<'_>,
    forge: &Connection,
    open: Option<&Opened>,
) -> Result<(String, String), crate::world::forge::failure::Failure> {
    let (repository, text) = (asked.runner.repository.as_str(), &asked.text);
    let dry = asked.inputs.dry_run;
    let Some(open) = open else {
        if dry {
            return Ok((String::new(), "a pull request is opened".to_owned()));
        }
        let names = (asked.inputs.release_branch.as_str(), asked.base.as_str());
        let made = pulls::open(forge, repository, names, (&text.title, &text.section))?;
        return Ok((made.url, format!("pull request {} was opened", made.number)));
    };
    let title = pull_request::retitled(&open.title, &open.body, text);
    let (body, told) = match pull_request::renewed(&open.body, text) {
        Renewed::Same => (None, "says so already"),
        Renewed::Text(body) => (Some(body), "was brought up to date"),
        Renewed::Theirs => (None, "has a text that a person edited, which stays"),
    };
    if !dry && (title.is_some() || body.is_some()) {
        pulls::change(forge, repository, open.number, title, body.as_deref())?;
    }
    Ok((open.url.clone(), format!("pull request {} {told}", open.number)))
}

fn conflicts(branch: &str, paths: &[String], open: Option<&Opened>) -> Outcome {
    let message = format!("what people committed on {branch} contradicts the plan in {}", paths.join(", "));
    let remedy = format!(
        "merge the base into {branch} by hand, or delete the branch to have it written anew: nothing was changed"
    );
    let reason = Reason { code: "release-branch-conflicts".to_owned(), message, remedy: Some(remedy) };
    let url = open.map(|open| open.url.clone()).unwrap_or_default();
    Outcome { because: vec![reason], url, ..Outcome::of(Verdict::Refused) }
}

fn unknown(branch: &str, head: &str) -> Error {
    let message = format!("join what people committed on {branch}: the clone does not hold {head}");
    let error = Error::usage("branch-missing", message);
    Error { exit: exit::UNPROVEN, ..error }
        .help("give the step with actions/checkout these lines:\n  with:\n    fetch-depth: 0")
}

fn said(line: &str) -> Outcome {
    let page = format!("## \u{2705} Nothing was done: {}\n", markdown::plain(line));
    Outcome { line: line.to_owned(), page: Some(page), ..Outcome::of(Verdict::Accepted) }
}

fn blocked(blockers: &[Blocker], code: u8) -> Outcome {
    let reason = |one: &Blocker| Reason {
        code: one.code.to_owned(),
        message: one.message.clone(),
        remedy: Some(one.remedy.clone()),
    };
    let verdict = if code == exit::UNPROVEN { Verdict::Unproven } else { Verdict::Refused };
    Outcome { because: blockers.iter().map(reason).collect(), exit: code, ..Outcome::of(verdict) }
}

/// The notes of each package that is released, in the order of the plan.
fn notes(read: &Read, laid: &Laid, how: How, changes: &[Change]) -> Vec<String> {
    release_prepare::notes_of(read, laid, how, changes).into_iter().map(|(_, text)| text).collect()
}
