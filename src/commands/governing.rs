//! From the arguments of the verbs of governed runs to their answers and exit codes.

use std::fmt::Write as _;

use serde_json::Value;
use serde_json::json;

use crate::commands::advice;
use crate::commands::claimed;
use crate::commands::cli::Shared;
use crate::commands::cli_run::InspectArgs;
use crate::commands::cli_run::RecoverArgs;
use crate::commands::cli_run::ReplayArgs;
use crate::commands::cli_run::RunArgs;
use crate::commands::exit;
use crate::commands::inspect;
use crate::commands::live::Live;
use crate::commands::output;
use crate::commands::recover;
use crate::commands::replay;
use crate::commands::replay::Replayed;
use crate::commands::replay_live;
use crate::commands::resolve;
use crate::commands::run;
use crate::commands::surroundings;
use crate::commands::threads;
use crate::error::Error;
use crate::render;
use crate::render::encode;
use crate::render::human::look::Detail;
use crate::render::json;
use crate::render::plan::format::PlanFormat;
use crate::render::run as render_run;
use crate::render::run::Shown;
use crate::render::run::comparison;
use crate::render::text::count;
use crate::steps::shard;

/// Ends a verb: its exit code, or the failure with its document where programs read along.
pub(crate) fn ended(result: Result<u8, Error>, format: &str) -> u8 {
    result.unwrap_or_else(|error| {
        let _ = match format {
            "json" => output::answer(&json::render_error(&error)),
            "jsonl" => output::answer(&json::render_error_line(&error)),
            _ => Ok(()),
        };
        output::talk(&output::described(&error));
        error.exit
    })
}

/// `run`.
pub(crate) fn run(shared: &Shared, args: &RunArgs) -> u8 {
    threads::share();
    ended(run_answered(shared, args), &args.format)
}

fn run_answered(shared: &Shared, args: &RunArgs) -> Result<u8, Error> {
    if args.reason.as_deref().is_some_and(|reason| reason.trim().is_empty()) {
        return Err(Error::usage("no-reason", "take an empty --override").help("say why: --override \"REASON\""));
    }
    let options = run::Options {
        folder: resolve::folder(shared)?,
        rev: args.rev.clone(),
        base: args.base.clone(),
        config: shared.config.as_deref().map(|config| resolve::path(shared, config)),
        fresh: args.fresh,
        resume: args.resume,
        steps: args.steps.clone(),
        shard: args.shard.as_deref().map(shard::parse).transpose()?,
        export: args.export.as_deref().map(|folder| resolve::path(shared, folder)),
        reason: args.reason.clone(),
    };
    let look = surroundings::look(shared);
    if args.plan || args.format == "github-matrix" {
        let format = PlanFormat::named(&args.format).ok_or_else(|| {
            Error::usage("no-format", format!("show a plan as {}", args.format)).help("human, json or github-matrix")
        })?;
        let forecast = if format == PlanFormat::GithubMatrix {
            run::matrix(&options, options.shard.as_ref().map(|asked| asked.shard.total))?
        } else {
            run::foresee(&options)?
        };
        output::answer(&format.render(&forecast, look)?)?;
        if format == PlanFormat::GithubMatrix && look.detail != Detail::Quiet {
            let (parts, known) = (count(forecast.parts.len(), "part"), forecast.timings.line());
            output::talk(&format!("{parts}, packed by how long their steps took before: {known}"));
        }
        return Ok(exit::ACCEPTED);
    }
    let live = Live::here(shared, look.charset);
    let shown = run::run(&options, &|progress| live.tell(progress));
    drop(live);
    let shown = shown?;
    answer_run(&shown, &args.format, look)?;
    Ok(exit_of(shown.report.verdict.as_deref()))
}

pub(crate) fn answer_run(shown: &Shown, format: &str, look: crate::render::human::look::Look) -> Result<(), Error> {
    output::answer(&match format {
        "json" => render_run::json::render(shown),
        "html" => render_run::html::page::render(shown),
        "jsonl" => format!("{}\n", render_run::json::value(shown)),
        _ => render_run::human::render(shown, look),
    })
}

pub(crate) fn exit_of(verdict: Option<&str>) -> u8 {
    match verdict {
        Some("accepted") => exit::ACCEPTED,
        Some("refused") => exit::REFUSED,
        _ => exit::UNPROVEN,
    }
}

/// `inspect`.
pub(crate) fn inspect(shared: &Shared, args: &InspectArgs) -> u8 {
    ended(inspect_answered(shared, args), &args.format)
}

fn inspect_answered(shared: &Shared, args: &InspectArgs) -> Result<u8, Error> {
    let folder = resolve::folder(shared)?;
    let look = surroundings::look(shared);
    let as_json = args.format == "json";
    let name = args.run.as_deref();
    if args.list {
        let runs = inspect::list(&folder)?;
        output::answer(&match args.format.as_str() {
            "json" => encode::json::document(&inspect::list_document(&runs)),
            "html" => render_run::html::list::render(&runs),
            _ => inspect::told(&runs),
        })?;
        return Ok(if runs.is_empty() { exit::UNPROVEN } else { exit::ACCEPTED });
    }
    if let Some((one, other)) = name.and_then(|name| name.split_once("..")) {
        let compared = inspect::compare(&folder, one, other)?;
        output::answer(&match args.format.as_str() {
            "json" => encode::json::document(&comparison::document(&compared)),
            "html" => render_run::html::comparison::render(&compared),
            _ => look.charset.encode(&comparison::told(&compared)),
        })?;
        return Ok(exit::ACCEPTED);
    }
    if let Some(step) = &args.step {
        if args.format != "human" {
            let message = format!("show the output of a step as {}: it is printed as it came", args.format);
            return Err(Error::usage("no-format", message).help(
                "leave --step out: the run has the key, the evidence and the digests of the output of each step",
            ));
        }
        let bytes = inspect::output(&folder, name, step)?;
        let text = String::from_utf8_lossy(&bytes);
        output::answer(&look.charset.encode(&text))?;
        return Ok(exit::ACCEPTED);
    }
    // The page of the run has its claims, too.
    if args.claims && args.format != "html" {
        let claims = claimed::claims(&folder, name)?;
        output::answer(&if as_json {
            encode::json::document(&claimed::document(&claims))
        } else {
            look.charset.encode(&claimed::told(&claims))
        })?;
        return Ok(exit::ACCEPTED);
    }
    let shown = inspect::run(&folder, name)?;
    answer_run(&shown, &args.format, look)?;
    Ok(exit::ACCEPTED)
}

