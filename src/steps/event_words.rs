//! What events of all kinds say in the same words: who holds something, and why something is doubted.

use serde::Deserialize;
use serde::Serialize;

/// Who holds something: a process, for as long as it lives. A pid alone is given again by the system.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// The id of the system's boot.
    pub boot: String,
    /// The process.
    pub pid: u32,
    /// When it started, in the system's own ticks.
    pub started: u64,
}

/// Why exit 0 is not enough, or a step is not what it seems. The code is a stable word: `inputs-moved`, `tests-none-run`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Doubt {
    /// The stable word.
    pub code: String,
    /// One sentence for people, with names and numbers.
    pub message: String,
}
