//! The claims: SCAI v0.3, an attribute for each, with how it is known and what it rests on.

use serde::Deserialize;
use serde::Serialize;

use crate::proof::names;
use crate::proof::resource::Resource;
use crate::proof::statement::Predicate;

/// All claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The claims in order of their names.
    pub attributes: Vec<Attribute>,
    /// The tool.
    pub producer: Resource,
}

impl Predicate for Claims {
    const TYPE: &'static str = names::SCAI;
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// The claim: `rule/NAME`, `step/NAME`, or `claim/NAME` for a declared one.
    pub attribute: String,
    /// How it stands, and how that is known.
    pub conditions: Conditions,
    /// What it rests on.
    pub evidence: Resource,
}

impl Attribute {
    /// The run and the name of the step whose line the claim rests on: that of a step, or one that is declared to.
    pub fn step(&self) -> Option<(&str, &str)> {
        let own = self.attribute.strip_prefix(names::STEP_CLAIM);
        let declared = || self.conditions.rests_on.as_deref()?.strip_prefix(names::STEP_CLAIM);
        Some((self.conditions.run.as_deref()?, own.or_else(declared)?))
    }
}

/// How a claim stands, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Conditions {
    /// How that is known.
    pub basis: Basis,
    /// How many findings a rule has, waived ones too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<u64>,
    /// The isolation that a step reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<String>,
    /// How many facts a rule compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<u64>,
    /// The machine of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// What a declared claim rests on: `step/NAME`, `file/PATH` or `output/PATH`, with `#` and how the value is found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_on: Option<String>,
    /// The run of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// What it depends on.
    pub scope: Scope,
    /// The sentences that a declared claim is made in: the path, the digest of the words, and the bytes from `start` to `end`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentences: Vec<Resource>,
    /// How it stands.
    pub standing: Standing,
}

/// How a claim stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It was judged, and it is true.
    Holds,
    /// It was judged, and it is not.
    Refuted,
    /// What is against it is accepted, with a reason.
    Waived,
    /// There is no fact of this kind.
    Absent,
    /// It could not be judged.
    Unproven,
}

impl Standing {
    /// The worse of two: a refutation is certain, what is unproven is not.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let order = [Self::Refuted, Self::Unproven, Self::Absent, Self::Waived, Self::Holds];
        order.into_iter().find(|one| *one == self || *one == other).unwrap_or(self)
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
            Self::Waived => "waived",
            Self::Absent => "absent",
            Self::Unproven => "unproven",
        }
    }
}

/// How a claim is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Anyone can compute it again from the tree.
    Derived,
    /// A process of ours saw it.
    Observed,
    /// The tested code said so.
    Reported,
}

impl Basis {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Derived => "derived",
            Self::Observed => "observed",
            Self::Reported => "reported",
        }
    }
}

/// What a claim depends on: one of the tree alone survives a rebase that leaves the tree as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The files.
    Tree,
    /// The files and the history behind them.
    Commit,
    /// What changed since the base.
    Range,
}
