//! Walks the folders of the file system by git's ignore rules, in parallel, never through a link.

use std::fs::FileType;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use ignore::DirEntry;
use ignore::ParallelVisitor;
use ignore::ParallelVisitorBuilder;
use ignore::WalkBuilder;
use ignore::WalkState;

use crate::facts::limits;

/// What a walk saw, in no order.
#[derive(Default)]
pub(crate) struct Walked {
    /// What is no folder: the path from the root in bytes, and its type.
    pub files: Vec<(Vec<u8>, FileType)>,
    /// The empty path is the root.
    pub folders: Vec<Vec<u8>>,
    /// Folders that could not be listed: path and reason.
    pub unlisted: Vec<(Vec<u8>, String)>,
    /// Folders below which the limit of depth kept the walk from going.
    pub too_deep: Vec<Vec<u8>>,
}

/// A question about a folder: its path, and the same from the root in bytes.
pub(crate) type Skips = Box<dyn Fn(&Path, &[u8]) -> bool + Send + Sync>;

/// How a walk goes.
pub(crate) struct Walk<'a> {
    /// Where it begins.
    pub root: &'a Path,
    /// Whether the root is the work tree of a git repository, whose exclude files count.
    pub in_git: bool,
    /// A file of ignore patterns beside those in the tree: `core.excludesFile`.
    pub excludes: Option<PathBuf>,
    /// Says whether a folder is passed over.
    pub skips: Skips,
}

impl Walk<'_> {
    /// Walks.
    pub(crate) fn run(self) -> Walked {
        let mut builder = WalkBuilder::new(self.root);
        builder
            .current_dir(self.root)
            .hidden(false)
            .parents(false)
            .ignore(false)
            .git_global(self.in_git)
            .git_exclude(self.in_git)
            .git_ignore(true)
            .require_git(false)
            .follow_links(false)
            .max_depth(Some(limits::DEPTH + 1))
            .threads(rayon::current_num_threads().clamp(1, 8));
        if let Some(excludes) = &self.excludes {
            // A file that cannot be read excludes nothing, as git has it.
            let _ = builder.add_ignore(excludes);
        }
        let root = self.root.to_path_buf();
        let skips = self.skips;
        builder.filter_entry(move |entry| {
            let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            entry.depth() == 0 || !is_folder || !skips(entry.path(), &relative(&root, entry.path()))
        });
        let all = Mutex::new(Walked::default());
        builder.build_parallel().visit(&mut Builder { root: self.root, all: &all });
        all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

fn relative(root: &Path, path: &Path) -> Vec<u8> {
    crate::world::entry_path::bytes_of(path.strip_prefix(root).unwrap_or(path))
}

struct Builder<'a> {
    root: &'a Path,
    all: &'a Mutex<Walked>,
}

impl<'a> ParallelVisitorBuilder<'a> for Builder<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Visitor { root: self.root, all: self.all, own: Walked::default() })
    }
}

struct Visitor<'a> {
    root: &'a Path,
    all: &'a Mutex<Walked>,
    own: Walked,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.see(&entry),
            Err(error) => self.miss(&error),
        }
    }
}

impl Visitor<'_> {
    fn see(&mut self, entry: &DirEntry) -> WalkState {
        let path = relative(self.root, entry.path());
        match entry.file_type() {
            Some(kind) if kind.is_dir() && entry.depth() > limits::DEPTH => {
                self.own.too_deep.push(path);
                return WalkState::Skip;
            }
            Some(kind) if kind.is_dir() => self.own.folders.push(path),
            // The `.git` of a linked worktree or of a submodule is a file.
            Some(_) if entry.file_name() == ".git" => {}
            Some(kind) => self.own.files.push((path, kind)),
            None => {}
        }
        WalkState::Continue
    }

    fn miss(&mut self, error: &ignore::Error) -> WalkState {
        let (path, reason) = blame(error);
        // What vanished since it was listed is not there; a broken line of an ignore file ignores nothing.
        if let (Some(path), Some(io)) = (path, reason)
            && io.kind() != std::io::ErrorKind::NotFound
        {
            self.own.unlisted.push((relative(self.root, path), io.kind().to_string()));
        }
        WalkState::Continue
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.files.append(&mut self.own.files);
        all.folders.append(&mut self.own.folders);
        all.unlisted.append(&mut self.own.unlisted);
        all.too_deep.append(&mut self.own.too_deep);
    }
}

/// The path and the cause at the bottom of an error of the walk.
fn blame(mut error: &ignore::Error) -> (Option<&Path>, Option<&std::io::Error>) {
    let mut blamed = None;
    loop {
        match error {
            ignore::Error::WithPath { path, err } => {
                blamed = Some(path.as_path());
                error = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error = err,
            ignore::Error::Io(io) => return (blamed, Some(io)),
            _ => return (blamed, None),
        }
    }
}
