//! The exit codes of verdicts, for all verbs; those of errors stand in `error.rs`.

use crate::judge::report::Verdict;

/// Accepted.
pub const ACCEPTED: u8 = 0;
/// Refused: the repository's fault.
pub const REFUSED: u8 = 1;
/// Unproven: something demanded could not be judged.
pub const UNPROVEN: u8 = 3;

/// The exit code of a verdict.
pub fn of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Accepted => ACCEPTED,
        Verdict::Refused => REFUSED,
        Verdict::Unproven => UNPROVEN,
    }
}
