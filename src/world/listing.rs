//! The strong listing of a tree: every file with the digest of its bytes, hashed in parallel, and its stamp.
//!
//! Two strengths: what enters a proof, a gate or a shared record re-reads every byte; for reuse on this machine a digest
//! from the memo counts where the stamp of the file is the one that was hashed.

use std::io::ErrorKind;
use std::path::Component;
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
use crate::world::git::submodule;
use crate::world::git::submodule::NESTED;
use crate::world::hash_memo::HashMemo;
use crate::world::plain_path::plain;
use crate::world::stamp::Stamp;

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

/// A link that leads out of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadsOut {
    /// The path of the link from the root of the tree.
    pub path: Arc<str>,
    /// Where it leads, as written.
    pub to: String,
    /// Whether anything is there.
    pub is_there: bool,
}

/// All files of a tree.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The files of the tree in order of their paths.
    pub files: Vec<Listed>,
    /// The files of submodules that are checked out: no part of the tree, and yet read by what runs in it.
    pub inside: Vec<Listed>,
    /// The links that lead out of the tree: what stands there is no file of it.
    pub leads_out: Vec<LeadsOut>,
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
        let all = listing.files.iter().chain(&listing.inside);
        let links: Vec<&Listed> = all.filter(|listed| listed.mode == Mode::Symlink).collect();
        if !links.is_empty() {
            let real = root.canonicalize().unwrap_or_else(|_| root.clone());
            let is_listed = |path: &str| is_listed(&listing.files, path);
            let found = links.par_iter().filter_map(|link| leads_out(&real, &link.path, &is_listed)).collect();
            listing.leads_out = found;
        }
    }
    listing
}

/// Says whether a path is a file of the tree that is no link, or a folder with files of it: no link is on the way there,
/// because nothing behind one is listed.
fn is_listed(files: &[Listed], path: &str) -> bool {
    let at = files.partition_point(|listed| *listed.path < *path);
    let is_there = |listed: &Listed| match listed.path.strip_prefix(path) {
        Some("") => listed.mode != Mode::Symlink,
        Some(rest) => rest.starts_with('/'),
        None => false,
    };
    files[at..].iter().take_while(|listed| listed.path.starts_with(path)).any(is_there)
}

/// Where a link leads, if that is outside of the root; none too where it is no link on the disk.
fn leads_out(root: &Path, link: &Arc<str>, is_listed: &(dyn Fn(&str) -> bool + Sync)) -> Option<LeadsOut> {
    let place = entry_path::below(root, link.as_bytes());
    let target = place.read_link().ok()?;
    // A way up behind a name may be one out of another link.
    let mut parts = target.components().skip_while(|part| *part == Component::ParentDir);
    let is_plain = parts.all(|part| part != Component::ParentDir);
    let written = target.to_str().filter(|_| is_plain);
    let inner = written.and_then(|target| path::join(path::parent(link), target));
    // Most links lead to a file of the tree, and then nothing more need be asked.
    if inner.is_some_and(|inner| !inner.is_empty() && is_listed(&inner)) {
        return None;
    }
    let found = |is_there| LeadsOut { path: Arc::clone(link), to: target.to_string_lossy().into_owned(), is_there };
    if let Ok(real) = place.canonicalize() {
        return (!real.starts_with(root)).then(|| found(true));
    }
    // It leads nowhere: still, what comes to stand there one day is no file of the tree.
    let wanted = plain(&place.parent().unwrap_or(root).join(&target));
    (!wanted.starts_with(root)).then(|| found(false))
}

/// Lists the work trees of submodules, those inside submodules too.
fn submodules(root: &Path, tree: &Tree, memo: Option<&HashMemo>, listing: &mut Listing) {
    visit_submodules(root, tree, &mut |folder, opened| {
        let Some(checkout) = opened else {
            let problem = Problem { message: "the submodule could not be listed".to_owned(), span: None, limit: false };
            listing.unread.push(Unread { path: Arc::from(folder), problem });
            return;
        };
        let results = digests(checkout, &checkout.tree, folder, memo);
        gather(results, &mut listing.inside, &mut listing.unread, &mut listing.hashed);
    });
    listing.inside.sort_by(|one, other| one.path.cmp(&other.path));
}

/// Opens the work trees of the submodules of a tree, those inside submodules too: each with its folder from the root, and
/// none where it can't be opened as a repository of its own.
pub(crate) fn visit_submodules(root: &Path, tree: &Tree, visit: &mut dyn FnMut(&str, Option<&Checkout>)) {
    let there = |tree: &Tree, folder: &str| -> Vec<String> {
        let modules = tree.entries().iter().filter(|entry| entry.mode == Mode::Submodule);
        let paths = modules.map(|entry| path::child(folder, &entry.path));
        // Also files that no repository vouches for: they are read by whatever runs here.
        let is_empty = |path: &String| match std::fs::read_dir(root.join(path)) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        };
        paths.filter(|path| !is_empty(path)).collect()
    };
    let mut open: Vec<(String, usize)> = there(tree, "").into_iter().map(|path| (path, 0)).collect();
    while let Some((folder, depth)) = open.pop() {
        let is_own = depth < NESTED && submodule::open(&root.join(&folder)).is_some();
        let opened = if is_own { Checkout::open(&root.join(&folder), None).ok() } else { None };
        visit(&folder, opened.as_ref());
        let inner = opened.iter().flat_map(|checkout| there(&checkout.tree, &folder));
        open.extend(inner.map(|path| (path, depth + 1)));
    }
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
