//! The event that a proof was made.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;

/// A proof of a run was made: the record vouches for its bytes, for as long as it vouches for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proved {
    /// The run.
    pub run: String,
    /// The digest of the root's payload: the name of the proof, which no signature changes.
    pub root: Digest,
    /// The object with the bytes of the bundle.
    pub bundle: Digest,
    /// The object with the listing that `sha256sum -c` accepts.
    pub listing: Digest,
    /// Whether it is signed, and so may have left the machine: what it names is kept.
    pub signed: bool,
}
