//! `release`: from its command line to its answers and exit codes.

use std::time::Duration;

use crate::commands::cli::Shared;
use crate::commands::cli_release::NotesArgs;
use crate::commands::cli_release::PlanArgs;
use crate::commands::cli_release::PrepareArgs;
use crate::commands::cli_release::PublishArgs;
use crate::commands::cli_release::ReleaseArgs;
use crate::commands::cli_release::ReleaseVerb;
use crate::commands::cli_release::StatusArgs;
use crate::commands::cli_release::WishArgs;
use crate::commands::edits;
use crate::commands::edits::Touch;
use crate::commands::exit;
use crate::commands::output;
use crate::commands::release_assets::Handed;
use crate::commands::release_forge::Given;
use crate::commands::release_ground;
use crate::commands::release_ground::AskApi;
use crate::commands::release_ground::AskRegistries;
use crate::commands::release_ground::Laid;
use crate::commands::release_ground::Options;
use crate::commands::release_ground::Read;
use crate::commands::release_notes;
use crate::commands::release_notes::From;
use crate::commands::release_notes::Which;
use crate::commands::release_outside::Reach;
use crate::commands::release_prepare;
use crate::commands::release_prepare::How;
use crate::commands::release_publish;
use crate::commands::release_registered;
use crate::commands::release_site::How as Publishing;
use crate::commands::release_status;
use crate::commands::resolve;
use crate::commands::surroundings;
use crate::commands::threads;
use crate::error::Error;
use crate::facts::kind::Kind;
use crate::release::edit::prepare::Changelogs;
use crate::release::edit::prepare::Prepared;
use crate::render::format::Format;
use crate::render::release::notes_text;
use crate::render::release::plan_human;
use crate::render::release::plan_json;
use crate::render::release::prepare_human;
use crate::render::release::prepare_human::Report;
use crate::render::release::prepare_json;
use crate::render::release::publish_human;
use crate::render::release::publish_json;
use crate::render::release::status_human;
use crate::render::release::status_json;
use crate::world::clock;
use crate::world::git::repository::Repository;

/// Runs the verb.
pub(crate) fn run(shared: &Shared, args: &ReleaseArgs) -> u8 {
    threads::share();
    match &args.verb {
        ReleaseVerb::Plan(args) => answered(&args.format, plan(shared, args)),
        ReleaseVerb::Status(args) => answered(&args.format, status(shared, args)),
        ReleaseVerb::Prepare(args) => answered(&args.format, prepare(shared, args)),
        ReleaseVerb::Notes(args) => answered(&args.format, notes(shared, args)),
        ReleaseVerb::Publish(args) => answered(&args.format, publish(shared, args)),
    }
}

fn plan(shared: &Shared, args: &PlanArgs) -> Result<u8, Error> {
    let read = release_ground::read(&options(shared, args.rev.as_deref())?, Kind::is_read)?;
    let plan = laid(shared, &read, &args.wish)?.plan;
    // The process ends with this verb: the system takes the memory back at once.
    std::mem::forget(read);
    output::answer(&match args.format.as_str() {
        "json" => plan_json::render(&plan),
        _ => plan_human::render(&plan, surroundings::look(shared)),
    })?;
    Ok(release_ground::code(&plan))
}

/// The plan, with all that the wish lets be asked.
fn laid(shared: &Shared, read: &Read, wish: &WishArgs) -> Result<Laid, Error> {
    if wish.online && shared.offline {
        return Err(
            Error::usage("online-offline", "ask registries and ask nobody").help("leave out --online or --offline")
        );
    }
    let api: AskApi<'_> = &|facts, found| release_ground::ask_api(read, facts, found);
    let registries: AskRegistries<'_> =
        &|lines, indices, found| release_registered::settle(read, lines, indices, found);
    release_ground::plan(read, wish, api, wish.online.then_some(registries))
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
    let (states, notes) = release_status::states(&read, &args.packages, reach(shared), args.remote.as_deref())?;
    output::answer(&match args.format.as_str() {
        "json" => status_json::render(&states, &notes),
        _ => status_human::render(&states, &notes, surroundings::look(shared)),
    })?;
    Ok(release_status::code(&states))
}

