//! Systems without process groups and sockets between processes: steps can't be run there yet, and nothing pretends so.

use std::path::Path;
use std::sync::mpsc::Receiver;

use crate::error::Error;
use crate::world::process::identity::Identity;
use crate::world::process::spec::Launch;
use crate::world::process::spec::Report;

/// Never made.
#[derive(Debug)]
pub struct Shepherd {
    identity: Identity,
}

/// Never made.
#[derive(Debug)]
pub struct Started {
    /// Nothing.
    pub reports: Receiver<Report>,
}

fn unsupported() -> Error {
    Error::failed("unsupported-system", "run steps: this system is not supported yet")
        .help("run on Linux or macOS; `check` works here")
}

impl Shepherd {
    /// Says that it can't.
    pub fn start(_program: &Path) -> Result<Self, Error> {
        Err(unsupported())
    }

    /// Which process it is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Always.
    pub fn is_lost(&self) -> bool {
        true
    }

    /// Says that it can't.
    pub fn launch(&self, _launch: &Launch) -> Result<Started, Error> {
        Err(unsupported())
    }

    /// Nothing runs.
    pub fn end(&self, _started: &Started) {}
}

/// Nothing runs.
pub fn ensure_gone(_process: &Identity) -> bool {
    true
}
