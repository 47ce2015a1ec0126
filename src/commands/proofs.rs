//! From the arguments of the verbs of proofs to their answers and exit codes.

use crate::commands::cli::Shared;
use crate::commands::cli_proof::ProveArgs;
use crate::commands::governing;
use crate::commands::merging;
use crate::commands::resolve;
use crate::commands::surroundings;
use crate::error::Error;

/// `prove`.
pub(crate) fn prove(shared: &Shared, args: &ProveArgs) -> u8 {
    governing::ended(prove_answered(shared, args), &args.format)
}

fn prove_answered(shared: &Shared, args: &ProveArgs) -> Result<u8, Error> {
    let from: Vec<_> = args.merge.iter().map(|folder| resolve::path(shared, folder)).collect();
    let shown = merging::merge(&resolve::folder(shared)?, &from)?;
    governing::answer_run(&shown, &args.format, surroundings::look(shared))?;
    Ok(governing::exit_of(shown.report.verdict.as_deref()))
}
