//! A fresh folder beside the checkout in which a tree from git objects is run, and which goes away with its value.
//!
//! It lies beside the checkout, because cargo looks for configuration in every folder above: there it sees what the
//! checkout sees. A folder that a killed engine left behind is taken away by the next one, or by `recover`.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::world::cargo_chain;
use crate::world::cargo_chain::Homes;
use crate::world::disk_storage::DiskStorage;
use crate::world::entry_path;
use crate::world::git::linked;
use crate::world::git::repository::Repository;
use crate::world::process::identity::Identity;
use crate::world::random;
use crate::world::storage::Storage;

/// The folder below the record's where each fresh folder has its HEAD, its index and the name of its owner.
const TREES: &str = "trees";
/// What stands between the name of the checkout and the random part.
const MARK: &str = ".governed-";
/// The file that says which process holds a fresh folder.
const OWNER: &str = "owner";
/// The file that says where the folder is.
const PLACE: &str = "place";

/// A fresh folder. Dropping it removes it.
#[derive(Debug)]
pub struct Elsewhere {
    root: PathBuf,
    own: PathBuf,
    repository: PathBuf,
}

/// A fresh folder whose engine is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Where the tree lies, if it is there.
    pub root: Option<PathBuf>,
    own: PathBuf,
}

impl Elsewhere {
    /// Makes the folder, for the repository around `folder`.
    pub fn beside(folder: &Path, record: &Path) -> Result<Self, Error> {
        let repository = Repository::discover(folder)?.ok_or_else(|| {
            Error::usage("not-a-repository", format!("find a repository at {}", folder.display()))
                .help("run inside a git repository: a tree is made from its objects")
        })?;
        let checkout = repository.workdir().map_or_else(|| repository.common_folder(), Path::to_path_buf);
        let checkout = checkout.canonicalize().unwrap_or(checkout);
        let nonce = random::nonce(8);
        let name = checkout.file_name().map_or_else(|| "tree".to_owned(), |name| name.to_string_lossy().into_owned());
        let name = format!(".{}{MARK}{nonce}", name.trim_start_matches('.'));
        let own = record.join(TREES).join(&nonce);
        // The storage makes the record where it is not there yet, so that its name is durable and nobody else enters it.
        let storage = DiskStorage::at(record);
        storage.make_folder(&format!("{TREES}/{nonce}")).map_err(|error| failed(&own, &error))?;
        let own = own.canonicalize().unwrap_or(own);
        let owner = serde_json::to_vec(&Identity::own()).unwrap_or_default();
        fs::write(own.join(OWNER), owner).map_err(|error| failed(&own, &error))?;
        match root(&checkout, &name, &own) {
            Ok(root) => Ok(Self { root, own, repository: folder.to_path_buf() }),
            Err(error) => {
                let _ = fs::remove_dir_all(&own);
                Err(error)
            }
        }
    }

    /// The folder, without links in its path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes the folder a work tree of the repository, once the files of the commit are in it.
    pub fn link(&self, commit: &ObjectId) -> Result<(), Error> {
        let Some(repository) = Repository::discover(&self.repository)? else { return Ok(()) };
        linked::link(&repository, commit, &self.root, &self.own)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // What can't be removed is a leftover, and told as one by the next.
        if fs::remove_dir_all(&self.root).is_ok() || !self.root.exists() {
            let _ = fs::remove_dir_all(&self.own);
        }
    }
}

/// A new folder beside the checkout; in the folder for temporary files where nothing above the checkout decides. Its place
/// is written down before it is made.
fn root(checkout: &Path, name: &str, own: &Path) -> Result<PathBuf, Error> {
    let make = |root: &Path| {
        let written = fs::write(own.join(PLACE), entry_path::bytes_of(root));
        // The checkout may lie where nobody else can enter: what it holds is not shown elsewhere.
        written.and_then(|()| private(root)).map_err(|error| failed(root, &error))
    };
    let beside = checkout.parent().unwrap_or(checkout).join(name);
    let root = match make(&beside) {
        Ok(()) => beside,
        Err(error) => {
            let around = cargo_chain::read(checkout, &Homes::default());
            if around.found.iter().any(|file| file.name.starts_with("../")) {
                return Err(error);
            }
            let temporary = std::env::temp_dir();
            let temporary = temporary.canonicalize().unwrap_or(temporary).join(name);
            make(&temporary)?;
            temporary
        }
    };
    Ok(root)
}

/// A new folder that only its owner can enter.
fn private(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut builder = fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)
    }
    #[cfg(not(unix))]
    fs::create_dir(folder)
}

fn failed(path: &Path, error: &std::io::Error) -> Error {
    Error::failed("file-unwritable", format!("make the fresh folder {}: {error}", path.display()))
        .help("make room, and the folder above the checkout writable")
}

/// The fresh folders that engines left behind which are gone.
pub fn leftovers(record: &Path) -> Vec<Leftover> {
    let entries = fs::read_dir(record.join(TREES)).into_iter().flatten().flatten();
    let mut found: Vec<Leftover> = entries.filter_map(|entry| leftover(&entry.path())).collect();
    found.sort_by(|one, other| one.own.cmp(&other.own));
    found
}

fn leftover(own: &Path) -> Option<Leftover> {
    let own = own.canonicalize().ok()?;
    let owner: Identity = serde_json::from_slice(&fs::read(own.join(OWNER)).ok()?).ok()?;
    if owner.is_alive() {
        return None;
    }
    let place = fs::read(own.join(PLACE)).unwrap_or_default();
    let root = entry_path::below(Path::new("/"), &place);
    // The name has the random part of our own: nothing else is ever removed.
    let nonce = own.file_name()?.to_string_lossy().into_owned();
    let is_ours = root.file_name().is_some_and(|name| name.to_string_lossy().ends_with(&format!("{MARK}{nonce}")));
    let is_there = root.symlink_metadata().is_ok_and(|found| found.is_dir());
    Some(Leftover { root: (is_ours && is_there).then_some(root), own })
}

/// Takes a leftover away.
pub fn remove(leftover: &Leftover) -> Result<(), Error> {
    for folder in leftover.root.iter().chain([&leftover.own]) {
        fs::remove_dir_all(folder).map_err(|error| {
            Error::failed("file-unwritable", format!("remove {}: {error}", folder.display()))
                .help("make the folder writable, or remove it by hand")
        })?;
    }
    Ok(())
}
