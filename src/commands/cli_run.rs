//! The arguments of the verbs of governed runs, as they are typed.

use std::path::PathBuf;

use clap::Args;
use clap::ValueHint;

const RUN_EXIT_CODES: &str = "\
Exit codes:
  0  accepted: the rules and every step agree
  1  refused: a rule, a step or the canary says no
  2  the command line or the policy is wrong
  3  unproven: a step left no evidence, was interrupted, or its tool is missing
  4  our own work failed; what could not be recorded is no evidence";

const RUN_EXAMPLES: &str = "\
Examples:
  cargo governed run                      check, run every step, record, judge
  cargo governed run --plan               what would run, and why
  cargo governed run --step test          one step with its needs
  cargo governed run --rev v1.2.3         what the tag holds, whatever is checked out
  cargo governed run --base origin/main   under the policy of the branch that this is merged into
  cargo governed run --resume             go on from the last run that did not end";

/// The arguments of `run`.
#[derive(Args, Clone, Debug)]
#[command(after_help = RUN_EXIT_CODES, after_long_help = format!("{RUN_EXAMPLES}\n\n{RUN_EXIT_CODES}"))]
pub struct RunArgs {
    /// Show what would run, why, and how long it took before; run nothing
    #[arg(long, conflicts_with_all = ["resume", "reason"])]
    pub plan: bool,
    /// Run this revision, written from git's objects into a fresh folder, instead of the work tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Take policy and waivers from this revision
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Reuse nothing
    #[arg(long)]
    pub fresh: bool,
    /// Go on from the last run that did not end: only what had not ended is run
    #[arg(long, conflicts_with = "fresh")]
    pub resume: bool,
    /// Run only this step and what it needs; may be given several times
    #[arg(long = "step", value_name = "NAME")]
    pub steps: Vec<String>,
    /// Do one part of the plan, as one of several machines: 2/5, or 2/5:fmt,test with the steps that are in it
    #[arg(long, value_name = "I/N", conflicts_with = "steps")]
    pub shard: Option<String>,
    /// Write the record of the run into this folder, for `prove --merge`; target/governed/shard-I-of-N with --shard
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub export: Option<PathBuf>,
    /// Go on past failed needs; the run can never be certified
    #[arg(long = "override", value_name = "REASON", hide_short_help = true)]
    pub reason: Option<String>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    #[arg(value_parser = ["human", "json", "jsonl", "github-matrix"])]
    pub format: String,
}

/// The arguments of `inspect`.
#[derive(Args, Clone, Debug)]
pub struct InspectArgs {
    /// The run, the beginning of its name, or two of them: A..B; the last one without any
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// List all runs
    #[arg(long, conflicts_with_all = ["run", "step", "claims"])]
    pub list: bool,
    /// Show what each claim rests on
    #[arg(long)]
    pub claims: bool,
    /// Print all that is kept of the output of one step
    #[arg(long, value_name = "NAME")]
    pub step: Option<String>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json", "html"])]
    pub format: String,
}

const REPLAY_EXAMPLES: &str = "\
Examples:
  cargo governed replay                   recompute the last verdict from the record; nothing is executed
  cargo governed replay --live            do the last run again on its own tree
  cargo governed replay --live --rev main what its steps come to on main";

const REPLAY_EXIT_CODES: &str = "\
Exit codes:
  0  it stands
  1  it differs, or the record was altered
  3  not comparable: the run did not end, or its tree or results can't be had";

/// The arguments of `replay`.
#[derive(Args, Clone, Debug)]
#[command(after_help = REPLAY_EXIT_CODES, after_long_help = format!("{REPLAY_EXAMPLES}\n\n{REPLAY_EXIT_CODES}"))]
pub struct ReplayArgs {
    /// The run, or the beginning of its name; the last one without any
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// Do its steps again on its tree, in a fresh folder, and say which layer differs first
    #[arg(long)]
    pub live: bool,
    /// Do the steps again on this revision instead of the recorded tree
    #[arg(long, value_name = "REV", requires = "live")]
    pub rev: Option<String>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}

/// The arguments of `recover`.
#[derive(Args, Clone, Debug)]
pub struct RecoverArgs {
    /// Do what is shown without it
    #[arg(long)]
    pub execute: bool,
    /// Remove objects that no proof and none of the last runs names
    #[arg(long)]
    pub gc: bool,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}
