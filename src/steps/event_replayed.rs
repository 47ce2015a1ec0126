//! The event that ends a replay: how the run stands that it did again.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;

/// A replay was judged: its steps against those of the run that it did again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// The replay, which is a run of its own.
    pub run: String,
    /// The run that was done again.
    pub of: String,
    /// `stands`, `differs` or `not-comparable`.
    pub verdict: String,
    /// The object with the whole report, `cargo-governed/replay/1`.
    pub report: Digest,
}
