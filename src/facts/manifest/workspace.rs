//! `[workspace]` as written.

use crate::facts::manifest::dependency::Dependency;
use crate::facts::manifest::package::PackageKeys;
use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// The `[workspace]` table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkspaceTable {
    /// `members`, globs as written.
    pub members: Vec<Spanned<String>>,
    /// `default-members`.
    pub default_members: Vec<Spanned<String>>,
    /// `exclude`.
    pub exclude: Vec<Spanned<String>>,
    /// `resolver`.
    pub resolver: Option<Spanned<String>>,
    /// `[workspace.package]`.
    pub package: PackageKeys,
    /// `[workspace.dependencies]`.
    pub dependencies: Vec<Dependency>,
    /// The `[workspace]` header.
    pub span: Span,
}
