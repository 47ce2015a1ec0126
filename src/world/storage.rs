//! The door to the folder of the record: few and plain calls, so that a test can log, drop, reorder and tear every write.
//!
//! Paths are from the folder of the record, with `/`. Nothing is durable before its sync: the bytes of a file by
//! [`Storage::sync`], its name by [`Storage::sync_folder`] of the folder around it.

use std::io;

/// Whether others may hold a lock at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sharing {
    /// Nobody else holds it.
    Alone,
    /// Others may share it.
    Shared,
}

/// What to do while somebody else holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// Wait for a bounded time.
    Bounded,
    /// Give up at once.
    Not,
}

/// A lock that is free again when this is dropped, or when the process dies.
pub trait Held: Send + Sync {}

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many bytes it has.
    pub length: u64,
    /// Whether it was sealed.
    pub sealed: bool,
}

/// A folder that keeps bytes.
pub trait Storage: Send + Sync {
    /// A path as people know it, for messages.
    fn shown(&self, path: &str) -> String;

    /// Makes a folder, and those above it, where they are missing.
    fn make_folder(&self, path: &str) -> io::Result<()>;

    /// Makes a file that is not there yet.
    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()>;

    /// Writes bytes into a file from an offset on, which is its length. After an error any part of them may be there.
    fn append(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts a file.
    fn truncate(&self, path: &str, length: u64) -> io::Result<()>;

    /// Makes the bytes of a file durable.
    fn sync(&self, path: &str) -> io::Result<()>;

    /// Makes the names in a folder durable; the empty path is the folder of the record.
    fn sync_folder(&self, path: &str) -> io::Result<()>;

    /// Gives a file another name if nothing has it: false, and nothing is done, if something does.
    fn publish(&self, from: &str, to: &str) -> io::Result<bool>;

    /// Gives a file another name, in place of what has it.
    fn replace(&self, from: &str, to: &str) -> io::Result<()>;

    /// Marks a file as whole and durable: it is not written any more.
    fn seal(&self, path: &str) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &str) -> io::Result<()>;

    /// Reads at most so many bytes of a file from an offset on.
    fn read(&self, path: &str, from: u64, most: u64) -> io::Result<Vec<u8>>;

    /// Looks at a file; none where there is none.
    fn look(&self, path: &str) -> io::Result<Option<Seen>>;

    /// The names in a folder, sorted; none where it is missing.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Takes the lock that a file stands for: [`io::ErrorKind::WouldBlock`] if others hold it for too long.
    fn lock(&self, path: &str, sharing: Sharing, wait: Wait) -> io::Result<Box<dyn Held>>;

    /// Makes the bytes of files and the names in folders durable, in any order.
    fn sync_together(&self, files: &[String], folders: &[String]) -> io::Result<()> {
        files.iter().try_for_each(|path| self.sync(path))?;
        folders.iter().try_for_each(|path| self.sync_folder(path))
    }
}
