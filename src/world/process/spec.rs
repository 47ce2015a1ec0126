//! What is asked for when a step is started, and what is told about it. Plain data, also the words on the wire.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

use crate::world::process::identity::Identity;

/// A process to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// The file to execute.
    pub program: PathBuf,
    /// The name and the arguments that it is given.
    pub argv: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// Its whole environment.
    pub env: Vec<(String, OsString)>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// How long it has between SIGTERM and SIGKILL.
    pub grace: Duration,
    /// Where it may write; none for no confinement at all.
    pub writable: Option<Vec<PathBuf>>,
    /// Whether it may reach more than the loopback of its own.
    pub network: bool,
    /// A folder that goes away with it, whoever else is killed.
    pub temp: Option<PathBuf>,
}

/// What was reached of the confinement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Writes are confined by Landlock.
    pub landlock: bool,
    /// It has a network of its own with a loopback only.
    pub own_network: bool,
    /// Why less was reached than asked for, a sentence each.
    pub why: Vec<String>,
}

/// Who ended a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndedBy {
    /// It ended by itself.
    Itself,
    /// Its time was over.
    Timeout,
    /// The engine said so, or the engine died.
    Order,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The exit code; none where a signal ended it.
    pub exit: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Who ended it.
    pub by: EndedBy,
    /// How long it took, sweeping excluded.
    pub duration_ms: u64,
    /// The processor time of it and of its descendants, where the system tells.
    pub cpu_ms: Option<u64>,
    /// Names and ids of processes that outlived it and were ended: `sleep (812)`.
    pub left: Vec<String>,
    /// Those that could not be ended.
    pub survived: Vec<String>,
}

/// Which stream bytes came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipe {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// A word about a started process. One of the last three comes last; what it writes at once may come before `Began`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// It runs.
    Began {
        /// The process, which leads a process group of its own.
        process: Identity,
        /// What was reached of the confinement.
        reached: Reached,
    },
    /// It wrote.
    Output {
        /// Where to.
        pipe: Pipe,
        /// What, at most 64 KiB.
        bytes: Vec<u8>,
        /// When, in milliseconds from its beginning.
        at_ms: u64,
    },
    /// It could not be started, and why.
    Unstarted(String),
    /// It ended, and nothing of it is left but what is named.
    Ended(Ended),
    /// Whoever watched it was killed. What was known of it has been ended.
    Lost {
        /// Names and ids of processes that were found and ended.
        left: Vec<String>,
    },
}