fn reach(shared: &Shared) -> Reach {
    if shared.offline { Reach::Offline } else { Reach::Online }
}

fn prepare(shared: &Shared, args: &PrepareArgs) -> Result<u8, Error> {
    let options = options(shared, None)?;
    edits::settle(&options.folder, if args.execute { Touch::Write } else { Touch::Look })?;
    let read = release_ground::read(&options, Kind::is_read)?;
    let laid = laid(shared, &read, &args.wish)?;
    let look = surroundings::look(shared);
    let is_json = args.format == "json";
    if let Some(code) = release_prepare::blocked(&laid) {
        output::answer(&if is_json {
            prepare_json::render(&laid.plan, &Report::nothing(args.execute, &Prepared::default()))
        } else {
            plan_human::render(&laid.plan, look)
        })?;
        return Ok(code);
    }
    let how = How {
        execute: args.execute,
        allow_dirty: args.allow_dirty,
        package: !args.no_package,
        offline: shared.offline,
        changelogs: if args.no_changelog { Changelogs::Leave } else { Changelogs::Move },
        date: args.date.unwrap_or_else(clock::today),
    };
    let done = release_prepare::prepare(&options.folder, &read, &laid, how)?;
    let report = Report {
        prepared: &done.prepared,
        execute: args.execute,
        written: &done.written,
        packed: &done.packed,
        unpacked: done.unpacked.as_deref(),
        unlocked: done.unlocked.as_deref(),
    };
    output::answer(&if is_json {
        prepare_json::render(&laid.plan, &report)
    } else {
        prepare_human::render(&report, look)
    })?;
    Ok(done.code)
}

fn publish(shared: &Shared, args: &PublishArgs) -> Result<u8, Error> {
    if shared.config.is_some() {
        return Err(Error::usage("usage", "take the policy of a release from a file: the gate's is that of the base")
            .help("leave --config out"));
    }
    let charset = surroundings::look(shared).charset;
    let talk = |line: &str| {
        if !shared.quiet {
            output::talk(&charset.line(line));
        }
    };
    let report = release_publish::publish(
        &resolve::folder(shared)?,
        &Publishing {
            execute: args.execute,
            base: args.base.clone(),
            proof: args.proof.as_deref().map(|proof| resolve::path(shared, proof)),
            packages: args.packages.clone(),
            registry: args.registry.clone(),
            remote: args.remote.clone(),
            reach: reach(shared),
            wait: Duration::from_secs(args.wait),
            settle: Duration::from_secs(args.settle),
            forge: Given::from_environment(),
            assets: Handed::default(),
            talk: &talk,
        },
    )?;
    output::answer(&match args.format.as_str() {
        "json" => publish_json::render(&report),
        _ => publish_human::render(&report, surroundings::look(shared)),
    })?;
    if let Some(error) = &report.failure {
        output::talk(&output::described(error));
    }
    Ok(release_publish::code(&report))
}

fn notes(shared: &Shared, args: &NotesArgs) -> Result<u8, Error> {
    Repository::trust_objects();
    let read = release_ground::read_tracked(&options(shared, None)?, is_told)?;
    let which = match (&args.version, args.all) {
        (Some(version), _) => Which::Version(version.clone()),
        (None, true) => Which::All,
        (None, false) => Which::Unreleased,
    };
    let from = if args.from_commits { From::Commits } else { From::Best };
    let notes = release_notes::notes(&read, &args.packages, &which, from)?;
    // As for a plan.
    std::mem::forget(read);
    output::answer(&match args.format.as_str() {
        "json" => notes_text::json(&notes),
        _ => surroundings::look(shared).charset.encode(&notes_text::markdown(&notes)),
    })?;
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
