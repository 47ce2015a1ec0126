//! A whole manifest.

use crate::facts::manifest::dependency::Dependency;
use crate::facts::manifest::feature::Badge;
use crate::facts::manifest::feature::Feature;
use crate::facts::manifest::package::PackageTable;
use crate::facts::manifest::target::TargetTable;
use crate::facts::manifest::workspace::WorkspaceTable;
use crate::facts::place::Span;

/// A whole manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `[package]` (or the old `[project]`).
    pub package: Option<PackageTable>,
    /// `[workspace]`.
    pub workspace: Option<WorkspaceTable>,
    /// All dependencies but those of `[workspace.dependencies]`, in order of the text.
    pub dependencies: Vec<Dependency>,
    /// `[features]`, in order of the text.
    pub features: Vec<Feature>,
    /// The target tables, in order of the text.
    pub targets: Vec<TargetTable>,
    /// `[badges]`.
    pub badges: Vec<Badge>,
    /// `[package.metadata.governed]` or `[workspace.metadata.governed]`: the span of the table.
    pub governed: Option<Span>,
}
