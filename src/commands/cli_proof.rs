//! The arguments of the verbs of proofs, as they are typed.

use std::path::PathBuf;

use clap::Args;
use clap::ValueHint;

const PROVE_EXIT_CODES: &str = "\
Exit codes:
  0  accepted: every step of the plan was proven somewhere
  1  refused: a step says no, or the records contradict each other
  2  the command line is wrong
  3  unproven: a shard is missing, or left less than it must
  4  our own work failed";

/// The arguments of `prove`.
#[derive(Args, Clone, Debug)]
#[command(after_help = PROVE_EXIT_CODES)]
pub struct ProveArgs {
    /// Join the runs of several machines that are exported at or below these folders, and record the joined run
    #[arg(long, value_name = "DIR", num_args = 1.., required = true, value_hint = ValueHint::DirPath)]
    pub merge: Vec<PathBuf>,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}
