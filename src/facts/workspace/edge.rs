//! A dependency with inheritance resolved.

use crate::facts::manifest::DependencyKind;
use crate::facts::place::Located;

/// A dependency with inheritance resolved.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The key: the name in code.
    pub key: Located<String>,
    /// The name of the package.
    pub package: String,
    /// The table.
    pub kind: DependencyKind,
    /// The `cfg(...)` or triple.
    pub target: Option<String>,
    /// The requirement, where it stands.
    pub version: Option<Located<String>>,
    /// The path, where it stands, as written.
    pub path: Option<Located<String>>,
    /// The folder that `path` means, from the root of the tree; none where it leaves the tree.
    pub folder: Option<String>,
    /// The package that the path leads to, as an index into [`Cargo::packages`](crate::facts::workspace::Cargo).
    pub local: Option<usize>,
    /// Whether `git` or another registry is the source.
    pub foreign: bool,
    /// `optional`.
    pub optional: bool,
    /// Whether it is inherited from the workspace.
    pub inherited: bool,
    /// The features asked for, those of the workspace table included.
    pub features: Vec<String>,
    /// Whether the default features are on.
    pub default_features: bool,
}
