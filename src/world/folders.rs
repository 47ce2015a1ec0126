//! Folders of a tree at a moment: a file that came and went leaves no trace but the time of its folder.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::facts::digest::Digest;
use crate::facts::path;
use crate::world::entry_path;
use crate::world::listing::Listing;
use crate::world::stamp::Stamp;

/// The folders that hold files of a tree: the stamp of each, and the digest of the names in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders(BTreeMap<String, (Option<Stamp>, Digest)>);

impl Folders {
    /// The folders of a listing as they are now.
    pub fn of(listing: &Listing, root: &Path) -> Self {
        let files = listing.files.iter().chain(&listing.inside).filter(|listed| listed.stamp.is_some());
        let mut names: Vec<&str> = files.map(|listed| path::parent(&listed.path)).collect();
        names.dedup();
        names.sort_unstable();
        names.dedup();
        Self(names.into_par_iter().with_min_len(16).map(|name| (name.to_owned(), now(root, name))).collect())
    }

    /// The folders in which something came and went since: they were written to, and hold the same names. Where the names
    /// differ, what is there now explains it.
    pub fn passed_through(&self, root: &Path) -> Vec<String> {
        let is_so = |(name, then): &(&String, &(Option<Stamp>, Digest))| {
            let place = entry_path::below(root, name.as_bytes());
            Stamp::at(&place) != then.0 && now(root, name).1 == then.1
        };
        let all: Vec<_> = self.0.iter().collect();
        all.into_par_iter().with_min_len(16).filter(is_so).map(|(name, _)| name.clone()).collect()
    }
}

fn now(root: &Path, name: &str) -> (Option<Stamp>, Digest) {
    let place = entry_path::below(root, name.as_bytes());
    // The stamp first: what comes behind it is seen as a difference.
    let stamp = Stamp::at(&place);
    let entries = std::fs::read_dir(&place).into_iter().flatten().flatten();
    let mut names: Vec<Vec<u8>> = entries.map(|entry| entry.file_name().into_encoded_bytes()).collect();
    names.sort();
    (stamp, Digest::of(&names.join(&0)))
}
