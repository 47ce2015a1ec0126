//! What the file system says of a file without its bytes: enough to see that it was touched, even where it was put back.

use std::fs::Metadata;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;

/// Seconds and nanoseconds since 1970.
pub type Time = (i64, i64);

/// The inode, the size and both times of a file. The time of change (ctime) can't be set back by who owns the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The inode; 0 where the system has none.
    pub inode: u64,
    /// The size in bytes.
    pub size: u64,
    /// When the bytes were last written, as far as their owner does not say otherwise.
    pub modified: Time,
    /// When anything of the file was last changed.
    pub changed: Time,
}

impl Stamp {
    /// The stamp of what is at a path, a link itself where it is one; none where nothing is.
    pub fn at(path: &Path) -> Option<Self> {
        path.symlink_metadata().ok().map(|metadata| Self::of(&metadata))
    }

    /// The stamp in metadata.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self {
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// The stamp in metadata. Without a time of change a rewrite can hide: [`Stamp::IS_TRUSTED`] says so.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        let since = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let since = since.unwrap_or_default();
        let modified = (i64::try_from(since.as_secs()).unwrap_or_default(), i64::from(since.subsec_nanos()));
        Self { inode: 0, size: metadata.len(), modified, changed: modified }
    }

    /// Whether equal stamps mean equal bytes here, so that a memo may be kept.
    pub const IS_TRUSTED: bool = cfg!(unix);

    /// Says whether a file was last touched well before a moment: a write in the same tick of the clock leaves the
    /// same stamp, so what is younger may change unseen (git calls such a file racy).
    pub fn is_settled(&self, at: Time, margin_seconds: i64) -> bool {
        Self::IS_TRUSTED && self.modified.max(self.changed) < (at.0 - margin_seconds, at.1)
    }
}

/// Now, by the clock of the system.
pub fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (i64::try_from(since.as_secs()).unwrap_or_default(), i64::from(since.subsec_nanos()))
}
