//! `release`: from its command line to its answers and exit codes.

use std::collections::BTreeMap;

use crate::commands::cli::Shared;
use crate::commands::cli_release::PlanArgs;
use crate::commands::cli_release::ReleaseArgs;
use crate::commands::cli_release::ReleaseVerb;
use crate::commands::output;
use crate::commands::release_ground;
use crate::commands::release_ground::Options;
use crate::commands::resolve;
use crate::commands::surroundings;
use crate::error::Error;
use crate::render::format::Format;
use crate::render::release::plan_human;
use crate::render::release::plan_json;

/// Runs the verb.
pub(crate) fn run(shared: &Shared, args: &ReleaseArgs) -> u8 {
    let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
    match &args.verb {
        ReleaseVerb::Plan(args) => answered(&args.format, plan(shared, args)),
    }
}

fn plan(shared: &Shared, args: &PlanArgs) -> Result<u8, Error> {
    let options = Options {
        folder: resolve::folder(shared)?,
        rev: args.rev.clone(),
        config: shared.config.as_deref().map(|config| resolve::path(shared, config)),
        wish: args.wish.clone(),
    };
    let read = release_ground::read(&options)?;
    let plan = release_ground::plan(&read, &options.wish, &|_, _| BTreeMap::new())?;
    // The process ends with this verb: the system takes the memory back at once.
    std::mem::forget(read);
    output::answer(&match args.format.as_str() {
        "json" => plan_json::render(&plan),
        _ => plan_human::render(&plan, surroundings::look(shared)),
    })?;
    Ok(release_ground::code(&plan))
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
