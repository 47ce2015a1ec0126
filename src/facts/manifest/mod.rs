//! What one `Cargo.toml` says, key by key, with the span of each value; nothing inherited or resolved.

mod dependency;
mod feature;
mod package;
mod parse;
mod read;
mod target;
mod workspace;

pub use crate::facts::manifest::dependency::Dependency;
pub use crate::facts::manifest::dependency::DependencyKind;
pub use crate::facts::manifest::feature::Badge;
pub use crate::facts::manifest::feature::Feature;
pub use crate::facts::manifest::package::Inherit;
pub use crate::facts::manifest::package::PackageKeys;
pub use crate::facts::manifest::package::PackageTable;
pub use crate::facts::manifest::package::PathOrFlag;
pub use crate::facts::manifest::package::Publish;
pub use crate::facts::manifest::parse::parse;
pub use crate::facts::manifest::target::TargetKind;
pub use crate::facts::manifest::target::TargetTable;
pub use crate::facts::manifest::workspace::WorkspaceTable;

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
