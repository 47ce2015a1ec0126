//! What a gate came to.

use crate::gate::code::Code;

/// One reason against an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: Code,
    /// A sentence without its stop.
    pub message: String,
    /// The claim that it is about: `step/test`, `rule/doc-link-broken`.
    pub claim: Option<String>,
}

/// A claim that the decision rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rested {
    /// The claim.
    pub claim: String,
    /// How it is known.
    pub basis: &'static str,
}

/// What a gate came to. It is allow only where something was evaluated and nothing speaks against the act.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// What speaks against the act.
    pub because: Vec<Refusal>,
    /// The claims that it rests on.
    pub rests_on: Vec<Rested>,
    /// What was checked, and agrees.
    pub checked: Vec<String>,
    /// What nobody checked, and does not decide.
    pub unchecked: Vec<String>,
}

impl Decision {
    /// Says whether the act may happen.
    pub fn allows(&self) -> bool {
        self.because.is_empty() && !self.rests_on.is_empty()
    }

    /// Adds a reason.
    pub(super) fn refuse(&mut self, code: Code, message: impl Into<String>) {
        self.because.push(Refusal { code, message: message.into(), claim: None });
    }

    /// Adds a reason that is about a claim.
    pub(super) fn refuse_claim(&mut self, code: Code, claim: &str, message: impl Into<String>) {
        self.because.push(Refusal { code, message: message.into(), claim: Some(claim.to_owned()) });
    }

    /// Adds a claim that holds.
    pub(super) fn rest(&mut self, claim: impl Into<String>, basis: &'static str) {
        self.rests_on.push(Rested { claim: claim.into(), basis });
    }
}
