//! The command line of releases as it is typed.

use clap::Args;
use clap::Subcommand;
use jiff::civil::Date;
use semver::Version;

const PLAN_EXIT_CODES: &str = "\
Exit codes:
  0  nothing stands against the plan
  1  it is blocked; each reason has a code and a remedy
  2  the command line or the policy is wrong
  3  unproven: something that the plan needs could not be established
  4  our own work failed";

/// The arguments of `release`.
#[derive(Args, Clone, Debug)]
#[command(arg_required_else_help = true, subcommand_required = true, disable_help_subcommand = true)]
pub struct ReleaseArgs {
    /// What is done.
    #[command(subcommand)]
    pub verb: ReleaseVerb,
}

/// The verbs of releases.
#[derive(Clone, Debug, Subcommand)]
pub enum ReleaseVerb {
    /// Say the next version of each package, and why; writes nothing
    Plan(PlanArgs),
    /// Write the versions of the plan everywhere they stand, and move the changelog's unreleased section; dry without --execute
    Prepare(PrepareArgs),
    /// Show for each package what manifest, changelog, tag, registry and forge say of its version; writes nothing
    Status(StatusArgs),
    /// Print what a release brings, from the changelog, else from the commits; writes nothing
    Notes(NotesArgs),
}

/// What a plan can be asked for.
#[derive(Args, Clone, Debug, Default)]
pub struct WishArgs {
    /// Plan only this package, and what must move with it; may be given several times
    #[arg(short, long = "package", value_name = "PACKAGE")]
    pub packages: Vec<String>,
    /// Ask for a version or at least a step (patch, minor, major) of a package; may be given several times
    #[arg(long = "set", value_name = "PACKAGE=VERSION|STEP")]
    pub set: Vec<String>,
    /// Plan pre-releases of this kind: alpha, beta, rc
    #[arg(long, value_name = "LABEL", conflicts_with = "last")]
    pub pre: Option<String>,
    /// Leave the pre-releases: plan the release that they led to
    #[arg(long = "final")]
    pub last: bool,
    /// Compare packages with this revision that no tag names
    #[arg(long, value_name = "REV")]
    pub baseline: Option<String>,
    /// Do not ask cargo-semver-checks, even where it is installed
    #[arg(long)]
    pub no_api: bool,
}

/// The arguments of `release plan`.
#[derive(Args, Clone, Debug)]
#[command(after_help = PLAN_EXIT_CODES)]
pub struct PlanArgs {
    /// What is asked for.
    #[command(flatten)]
    pub wish: WishArgs,
    /// Plan as it would have been at this revision: what came later is left out of account
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}

const STATUS_EXIT_CODES: &str = "\
Exit codes:
  0  every demanded witness agrees
  1  a witness disagrees or knows nothing of the version
  2  the command line or the policy is wrong
  3  unknown: a witness could not be asked, and none disagrees
  4  our own work failed";

/// The arguments of `release status`.
#[derive(Args, Clone, Debug)]
#[command(after_help = STATUS_EXIT_CODES)]
pub struct StatusArgs {
    /// Show only this package; may be given several times
    #[arg(short, long = "package", value_name = "PACKAGE")]
    pub packages: Vec<String>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}

/// The arguments of `release notes`.
#[derive(Args, Clone, Debug)]
pub struct NotesArgs {
    /// The version; without one, what is not released yet
    #[arg(value_name = "VERSION", conflicts_with = "all")]
    pub version: Option<Version>,
    /// Print the notes of this package only; may be given several times
    #[arg(short, long = "package", value_name = "PACKAGE")]
    pub packages: Vec<String>,
    /// Print the notes of every release, the newest first
    #[arg(long)]
    pub all: bool,
    /// Take the commits alone, even where a changelog has the section
    #[arg(long)]
    pub from_commits: bool,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "markdown", value_parser = ["markdown", "json"])]
    pub format: String,
}

const PREPARE_EXIT_CODES: &str = "\
Exit codes:
  0  the edits are made, or would be: without --execute the same as with it
  1  something stands against them; nothing was written
  2  the command line, the policy or the state of the work tree is wrong
  3  unproven: something that the plan or the packing needs could not be established
  4  our own work failed";

/// The arguments of `release prepare`.
#[derive(Args, Clone, Debug)]
#[command(after_help = PREPARE_EXIT_CODES)]
pub struct PrepareArgs {
    /// What is asked for.
    #[command(flatten)]
    pub wish: WishArgs,
    /// Write the files; without it the difference is shown
    #[arg(long)]
    pub execute: bool,
    /// Edit a work tree that has changes of its own
    #[arg(long, hide_short_help = true)]
    pub allow_dirty: bool,
    /// Leave changelogs alone
    #[arg(long, hide_short_help = true)]
    pub no_changelog: bool,
    /// Do not let cargo pack the new versions against each other first
    #[arg(long, hide_short_help = true)]
    pub no_package: bool,
    /// The day of the release; without it today
    #[arg(long, value_name = "YYYY-MM-DD", hide_short_help = true)]
    pub date: Option<Date>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}
