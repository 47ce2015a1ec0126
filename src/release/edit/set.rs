//! Edits of several files that do not overlap, and the texts that they make.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::place::Span;
use crate::judge::fixes;

/// Edits by path and span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits {
    files: BTreeMap<String, BTreeMap<Span, String>>,
}

/// A file and its new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path from the root.
    pub path: String,
    /// The text as it was read.
    pub before: Arc<str>,
    /// The text as it shall be.
    pub after: String,
}

impl Edits {
    /// Adds an edit, unless it overlaps another one. Says whether it is in now: the very same one may be there already.
    pub fn add(&mut self, path: &str, span: Span, text: impl Into<String>) -> bool {
        let text = text.into();
        let taken = self.files.entry(path.to_owned()).or_default();
        if let Some(known) = taken.get(&span) {
            return *known == text;
        }
        let before = taken.range(..span).next_back();
        let after = taken.range(span..).next();
        let free = before.into_iter().chain(after).all(|(other, _)| other.end <= span.start || span.end <= other.start);
        if free {
            taken.insert(span, text);
        }
        free
    }

    /// Says whether nothing is edited.
    pub fn is_empty(&self) -> bool {
        self.files.values().all(BTreeMap::is_empty)
    }

    /// The new texts of the files that change, in order of the paths.
    pub fn texts(&self, facts: &Facts) -> BTreeMap<String, String> {
        let edited = self.files.iter().filter_map(|(path, edits)| {
            let before = facts.text(path)?;
            let after = fixes::applied(before, edits)?;
            (after != before).then(|| (path.clone(), after))
        });
        edited.collect()
    }
}