/// `replay`.
pub(crate) fn replay(shared: &Shared, args: &ReplayArgs) -> u8 {
    threads::share();
    ended(replay_answered(shared, args), &args.format)
}

fn replay_answered(shared: &Shared, args: &ReplayArgs) -> Result<u8, Error> {
    if args.live {
        return replay_live_answered(shared, args);
    }
    let replayed = replay::replay(&resolve::folder(shared)?, args.run.as_deref())?;
    let code = match (replayed.stands(), replayed.is_incomparable()) {
        (true, _) => exit::ACCEPTED,
        (false, true) => exit::UNPROVEN,
        (false, false) => exit::REFUSED,
    };
    let text = if args.format == "json" {
        encode::json::document(&replayed_document(&replayed, code))
    } else {
        surroundings::look(shared).charset.encode(&replayed_told(&replayed, code))
    };
    output::answer(&text)?;
    Ok(code)
}

fn replay_live_answered(shared: &Shared, args: &ReplayArgs) -> Result<u8, Error> {
    let options =
        replay_live::Options { folder: resolve::folder(shared)?, run: args.run.clone(), rev: args.rev.clone() };
    let charset = surroundings::look(shared).charset;
    let live = Live::here(shared, charset);
    let replayed = replay_live::replay(&options, &|progress| live.tell(progress));
    drop(live);
    let replayed = replayed?;
    let text = if args.format == "json" {
        render::replay::json::render(&replayed)
    } else {
        charset.encode(&render::replay::human::render(&replayed))
    };
    output::answer(&text)?;
    Ok(replayed.verdict.exit())
}

fn replayed_told(replayed: &Replayed, code: u8) -> String {
    let mut text = String::new();
    for fault in &replayed.altered {
        let _ = writeln!(text, "altered: {}: {} [{}]", fault.place, fault.message, fault.code);
    }
    for step in &replayed.steps {
        for difference in &step.differences {
            let _ = writeln!(text, "differs: {}: {difference}", step.step);
        }
    }
    for step in replayed.steps.iter().filter(|step| step.is_gone) {
        let _ = writeln!(text, "gone: {}: its output was removed from the record", step.step);
    }
    if replayed.is_check_gone {
        text.push_str("gone: rules: the report of the check was removed from the record\n");
    }
    let (lines, objects) = replayed.looked_at;
    let _ = writeln!(text, "replayed: run {}: {lines} lines and {objects} objects recomputed", replayed.run);
    let last = match (&replayed.recorded, code) {
        (Some(recorded), 0) => format!("stands: {recorded}, as recorded (exit 0)\n"),
        (Some(recorded), 3) => {
            format!("not comparable: recorded as {recorded}, and what it rests on is gone (exit 3)\n")
        }
        (Some(recorded), _) if *recorded == replayed.recomputed => {
            format!("does not stand: the record was altered (exit {code})\n")
        }
        (Some(recorded), _) => {
            format!("does not stand: recorded as {recorded}, recomputed as {} (exit {code})\n", replayed.recomputed)
        }
        (None, 1) => "does not stand: the record was altered (exit 1)\n".to_owned(),
        (None, _) => format!("not comparable: the run did not end, so it has no verdict (exit {code})\n"),
    };
    text.push_str(&last);
    text
}

fn replayed_document(replayed: &Replayed, code: u8) -> Value {
    let step = |step: &replay::Recomputed| {
        let standing = match (step.differences.is_empty(), step.is_gone) {
            (true, false) => "same",
            (true, true) => "not-comparable",
            (false, _) => "drifted",
        };
        json!({ "step": step.step, "standing": standing, "layer": null, "differences": step.differences.iter().map(|line| json!({
            "about": "evidence", "name": line, "old": null, "new": null, "line": line,
        })).collect::<Vec<_>>() })
    };
    json!({
        "schema": "cargo-governed/replay/1",
        "run": replayed.run,
        "live": false,
        "altered": replayed.altered.iter().map(|fault| json!({
            "place": fault.place, "code": fault.code, "message": fault.message,
        })).collect::<Vec<_>>(),
        "steps": replayed.steps.iter().map(step).collect::<Vec<_>>(),
        "accept": "recomputed",
        "recorded": replayed.recorded,
        "recomputed": replayed.recomputed,
        "verdict": match code { 0 => "stands", 3 => "not-comparable", _ => "differs" },
    })
}

/// `recover`.
pub(crate) fn recover(shared: &Shared, args: &RecoverArgs) -> u8 {
    let answered = || {
        let recovery = recover::recover(&resolve::folder(shared)?, args.execute, args.gc)?;
        let text = if args.format == "json" {
            encode::json::document(&advice::document(&recovery))
        } else {
            surroundings::look(shared).charset.encode(&advice::told(&recovery))
        };
        output::answer(&text)?;
        Ok(if recovery.is_done() { exit::ACCEPTED } else { exit::UNPROVEN })
    };
    ended(answered(), &args.format)
}
