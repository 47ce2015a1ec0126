//! Dependencies as written.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// Which table a dependency stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DependencyKind {
    /// `[dependencies]`.
    Normal,
    /// `[dev-dependencies]`.
    Dev,
    /// `[build-dependencies]`.
    Build,
    /// `[workspace.dependencies]`.
    Workspace,
    /// `[patch.*]` or `[replace]`.
    Patch,
}

/// One dependency as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The key: the name in code.
    pub key: Spanned<String>,
    /// The table.
    pub kind: DependencyKind,
    /// The `cfg(...)` or triple of a `[target.*]` table.
    pub target: Option<Spanned<String>>,
    /// `package`, where the dependency is renamed.
    pub package: Option<Spanned<String>>,
    /// `version`, or the plain string form.
    pub version: Option<Spanned<String>>,
    /// `path`.
    pub path: Option<Spanned<String>>,
    /// `git`.
    pub git: Option<Spanned<String>>,
    /// `registry` or `registry-index`.
    pub registry: Option<Spanned<String>>,
    /// `workspace = true`.
    pub workspace: Option<Span>,
    /// `optional`.
    pub optional: bool,
    /// `default-features`; none where it is not given.
    pub default_features: Option<bool>,
    /// `features`.
    pub features: Vec<Spanned<String>>,
    /// The whole value behind the key.
    pub span: Span,
}

impl Dependency {
    /// The name of the package that the dependency means.
    pub fn package_name(&self) -> &str {
        self.package.as_ref().map_or(&self.key.value, |package| &package.value)
    }
}
