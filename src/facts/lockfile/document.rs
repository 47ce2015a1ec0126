//! What a lock file says, as plain data.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// A package as locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedPackage {
    /// The name.
    pub name: Spanned<String>,
    /// The version as written.
    pub version: Spanned<String>,
    /// The source; none for a package that came by path.
    pub source: Option<Spanned<String>>,
    /// The dependencies: `name`, `name version` or `name version (source)`.
    pub dependencies: Vec<Spanned<String>>,
    /// The header of its table.
    pub span: Span,
}

/// A lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {
    /// The format number; none in the formats 1 and 2.
    pub format: Option<Spanned<u32>>,
    /// The packages in order of the text.
    pub packages: Vec<LockedPackage>,
}

impl LockedPackage {
    /// The names of the dependencies.
    pub fn dependency_names(&self) -> impl Iterator<Item = &str> {
        self.dependencies.iter().filter_map(|one| one.value.split(' ').next())
    }
}

impl Lockfile {
    /// The packages that came by path, the members of the workspace among them.
    pub fn local(&self) -> impl Iterator<Item = &LockedPackage> {
        self.packages.iter().filter(|package| package.source.is_none())
    }
}
