//! The objects: immutable bytes, each in a file named by the digest of the bytes, so that a change shows on every read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::hash::Hasher;
use std::hash::RandomState;
use std::io;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::failure;
use crate::world::storage::Seen;
use crate::world::storage::Storage;

/// The folder of all objects.
pub const FOLDER: &str = "objects/sha256";
/// The folder of what is being written.
pub(crate) const TEMPORARY: &str = "tmp";
/// The folder of what was taken out of the way.
pub(crate) const QUARANTINE: &str = "quarantine";

/// Makes the names of temporary files differ within a process.
static COUNTER: AtomicU64 = AtomicU64::new(0);
/// Makes them differ between processes.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());

/// The objects of a record.
#[derive(Clone)]
pub struct Objects {
    storage: Arc<dyn Storage>,
    /// The folders whose own names are durable for certain.
    known_folders: Arc<Mutex<BTreeSet<String>>>,
    /// Objects that were seen to be durable, with their lengths where they were looked at. They stay: only who has the record alone removes any.
    sealed: Arc<Mutex<BTreeMap<Digest, Option<u64>>>>,
}

/// The file of an object, from the folder of the record.
pub fn path(digest: &Digest) -> String {
    let hex = digest.hex();
    format!("{FOLDER}/{}/{}", &hex[..2], &hex[2..])
}

