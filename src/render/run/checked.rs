//! The report of the check as the record keeps it: `cargo-governed/check/1`, read back for what is shown of a run.

use serde::Deserialize;

/// What the rules came to, claim by claim and finding by finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Checked {
    /// The claims, in the order of the documentation.
    pub rules: Vec<Claim>,
    /// The findings, in order of path, line and rule.
    pub findings: Vec<Found>,
}

/// One claim and how it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Claim {
    /// The rule.
    pub rule: String,
    /// What it claims.
    pub claim: String,
    /// `holds`, `refuted`, `waived`, `absent` or `unproven`.
    pub standing: String,
    /// Whether the policy demands it.
    pub demanded: bool,
    /// How many facts were compared.
    pub looked_at: u64,
    /// How many findings there are.
    pub findings: u64,
    /// What could not be judged.
    pub unproven: Vec<Unproven>,
}

/// Something that could not be judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Unproven {
    /// Why.
    pub why: String,
}

/// One finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Found {
    /// The rule.
    pub rule: String,
    /// `deny`, `warn` or `note`.
    pub level: String,
    /// One sentence.
    pub message: String,
    /// The side said to be stale.
    pub at: Spot,
    /// What it contradicts.
    pub against: Vec<Spot>,
    /// Why.
    pub why: Option<String>,
    /// The fix.
    pub fix: Option<Fix>,
    /// Whether the base lacks it.
    pub new: bool,
    /// Whether it decides against the tree.
    pub decides: bool,
    /// What covers it.
    pub waiver: Option<Waiver>,
}

/// What a fix does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Fix {
    /// As an imperative.
    pub title: String,
}

/// The waiver that covers a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Waiver {
    /// The reason that it gives.
    pub reason: String,
    /// The last day.
    pub until: Option<String>,
}

/// A place with the lines that stand there; see [`crate::facts::place::Place`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Spot {
    /// The path.
    pub path: String,
    /// The first line, from 1; 0 where there is none.
    pub line: usize,
    /// The first column, in Unicode scalar values.
    pub column: usize,
    /// The line of the last character.
    pub end_line: usize,
    /// The column behind the last character.
    pub end_column: usize,
    /// The whole lines.
    pub excerpt: String,
    /// What stands beside it.
    pub label: String,
}

impl Checked {
    /// Reads the recorded report; none where the bytes are none of this schema.
    pub fn read(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            schema: String,
            #[serde(flatten)]
            checked: Checked,
        }
        let document: Document = serde_json::from_slice(document).ok()?;
        (document.schema == "cargo-governed/check/1").then_some(document.checked)
    }
}
