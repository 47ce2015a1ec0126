//! A target of a package.

use crate::facts::manifest::TargetKind;
use crate::facts::place::Span;

/// A target of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The kind.
    pub kind: TargetKind,
    /// The name.
    pub name: String,
    /// The path of the root source file from the root of the tree; it may be missing there.
    pub path: String,
    /// The span of the table that declares the target; none where cargo finds it by itself.
    pub declared: Option<Span>,
    /// Whether `cargo test` compiles it with the test harness (`test`, else the default of the kind).
    pub test: bool,
    /// Whether `cargo test` runs its doc comments.
    pub doctest: bool,
    /// Whether `cargo bench` compiles it.
    pub bench: bool,
    /// Whether the harness is libtest.
    pub harness: bool,
    /// Where `test = false` stands.
    pub test_key: Option<Span>,
    /// The features without which cargo passes it over.
    pub required_features: Vec<String>,
}
