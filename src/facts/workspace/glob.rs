//! Expands the globs of `members` part by part, so that the work is bounded by what matches.

use std::collections::HashMap;

use globset::GlobBuilder;

use crate::facts::path;
use crate::facts::workspace::manifests::Manifests;

/// The folders around manifests, each with the names of those below it.
pub(super) struct Folders<'a> {
    below: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Folders<'a> {
    pub(super) fn around(manifests: &Manifests<'a>) -> Self {
        let mut below: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut seen = std::collections::HashSet::new();
        for lying in &manifests.all {
            let mut folder = lying.folder;
            while !folder.is_empty() && seen.insert(folder) {
                let parent = path::parent(folder);
                below.entry(parent).or_default().push(folder);
                folder = parent;
            }
        }
        Self { below }
    }

    /// The folders that a pattern without `.` and `..` matches, from the root of the tree.
    pub(super) fn matching(&self, pattern: &str) -> Vec<&'a str> {
        let mut found: Vec<&'a str> = vec![""];
        for part in pattern.split('/').filter(|part| !part.is_empty()) {
            found = if part == "**" { self.descendants(&found) } else { self.children(&found, part) };
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn children(&self, folders: &[&'a str], part: &str) -> Vec<&'a str> {
        if !is_glob(part) {
            let below = folders.iter().filter_map(|folder| self.below.get(folder)).flatten();
            return below.filter(|child| path::file_name(child) == part).copied().collect();
        }
        let escaped = part.replace('{', "[{]").replace('}', "[}]");
        let Ok(glob) = GlobBuilder::new(&escaped).literal_separator(true).build() else { return Vec::new() };
        let matcher = glob.compile_matcher();
        let below = folders.iter().filter_map(|folder| self.below.get(folder)).flatten();
        below.filter(|child| part == "*" || matcher.is_match(path::file_name(child))).copied().collect()
    }

    fn descendants(&self, folders: &[&'a str]) -> Vec<&'a str> {
        let mut seen: std::collections::HashSet<&'a str> = folders.iter().copied().collect();
        let mut rest = folders.to_vec();
        while let Some(folder) = rest.pop() {
            for child in self.below.get(folder).into_iter().flatten() {
                if seen.insert(child) {
                    rest.push(child);
                }
            }
        }
        seen.into_iter().collect()
    }
}

/// Says whether a pattern of `members` is more than a path.
pub(super) fn is_glob(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}
