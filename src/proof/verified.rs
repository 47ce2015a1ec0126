//! What a verification came to: what speaks against a proof, what agrees, and what nobody checked.

use crate::proof::signature::Good;

/// Something that speaks against the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// A stable word.
    pub code: &'static str,
    /// A sentence without its stop.
    pub message: String,
}

/// Something that was not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What.
    pub what: &'static str,
    /// Why.
    pub why: String,
    /// Whether the proof is unproven without it.
    pub decides: bool,
}

/// What a verification came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// What speaks against the proof.
    pub problems: Vec<Problem>,
    /// What was not checked.
    pub gaps: Vec<Gap>,
    /// What was checked, and agrees.
    pub checked: Vec<String>,
    /// The signatures that are good.
    pub signatures: Vec<Good>,
}

/// How a proof stands after its verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It verifies.
    Verifies,
    /// It does not.
    Not,
    /// Something that decides could not be computed again.
    Unproven,
}

impl Stands {
    /// The word in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verifies => "verifies",
            Self::Not => "does-not-verify",
            Self::Unproven => "unproven",
        }
    }
}

impl Verified {
    /// A file that is no proof.
    pub fn malformed(message: impl Into<String>) -> Self {
        let mut verified = Self::default();
        verified.against("malformed", message);
        verified
    }

    /// How the proof stands. What was checked by nobody never makes it stand.
    pub fn stands(&self) -> Stands {
        if !self.problems.is_empty() {
            Stands::Not
        } else if self.checked.is_empty() || self.gaps.iter().any(|gap| gap.decides) {
            Stands::Unproven
        } else {
            Stands::Verifies
        }
    }

    pub(super) fn against(&mut self, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem { code, message: message.into() });
    }

    pub(super) fn unchecked(&mut self, what: &'static str, why: impl Into<String>, decides: bool) {
        self.gaps.push(Gap { what, why: why.into(), decides });
    }

    pub(super) fn agrees(&mut self, what: impl Into<String>) {
        self.checked.push(what.into());
    }
}
