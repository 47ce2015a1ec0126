//! The exit codes, for all verbs.

use crate::judge::report::Verdict;

/// Accepted.
pub const ACCEPTED: u8 = 0;
/// Refused: the repository's fault.
pub const REFUSED: u8 = 1;
/// Usage or policy error.
pub const USAGE: u8 = 2;
/// Unproven: something demanded could not be judged.
pub const UNPROVEN: u8 = 3;
/// Our own work failed: I/O, full disk, network.
pub const FAILED: u8 = 4;

/// The exit code of a verdict.
pub fn of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Accepted => ACCEPTED,
        Verdict::Refused => REFUSED,
        Verdict::Unproven => UNPROVEN,
    }
}
