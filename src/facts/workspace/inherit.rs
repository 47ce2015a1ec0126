//! What packages and dependencies take from their workspace.

use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::manifest::Dependency;
use crate::facts::manifest::DependencyKind;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::PackageKeys;
use crate::facts::manifest::WorkspaceTable;
use crate::facts::path;
use crate::facts::place::Located;
use crate::facts::place::Spanned;
use crate::facts::workspace::edge::Edge;

/// `[workspace.dependencies]` by key.
pub(super) type Shared<'a> = HashMap<&'a str, &'a Dependency>;

/// The dependencies that a workspace shares.
pub(super) fn shared(table: &WorkspaceTable) -> Shared<'_> {
    table.dependencies.iter().map(|dependency| (dependency.key.value.as_str(), dependency)).collect()
}

/// The folder that a dependency leads to by path, from the root of the tree.
pub(super) fn dependency_folder(
    dependency: &Dependency,
    member_folder: &str,
    root_folder: &str,
    shared: &Shared<'_>,
) -> Option<String> {
    if dependency.kind == DependencyKind::Patch {
        return None;
    }
    if dependency.workspace.is_some() {
        let path = shared.get(dependency.key.value.as_str())?.path.as_ref()?;
        return path::join(root_folder, &path.value);
    }
    path::join(member_folder, &dependency.path.as_ref()?.value)
}

/// The manifest of a package and the one that it inherits from.
pub(super) struct Source<'a> {
    pub(super) manifest: &'a Arc<str>,
    pub(super) folder: &'a str,
    pub(super) root: Option<Root<'a>>,
}

/// The root that a package inherits from.
pub(super) struct Root<'a> {
    pub(super) manifest: &'a Arc<str>,
    pub(super) folder: &'a str,
    pub(super) keys: &'a PackageKeys,
    pub(super) shared: &'a Shared<'a>,
}

impl<'a> Source<'a> {
    /// The value of a key, and the manifest where it really stands.
    pub(super) fn value<T: Clone + 'a>(
        &self,
        own: &'a PackageKeys,
        key: impl Fn(&'a PackageKeys) -> Option<&'a Inherit<T>>,
    ) -> Option<Located<T>> {
        match key(own)? {
            Inherit::Own(value) => Some(located(self.manifest, value)),
            Inherit::Workspace(_) => {
                let root = self.root.as_ref()?;
                match key(root.keys)? {
                    Inherit::Own(value) => Some(located(root.manifest, value)),
                    Inherit::Workspace(_) => None,
                }
            }
        }
    }

    /// A dependency with what it takes from the workspace.
    pub(super) fn edge(&self, own: &Dependency) -> Edge {
        let entry = own
            .workspace
            .and_then(|_| self.root.as_ref().and_then(|root| Some((root, *root.shared.get(own.key.value.as_str())?))));
        let (manifest, folder, source) =
            entry.map_or((self.manifest, self.folder, own), |(root, entry)| (root.manifest, root.folder, entry));
        let mut features: Vec<String> = source.features.iter().map(|one| one.value.clone()).collect();
        if entry.is_some() {
            features.extend(own.features.iter().map(|one| one.value.clone()));
        }
        let is_patch = own.kind == DependencyKind::Patch;
        Edge {
            key: located(self.manifest, &own.key),
            package: source.package_name().to_owned(),
            kind: own.kind,
            target: own.target.as_ref().map(|target| target.value.clone()),
            version: source.version.as_ref().map(|version| located(manifest, version)),
            path: source.path.as_ref().map(|path| located(manifest, path)),
            folder: source.path.as_ref().filter(|_| !is_patch).and_then(|one| path::join(folder, &one.value)),
            local: None,
            foreign: source.git.is_some() || source.registry.is_some(),
            optional: own.optional,
            inherited: own.workspace.is_some(),
            features,
            default_features: own.default_features == Some(true) || source.default_features.unwrap_or(true),
        }
    }
}

fn located<T: Clone>(path: &Arc<str>, value: &Spanned<T>) -> Located<T> {
    Located { value: value.value.clone(), path: Arc::clone(path), span: value.span }
}
