//! A contradiction between checked-in facts: the place said to be stale, the places it contradicts, and the fix.

use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::rules::level::Certainty;

/// One byte edit of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The path from the root of the tree.
    pub path: String,
    /// The bytes that are replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A mechanical fix: after it the finding is gone and every other byte is as before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What it does, as an imperative: `write 1.85`.
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// One sentence without a full stop that names both values: `README says Rust 1.76, the manifest says 1.88.0`.
    pub message: String,
    /// The side said to be stale.
    pub at: Place,
    /// What it contradicts, the most telling place first.
    pub against: Vec<Place>,
    /// Why this side is held to be stale, or why it matters; a fragment.
    pub why: Option<String>,
    /// The fix, if a mechanical one is certain to be right.
    pub fix: Option<Fix>,
    /// How sure the rule is.
    pub certainty: Certainty,
}

impl Finding {
    /// A certain finding with its message and the stale place.
    pub fn new(message: impl Into<String>, at: Place) -> Self {
        Self { message: message.into(), at, against: Vec::new(), why: None, fix: None, certainty: Certainty::Certain }
    }

    /// Adds a place that it contradicts.
    #[must_use]
    pub fn against(mut self, place: Place) -> Self {
        self.against.push(place);
        self
    }

    /// Says why.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Adds a fix that replaces the stale place's own span by a text.
    #[must_use]
    pub fn replace_with(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        let edit = Edit { path: self.at.path.clone(), span: self.at.span, text: text.clone() };
        self.fix = Some(Fix { title: format!("write `{text}`"), edits: vec![edit] });
        self
    }

    /// Adds a fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Sets the certainty.
    #[must_use]
    pub fn certainty(mut self, certainty: Certainty) -> Self {
        self.certainty = certainty;
        self
    }
}
