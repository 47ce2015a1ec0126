//! Failures of our own. A broken repository is a finding, never an error.

use std::fmt;

/// Why a command could not do its work.
#[derive(Debug)]
pub struct Error {
    /// A stable word for programs: `not-a-repository`.
    pub code: &'static str,
    /// A fragment that finishes "could not ...".
    pub message: String,
    /// Where, if there is a place: `governed.toml:3:1`.
    pub place: Option<String>,
    /// What to do next, as an imperative.
    pub help: Option<String>,
    /// The exit code that it ends with.
    pub exit: u8,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "could not {}", self.message)
    }
}

impl std::error::Error for Error {}
