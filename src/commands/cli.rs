//! The command line as it is typed: plain arguments, not yet resolved.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueHint;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;
use jiff::civil::Date;

use crate::commands::cli_proof::GateArgs;
use crate::commands::cli_proof::ProveArgs;
use crate::commands::cli_proof::VerifyArgs;
use crate::commands::cli_release::ReleaseArgs;
use crate::commands::cli_run::InspectArgs;
use crate::commands::cli_run::RecoverArgs;
use crate::commands::cli_run::ReplayArgs;
use crate::commands::cli_run::RunArgs;
use crate::judge::workflow_proposal::texts::Part;
use crate::render::format::Format;

const EXIT_CODES: &str = "\
Exit codes:
  0  accepted
  1  refused: the repository contradicts itself
  2  the command line or the policy is wrong
  3  unproven: something that is demanded could not be judged
  4  our own work failed (a file could not be read or written)";

const CHECK_EXAMPLES: &str = "\
Examples:
  cargo governed check                          what is wrong now
  cargo governed check --since origin/main      only what this branch adds decides
  cargo governed check --fix                    write what is mechanical
  cargo governed check --emit sarif=out.sarif   the report for people, and SARIF beside it";

/// Proves that a Rust repository is what it says it is
///
/// Reads what is checked in (manifests, lock files, changelogs, tags, tests, workflows, documents) and reports every
/// place where two of these facts contradict each other, with both places. Nothing of the repository is executed and
/// no connection is opened.
#[derive(Debug, Parser)]
#[command(name = "cargo-governed", bin_name = "cargo governed", version, after_help = EXIT_CODES)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What every verb takes.
    #[command(flatten)]
    pub shared: Shared,
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What every verb takes.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Common options")]
pub struct Shared {
    /// Work on the repository of this Cargo.toml
    #[arg(long, value_name = "PATH", global = true, value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub manifest_path: Option<PathBuf>,
    /// Go into this folder first; other paths count from there
    #[arg(short = 'C', value_name = "DIR", global = true, value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub directory: Option<PathBuf>,
    /// Take the policy from this file instead of governed.toml
    #[arg(long, value_name = "FILE", global = true, value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub config: Option<PathBuf>,
    /// Open no connection (only `action` and `release` open one)
    #[arg(long, global = true, hide_short_help = true)]
    pub offline: bool,
    /// Colour the output
    #[arg(long, value_name = "WHEN", global = true, hide_short_help = true)]
    #[arg(value_parser = ["auto", "always", "never"])]
    pub color: Option<String>,
    /// Print only what decides
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print everything; -vv says on stderr what is done, -vvv what each rule came to
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Find checked-in facts that contradict each other
    Check(CheckArgs),
    /// Check, run every governed step, record it, and give a verdict
    Run(RunArgs),
    /// Show what the record says of a run, a step, two runs, or all
    Inspect(InspectArgs),
    /// Recompute a recorded verdict, or do the run again and say which layer differs
    Replay(ReplayArgs),
    /// Show what an interruption left behind, and mend it
    Recover(RecoverArgs),
    /// Make the proof of a recorded run, or join the records of several machines into one run first
    Prove(ProveArgs),
    /// Check a proof against the files, the rules, the signers and the record, and name what was not checked
    Verify(VerifyArgs),
    /// Decide from a proof whether a merge or a release may happen, and because of what
    Gate(GateArgs),
    /// Plan, prepare, publish and describe releases, and say how far one came
    Release(ReleaseArgs),
    /// Show what a rule compares, why, and how to mend what it finds
    Explain(ExplainArgs),
    /// Write a policy from what the repository shows; never over one that is there
    Init(InitArgs),
    /// Say what around the repository keeps a check from seeing all, and the remedy
    Doctor(DoctorArgs),
    /// Do what the inputs of the GitHub Action ask for, in the environment of a workflow
    #[command(hide = true)]
    Action,
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the man page, or write all of them
    Man(ManArgs),
}

/// The arguments of `check`.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXIT_CODES, after_long_help = format!("{CHECK_EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct CheckArgs {
    /// Check this revision, from git's objects, instead of the work tree
    #[arg(long, value_name = "REV", conflicts_with = "fix")]
    pub rev: Option<String>,
    /// Let only findings decide that this revision does not have
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Write the fixes that are mechanical, then check again
    #[arg(long)]
    pub fix: bool,
    /// Let --fix edit a work tree with uncommitted changes
    #[arg(long, requires = "fix", hide_short_help = true)]
    pub allow_dirty: bool,
    /// Run only this rule or group; may be given several times
    #[arg(long = "rule", value_name = "NAME")]
    pub rules: Vec<String>,
    /// Keep only findings in this package; may be given several times
    #[arg(short, long = "package", value_name = "PACKAGE")]
    pub packages: Vec<String>,
    /// Let findings of this level decide, too
    #[arg(long, value_name = "LEVEL", value_parser = ["warn"])]
    pub deny: Option<String>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = formats())]
    pub format: String,
    /// Write the report into a file, too; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = emit, hide_short_help = true)]
    pub emit: Vec<Emit>,
    /// Take this day for today's: waivers end by it
    #[arg(long, value_name = "YYYY-MM-DD", hide_short_help = true)]
    pub today: Option<Date>,
}

/// One report that is written into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emit {
    /// Its format.
    pub format: Format,
    /// The file.
    pub file: PathBuf,
}

/// The arguments of `explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainArgs {
    /// The rule; without one, all are listed
    #[arg(value_name = "RULE", conflicts_with = "all")]
    pub rule: Option<String>,
    /// Print the pages of all rules as one Markdown document
    #[arg(long)]
    pub all: bool,
}

/// The arguments of `init`.
#[derive(Args, Clone, Debug)]
pub struct InitArgs {
    /// Write nothing; show what would be written
    #[arg(long)]
    pub dry_run: bool,
    /// Write workflows that check pull requests, gate on the proof, and release, too (`--github=check` only the first), and
    /// name the settings that only a person can make
    #[arg(
        long, value_name = "PARTS", num_args = 0..=3, require_equals = true, value_delimiter = ',',
        default_missing_values = ["check", "gate", "release"], value_parser = part
    )]
    pub github: Vec<Part>,
}

/// The arguments of `doctor`.
#[derive(Args, Clone, Copy, Debug)]
pub struct DoctorArgs {
    /// Name for each stage (setup, run, inspect, recover, release, proof) the checked-in source that proves it
    #[arg(long = "loop")]
    pub operating_loop: bool,
}

/// The arguments of `completions`.
#[derive(Args, Clone, Copy, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// The arguments of `man`.
#[derive(Args, Clone, Debug)]
pub struct ManArgs {
    /// Write the pages of the command and of every verb into this folder
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
}

fn part(word: &str) -> Result<Part, String> {
    match word {
        "check" => Ok(Part::Check),
        "gate" => Ok(Part::Gate),
        "release" => Ok(Part::Release),
        _ => Err("expected check, gate or release, several with commas between them".to_owned()),
    }
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(Format::ALL.map(|(name, _)| name))
}

fn emit(text: &str) -> Result<Emit, String> {
    let (format, file) = text.split_once('=').ok_or("expected FORMAT=FILE, such as sarif=report.sarif")?;
    let names = Format::ALL.map(|(name, _)| name).join(", ");
    let format = Format::named(format).ok_or_else(|| format!("no format `{format}`; there are {names}"))?;
    if file.is_empty() {
        return Err("the file's name is missing".to_owned());
    }
    Ok(Emit { format, file: PathBuf::from(file) })
}
