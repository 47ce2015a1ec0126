//! How many tries a step may have had, and how isolated it must have been.

use crate::facts::policy::gate::Gate;
use crate::facts::policy::run::Isolation;
use crate::gate::case::Case;
use crate::gate::code::Code;
use crate::gate::decision::Decision;
use crate::gate::steps::Did;

/// The word of a step that ran without any isolation.
const NONE: &str = "none";

/// Checks one step of one run.
pub(super) fn check(case: &Case<'_>, gate: &Gate, did: &Did<'_>, decision: &mut Decision) {
    let (claim, byproducts) = (did.claim.attribute.as_str(), &did.link.byproducts);
    // Failures are those of all runs under the same key; the try that passed is one more.
    let tries = u64::from(byproducts.attempts).max(byproducts.failures + 1);
    if let Some(most) = gate.max_attempts.as_ref().filter(|most| tries > u64::from(most.value)) {
        let message = format!("the step {} took {tries} tries, and {} are accepted", did.link.name, most.value);
        decision.refuse_claim(Code::TooManyAttempts, claim, message);
    }
    if case.policy.run.isolation == Isolation::Landlock && byproducts.isolation == NONE {
        let message = format!("the step {} ran without isolation, and Landlock is demanded", did.link.name);
        decision.refuse_claim(Code::LowIsolation, claim, message);
    }
}
