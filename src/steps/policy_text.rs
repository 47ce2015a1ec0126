//! Where a policy stands: its path and text, for the places of faults.

use crate::error::Error;
use crate::facts::Facts;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::facts::text::Text;

/// Where a policy stands: its path and text, for the places of faults.
#[derive(Clone, Copy)]
pub struct PolicyText<'a> {
    path: &'a str,
    text: &'a str,
}

impl<'a> PolicyText<'a> {
    /// The text of a policy; the one of the tree where the caller has no other.
    pub fn of(policy: &'a Policy, facts: &'a Facts) -> Self {
        let path = policy.path.as_deref().unwrap_or_default();
        Self { path, text: facts.text(path).unwrap_or_default() }
    }

    /// A text that is not in the tree: that of `--config`, or of the base.
    pub fn from_elsewhere(path: &'a str, text: &'a str) -> Self {
        Self { path, text }
    }

    /// `governed.toml:12:3`.
    pub(super) fn place(self, span: Span) -> String {
        if self.text.is_empty() {
            return self.path.to_owned();
        }
        let place = Text::new(self.text).place(self.path, span, "");
        format!("{}:{}:{}", self.path, place.line, place.column)
    }

    /// `governed.toml:12`.
    pub(super) fn line(self, span: Span) -> String {
        if self.text.is_empty() {
            return self.path.to_owned();
        }
        let before = self.text.get(..span.start).unwrap_or(self.text);
        format!("{}:{}", self.path, 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count())
    }

    pub(super) fn fault(self, span: Span, message: impl AsRef<str>) -> Error {
        Error::usage("plan", format!("plan the run: {}", message.as_ref())).at(self.place(span))
    }
}
