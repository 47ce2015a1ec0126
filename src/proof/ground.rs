//! What a verifier found by itself, without believing the proof. What it could not find says why.

use crate::facts::digest::Digest;
use crate::proof::allowed_signers::AllowedSigners;
use crate::proof::malformed::Malformed;
use crate::proof::resource::GitId;
use crate::proof::scai::Attribute;
use crate::record::vouch::Vouched;

/// The files, derived anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The digest of their listing.
    pub listing: Digest,
    /// Git's id of the tree; none where the files differ from the commit.
    pub tree: Option<GitId>,
    /// The commit; none where the files differ from it.
    pub commit: Option<GitId>,
}

/// Who may sign, by the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signers {
    /// Where they stand: `.github/allowed_signers`.
    pub path: String,
    /// The file; none where the base has none.
    pub file: Option<Result<AllowedSigners, Malformed>>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// The files.
    pub files: Result<Files, String>,
    /// The address of the repository of the verifier's clone.
    pub repository: Option<String>,
    /// The claims of the rules, computed anew.
    pub rules: Result<Vec<Attribute>, String>,
    /// The digest of the policy that the base has.
    pub policy: Result<Digest, String>,
    /// The base that the caller demands.
    pub base: Option<GitId>,
    /// Who may sign.
    pub signers: Result<Signers, String>,
    /// What the ledger at hand says; none where there is none.
    pub ledger: Option<Vouched>,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// The version of this tool.
    pub version: String,
}
