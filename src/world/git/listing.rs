//! Lists a work tree: what git tracks and what it does not ignore, without asking git for a status.

use std::collections::HashMap;
use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use git2::IndexEntry;
use git2::IndexEntryExtendedFlag;
use rayon::prelude::*;

use crate::error::Error;
use crate::facts::kind::Kind;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::world::cargo_target;
use crate::world::disk;
use crate::world::entry_path;
use crate::world::git::index_tree;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::stat;
use crate::world::git::stat::Rules;
use crate::world::git::stat::Standing;
use crate::world::git::submodule;
use crate::world::git::submodule::Checked;
use crate::world::git::submodule::NESTED;
use crate::world::walk::Walk;
use crate::world::walk::Walked;

/// The bits of an index entry that are zero unless a merge left a conflict.
const STAGE: u16 = 0x3000;

/// A work tree as it is listed.
pub(crate) struct Listing {
    /// The entries in any order.
    pub entries: Vec<Entry>,
    /// The paths that are tracked and not checked out (a sparse checkout): they are read from their blobs.
    pub sparse: HashSet<Arc<str>>,
    /// What the walk met beside files; its list of files is used up.
    pub walked: Walked,
    /// The tree that the index stands for; none where it can't stand for one (conflicts, `git add -N`).
    pub index_tree: Option<String>,
    /// Whether the work tree differs from the index, untracked files included.
    pub differs_from_index: bool,
}

/// What of a work tree is listed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent {
    /// All that git tracks and does not ignore.
    Whole,
    /// What git tracks: no folder is walked, and whether anything else is there, or anything differs, is not known. Files of
    /// these kinds are looked for in the work tree; of all others the index is believed.
    Tracked(fn(Kind) -> bool),
}

impl Extent {
    fn is_whole(self) -> bool {
        matches!(self, Self::Whole)
    }

    /// Whether an entry of the index is looked for in the work tree.
    fn looks(self, entry: &IndexEntry) -> bool {
        match self {
            Self::Whole => true,
            Self::Tracked(wanted) => wanted(Kind::of(&entry_path::shown(&entry.path))),
        }
    }
}

/// Lists the work tree of a repository at its root.
pub(crate) fn list(repository: &Repository, root: &Path, extent: Extent) -> Result<Listing, Error> {
    list_nested(repository, root, extent, 0)
}

/// The same for a submodule, inside so many others.
pub(crate) fn list_nested(
    repository: &Repository,
    root: &Path,
    extent: Extent,
    depth: usize,
) -> Result<Listing, Error> {
    let (index, index_time) = read_index(repository)?;
    let looked: Vec<bool> = index.iter().map(|entry| extent.looks(entry)).collect();
    let folders = folders_above(index.iter().zip(&looked).filter(|(_, looked)| **looked).map(|(entry, _)| entry));
    let record = repository.common_folder().join("governed");
    let own_git_folder = repository.raw().path().to_path_buf();
    let (mut files, mut tracked) = (HashSet::new(), HashSet::new());
    if extent.is_whole() {
        files.extend(index.iter().map(|entry| entry.path.as_slice()));
        tracked.extend(folders.iter().copied());
    }
    let walk = Walk {
        root,
        excludes: &exclude_files(repository),
        skips: &|path, relative| {
            let is_ours = path == record || path == own_git_folder || relative == b".git";
            is_ours || !tracked.contains(relative) && (path.join(".git").exists() || cargo_target::is_one(path))
        },
        knows: &|relative| files.contains(relative),
    };
    let rules = Rules { index_time, trusts_mode: trusts_mode(repository) };
    let tree = || extent.is_whole().then(|| index_tree::tree_id(&index).ok().map(|id| id.to_string())).flatten();
    let walks = || if extent.is_whole() { walk.run() } else { Walked::default() };
    let (walked, (seen, tree)) =
        rayon::join(walks, || rayon::join(|| stand(root, (&index, &looked), &folders, rules, depth), tree));
    Ok(assemble(root, seen, tree, walked))
}

/// Where patterns stand that are in no tree, the strongest last: the user's own, then the repository's.
fn exclude_files(repository: &Repository) -> [PathBuf; 2] {
    let configured = repository.raw().config().and_then(|config| config.get_path("core.excludesfile"));
    let beside = repository.common_folder().join("info/exclude");
    [configured.unwrap_or_else(|_| user_folder().join("git/ignore")), beside]
}

/// Where git looks for the user's files that no configuration names; a path that leads nowhere without a home.
fn user_folder() -> PathBuf {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("XDG_CONFIG_HOME").or_else(|| Some(named("HOME")?.join(".config"))).unwrap_or_default()
}

fn read_index(repository: &Repository) -> Result<(Vec<IndexEntry>, (i64, i64)), Error> {
    let failed = |error: git2::Error| {
        let made = broken("read the index", &error);
        if error.message().contains("extension") {
            return made.help("libgit2 does not know this form of index: git sparse-checkout init --no-sparse-index");
        }
        made
    };
    let index = repository.raw().index().map_err(failed)?;
    let entries = index.iter().collect();
    let written = index.path().and_then(|path| path.metadata().ok()).and_then(|metadata| metadata.modified().ok());
    let since = written.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    Ok((entries, (seconds, i64::from(since.subsec_nanos()))))
}

