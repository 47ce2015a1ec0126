//! What kept a file from being read whole.

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
