//! The manifests of a tree by folder.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::manifest::Manifest;
use crate::facts::path;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;

/// A manifest and where it lies.
pub(super) struct Lying<'a> {
    pub(super) path: &'a Arc<str>,
    pub(super) folder: &'a str,
    pub(super) manifest: &'a Manifest,
}

/// All manifests of a tree in order of their paths.
pub(super) struct Manifests<'a> {
    pub(super) all: Vec<Lying<'a>>,
    by_folder: HashMap<&'a str, usize>,
}

impl<'a> Manifests<'a> {
    pub(super) fn among(files: &'a BTreeMap<Arc<str>, SourceFile>) -> Self {
        let all: Vec<_> = files
            .iter()
            .filter_map(|(path, file)| match &file.content.parsed {
                Parsed::Manifest(manifest) => Some(Lying { path, folder: path::parent(path), manifest }),
                _ => None,
            })
            .collect();
        let by_folder = all.iter().enumerate().map(|(index, lying)| (lying.folder, index)).collect();
        Self { all, by_folder }
    }

    /// The index of the manifest in a folder.
    pub(super) fn in_folder(&self, folder: &str) -> Option<usize> {
        self.by_folder.get(folder).copied()
    }

    /// The indices of the manifests in the folders above a folder, the nearest first.
    pub(super) fn above(&self, folder: &'a str) -> impl Iterator<Item = usize> {
        let mut rest = Some(folder);
        std::iter::from_fn(move || {
            let folder = rest.filter(|folder| !folder.is_empty()).map(path::parent);
            rest = folder;
            folder
        })
        .filter_map(|folder| self.in_folder(folder))
    }
}
