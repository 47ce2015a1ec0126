//! Opens what is examined: a work tree, a revision or a plain folder. All that differs between the three ends here.

use std::collections::HashSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::history::History;
use crate::facts::history::NoHistory;
use crate::facts::history::ObjectId;
use crate::facts::kind::Kind;
use crate::facts::limits;
use crate::facts::problem::Problem;
use crate::facts::problem::Unread;
use crate::facts::tree::Entry;
use crate::facts::tree::Tree;
use crate::world::entry_path;
use crate::world::file;
use crate::world::folder;
use crate::world::git::attributes;
use crate::world::git::blobs::Blobs;
use crate::world::git::history::GitHistory;
use crate::world::git::listing;
use crate::world::git::listing::Extent;
use crate::world::git::repository::Repository;
use crate::world::git::revision;
use crate::world::walk::Walked;

/// Where a tree comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The work tree of a git repository.
    Worktree,
    /// A revision, read from git objects.
    Revision,
    /// A plain folder.
    Folder,
}

/// A tree that is open for reading, and what is known of it.
pub struct Checkout {
    /// Where it comes from.
    pub origin: Origin,
    /// The root on the disk; none for a revision.
    pub root: Option<PathBuf>,
    /// The commit: the revision, or HEAD of a work tree; none before the first commit.
    pub commit: Option<ObjectId>,
    /// The git tree id of that commit.
    pub commit_tree: Option<ObjectId>,
    /// Whether a work tree differs from its commit, untracked files included.
    pub dirty: bool,
    /// What a reader must know about the reading.
    pub notes: Vec<String>,
    /// The listing.
    pub tree: Tree,
    /// What could not be listed.
    pub unlisted: Vec<Unread>,
    /// The history behind it.
    pub history: Box<dyn History>,
    bytes: Bytes,
}

/// Where the bytes of a tree are.
enum Bytes {
    Disk { root: PathBuf },
    Store { blobs: Blobs },
    Both { root: PathBuf, blobs: Blobs, sparse: HashSet<Arc<str>> },
}

impl Checkout {
    /// Opens the work tree or plain folder around a folder, or a revision of the repository around it.
    pub fn open(folder: &Path, revision: Option<&str>) -> Result<Self, Error> {
        Self::open_to(folder, revision, Extent::Whole)
    }

    /// The same, where only what git tracks is wanted of a work tree, and only files of these kinds are read: what else is in
    /// it is not seen, and whether it is dirty is not known.
    pub fn open_tracked(folder: &Path, wanted: fn(Kind) -> bool) -> Result<Self, Error> {
        Self::open_to(folder, None, Extent::Tracked(wanted))
    }

    fn open_to(folder: &Path, revision: Option<&str>, extent: Extent) -> Result<Self, Error> {
        let folder = folder.canonicalize().map_err(|error| {
            Error::usage("no-folder", format!("open {}: {}", folder.display(), error.kind()))
                .help("name a folder that is there with -C or --manifest-path")
        })?;
        let repository = Repository::discover(&folder)?;
        match (repository, revision) {
            (Some(repository), Some(revision)) => Self::revision(&repository, revision, Vec::new()),
            (Some(repository), None) => match repository.workdir().map(Path::to_path_buf) {
                Some(root) if repository.ignores(&folder) => Ok(Self::ignored(&folder, &root)),
                Some(root) => Self::worktree(repository, &root, extent),
                None => Self::revision(&repository, "HEAD", vec!["the repository is bare: HEAD was read".to_owned()]),
            },
            (None, Some(_)) => {
                Err(Error::usage("not-a-repository", format!("find a repository at {}", folder.display()))
                    .help("leave --rev and --since out, or run inside a git repository"))
            }
            (None, None) => Ok(Self::plain(&folder::root_of(&folder), lost_repository(&folder))),
        }
    }

    /// Opens the tree that the examined one is compared with: where their histories parted, else the revision itself.
    pub fn open_base(folder: &Path, since: &str, revision: Option<&str>) -> Result<Self, Error> {
        let repository = folder.canonicalize().ok().map(|folder| Repository::discover(&folder)).transpose()?.flatten();
        let parted = repository.and_then(|repository| repository.parted(since, revision.unwrap_or("HEAD")).transpose());
        let parted = parted.transpose()?;
        Self::open(folder, Some(parted.as_ref().map_or(since, |commit| &commit.0)))
    }

    fn ignored(folder: &Path, root: &Path) -> Self {
        let note = format!("git ignores this folder in {}: it was read as a plain folder", root.display());
        Self::plain(folder, vec![note])
    }

    fn plain(root: &Path, notes: Vec<String>) -> Self {
        let (entries, walked) = folder::list(root);
        let (tree, unlisted) = cut(entries, &walked);
        Self {
            origin: Origin::Folder,
            root: Some(root.to_path_buf()),
            commit: None,
            commit_tree: None,
            dirty: false,
            notes,
            tree,
            unlisted,
            history: Box::new(NoHistory),
            bytes: Bytes::Disk { root: root.to_path_buf() },
        }
    }

