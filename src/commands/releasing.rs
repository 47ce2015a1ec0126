//! `release`: from its command line to its answers and exit codes.

use std::collections::BTreeMap;

use crate::commands::cli::Shared;
use crate::commands::cli_release::NotesArgs;
use crate::commands::cli_release::PlanArgs;
use crate::commands::cli_release::ReleaseArgs;
use crate::commands::cli_release::ReleaseVerb;
use crate::commands::cli_release::StatusArgs;
use crate::commands::exit;
use crate::commands::output;
use crate::commands::release_ground;
use crate::commands::release_ground::Options;
use crate::commands::release_notes;
use crate::commands::release_notes::From;
use crate::commands::release_notes::Which;
use crate::commands::release_status;
use crate::commands::resolve;
use crate::commands::surroundings;
use crate::error::Error;
use crate::facts::kind::Kind;
use crate::release::witness::Outside;
use crate::render::format::Format;
use crate::render::release::plan_human;
use crate::render::release::plan_json;
use crate::render::release::status_human;
use crate::render::release::status_json;

/// Runs the verb.
pub(crate) fn run(shared: &Shared, args: &ReleaseArgs) -> u8 {
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    match &args.verb {
        ReleaseVerb::Plan(args) => answered(&args.format, plan(shared, args)),
        ReleaseVerb::Status(args) => answered(&args.format, status(shared, args)),
        ReleaseVerb::Notes(args) => answered("human", notes(shared, args)),
    }
}

fn plan(shared: &Shared, args: &PlanArgs) -> Result<u8, Error> {
    let read = release_ground::read(&options(shared, args.rev.as_deref())?, Kind::is_read)?;
    let plan = release_ground::plan(&read, &args.wish, &|_, _| BTreeMap::new())?;
    // The process ends with this verb: the system takes the memory back at once.
    std::mem::forget(read);
    output::answer(&match args.format.as_str() {
        "json" => plan_json::render(&plan),
        _ => plan_human::render(&plan, surroundings::look(shared)),
    })?;
    Ok(release_ground::code(&plan))
}

fn options(shared: &Shared, rev: Option<&str>) -> Result<Options, Error> {
    Ok(Options {
        folder: resolve::folder(shared)?,
        rev: rev.map(str::to_owned),
        config: shared.config.as_deref().map(|config| resolve::path(shared, config)),
    })
}

/// The kinds of files that states and notes are read from: no source.
fn is_told(kind: Kind) -> bool {
    matches!(kind, Kind::Manifest | Kind::Changelog | Kind::Policy)
}

fn status(shared: &Shared, args: &StatusArgs) -> Result<u8, Error> {
    let read = release_ground::read(&options(shared, None)?, is_told)?;
    let (states, notes) = release_status::states(&read, &args.packages, &Outside::default())?;
    output::answer(&match args.format.as_str() {
        "json" => status_json::render(&states, &notes),
        _ => status_human::render(&states, &notes, surroundings::look(shared)),
    })?;
    Ok(release_status::code(&states))
}

fn notes(shared: &Shared, args: &NotesArgs) -> Result<u8, Error> {
    let read = release_ground::read(&options(shared, None)?, is_told)?;
    let which = match (&args.version, args.all) {
        (Some(version), _) => Which::Version(version.clone()),
        (None, true) => Which::All,
        (None, false) => Which::Unreleased,
    };
    let from = if args.from_commits { From::Commits } else { From::Best };
    let text = release_notes::notes(&read, &args.packages, &which, from)?;
    output::answer(&surroundings::look(shared).charset.encode(&text))?;
    Ok(exit::ACCEPTED)
}

/// Says what went wrong in the format that was asked for, and gives the exit code.
fn answered(format: &str, result: Result<u8, Error>) -> u8 {
    result.unwrap_or_else(|error| {
        if format == "json" {
            let _ = output::answer(&Format::Json.render_error(&error));
        }
        output::talk(&output::described(&error));
        error.exit
    })
}
