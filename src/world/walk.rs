//! Walks the folders of the file system by git's ignore rules, in parallel, never through a link.

use std::fs::DirEntry;
use std::fs::FileType;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::Scope;

use crate::facts::limits;
use crate::world::entry_path;
use crate::world::ignored::Ignored;

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
pub(crate) type Skips<'a> = &'a (dyn Fn(&Path, &[u8]) -> bool + Sync);

/// How a walk goes.
pub(crate) struct Walk<'a> {
    /// Where it begins.
    pub root: &'a Path,
    /// Files of ignore patterns outside of the tree, the strongest last.
    pub excludes: &'a [PathBuf],
    /// Says whether a folder is passed over.
    pub skips: Skips<'a>,
    /// Says whether a file by its path from the root is known: it is passed over, ignored or not.
    pub knows: &'a (dyn Fn(&[u8]) -> bool + Sync),
}

impl Walk<'_> {
    /// Walks.
    pub(crate) fn run(&self) -> Walked {
        let all = Mutex::new(Walked::default());
        let root = Folder { relative: Vec::new(), depth: 0, ignored: Ignored::outside(self.excludes) };
        rayon::scope(|scope| self.descend(scope, &all, root));
        all.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists a folder, and leaves each folder in it to whoever is free.
    fn descend<'s>(&'s self, scope: &Scope<'s>, all: &'s Mutex<Walked>, mut folder: Folder) {
        let mut own = Walked::default();
        let path = entry_path::below(self.root, &folder.relative);
        match list(&path) {
            Ok(listed) => {
                if listed.iter().any(|entry| entry.file_name() == ".gitignore") {
                    let shown = String::from_utf8_lossy(&folder.relative).into_owned();
                    folder.ignored = folder.ignored.inside(&shown, &path.join(".gitignore"));
                }
                for below in listed.iter().filter_map(|entry| self.see(&folder, entry, &mut own)) {
                    scope.spawn(move |scope| self.descend(scope, all, below));
                }
                own.folders.push(folder.relative);
            }
            // What vanished since it was listed is not there.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => own.folders.push(folder.relative),
            Err(error) => own.unlisted.push((folder.relative, error.kind().to_string())),
        }
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        all.files.append(&mut own.files);
        all.folders.append(&mut own.folders);
        all.unlisted.append(&mut own.unlisted);
        all.too_deep.append(&mut own.too_deep);
    }

    /// Notes an entry of a folder; gives the folder that it is, where the walk goes on in it.
    fn see(&self, folder: &Folder, entry: &DirEntry, own: &mut Walked) -> Option<Folder> {
        let relative = folder.child(entry);
        // What vanished since it was listed has no type.
        let kind = entry.file_type().ok()?;
        if !kind.is_dir() {
            // The `.git` of a linked worktree or of a submodule is a file.
            let counts = entry.file_name() != ".git" && !(self.knows)(&relative);
            if counts && !folder.ignored.names(&entry_path::below(Path::new(""), &relative), false) {
                own.files.push((relative, kind));
            }
            return None;
        }
        let ignored = folder.ignored.names(&entry_path::below(Path::new(""), &relative), true);
        if ignored || (self.skips)(&entry_path::below(self.root, &relative), &relative) {
            return None;
        }
        if folder.depth == limits::DEPTH {
            own.too_deep.push(relative);
            return None;
        }
        Some(Folder { relative, depth: folder.depth + 1, ignored: folder.ignored.clone() })
    }
}

fn list(folder: &Path) -> std::io::Result<Vec<DirEntry>> {
    folder.read_dir()?.collect()
}

/// A folder that the walk goes into.
struct Folder {
    /// Its path from the root.
    relative: Vec<u8>,
    /// How many folders are above it, the root among them.
    depth: usize,
    /// The patterns that hold in it; while it waits, those that hold around it.
    ignored: Ignored,
}

impl Folder {
    /// The path of an entry from the root.
    fn child(&self, entry: &DirEntry) -> Vec<u8> {
        let name = entry_path::bytes_of(Path::new(&entry.file_name()));
        if self.relative.is_empty() { name } else { [self.relative.as_slice(), b"/", &name].concat() }
    }
}