fn trusts_mode(repository: &Repository) -> bool {
    repository.raw().config().and_then(|config| config.get_bool("core.filemode")).unwrap_or(true)
}

/// All folders above entries, each once, parents first.
fn folders_above<'i>(entries: impl Iterator<Item = &'i IndexEntry>) -> Vec<&'i [u8]> {
    let mut seen = HashSet::new();
    let mut folders = Vec::new();
    for entry in entries {
        for (at, _) in entry.path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            if seen.insert(&entry.path[..at]) {
                folders.push(&entry.path[..at]);
            }
        }
    }
    folders
}

/// An entry of the index as it was met in the work tree.
struct Seen {
    /// What the tree has there.
    entry: Option<Entry>,
    /// Whether it is left out of the work tree on purpose.
    sparse: bool,
    /// Whether the work tree says otherwise than the index.
    differs: bool,
    /// Whether the index says one thing of it: no conflict, no `git add -N`.
    settled: bool,
}

/// How each entry of the index stands; one that is not looked for stands as the index has it. What lies behind a link that
/// took a folder's place is gone, as git has it.
fn stand(
    root: &Path,
    (index, looked): (&[IndexEntry], &[bool]),
    folders: &[&[u8]],
    rules: Rules,
    depth: usize,
) -> Vec<Seen> {
    let real: Vec<bool> = folders
        .par_iter()
        .map(|folder| entry_path::below(root, folder).symlink_metadata().is_ok_and(|metadata| metadata.is_dir()))
        .collect();
    let mut is_real: HashMap<&[u8], bool> = HashMap::from([(&[][..], true)]);
    for (folder, real) in folders.iter().zip(real) {
        let parent = folder.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |at| &folder[..at]);
        is_real.insert(folder, real && is_real.get(parent).copied().unwrap_or(false));
    }
    index
        .par_iter()
        .zip(looked)
        .map(|(entry, &looked)| {
            if !looked {
                return see(entry, Standing::Same(stat::mode_of(entry.mode)));
            }
            let folder = entry.path.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |at| &entry.path[..at]);
            let real = is_real.get(folder).copied().unwrap_or(false);
            let standing = if real { stat::standing(root, entry, rules) } else { Standing::Gone };
            if standing == Standing::Same(Mode::Submodule) {
                return see_submodule(root, entry, depth);
            }
            see(entry, standing)
        })
        .collect()
}

fn see(indexed: &IndexEntry, standing: Standing) -> Seen {
    let extended = IndexEntryExtendedFlag::from_bits_truncate(indexed.flags_extended);
    let settled = indexed.flags & STAGE == 0 && !extended.contains(IndexEntryExtendedFlag::INTENT_TO_ADD);
    let entry = |mode, id| Some(entry_path::entry(&indexed.path, mode, id, true));
    let id = || Some(Arc::from(indexed.id.to_string()));
    let seen = |entry, differs| Seen { entry, sparse: false, differs, settled };
    match standing {
        Standing::Gone if extended.contains(IndexEntryExtendedFlag::SKIP_WORKTREE) => {
            Seen { sparse: true, ..seen(entry(stat::mode_of(indexed.mode), id()), false) }
        }
        // A submodule that was never checked out is still an entry of the tree.
        Standing::Gone if indexed.mode == 0o160_000 => seen(entry(Mode::Submodule, id()), false),
        Standing::Gone => seen(None, true),
        Standing::Same(mode) if settled => seen(entry(mode, id()), false),
        Standing::Same(mode) | Standing::Changed(mode) => seen(entry(mode, None), true),
    }
}

/// A submodule whose folder is there: what is checked out of it is part of what is read here.
fn see_submodule(root: &Path, indexed: &IndexEntry, depth: usize) -> Seen {
    let seen = see(indexed, Standing::Same(Mode::Submodule));
    let list = |repository: &Repository, folder: &Path| {
        let is_too_deep = depth >= NESTED;
        let listing = if is_too_deep { None } else { Some(list_nested(repository, folder, Extent::Whole, depth + 1)?) };
        Ok(listing.filter(|listing| !listing.differs_from_index).and_then(|listing| listing.index_tree))
    };
    match submodule::look(&entry_path::below(root, &indexed.path), &indexed.id.to_string(), &list) {
        Checked::Empty | Checked::Same => seen,
        Checked::Changed(head) => {
            let entry = entry_path::entry(&indexed.path, Mode::Submodule, head, true);
            Seen { entry: Some(entry), differs: true, ..seen }
        }
    }
}

fn assemble(root: &Path, seen: Vec<Seen>, index_tree: Option<String>, mut walked: Walked) -> Listing {
    let mut entries = Vec::with_capacity(seen.len());
    let mut sparse = HashSet::new();
    let mut differs = !walked.files.is_empty();
    let mut whole = true;
    for seen in seen {
        whole &= seen.settled;
        differs |= seen.differs;
        if seen.sparse {
            sparse.extend(seen.entry.iter().map(|entry| Arc::clone(&entry.path)));
        }
        entries.extend(seen.entry);
    }
    entries.extend(std::mem::take(&mut walked.files).iter().filter_map(|(path, _)| {
        let metadata = entry_path::below(root, path).symlink_metadata().ok()?;
        Some(entry_path::entry(path, disk::mode_of(&metadata), None, false))
    }));
    let index_tree = index_tree.filter(|_| whole);
    Listing { entries, sparse, walked, index_tree, differs_from_index: differs }
}
