//! What one rule came to: how much it looked at, what it found, and what it could not judge.

use crate::facts::place::Place;
use crate::rules::finding::Finding;

/// Something that a rule would have judged and could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// What could not be judged and why: `tags were not fetched: the clone is shallow`.
    pub why: String,
    /// Where, if there is a place.
    pub at: Option<Place>,
}

/// The outcome of one rule on one tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many facts the rule compared, contradictions or not. Zero makes the claim absent, never held.
    pub looked_at: usize,
    /// The contradictions.
    pub findings: Vec<Finding>,
    /// What could not be judged. One of them is enough to make a claim without findings unproven.
    pub unproven: Vec<Unproven>,
}

impl Outcome {
    /// Counts one more fact that was compared.
    pub fn look(&mut self) {
        self.looked_at += 1;
    }

    /// Adds a finding.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Adds something that could not be judged.
    pub fn unproven(&mut self, why: impl Into<String>) {
        self.unproven.push(Unproven { why: why.into(), at: None });
    }
}
