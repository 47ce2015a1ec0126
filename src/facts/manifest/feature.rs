//! Features and badges as written.

use crate::facts::place::Spanned;

/// One feature and what it turns on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The name.
    pub name: Spanned<String>,
    /// What it enables, as written: `other`, `dep:x`, `x/y`, `x?/y`.
    pub enables: Vec<Spanned<String>>,
}

/// One table of `[badges]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The service: `travis-ci`, `maintenance`.
    pub service: Spanned<String>,
    /// Its keys and values, those that are strings.
    pub values: Vec<(String, Spanned<String>)>,
}
