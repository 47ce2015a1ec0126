//! What kept a file from being read whole.

use std::sync::Arc;

use crate::facts::place::Span;

/// Something that kept a file from being read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, as a fragment: `invalid TOML: expected =`.
    pub message: String,
    /// Where, as far as it is known.
    pub span: Option<Span>,
    /// Whether a limit of ours was passed, not a rule of the format.
    pub limit: bool,
}

/// A path that should have been read, or a folder that should have been listed, and was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The path.
    pub path: Arc<str>,
    /// Why.
    pub problem: Problem,
}
