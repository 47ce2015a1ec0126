//! The paths that the `.gitignore` files of a tree name: what is made there is absent from it by intent.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::path_pattern::PathPattern;

/// What the `.gitignore` files of the tree name: plain names, paths from the root of the tree, and patterns of paths.
pub struct Ignored<'a> {
    names: BTreeSet<&'a str>,
    paths: BTreeSet<String>,
    patterns: Vec<PathPattern>,
    /// `.log` of `*.log`.
    endings: BTreeSet<&'a str>,
}

/// How many patterns are kept: lists of thousands name nothing that a document leads to.
const PATTERNS: usize = 200;

impl<'a> Ignored<'a> {
    /// Reads the files.
    pub fn of(facts: &'a Facts) -> Self {
        let mut ignored =
            Self { names: BTreeSet::new(), paths: BTreeSet::new(), patterns: Vec::new(), endings: BTreeSet::new() };
        for (path, file) in facts.files.iter().filter(|(path, _)| path::file_name(path) == ".gitignore") {
            for line in file.text().lines().map(str::trim).filter(|line| !line.starts_with(['#', '!'])) {
                let line = line.trim_start_matches("**/").trim_end_matches(['/', '*']);
                let rooted = line.trim_start_matches('/');
                if line.is_empty() {
                    continue;
                }
                if let Some(ending) = line.strip_prefix('*').filter(|ending| !ending.contains(['*', '/', '?', '['])) {
                    ignored.endings.insert(ending);
                } else if line.contains('*') {
                    // A pattern in the midst of a path; one without a folder is met everywhere, and says less.
                    let pattern = path::join(path::parent(path), rooted).filter(|_| rooted.contains('/'));
                    if let Some(pattern) = pattern.filter(|_| ignored.patterns.len() < PATTERNS) {
                        ignored.patterns.extend(PathPattern::filter(&pattern));
                    }
                } else if line.contains('/') {
                    ignored.paths.extend(path::join(path::parent(path), rooted));
                } else {
                    ignored.names.insert(line);
                }
            }
        }
        ignored
    }

    /// Says whether the path itself is named.
    pub fn names_it(&self, path: &str) -> bool {
        self.names.contains(path::file_name(path))
            || self.paths.contains(path)
            || self.patterns.iter().any(|pattern| pattern.matches(path))
    }

    /// Says whether `*.log` and the like name a path: of a file that is looked for by its name this says little, of a
    /// pattern that leaves files out all that there is to say.
    pub fn ending(&self, path: &str) -> bool {
        self.endings.iter().any(|ending| path::file_name(path).ends_with(ending))
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
