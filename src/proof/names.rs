//! The constant names of the formats: everything that other programs compare, in one place.

/// Where the project's names live: its pages, under which nobody else can publish.
pub const DOMAIN: &str = "cargo-governed.github.io";
/// Who verified: changes when the logic of the verdict does.
pub const VERIFIER: &str = "https://cargo-governed.github.io/verifier/v1";
/// The name of our own fields in the summary: what SLSA has no field for.
pub const EXTENSION: &str = "https://cargo-governed.github.io/proof/v1";
/// The policy where the base has none.
pub const DEFAULT_POLICY: &str = "https://cargo-governed.github.io/policy/defaults/v1";
/// The level that a passed proof states. SLSA keeps this prefix for what organisations define.
pub const LEVEL: &str = "ORG_SOURCE_GOVERNED";
/// The repository where the clone knows no remote.
pub const NO_REMOTE: &str = "urn:cargo-governed:no-remote";

/// The type of every statement.
pub const STATEMENT: &str = "https://in-toto.io/Statement/v1";
/// The type of every payload.
pub const PAYLOAD: &str = "application/vnd.in-toto+json";
/// SLSA Verification Summary, version 1.
pub const SUMMARY: &str = "https://slsa.dev/verification_summary/v1";
/// SCAI, version 0.3.
pub const SCAI: &str = "https://in-toto.io/attestation/scai/v0.3";
/// Test result, version 0.1.
pub const TEST_RESULT: &str = "https://in-toto.io/attestation/test-result/v0.1";
/// Link, version 0.3.
pub const LINK: &str = "https://in-toto.io/attestation/link/v0.3";

/// What the attribute of a rule's claim begins with.
pub const RULE_CLAIM: &str = "rule/";
/// What the attribute of a step's claim begins with.
pub const STEP_CLAIM: &str = "step/";
/// What the attribute of a declared claim begins with.
pub const DECLARED_CLAIM: &str = "claim/";
/// What the ground of a claim begins with that rests on a file.
pub const FILE_GROUND: &str = "file/";
/// What the ground of a claim begins with that rests on a kept output.
pub const OUTPUT_GROUND: &str = "output/";

/// The subject with the digest of the listing.
pub const SUBJECT_LISTING: &str = "tree.sha256";
/// The subject with git's id of the tree.
pub const SUBJECT_TREE: &str = "tree";
/// The subject with the commit.
pub const SUBJECT_COMMIT: &str = "commit";

/// What a signature is for, as `ssh-keygen -Y sign -n` takes it: a signature for one is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Over the root of a proof.
    Proof,
    /// Over a policy.
    Policy,
    /// Over waivers.
    Waivers,
}

impl Role {
    /// The namespace.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Proof => "proof@cargo-governed.github.io",
            Self::Policy => "policy@cargo-governed.github.io",
            Self::Waivers => "waivers@cargo-governed.github.io",
        }
    }

    /// The word of `--what`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proof => "proof",
            Self::Policy => "policy",
            Self::Waivers => "waivers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_of_ours_are_of_one_domain() {
        for name in [VERIFIER, EXTENSION, DEFAULT_POLICY] {
            assert!(name.starts_with(&format!("https://{DOMAIN}/")), "{name}");
        }
        for role in [Role::Proof, Role::Policy, Role::Waivers] {
            assert_eq!(role.namespace(), format!("{}@{DOMAIN}", role.as_str()));
        }
    }
}
