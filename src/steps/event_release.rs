//! The events of releases: what was about to be done outside of the repository, written before it, and what came of it.
//!
//! No token and no address with a password is ever in them.

use serde::Deserialize;
use serde::Serialize;

use crate::steps::event_words::Lease;

/// A release is carried out, or gone on with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseBegan {
    /// Its name.
    pub release: String,
    /// The commit that comes out.
    pub commit: String,
    /// Who carries it out.
    pub lease: Lease,
    /// The branch whose gate let it through: the command that goes on names it.
    #[serde(default)]
    pub base: String,
    /// The proof, where it was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// What comes out, as it was packed here.
    pub packages: Vec<ReleasedPackage>,
}

/// A package of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedPackage {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The name of its registry; none where it goes to none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The SHA-256 of its packed crate, in hexadecimal; none where it goes to no registry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// The name of its tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// An act outside of the repository is about to be done: this line is durable before it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseActBegan {
    /// The release.
    pub release: String,
    /// The act, in words that are always the same for the same act: `upload a 0.1.0 to crates-io`.
    pub act: String,
    /// The commit.
    pub commit: String,
}

/// An act came to an end that its doer saw. One without this line may have been done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseActEnded {
    /// The release.
    pub release: String,
    /// The act.
    pub act: String,
    /// `done`, `not-done`, or `unknown` where it may have been done.
    pub outcome: String,
    /// What was seen, in one line.
    pub says: String,
}

/// A release was carried out as far as it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseEnded {
    /// The release.
    pub release: String,
    /// `accepted` where all demanded witnesses agree, else `refused`, `unproven` or `failed`.
    pub verdict: String,
    /// How many acts were done.
    pub acts: u64,
}
