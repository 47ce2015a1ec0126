//! Documents that are put into other pages, or that are shown elsewhere too: their links count from there.

use std::collections::BTreeSet;

use memchr::memmem;

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::tree::Mode;

/// Marks of a line that puts another file into the page. Each holds one of the two words that lines are looked up by.
const MARKS: &[&str] = &[
    "--8<--",
    "{{#include",
    "{% include",
    "{%include",
    "{{< include",
    "{{% include",
    "<!-- include",
    "<!--include",
    "<!--@include",
    "<!-- @include",
    "!include",
    ".. include",
    "@include",
    "{include}",
];

/// The documents of a tree that are shown elsewhere.
#[derive(Debug, Default)]
pub(super) struct Embedded {
    /// The paths of documents that other documents put into themselves.
    put_in: BTreeSet<String>,
    /// The folders of symbolic links that have the name of a document.
    link_folders: BTreeSet<String>,
}

impl Embedded {
    /// Finds them.
    pub(super) fn of(facts: &Facts) -> Self {
        let mut found = Self::default();
        let (word, cut) = (memmem::Finder::new("include"), memmem::Finder::new("--8<--"));
        for (file, _) in facts.markdown() {
            let text = file.text();
            let folder = path::parent(&file.path);
            let found_at = word.find_iter(text.as_bytes()).chain(cut.find_iter(text.as_bytes()));
            let lines = found_at.map(|at| line_around(text, at));
            for line in lines.filter(|line| MARKS.iter().any(|mark| line.contains(mark))) {
                let names = line.split(|c: char| c.is_whitespace() || "\"'`(){}<>:,".contains(c));
                for name in names.filter(|name| path::extension(name) == "md") {
                    let paths = [folder, ""].into_iter().filter_map(|from| path::join(from, name));
                    found.put_in.extend(paths.filter(|path| *path != *file.path && facts.tree.has_file(path)));
                }
            }
        }
        let links = facts.tree.entries().iter().filter(|entry| entry.mode == Mode::Symlink);
        found.link_folders = links
            .filter(|entry| path::extension(&entry.path) == "md")
            .map(|entry| path::parent(&entry.path).to_owned())
            .collect();
        found
    }

    /// Says whether another document puts this one into itself.
    pub(super) fn is_put_in(&self, path: &str) -> bool {
        self.put_in.contains(path)
    }

    /// Says whether a path leads somewhere from the folder of a symbolic link, which may be one to its document.
    pub(super) fn resolves_beside_link(&self, facts: &Facts, written: &str) -> bool {
        self.link_folders.iter().filter_map(|folder| path::join(folder, written)).any(|path| facts.tree.exists(&path))
    }
}

/// The line around an offset.
fn line_around(text: &str, at: usize) -> &str {
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
    &text[start..end]
}

/// Fewer targets may be found from another folder by chance.
const ENOUGH: usize = 3;

/// Says whether many targets, all missing from where they are written, are all there from one other folder.
pub(super) fn belong_elsewhere(facts: &Facts, written: &BTreeSet<&str>) -> bool {
    written.len() >= ENOUGH
        && facts.tree.folders().chain([""]).any(|folder| {
            written.iter().all(|written| path::join(folder, written).is_some_and(|path| facts.tree.exists(&path)))
        })
}