    fn worktree(repository: Repository, root: &Path, extent: Extent) -> Result<Self, Error> {
        // The objects behind HEAD and the files of the work tree lie apart: neither waits for the other.
        let place = repository.place();
        let listed = move || {
            let mut listing = listing::list(&repository, root, extent)?;
            let notes = attributes::apply(&repository, root, &mut listing);
            Ok::<_, Error>((repository, listing, notes))
        };
        let (behind, listed) = rayon::join(|| behind_head(&place), listed);
        let (commit, commit_tree, history) = behind?;
        let (repository, listing, notes) = listed?;
        let index_is_commit = listing.index_tree.as_deref() == commit_tree.as_ref().map(|tree| tree.0.as_ref());
        let (tree, unlisted) = cut(listing.entries, &listing.walked);
        let bytes = if listing.sparse.is_empty() {
            Bytes::Disk { root: root.to_path_buf() }
        } else {
            Bytes::Both { root: root.to_path_buf(), blobs: Blobs::new(&repository)?, sparse: listing.sparse }
        };
        Ok(Self {
            origin: Origin::Worktree,
            root: Some(root.to_path_buf()),
            dirty: listing.differs_from_index || !index_is_commit,
            history: Box::new(history),
            commit,
            commit_tree,
            notes,
            tree,
            unlisted,
            bytes,
        })
    }

    fn revision(repository: &Repository, revision: &str, notes: Vec<String>) -> Result<Self, Error> {
        let commit = repository.resolve(revision)?;
        let commit_tree = repository.tree_of(&commit)?;
        let (entries, walked) = revision::list(repository, &commit_tree)?;
        let (tree, unlisted) = cut(entries, &walked);
        Ok(Self {
            origin: Origin::Revision,
            root: None,
            dirty: false,
            notes,
            tree,
            unlisted,
            history: Box::new(GitHistory::new(repository, Some(&commit))?),
            commit: Some(commit),
            commit_tree: Some(commit_tree),
            bytes: Bytes::Store { blobs: Blobs::new(repository)? },
        })
    }

    /// The bytes of an entry of the tree, at most `limit` of them.
    pub fn read(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, Problem> {
        match &self.bytes {
            Bytes::Disk { root } => file::read(&entry_path::below(root, entry.path.as_bytes()), limit),
            Bytes::Both { root, sparse, .. } if !sparse.contains(&entry.path) => {
                file::read(&entry_path::below(root, entry.path.as_bytes()), limit)
            }
            Bytes::Both { blobs, .. } | Bytes::Store { blobs } => {
                blobs.read(entry.id.as_deref().unwrap_or_default(), limit)
            }
        }
    }
}

/// The commit of HEAD, its tree, and the history behind it.
fn behind_head(place: &Path) -> Result<(Option<ObjectId>, Option<ObjectId>, GitHistory), Error> {
    let repository = Repository::at(place)?;
    let commit = repository.head()?;
    let tree = commit.as_ref().map(|commit| repository.tree_of(commit)).transpose()?;
    let history = GitHistory::of(repository, commit.as_ref())?;
    Ok((commit, tree, history))
}

/// Says that a folder bears the mark of a repository which can't be found: its history is missing, not absent.
fn lost_repository(folder: &Path) -> Vec<String> {
    let mark = folder.ancestors().map(|above| above.join(".git")).find(|mark| mark.symlink_metadata().is_ok());
    let note =
        |mark: PathBuf| format!("{} leads to no repository: the folder was read without history", mark.display());
    mark.map(note).into_iter().collect()
}

/// Makes the tree, and says what of the folder is not in it.
fn cut(mut entries: Vec<Entry>, walked: &Walked) -> (Tree, Vec<Unread>) {
    let problem = |message: String, limit| Problem { message, span: None, limit };
    let mut unlisted: Vec<Unread> = Vec::new();
    let mut miss = |path: Arc<str>, problem| unlisted.push(Unread { path, problem });
    for (path, reason) in &walked.unlisted {
        miss(entry_path::shown(path), problem(format!("the folder could not be listed: {reason}"), false));
    }
    for path in &walked.too_deep {
        let message = format!("folders are read to a depth of {}", limits::DEPTH);
        miss(entry_path::shown(path), problem(message, true));
    }
    if entries.len() > limits::ENTRIES {
        entries.sort_by(|one, other| one.path.cmp(&other.path));
        let first = Arc::clone(&entries[limits::ENTRIES].path);
        miss(first, problem(format!("of {} files, {} are looked at", entries.len(), limits::ENTRIES), true));
        entries.truncate(limits::ENTRIES);
    }
    let tree = Tree::new(entries);
    // A folder with entries shows itself; an empty one that took a manifest's name is seen by the walk alone.
    for folder in walked.folders.iter().map(|folder| entry_path::shown(folder)) {
        if matches!(Kind::of(&folder), Kind::Manifest | Kind::Lockfile | Kind::Toolchain) && !tree.has_folder(&folder) {
            unlisted.push(Unread { path: folder, problem: problem("it is a folder".to_owned(), false) });
        }
    }
    (tree, unlisted)
}
