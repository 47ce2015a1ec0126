//! The root: SLSA Verification Summary v1 (<https://slsa.dev/spec/v1.2/verification_summary>), and our own fields beside it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::proof::names;
use crate::proof::resource::GitId;
use crate::proof::resource::Resource;
use crate::proof::statement::Predicate;

/// The verdict, and all that it was made from, by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Summary {
    /// What SLSA has no field for.
    #[serde(rename = "https://cargo-governed.github.io/proof/v1")]
    pub governed: Governed,
    /// Every other line of the bundle in its order, by the digest of its payload.
    pub input_attestations: Vec<Resource>,
    /// The policy as it was in the base.
    pub policy: Resource,
    /// The repository.
    pub resource_uri: String,
    /// When, by the clock of the machine.
    pub time_verified: String,
    /// What it came to.
    pub verification_result: Outcome,
    /// What is stated: [`names::LEVEL`] where it passed, else nothing.
    pub verified_levels: Vec<String>,
    /// Who verified.
    pub verifier: Verifier,
}

impl Predicate for Summary {
    const TYPE: &'static str = names::SUMMARY;
}

/// Who verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// The logic: [`names::VERIFIER`].
    pub id: String,
    /// The programs.
    pub version: BTreeMap<String, String>,
}

/// What a verification came to. SLSA knows these two: what is unproven has not passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Outcome {
    /// The verdict is accepted.
    Passed,
    /// It is anything else.
    Failed,
}

/// A verdict in its own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// Everything that is demanded holds.
    Accepted,
    /// Something is refuted.
    Refused,
    /// Something that is demanded could not be judged.
    Unproven,
}

/// Where the files came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The work tree of a git repository.
    Worktree,
    /// A revision, read from git's objects.
    Revision,
    /// A folder without git.
    Folder,
}

/// Our own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Governed {
    /// The commit whose policy, waivers and signers count; none means that no gate takes the proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<GitId>,
    /// What decided it; nothing where it is accepted.
    pub because: Vec<Reason>,
    /// The checkpoint that pins the history of the record: the text of a C2SP tlog-checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
    /// Whether they differ from the commit.
    pub dirty: bool,
    /// How many machines must agree where several did the run: `unanimous` or `quorum:N`; none for one machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machines: Option<String>,
    /// Claims that are not proven, with why. What is absent is none of them.
    pub not_proven: Vec<NotProven>,
    /// The reports of the run, by digest: of the check as JSON and SARIF, of the run as JUnit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Resource>,
    /// The runs, one for each machine that took part.
    pub runs: Vec<RunOf>,
    /// Where the files came from.
    pub source: Source,
    /// The verdict in its own word.
    pub verdict: Word,
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// A stable word.
    pub code: String,
    /// A sentence.
    pub message: String,
}

/// A claim that is not proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotProven {
    /// The claim, as its attribute is called.
    pub claim: String,
    /// Why, a sentence each.
    pub why: Vec<String>,
}

/// One run of one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunOf {
    /// The architecture.
    pub arch: String,
    /// When it began.
    pub began: String,
    /// How many runs on the same files the record holds before it.
    pub earlier: u64,
    /// The system.
    pub os: String,
    /// The reason of `--override`: the proof is not certifiable, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
    /// The run.
    pub run: String,
    /// The part of the plan that it did: `2/5`; none for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// The version of the tool that did it.
    pub version: String,
}

impl Governed {
    /// Says whether no run went on past a refusal.
    pub fn is_certifiable(&self) -> bool {
        self.runs.iter().all(|run| run.overridden.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::canonical;

    #[test]
    fn our_own_fields_have_the_name_of_our_domain() {
        let summary = Summary {
            verifier: Verifier { id: names::VERIFIER.to_owned(), version: BTreeMap::new() },
            time_verified: "2026-11-22T04:00:00.123Z".to_owned(),
            resource_uri: names::NO_REMOTE.to_owned(),
            policy: Resource::default(),
            input_attestations: Vec::new(),
            verification_result: Outcome::Failed,
            verified_levels: Vec::new(),
            governed: Governed {
                verdict: Word::Unproven,
                because: Vec::new(),
                not_proven: Vec::new(),
                base: None,
                source: Source::Worktree,
                dirty: false,
                runs: Vec::new(),
                machines: None,
                reports: Vec::new(),
                checkpoint: None,
            },
        };
        let bytes = canonical::bytes_of(&summary);
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value[names::EXTENSION]["verdict"], "unproven");
        assert_eq!(value["verificationResult"], "FAILED");
        assert_eq!(canonical::read(&bytes), Ok(summary));
    }
}
