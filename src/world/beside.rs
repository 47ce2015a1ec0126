//! Files beside the listing of a tree that decide what a step does, as they were when its key was made.

use std::path::Path;
use std::path::PathBuf;

use crate::world::stamp::Stamp;

/// A file, there or not, and how it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    /// How it is named to people.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its stamp; none where nothing was there.
    pub stamp: Option<Stamp>,
}

impl Beside {
    /// The file at a path as it is now, and behind a link what the link leads to.
    pub fn at(path: &Path, name: &str) -> Vec<Self> {
        let one = |path: &Path| Self { name: name.to_owned(), path: path.to_owned(), stamp: Stamp::at(path) };
        let mut found = vec![one(path)];
        if found[0].stamp.is_some()
            && let Ok(target) = path.read_link()
        {
            // One that leads nowhere may lead somewhere in a moment.
            let folder = path.parent().unwrap_or(path);
            found.push(one(&path.canonicalize().unwrap_or_else(|_| folder.join(target))));
        }
        found
    }

    /// Says whether it was touched since, came, or went.
    pub fn has_moved(&self) -> bool {
        Stamp::at(&self.path) != self.stamp
    }
}
