//! The events of the record itself: its beginning, and what was cut, taken away or removed.

use serde::Deserialize;
use serde::Serialize;

use crate::facts::digest::Digest;

/// The first line of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreBegan {
    /// The format, `1.0`: a newer major is refused, a newer minor is read.
    pub format: String,
    /// The version of the tool that began it, and so one that reads it.
    #[serde(default)]
    pub version: String,
}

/// The tail of the ledger was torn and was cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// How many bytes were cut.
    pub bytes: u64,
    /// Their digest.
    pub sha256: Digest,
    /// Where they are kept, from the folder of the record.
    pub quarantine: String,
}

/// A file that an unended step left half-written was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// The run that was interrupted.
    pub run: String,
    /// The step that was writing.
    pub step: String,
    /// The path from the root of the tree.
    pub path: String,
    /// The digest of the bytes.
    pub sha256: Digest,
    /// Where they are kept, from the folder of the record.
    pub quarantine: String,
}

/// Objects that nothing needs any more were removed, or are lost; the lines that name them stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// The object with the digests that were removed, one a line, sorted.
    pub removed: Digest,
    /// How many objects.
    pub objects: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// Whether nobody wanted them gone: they were missing or altered, and a recovery said so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lost: bool,
}