impl Objects {
    /// The objects in a storage.
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self { storage, known_folders: Arc::default(), sealed: Arc::default() }
    }

    /// Reads an object and checks it against its name.
    pub fn read(&self, digest: &Digest) -> Result<Vec<u8>, Error> {
        let path = path(digest);
        match self.storage.read(&path, 0, u64::MAX) {
            Ok(bytes) if Digest::of(&bytes) == *digest => Ok(bytes),
            Ok(_) => Err(failure::altered(path, "the object is not what its name says")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let message = format!("read the object {digest}: it is not there");
                Err(Error::failed("object-missing", message)
                    .at(path)
                    .help("`cargo governed replay` says what else is missing"))
            }
            Err(error) => Err(failure::of(&*self.storage, "read", &path, &error)),
        }
    }

    /// Says whether an object is there, without reading it.
    pub fn has(&self, digest: &Digest) -> bool {
        self.sealed().contains_key(digest) || self.look(digest).is_some()
    }

    fn look(&self, digest: &Digest) -> Option<Seen> {
        let seen = self.storage.look(&path(digest)).ok().flatten()?;
        if seen.sealed {
            self.sealed().insert(*digest, Some(seen.length));
        }
        Some(seen)
    }

    /// Says whether an object can be relied on: it was sealed when it was durable, and is not empty since; one that was
    /// not sealed is read, because a crash may have left half of it. What was altered in place only its reader sees.
    pub fn stands(&self, digest: &Digest) -> bool {
        static EMPTY: LazyLock<Digest> = LazyLock::new(|| Digest::of(b""));
        if self.sealed().contains_key(digest) {
            return true;
        }
        match self.storage.look(&path(digest)).ok().flatten() {
            Some(Seen { length: 0, .. }) if *digest != *EMPTY => false,
            Some(Seen { sealed: true, length }) => {
                self.sealed().insert(*digest, Some(length));
                true
            }
            Some(_) => self.is_good(digest),
            None => false,
        }
    }

    /// Says whether an object of so many bytes can be relied on.
    pub fn stands_with(&self, digest: &Digest, length: usize) -> bool {
        let known = self.sealed().get(digest).copied().flatten();
        let known = known.or_else(|| self.look(digest).filter(|seen| seen.sealed).map(|seen| seen.length));
        known == Some(length as u64)
    }

    fn sealed(&self) -> MutexGuard<'_, BTreeMap<Digest, Option<u64>>> {
        self.sealed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says whether an object is there and is what its name says.
    pub fn is_good(&self, digest: &Digest) -> bool {
        self.storage.read(&path(digest), 0, u64::MAX).is_ok_and(|bytes| Digest::of(&bytes) == *digest)
    }

    /// Keeps bytes. They are in their place for every reader, and durable only when they are settled: false.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Result<(Digest, bool), Error> {
        let digest = Digest::of(bytes);
        let path = path(&digest);
        let failed = |error: io::Error| failure::of(&*self.storage, "keep an object in", &path, &error);
        if let Some(seen) = self.storage.look(&path).map_err(failed)? {
            let same = seen.length == bytes.len() as u64
                && self.storage.read(&path, 0, u64::MAX).is_ok_and(|kept| kept == bytes);
            if same {
                return Ok((digest, seen.sealed));
            }
            // A crash left it half, or somebody altered it: it is kept for who wants to know, and does no more harm.
            self.put_aside(&digest)?;
        }
        let temporary = self.write_temporary(bytes)?;
        if !self.publish(&temporary, &path).map_err(failed)? {
            // Another run was faster with the same bytes.
            let _ = self.storage.remove(&temporary);
        }
        Ok((digest, false))
    }

    /// Takes the file of an object that is not what its name says out of the way; gives where it is kept.
    pub(crate) fn put_aside(&self, digest: &Digest) -> Result<String, Error> {
        let path = path(digest);
        self.sealed().remove(digest);
        let aside = format!("{QUARANTINE}/object-{}-{}", digest.hex(), unique());
        let failed = |error: io::Error| failure::of(&*self.storage, "put aside", &path, &error);
        self.storage.make_folder(QUARANTINE).map_err(failed)?;
        self.storage.replace(&path, &aside).map_err(failed)?;
        Ok(aside)
    }

    /// Writes a file beside those that count.
    pub(crate) fn write_temporary(&self, bytes: &[u8]) -> Result<String, Error> {
        let path = format!("{TEMPORARY}/{}", unique());
        self.storage.create(&path, bytes).map_err(|error| {
            // Half a file helps nobody; if it can't be removed either, the next recovery does it.
            let _ = self.storage.remove(&path);
            failure::of(&*self.storage, "write", &path, &error)
        })?;
        Ok(path)
    }

    fn publish(&self, temporary: &str, path: &str) -> io::Result<bool> {
        match self.storage.publish(temporary, path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.storage.make_folder(path.rsplit_once('/').map_or("", |(folder, _)| folder))?;
                self.storage.publish(temporary, path)
            }
            other => other,
        }
    }

    /// Makes objects durable: their bytes, their names, the folders that hold them; then marks them, so that it is done once.
    pub(crate) fn settle(&self, digests: &BTreeSet<Digest>) -> Result<(), Error> {
        let mut paths = Vec::new();
        let open: Vec<Digest> = {
            let sealed = self.sealed();
            digests.iter().filter(|digest| !sealed.contains_key(digest)).copied().collect()
        };
        for digest in &open {
            let path = path(digest);
            match self.storage.look(&path) {
                Ok(Some(seen)) if seen.sealed => {
                    self.sealed().insert(*digest, Some(seen.length));
                }
                Ok(Some(_)) => paths.push(path),
                Ok(None) => return Err(failure::altered(path, "the object is not there")),
                Err(error) => return Err(failure::of(&*self.storage, "look at", &path, &error)),
            }
        }
        if paths.is_empty() {
            return Ok(());
        }
        let failed = |error: io::Error| failure::of(&*self.storage, "make durable the objects in", FOLDER, &error);
        let mut folders: BTreeSet<&str> =
            paths.iter().map(|path| path.rsplit_once('/').map_or("", |part| part.0)).collect();
        let mut known = self.known_folders.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<String> =
            folders.iter().filter(|path| !known.contains(**path)).map(|&path| path.to_owned()).collect();
        if !new.is_empty() {
            // Whoever made the folder, this run or another one, may not have made its name durable.
            folders.insert(FOLDER);
        }
        let folders: Vec<String> = folders.into_iter().map(str::to_owned).collect();
        self.storage.sync_together(&paths, &folders).map_err(failed)?;
        known.extend(new);
        paths.iter().try_for_each(|path| self.storage.seal(path)).map_err(failed)?;
        self.sealed().extend(open.into_iter().map(|digest| (digest, None)));
        Ok(())
    }
}

/// A name that no other file has: process ids come again, and containers that share a folder have the same ones.
fn unique() -> String {
    format!("{}-{:016x}-{}", std::process::id(), *SEED, COUNTER.fetch_add(1, Ordering::Relaxed))
}
