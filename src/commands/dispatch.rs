//! From the command line to the verb, and from the verb to the exit code.

use std::ffi::OsString;

use clap::Parser;

use crate::commands::action::flow;
use crate::commands::check;
use crate::commands::cli::CheckArgs;
use crate::commands::cli::Cli;
use crate::commands::cli::DoctorArgs;
use crate::commands::cli::InitArgs;
use crate::commands::cli::ManArgs;
use crate::commands::cli::Shared;
use crate::commands::cli::Verb;
use crate::commands::doctor;
use crate::commands::doctor::Surroundings;
use crate::commands::doctor_loop;
use crate::commands::exit;
use crate::commands::explain;
use crate::commands::gate;
use crate::commands::generated;
use crate::commands::governing;
use crate::commands::init;
use crate::commands::init::Mode;
use crate::commands::init_github;
use crate::commands::mistyped;
use crate::commands::output;
use crate::commands::proofs;
use crate::commands::releasing;
use crate::commands::resolve;
use crate::commands::surroundings;
use crate::commands::threads;
use crate::commands::trace;
use crate::error::Error;
use crate::judge::report::Report;
use crate::render::format::Format;
use crate::render::human::look::Look;
use crate::world::outfile;
use crate::world::process::hidden;

/// Runs the command line and gives the exit code. Cargo passes its own name of us as the first argument.
pub fn run(mut arguments: Vec<OsString>) -> u8 {
    if let Some(code) = hidden::run(&arguments) {
        return code;
    }
    if arguments.get(1).is_some_and(|argument| argument == "governed") {
        arguments.remove(1);
    }
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return mistyped::answer(&error, &arguments),
    };
    let Cli { shared, verb } = cli;
    trace::begin(shared.verbose, surroundings::talks_in_colors(&shared));
    let result = match verb {
        Verb::Check(args) => return run_check(&shared, &args),
        Verb::Run(args) => return governing::run(&shared, &args),
        Verb::Inspect(args) => return governing::inspect(&shared, &args),
        Verb::Replay(args) => return governing::replay(&shared, &args),
        Verb::Recover(args) => return governing::recover(&shared, &args),
        Verb::Prove(args) => return proofs::prove(&shared, &args),
        Verb::Verify(args) => return proofs::verify(&shared, &args),
        Verb::Gate(args) => return gate::gate(&shared, &args),
        Verb::Release(args) => return releasing::run(&shared, &args),
        Verb::Explain(args) => match args.rule {
            Some(rule) => explain::page(&rule).and_then(|page| output::answer(&page)),
            None if args.all => output::answer(&explain::all()),
            None => output::answer(&explain::list()),
        },
        Verb::Init(args) => init(&shared, &args),
        Verb::Action => return flow::action(&shared, &|name| std::env::var(name).ok()),
        Verb::Doctor(args) => return run_doctor(&shared, args),
        Verb::Completions(args) => output::answer(&String::from_utf8_lossy(&generated::completions(args.shell))),
        Verb::Man(args) => man(&shared, &args),
    };
    result.map_or_else(|error| failed(&error), |()| exit::ACCEPTED)
}

fn init(shared: &Shared, args: &InitArgs) -> Result<(), Error> {
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Write };
    let initialised = init::init(&resolve::folder(shared)?, mode)?;
    let charset = surroundings::look(shared).charset;
    let mut told = init::told(&initialised, mode);
    if !args.github.is_empty() {
        told.push_str(&init_github::write(&resolve::folder(shared)?, mode, &args.github)?);
    }
    output::answer(&charset.encode(&told))
}

/// A remedy is no error, but a script must see that there is one.
fn run_doctor(shared: &Shared, args: DoctorArgs) -> u8 {
    let answered = resolve::folder(shared).and_then(|folder| {
        let diagnosis = if args.operating_loop {
            doctor_loop::stages(&folder)
        } else {
            doctor::doctor(&folder, &Surroundings::here())
        };
        output::answer(&surroundings::look(shared).charset.encode(&diagnosis.told()))?;
        Ok(if diagnosis.is_well() { exit::ACCEPTED } else { exit::REFUSED })
    });
    answered.unwrap_or_else(|error| failed(&error))
}

fn man(shared: &Shared, args: &ManArgs) -> Result<(), Error> {
    match &args.out {
        None => output::answer(&String::from_utf8_lossy(&generated::page()?)),
        Some(folder) => {
            let written = generated::pages(&resolve::path(shared, folder))?;
            output::answer(&format!("{}\n", written.join("\n")))
        }
    }
}

/// Says what went wrong and gives its exit code.
fn failed(error: &Error) -> u8 {
    output::talk(&output::described(error));
    error.exit
}

fn run_check(shared: &Shared, args: &CheckArgs) -> u8 {
    threads::share();
    let format = Format::named(&args.format).unwrap_or_default();
    let result = resolve::options(shared, args).and_then(|options| {
        trace::options(&options);
        check::check_once(&options)
    });
    let result = result.and_then(|(checked, read)| {
        // The process ends with this verb: the system takes the memory back at once, we would free it piece by piece.
        std::mem::forget(read);
        trace::report(&checked.report);
        for line in checked.written.iter().filter(|_| !shared.quiet) {
            output::talk(&format!("fixed: {}", Look::plain().charset.line(line)));
        }
        for line in &checked.left {
            output::talk(&format!("not fixed: {}", Look::plain().charset.line(line)));
        }
        let look = surroundings::look(shared);
        emit(shared, args, |format| format.render(&checked.report, Look { detail: look.detail, ..Look::plain() }))?;
        output::answer(&format.render(&checked.report, look))?;
        Ok(checked.report)
    });
    match result {
        Ok(Report { verdict, .. }) => exit::of(verdict),
        Err(error) => {
            // Whoever reads the files must see that nothing was checked; a second failure changes nothing.
            let _ = emit(shared, args, |format| match format {
                Format::Human => format!("{}\n", output::described(&error)),
                format => format.render_error(&error),
            });
            let _ = output::answer(&format.render_error(&error));
            failed(&error)
        }
    }
}

/// Writes the files of `--emit`, all that can be written; the first failure is told.
fn emit(shared: &Shared, args: &CheckArgs, text: impl Fn(Format) -> String) -> Result<(), Error> {
    let written =
        args.emit.iter().map(|emit| outfile::write(&resolve::path(shared, &emit.file), text(emit.format).as_bytes()));
    written.fold(Ok(()), Result::and)
}
