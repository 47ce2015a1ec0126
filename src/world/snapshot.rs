//! What the files of a tree look like at a moment, and which of them were touched since.
//!
//! A file that was edited and put back has its bytes again, and perhaps its time of writing; its time of change it has not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::error::Error;
use crate::facts::path;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;
use crate::world::checkout::Checkout;
use crate::world::entry_path;
use crate::world::listing;
use crate::world::listing::Listing;
use crate::world::stamp::Stamp;

/// The stamps of the files of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    stamps: BTreeMap<Arc<str>, Option<Stamp>>,
}

impl Snapshot {
    /// The stamps that a listing hashed: what is moved since then is not what the key says.
    pub fn of(listing: &Listing) -> Self {
        let files = listing.files.iter().chain(&listing.inside).filter(|listed| listed.mode != Mode::Submodule);
        Self { stamps: files.map(|listed| (Arc::clone(&listed.path), listed.stamp)).collect() }
    }

    /// The same files as they are now. What is new is not seen: see [`Snapshot::relisted`].
    #[must_use]
    pub fn again(&self, root: &Path) -> Self {
        let paths: Vec<&Arc<str>> = self.stamps.keys().collect();
        let stamp = |path: &&Arc<str>| {
            // What was read from git objects has no stamp, and nothing on the disk changes it.
            let known = self.stamps.get(*path).is_some_and(Option::is_some);
            known.then(|| Stamp::at(&entry_path::below(root, path.as_bytes()))).flatten()
        };
        let now: Vec<Option<Stamp>> = paths.par_iter().with_min_len(32).map(stamp).collect();
        Self { stamps: paths.into_iter().cloned().zip(now).collect() }
    }

    /// The files as they are now, those that were added among them: the work tree is listed anew, and those of its
    /// submodules.
    pub fn relisted(&self, root: &Path) -> Result<Self, Error> {
        let checkout = Checkout::open(root, None)?;
        let mut now = self.again(root);
        now.add(root, "", &checkout.tree);
        listing::visit_submodules(root, &checkout.tree, &mut |folder, opened| {
            if let Some(inner) = opened {
                now.add(root, folder, &inner.tree);
            }
        });
        Ok(now)
    }

    /// Takes the files of the tree in a folder that are not among them.
    fn add(&mut self, root: &Path, folder: &str, tree: &Tree) {
        for entry in tree.entries().iter().filter(|entry| entry.mode != Mode::Submodule) {
            let path =
                if folder.is_empty() { Arc::clone(&entry.path) } else { path::child(folder, &entry.path).into() };
            self.stamps.entry(path).or_insert_with_key(|path| Stamp::at(&entry_path::below(root, path.as_bytes())));
        }
    }

    /// How many files it holds.
    pub fn len(&self) -> usize {
        self.stamps.len()
    }

    /// Says whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.stamps.is_empty()
    }
}

/// The files that were touched between two snapshots, added and removed ones among them, in order: of all of them those
/// that `counts` says are inputs.
pub fn moved(before: &Snapshot, after: &Snapshot, counts: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (path, stamp) in &before.stamps {
        if after.stamps.get(path) != Some(stamp) && counts(path) {
            found.push(path.to_string());
        }
    }
    let added = after.stamps.keys().filter(|path| !before.stamps.contains_key(*path) && counts(path));
    found.extend(added.map(ToString::to_string));
    found.sort();
    found
}
