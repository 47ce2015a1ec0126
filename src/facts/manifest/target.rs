//! Targets as written.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// The kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// The library.
    Lib,
    /// A binary.
    Bin,
    /// An example.
    Example,
    /// An integration test.
    Test,
    /// A benchmark.
    Bench,
    /// The build script.
    Build,
}

/// A `[lib]`, `[[bin]]`, `[[example]]`, `[[test]]` or `[[bench]]` table as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTable {
    /// The kind.
    pub kind: TargetKind,
    /// `name`.
    pub name: Option<Spanned<String>>,
    /// `path`.
    pub path: Option<Spanned<String>>,
    /// `test`.
    pub test: Option<Spanned<bool>>,
    /// `doctest`.
    pub doctest: Option<Spanned<bool>>,
    /// `bench`.
    pub bench: Option<Spanned<bool>>,
    /// `harness`.
    pub harness: Option<Spanned<bool>>,
    /// `proc-macro`.
    pub proc_macro: bool,
    /// `crate-type`.
    pub crate_types: Vec<String>,
    /// `required-features`.
    pub required_features: Vec<Spanned<String>>,
    /// The table header.
    pub span: Span,
}

impl TargetTable {
    /// Says whether rustdoc can run the examples of what the crate types make.
    pub fn is_doctestable(&self) -> bool {
        self.crate_types.is_empty()
            || self.proc_macro
            || self.crate_types.iter().any(|one| one == "lib" || one == "rlib")
    }
}
