//! A bare repository that borrows the objects of another one, for commits that nobody else is to see. It goes away with
//! its value, and the other repository is never written to.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::facts::tree::Mode;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::object_id;
use crate::world::git::repository::oid;
use crate::world::random;

/// The repository.
pub struct Scratch {
    inner: git2::Repository,
    folder: Folder,
}

/// A folder that goes away with its value.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed lies in the folder of temporary files, and holds nothing but borrowed names.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Scratch {
    /// Makes it for the repository around a folder, with its tags and the address of its remote.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let lost = || Error::usage("not-a-repository", format!("find a repository at {}", folder.display()));
        let from = Repository::discover(folder)?.ok_or_else(lost)?;
        let place = std::env::temp_dir().join(format!("cargo-governed-{}", random::nonce(16)));
        let failed = |error: std::io::Error| {
            Error::failed("file-unwritable", format!("make {}: {error}", place.display())).help("make room")
        };
        create(&place).map_err(failed)?;
        let folder = Folder(place.clone());
        git2::Repository::init_bare(&place).map_err(|error| broken("make a scratch repository", &error))?;
        let common = from.common_folder().canonicalize().map_err(failed)?;
        let borrowed = format!("{}\n", common.join("objects").display());
        fs::create_dir_all(place.join("objects/info")).map_err(failed)?;
        fs::write(place.join("objects/info/alternates"), borrowed).map_err(failed)?;
        if common.join("shallow").is_file() {
            fs::copy(common.join("shallow"), place.join("shallow")).map_err(failed)?;
        }
        // Opened behind that: libgit2 looks for borrowed objects once.
        let inner = git2::Repository::open(&place).map_err(|error| broken("open a scratch repository", &error))?;
        let scratch = Self { inner, folder };
        scratch.copy(from.raw()).map_err(|error| broken("copy the tags", &error))?;
        Ok(scratch)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder.0
    }

    pub(super) fn raw(&self) -> &git2::Repository {
        &self.inner
    }

    fn copy(&self, from: &git2::Repository) -> Result<(), git2::Error> {
        for reference in from.references_glob("refs/tags/*")?.flatten() {
            if let (Ok(name), Some(id)) = (reference.name(), reference.target()) {
                self.inner.reference(name, id, true, "")?;
            }
        }
        let url = from.config()?.snapshot()?.get_str("remote.origin.url").map(str::to_owned);
        if let Ok(url) = url {
            self.inner.remote("origin", &url)?;
        }
        Ok(())
    }

    /// Commits files and links on a parent: what they hold by path, none to remove.
    pub fn commit(&self, parent: &ObjectId, changes: &[(String, Option<(Mode, String)>)]) -> Result<ObjectId, Error> {
        let made = oid(parent).ok_or_else(|| git2::Error::from_str("the base has no full id"));
        made.and_then(|parent| self.committed(parent, changes)).map_err(|error| broken("stage a change", &error))
    }

    fn committed(
        &self,
        parent: git2::Oid,
        changes: &[(String, Option<(Mode, String)>)],
    ) -> Result<ObjectId, git2::Error> {
        let parent = self.inner.find_commit(parent)?;
        let mut update = git2::build::TreeUpdateBuilder::new();
        for (path, text) in changes {
            match text {
                Some((mode, text)) => {
                    let is_executable = self.is_executable(&object_id(parent.id()), path);
                    let mode = match mode {
                        Mode::Symlink => git2::FileMode::Link,
                        _ if is_executable => git2::FileMode::BlobExecutable,
                        _ => git2::FileMode::Blob,
                    };
                    update.upsert(path.as_str(), self.inner.blob(text.as_bytes())?, mode)
                }
                None => update.remove(path.as_str()),
            };
        }
        let tree = self.inner.find_tree(update.create_updated(&self.inner, &parent.tree()?)?)?;
        let time = git2::Time::new(parent.time().seconds(), 0);
        let who = git2::Signature::new("self-test", "self-test@cargo-governed.github.io", &time)?;
        self.inner.commit(None, &who, &who, "A staged attack", &tree, &[&parent]).map(object_id)
    }
}

#[cfg(unix)]
fn create(place: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().mode(0o700).create(place)
}

#[cfg(not(unix))]
fn create(place: &Path) -> std::io::Result<()> {
    fs::create_dir(place)
}
