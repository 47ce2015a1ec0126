//! Workflows that could not be read: no claim about them is proven.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::source::Parsed;
use crate::rules::outcome::Outcome;

/// An outcome that says of each workflow that its text kept it from being judged.
pub(super) fn noted(facts: &Facts) -> Outcome {
    let mut outcome = Outcome::default();
    for file in facts.of_kind(Kind::Workflow).filter(|file| !file.content.problems.is_empty()) {
        if !matches!(file.content.parsed, Parsed::Workflow(_)) {
            outcome.unproven(format!("{} could not be read", file.path));
        }
    }
    outcome
}
