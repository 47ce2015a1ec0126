//! The packages and workspaces that all manifests of a tree make together: membership, inheritance, targets, edges.

mod discover;
mod edge;
mod glob;
mod inherit;
mod manifests;
mod members;
mod membership;
mod package;
mod resolve;
mod staged;
mod target;

pub use crate::facts::workspace::edge::Edge;
pub use crate::facts::workspace::membership::Workspace;
pub use crate::facts::workspace::package::Package;
pub use crate::facts::workspace::resolve::found_readme;
pub use crate::facts::workspace::target::Target;

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::path;
use crate::facts::source::SourceFile;
use crate::facts::tree::Tree;

/// All workspaces and packages of a tree.
#[derive(Clone, Debug, Default)]
pub struct Cargo {
    /// The workspaces, the root one (if any) first, then by path. A package that stands alone is a workspace of itself.
    pub workspaces: Vec<Workspace>,
    /// The packages in order of their manifests' paths, fixtures and vendored ones too (see [`Package::zone`]).
    pub packages: Vec<Package>,
    /// The index of each package by its folder.
    by_folder: HashMap<Box<str>, usize>,
}

impl Cargo {
    /// Resolves the manifests among the files of a tree. Never fails: a broken manifest is left out, its problem is in its file.
    pub fn resolve(tree: &Tree, files: &BTreeMap<Arc<str>, SourceFile>) -> Self {
        let (workspaces, packages) = resolve::resolve(tree, files);
        let by_folder =
            packages.iter().enumerate().map(|(index, package)| (package.folder.as_str().into(), index)).collect();
        Self { workspaces, packages, by_folder }
    }

    /// The package whose manifest is at a path.
    pub fn package_at(&self, manifest: &str) -> Option<&Package> {
        let index = self.packages.binary_search_by(|package| package.manifest.as_ref().cmp(manifest)).ok()?;
        Some(&self.packages[index])
    }

    /// The package whose manifest is in a folder.
    pub fn package_in(&self, folder: &str) -> Option<&Package> {
        self.by_folder.get(folder).map(|&index| &self.packages[index])
    }

    /// The index of the package whose manifest is in a folder.
    pub fn index_in(&self, folder: &str) -> Option<usize> {
        self.by_folder.get(folder).copied()
    }

    /// The packages of a name in order of their manifests, fixtures and vendored ones too; several workspaces may have one each.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Package> {
        self.packages.iter().filter(move |package| package.name.value == name)
    }

    /// The package that a file belongs to: the one with the deepest folder around it.
    pub fn owner(&self, path: &str) -> Option<&Package> {
        let mut folder = path::parent(path);
        loop {
            if let Some(package) = self.package_in(folder) {
                return Some(package);
            }
            if folder.is_empty() {
                return None;
            }
            folder = path::parent(folder);
        }
    }

    /// The workspace of a package.
    pub fn workspace_of(&self, package: &Package) -> &Workspace {
        &self.workspaces[package.workspace]
    }

    /// The members of the workspace at the root of the tree, or of the first one by path.
    pub fn main_workspace(&self) -> Option<&Workspace> {
        self.workspaces.get(resolve::MAIN)
    }

    /// Says whether a package is a member of that workspace.
    pub fn is_of_main_workspace(&self, package: &Package) -> bool {
        package.workspace == resolve::MAIN
    }
}

#[cfg(test)]
mod tests;
