//! Failures of our own. A broken repository is a finding, never an error.

use std::fmt;

/// The exit code of a usage or policy error.
pub const USAGE: u8 = 2;
/// The exit code of what could not be proven.
pub const UNPROVEN: u8 = 3;
/// The exit code of work of our own that failed: I/O, full disk, network.
pub const FAILED: u8 = 4;

/// Why a command could not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The other errors of the same kind: a policy tells all its faults at once.
    pub also: Vec<Error>,
}

impl Error {
    /// An error of the caller: wrong arguments or a wrong policy.
    pub fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, help: None, exit: USAGE, also: Vec::new() }
    }

    /// A failure of our own work.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), place: None, help: None, exit: FAILED, also: Vec::new() }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl Error {
    /// This error and those beside it.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.also)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "could not {}", self.message)
    }
}

impl std::error::Error for Error {}
