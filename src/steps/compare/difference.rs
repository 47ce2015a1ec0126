//! One thing in which two results of a step differ.

use serde::Serialize;

/// What differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// An ingredient of the key: a file, a package, the compiler, a variable.
    Ingredient,
    /// How the step ended.
    Outcome,
    /// The result of a test, or whether there is one.
    Test,
    /// How many tests there are, where they have no names.
    Counts,
    /// A line of the normalised output.
    Line,
    /// A file that the step made.
    Output,
    /// The normaliser: two texts are compared only under one.
    Normaliser,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// What differs.
    pub about: About,
    /// Its name: a test, a file, a stream with the number of the line.
    pub name: String,
    /// What it was; none where it was not there.
    pub old: Option<String>,
    /// What it is; none where it is not there.
    pub new: Option<String>,
}

impl Difference {
    /// A difference of two values.
    pub fn new(about: About, name: impl Into<String>, old: Option<String>, new: Option<String>) -> Self {
        Self { about, name: name.into(), old, new }
    }

    /// One line for people: `tests::x: passed -> failed`.
    pub fn line(&self) -> String {
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => format!("{}: {old} -> {new}", self.name),
            (Some(old), None) => format!("{}: {old}, now gone", self.name),
            (None, Some(new)) => format!("{}: {new}, not there before", self.name),
            (None, None) => self.name.clone(),
        }
    }
}
