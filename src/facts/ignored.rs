//! The paths that the `.gitignore` files of a tree name: what is made there is absent from it by intent.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::path;

/// What the `.gitignore` files of the tree name: plain names, and paths from the root of the tree.
pub struct Ignored<'a> {
    names: BTreeSet<&'a str>,
    paths: BTreeSet<String>,
}

impl<'a> Ignored<'a> {
    /// Reads the files.
    pub fn of(facts: &'a Facts) -> Self {
        let mut ignored = Self { names: BTreeSet::new(), paths: BTreeSet::new() };
        for (path, file) in facts.files.iter().filter(|(path, _)| path::file_name(path) == ".gitignore") {
            for line in file.text().lines().map(str::trim).filter(|line| !line.starts_with(['#', '!'])) {
                let line = line.trim_start_matches("**/").trim_end_matches(['/', '*']);
                if line.is_empty() || line.contains('*') {
                    continue;
                }
                if line.contains('/') {
                    ignored.paths.extend(path::join(path::parent(path), line.trim_start_matches('/')));
                } else {
                    ignored.names.insert(line);
                }
            }
        }
        ignored
    }

    /// Says whether the path itself is named.
    pub fn names_it(&self, path: &str) -> bool {
        self.names.contains(path::file_name(path)) || self.paths.contains(path)
    }

    /// Says whether a path or a folder above it is named.
    pub fn names(&self, path: &str) -> bool {
        let mut folder = path;
        while !folder.is_empty() {
            if self.names_it(folder) {
                return true;
            }
            folder = path::parent(folder);
        }
        false
    }
}
