//! What is wrong with a policy: a message, its place, and what to do.

use std::cell::RefCell;

use crate::facts::place::Place;
use crate::facts::place::Span;

/// A fault with its span; the file is known to whoever reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, as a full sentence without the stop: `[check] has no key "fail"`.
    pub message: String,
    /// Where it stands.
    pub span: Span,
    /// What to do, as an imperative.
    pub help: Option<String>,
}

/// A fault that a person can open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyFault {
    /// What is wrong.
    pub message: String,
    /// Where it stands.
    pub at: Place,
    /// What to do, as an imperative.
    pub help: Option<String>,
}

/// The faults of one policy, gathered so that all of them are told at once.
#[derive(Debug, Default)]
pub struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    /// Adds a fault.
    pub fn add(&self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.0.borrow_mut().push(Fault { message: message.into(), span, help });
    }

    /// The faults in order of the text.
    pub fn into_sorted(self) -> Vec<Fault> {
        let mut faults = self.0.into_inner();
        faults.sort_by_key(|fault| fault.span);
        faults
    }
}
