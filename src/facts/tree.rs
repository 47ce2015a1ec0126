//! The listing of a tree: which paths there are, what each is, and the id of its bytes.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::facts::path;

/// What a folder holds that makes its text somebody else's, whatever the folder is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Import {
    /// Workflows of its own.
    Workflows,
    /// A licence and a README of its own.
    Licence,
    /// A licence of its own, in a package that binds a library.
    Library,
}

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A regular file.
    File,
    /// A regular file with the run bit.
    Executable,
    /// A symbolic link; its bytes are its target, and it is never followed.
    Symlink,
    /// A commit of another repository.
    Submodule,
    /// Something that holds no bytes to read: a FIFO, a socket, a device.
    Special,
}

/// One path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path from the root with `/`; bytes that are not UTF-8 stand as `\xNN`.
    pub path: Arc<str>,
    /// What the entry is.
    pub mode: Mode,
    /// The git blob id in hexadecimal where it is known without reading the file.
    pub id: Option<Arc<str>>,
    /// False for a file of the work tree that git does not track.
    pub tracked: bool,
}

/// All entries of a tree by path, and the folders that they imply.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    entries: Vec<Entry>,
    folders: BTreeSet<Box<str>>,
    /// Folders with what does not count in them.
    doubted: BTreeSet<(Import, Box<str>)>,
}

impl Tree {
    /// Makes a tree from entries in any order; of two entries with one path the first stays.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        entries.dedup_by(|one, other| one.path == other.path);
        let mut folders: BTreeSet<Box<str>> = BTreeSet::new();
        for entry in &entries {
            let mut folder = path::parent(&entry.path);
            while !folder.is_empty() && !folders.contains(folder) {
                folders.insert(folder.into());
                folder = path::parent(folder);
            }
        }
        Self { entries, folders, doubted: BTreeSet::new() }
    }

    /// Lets what makes some folders somebody else's count for nothing.
    pub fn doubt(&mut self, doubted: BTreeSet<(Import, Box<str>)>) {
        self.doubted = doubted;
    }

    /// Says whether what makes a folder somebody else's counts for nothing.
    pub fn doubts(&self, import: Import, folder: &str) -> bool {
        !self.doubted.is_empty() && self.doubted.contains(&(import, Box::from(folder)))
    }

    /// The entries in order of their paths.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry at a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let index = self.entries.binary_search_by(|entry| entry.path.as_ref().cmp(path)).ok()?;
        Some(&self.entries[index])
    }

    /// Says whether a regular file (or a link, or a submodule) is at the path.
    pub fn has_file(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// Says whether the tree is an unpacked package of a registry: what the package excludes is absent by nature.
    pub fn is_package_archive(&self) -> bool {
        [".cargo_vcs_info.json", ".cargo-checksum.json"].iter().any(|name| self.has_file(name))
            || (self.has_file("Cargo.toml.orig") && self.has_file(".cargo-ok"))
    }

    /// Says whether the path is a folder with at least one entry; the root always is.
    pub fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// Says whether anything is at the path. What lies inside a submodule or behind a link can't be known: see [`Tree::hides`].
    pub fn exists(&self, path: &str) -> bool {
        self.has_file(path) || self.has_folder(path)
    }

    /// Says whether a path lies inside a submodule or behind a symbolic link, where the listing can't see.
    pub fn hides(&self, path: &str) -> bool {
        let mut folder = path::parent(path);
        while !folder.is_empty() {
            if self.get(folder).is_some_and(|entry| matches!(entry.mode, Mode::Submodule | Mode::Symlink)) {
                return true;
            }
            folder = path::parent(folder);
        }
        false
    }

    /// The entries below a folder, in order; all of them for the root.
    pub fn within<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Entry> {
        let start =
            if folder.is_empty() { 0 } else { self.entries.partition_point(|entry| entry.path.as_ref() < folder) };
        // Siblings such as `a-b` sort between `a` and `a/`, so they are passed over, not stopped at.
        self.entries[start..]
            .iter()
            .take_while(move |entry| entry.path.starts_with(folder))
            .filter(move |entry| path::is_within(&entry.path, folder))
    }

    /// The folders that hold at least one entry, in order, without the root.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(AsRef::as_ref)
    }
}
