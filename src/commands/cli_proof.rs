//! The arguments of the verbs of proofs, as they are typed.

use std::path::PathBuf;

use clap::Args;
use clap::ValueHint;

const PROVE_EXIT_CODES: &str = "\
Exit codes:
  0  the run was accepted
  1  it was refused: the proof says so, or the records to be joined contradict each other
  2  the command line is wrong
  3  unproven: the run did not end, a shard is missing, or something that is demanded could not be judged
  4  our own work failed: the record does not hold what the proof needs";

/// The arguments of `prove`.
#[derive(Args, Clone, Debug)]
#[command(after_help = PROVE_EXIT_CODES)]
pub struct ProveArgs {
    /// The run, or the beginning of its name; the last one without any
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// Join the runs of several machines first, exported at or below these folders or as files, and record the joined run
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with = "run", value_hint = ValueHint::AnyPath)]
    pub merge: Vec<PathBuf>,
    /// Write the proof here instead of target/governed/proof.intoto.jsonl
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub out: Option<PathBuf>,
    /// Write one file, too, with the proof and all that it names: for `verify` and `prove --merge` elsewhere
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub export: Option<PathBuf>,
    /// Write what stores of attestations take into this folder: predicate.json, and subject.checksums beside it
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub attest: Option<PathBuf>,
    /// Sign with this SSH key: a private key, or a public one that an agent holds
    #[arg(long, value_name = "KEY", value_hint = ValueHint::FilePath)]
    pub sign: Option<PathBuf>,
    /// What is signed: the proof, or what the tree changes of the policy (with signers and workflows) or of the waivers
    #[arg(long, value_name = "WHAT", default_value = "proof", value_parser = ["proof", "policy", "waivers"])]
    #[arg(requires = "sign")]
    pub what: String,
    /// The branch that a signed change is merged into: the signature is good from there alone
    #[arg(long, value_name = "REV", requires = "sign")]
    pub base: Option<String>,
    /// Add a bare Ed25519 signature for verifiers that know no SSH; KEY must be an unencrypted Ed25519 key
    #[arg(long, requires = "sign", hide_short_help = true)]
    pub bare: bool,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}

const VERIFY_EXIT_CODES: &str = "\
Exit codes:
  0  the proof verifies: nothing speaks against it, and what decides was checked
  1  it does not verify; each reason has a code
  2  the command line is wrong
  3  unproven: there is no proof, or something that decides could not be computed again
  4  our own work failed";

/// The arguments of `verify`.
#[derive(Args, Clone, Debug)]
#[command(after_help = VERIFY_EXIT_CODES)]
pub struct VerifyArgs {
    /// The proof, or the file of `prove --export`; target/governed/proof.intoto.jsonl without any
    #[arg(value_name = "PROOF", value_hint = ValueHint::FilePath)]
    pub proof: Option<PathBuf>,
    /// Derive the files from this revision, from git's objects, instead of the work tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Demand that policy and signers are those of this revision, or of where the histories parted
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Print the lines of git, sha256sum, ssh-keygen and jq that come to the same answer without this tool
    #[arg(long, conflicts_with = "format")]
    pub explain: bool,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}

const GATE_EXIT_CODES: &str = "\
Exit codes:
  0  allowed
  1  denied; each reason has a code and a remedy
  2  the command line, or the policy of the base, is wrong
  4  our own work failed";

const GATE_EXAMPLES: &str = "\
Examples:
  cargo governed gate merge --base origin/main --proof ../proof.intoto.jsonl
  cargo governed gate release --base v1.2.0 --rev v1.3.0 --format json";

/// The arguments of `gate`.
#[derive(Args, Clone, Debug)]
#[command(after_help = GATE_EXIT_CODES, after_long_help = format!("{GATE_EXAMPLES}\n\n{GATE_EXIT_CODES}"))]
pub struct GateArgs {
    /// What is to be let through
    #[arg(value_name = "ACT", value_parser = ["merge", "release"], required_unless_present = "self_test")]
    pub act: Option<String>,
    /// The branch that decides: policy, waivers and signers are read from it, never from the tree that is judged
    #[arg(long, value_name = "REF", required_unless_present = "self_test")]
    pub base: Option<String>,
    /// The proof, handed over: an unsigned one counts only from outside the repository
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub proof: Option<PathBuf>,
    /// Judge this revision, from git's objects, instead of the work tree
    #[arg(long, value_name = "REV")]
    pub rev: Option<String>,
    /// Stage known attacks in a scratch clone of this repository under its own policy, and say which would get through
    #[arg(long, conflicts_with_all = ["act", "proof", "rev"])]
    pub self_test: bool,
    /// The format of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = ["human", "json"])]
    pub format: String,
}
