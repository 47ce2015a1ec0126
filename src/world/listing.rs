//! The strong listing of a tree: every file with the digest of its bytes, hashed in parallel, and its stamp.
//!
//! Two strengths: what enters a proof, a gate or a shared record re-reads every byte; for reuse on this machine a digest
//! from the memo counts where the stamp of the file is the one that was hashed.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::facts::path;
use crate::facts::problem::Problem;
use crate::facts::problem::Unread;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;
use crate::world::checkout::Checkout;
use crate::world::entry_path;
use crate::world::file_digest;
use crate::world::hash_memo::HashMemo;
use crate::world::stamp::Stamp;

/// How many submodules inside submodules are followed.
const NESTED: usize = 8;

/// A file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The path from the root of the tree.
    pub path: Arc<str>,
    /// What it is.
    pub mode: Mode,
    /// The digest of its bytes; of a link's target; of a submodule's commit.
    pub digest: Digest,
    /// Its stamp when it was hashed; none where it was read from git objects.
    pub stamp: Option<Stamp>,
}

/// All files of a tree.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files of the tree in order of their paths.
    pub files: Vec<Listed>,
    /// The files of submodules that are checked out: no part of the tree, and yet read by what runs in it.
    pub inside: Vec<Listed>,
    /// What could not be read: a key without it would be no key, so nothing is reused.
    pub unread: Vec<Unread>,
    /// How many files were read; the others came from the memo.
    pub hashed: usize,
}

impl Listing {
    /// Leaves what was hashed to the next run of this machine, where it is anything new.
    pub fn remember(&self, memo: &HashMemo) -> Result<(), Error> {
        // Nothing was read and nothing is gone: what is known is still all there is.
        if self.hashed == 0 && self.files.len() + self.inside.len() >= memo.len() {
            return Ok(());
        }
        let all = self.files.iter().chain(&self.inside);
        memo.save(all.filter_map(|listed| Some((listed.path.as_ref(), listed.stamp?, listed.digest))))
    }
}

/// Lists a tree that was opened. With a memo, files whose stamp is known are not read again.
pub fn list(checkout: &Checkout, tree: &Tree, memo: Option<&HashMemo>) -> Listing {
    let mut listing = Listing::default();
    let results = digests(checkout, tree, "", memo);
    gather(results, &mut listing.files, &mut listing.unread, &mut listing.hashed);
    if let Some(root) = &checkout.root {
        submodules(root, tree, memo, &mut listing);
    }
    listing
}

/// Lists the work trees of submodules, those inside submodules too.
fn submodules(root: &Path, tree: &Tree, memo: Option<&HashMemo>, listing: &mut Listing) {
    let there = |tree: &Tree, folder: &str| -> Vec<String> {
        let modules = tree.entries().iter().filter(|entry| entry.mode == Mode::Submodule);
        let paths = modules.map(|entry| path::child(folder, &entry.path));
        paths.filter(|path| root.join(path).join(".git").symlink_metadata().is_ok()).collect()
    };
    let mut open: Vec<(String, usize)> = there(tree, "").into_iter().map(|path| (path, 0)).collect();
    while let Some((folder, depth)) = open.pop() {
        let opened = if depth < NESTED { Checkout::open(&root.join(&folder), None).ok() } else { None };
        let Some(checkout) = opened else {
            let problem = Problem { message: "the submodule could not be listed".to_owned(), span: None, limit: false };
            listing.unread.push(Unread { path: Arc::from(folder), problem });
            continue;
        };
        let results = digests(&checkout, &checkout.tree, &folder, memo);
        gather(results, &mut listing.inside, &mut listing.unread, &mut listing.hashed);
        open.extend(there(&checkout.tree, &folder).into_iter().map(|path| (path, depth + 1)));
    }
    listing.inside.sort_by(|one, other| one.path.cmp(&other.path));
}

type Hashed = Result<(Listed, bool), Unread>;

fn digests(checkout: &Checkout, tree: &Tree, folder: &str, memo: Option<&HashMemo>) -> Vec<Hashed> {
    tree.entries()
        .par_iter()
        .with_min_len(16)
        .map(|entry| {
            let path =
                if folder.is_empty() { Arc::clone(&entry.path) } else { path::child(folder, &entry.path).into() };
            let result = digest(checkout, entry, &path, memo);
            result
                .map(|(digest, stamp, read)| {
                    (Listed { path: Arc::clone(&path), mode: entry.mode, digest, stamp }, read)
                })
                .map_err(|problem| Unread { path, problem })
        })
        .collect()
}

fn gather(results: Vec<Hashed>, files: &mut Vec<Listed>, unread: &mut Vec<Unread>, hashed: &mut usize) {
    files.reserve(results.len());
    for result in results {
        match result {
            Ok((listed, read)) => {
                *hashed += usize::from(read);
                files.push(listed);
            }
            Err(missed) => unread.push(missed),
        }
    }
}

fn digest(
    checkout: &Checkout,
    entry: &Entry,
    path: &str,
    memo: Option<&HashMemo>,
) -> Result<(Digest, Option<Stamp>, bool), Problem> {
    match entry.mode {
        Mode::Submodule => {
            let commit = entry.id.as_deref().unwrap_or_default();
            return Ok((Digest::of(commit.as_bytes()), None, false));
        }
        // It holds no bytes: that it is there is all there is to know.
        Mode::Special => return Ok((Digest::of(b""), None, false)),
        Mode::File | Mode::Executable | Mode::Symlink => {}
    }
    let Some(root) = &checkout.root else { return stored(checkout, entry) };
    let place = entry_path::below(root, entry.path.as_bytes());
    let Some(stamp) = Stamp::at(&place) else { return stored(checkout, entry) };
    if let Some(digest) = memo.and_then(|memo| memo.get(path, &stamp)) {
        return Ok((digest, Some(stamp), false));
    }
    let hash = if entry.mode == Mode::Symlink { file_digest::of_link } else { file_digest::of_file };
    hash(&place).map(|(digest, stamp)| (digest, Some(stamp), true))
}

/// From git objects: a revision, or a path that a sparse checkout leaves out.
fn stored(checkout: &Checkout, entry: &Entry) -> Result<(Digest, Option<Stamp>, bool), Problem> {
    checkout.read(entry, u64::MAX - 1).map(|bytes| (Digest::of(&bytes), None, true))
}
