//! The folder of the record on a disk.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Read;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use crate::world::kept_files;
use crate::world::storage::Held;
use crate::world::storage::Seen;
use crate::world::storage::Sharing;
use crate::world::storage::Storage;
use crate::world::storage::Wait;

/// How long a lock is waited for. An append holds it for some milliseconds, on a slow disk for a second.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a file in a folder from elsewhere that are read: twice what the record keeps of one output.
const FOREIGN: u64 = 2 * kept_files::LARGEST;
/// How many syncs run side by side: a journalling file system answers them with one commit.
const SYNCS: usize = 8;

/// A folder on a disk.
#[derive(Clone, Debug)]
pub struct DiskStorage {
    root: PathBuf,
    patience: Duration,
    /// The most bytes that are read at once.
    largest: u64,
}

impl DiskStorage {
    /// The folder at a path, which need not be there yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), patience: PATIENCE, largest: u64::MAX }
    }

    /// A folder that came from elsewhere: a file that is larger than any that we write is not read.
    pub fn foreign(root: impl Into<PathBuf>) -> Self {
        Self { largest: FOREIGN, ..Self::at(root) }
    }

    /// Waits that long for a lock.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() { self.root.clone() } else { self.root.join(path) }
    }

    fn open_to_write(&self, path: &str) -> io::Result<File> {
        options().write(true).open(self.path(path))
    }
}

impl Storage for DiskStorage {
    fn shown(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        let folder = self.path(path);
        if folder.is_dir() {
            return Ok(());
        }
        let is_new = !self.root.is_dir();
        private_folder().create(&folder)?;
        // The record itself is a name in the folder above, whose other names are not ours to make durable.
        if is_new { self.root.parent().map_or(Ok(()), sync_names) } else { Ok(()) }
    }

    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        options().write(true).create_new(true).open(self.path(path))?.write_all(bytes)
    }

    fn append(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.open_to_write(path)?;
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        self.open_to_write(path)?.set_len(length)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        // Another run may have sealed it meanwhile; only Windows wants it open for writing.
        options().read(true).write(cfg!(windows)).open(self.path(path))?.sync_data()
    }

    fn sync_folder(&self, path: &str) -> io::Result<()> {
        sync_names(&self.path(path))
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<bool> {
        let (from, to) = (self.path(from), self.path(to));
        match fs::hard_link(&from, &to) {
            Ok(()) => fs::remove_file(&from).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
            // A file system without hard links: the look before the rename is as near as std comes.
            Err(_) if to.symlink_metadata().is_ok() => Ok(false),
            Err(_) => fs::rename(&from, &to).map(|()| true),
        }
    }

    fn replace(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn seal(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        let mut permissions = path.symlink_metadata()?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path, permissions)
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let path = self.path(path);
        #[cfg(windows)]
        if let Ok(metadata) = path.symlink_metadata() {
            let mut permissions = metadata.permissions();
            permissions.set_readonly(false);
            fs::set_permissions(&path, permissions)?;
        }
        fs::remove_file(path)
    }

    fn read(&self, path: &str, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut file = options().read(true).open(self.path(path))?;
        let length = usize::try_from(file.metadata()?.len().saturating_sub(from).min(most)).unwrap_or_default();
        if from > 0 {
            file.seek(SeekFrom::Start(from))?;
        }
        if length as u64 > self.largest {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("it has {length} bytes, and {} are read at most", self.largest),
            ));
        }
        // At once, as long as it was when it was opened: what others append meanwhile is for the next read.
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        file.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn look(&self, path: &str) -> io::Result<Option<Seen>> {
        match self.path(path).symlink_metadata() {
            Ok(metadata) => Ok(Some(Seen { length: metadata.len(), sealed: metadata.permissions().readonly() })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.path(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort_unstable();
        Ok(names)
    }

    fn lock(&self, path: &str, sharing: Sharing, wait: Wait) -> io::Result<Box<dyn Held>> {
        // Opened for writing: a record that can't be written shows itself here, before anything is done.
        let file = options().write(true).create(true).truncate(false).open(self.path(path))?;
        let begin = Instant::now();
        let mut pause = Duration::from_micros(50);
        loop {
            let tried = if sharing == Sharing::Alone { file.try_lock() } else { file.try_lock_shared() };
            match tried {
                Ok(()) => return Ok(Box::new(HeldFile(file))),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if wait == Wait::Not || begin.elapsed() >= self.patience => {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(pause),
            }
            pause = (pause * 2).min(Duration::from_millis(2));
        }
    }

    fn sync_together(&self, files: &[String], folders: &[String]) -> io::Result<()> {
        let files = files.iter().map(|path| (path.as_str(), Kind::File));
        let all: Vec<(&str, Kind)> = files.chain(folders.iter().map(|path| (path.as_str(), Kind::Folder))).collect();
        let one = |(path, kind): &(&str, Kind)| match kind {
            Kind::File => self.sync(path),
            Kind::Folder => self.sync_folder(path),
        };
        if all.len() < 2 {
            return all.iter().try_for_each(one);
        }
        // Waiting is all that a sync does, so the number of processors says nothing.
        std::thread::scope(|scope| {
            let shares = all.chunks(all.len().div_ceil(SYNCS));
            let threads: Vec<_> = shares.map(|share| scope.spawn(move || share.iter().try_for_each(one))).collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into())))
        })
    }
}

/// What is made durable.
#[derive(Clone, Copy)]
enum Kind {
    File,
    Folder,
}

/// A lock on a file.
struct HeldFile(File);

impl Held for HeldFile {}

impl Drop for HeldFile {
    fn drop(&mut self) {
        // Not left to the closing: a child between its fork and its exec has a copy of the handle and would hold on.
        let _ = self.0.unlock();
    }
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    // A link in the record was not made by us, and leads out of it.
    options.custom_flags(libc::O_NOFOLLOW).mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(unix)]
fn private_folder() -> fs::DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
}

#[cfg(not(unix))]
fn private_folder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    builder
}

#[cfg(unix)]
fn sync_names(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// Windows makes names durable by itself, and has no way to ask for it.
#[cfg(not(unix))]
fn sync_names(_: &Path) -> io::Result<()> {
    Ok(())
}
