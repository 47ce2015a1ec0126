//! The command line of releases as it is typed.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use clap::ValueHint;
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
    /// Upload, tag and announce the commit that is checked out, behind the gate; what was interrupted goes on; dry without --execute
    Publish(PublishArgs),
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
    /// Ask the registries which versions are out, and what no tag names; without it nothing is asked outside
    #[arg(long)]
    pub online: bool,
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

const PUBLISH_EXIT_CODES: &str = "\
Exit codes:
  0  all demanded witnesses agree; without --execute: nothing speaks against doing what is left
  1  the gate refuses, or a witness contradicts: another checksum, a tag elsewhere; nothing further was done
  2  the command line, the policy or the state of the work tree is wrong
  3  unproven: a witness could not be asked, or is late; repeat the command
  4  our own work failed (network, full disk); repeat the command";

/// The arguments of `release publish`.
#[derive(Args, Clone, Debug)]
#[command(after_help = PUBLISH_EXIT_CODES)]
pub struct PublishArgs {
    /// The branch whose gate decides: policy and signers are read from it
    #[arg(long, value_name = "REF")]
    pub base: String,
    /// The signed proof of this commit; without it the one that lies where runs write it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub proof: Option<PathBuf>,
    /// Publish only this package; may be given several times
    #[arg(short, long = "package", value_name = "PACKAGE")]
    pub packages: Vec<String>,
    /// Publish to this registry of cargo's configuration; without it the one that manifests and configuration name
    #[arg(long, value_name = "NAME")]
    pub registry: Option<String>,
    /// Push tags to this remote; without it to origin
    #[arg(long, value_name = "NAME")]
    pub remote: Option<String>,
    /// Wait so many seconds at most for an index, or for a registry that asks to wait
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    pub wait: u64,
    /// Let a registry so many seconds to finish what was cut off, before it is sent again
    #[arg(long, value_name = "SECONDS", default_value_t = 10, hide_short_help = true)]
    pub settle: u64,
    /// Do it; without it the acts are shown
    #[arg(long)]
    pub execute: bool,
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
    /// Ask this remote for the tags; without it origin
    #[arg(long, value_name = "NAME")]
    pub remote: Option<String>,
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
