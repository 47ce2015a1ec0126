//! Whether this process may write into the folder of the record, and which process holds its lock.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::world::storage::Sharing;
use crate::world::storage::Storage;
use crate::world::storage::Wait;

/// Why the record can't be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Barred {
    /// The folder is another user's; the numbers are ours, user and group.
    Owner {
        /// The user who owns it.
        owner: u32,
        /// Our user.
        user: u32,
        /// Our group.
        group: u32,
    },
    /// It is ours, and this file or folder in it may not be written.
    Mode(PathBuf),
    /// The filesystem is mounted for reading only.
    Filesystem,
}

/// Looks whether the files of the record that runs write can be written; none where they can, or where there is no record.
#[cfg(unix)]
pub fn barred(record: &Path) -> Option<Barred> {
    use std::os::unix::fs::MetadataExt;

    const WRITTEN: [&str; 8] = ["", "ledger.jsonl", "lock", "in-use", "objects", "objects/sha256", "tmp", "quarantine"];
    let metadata = record.metadata().ok()?;
    for name in WRITTEN {
        let path = if name.is_empty() { record.to_path_buf() } else { record.join(name) };
        let asked = rustix::fs::Access::WRITE_OK;
        match rustix::fs::accessat(rustix::fs::CWD, &path, asked, rustix::fs::AtFlags::EACCESS) {
            Err(rustix::io::Errno::ROFS) => return Some(Barred::Filesystem),
            Err(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) => {
                let (user, group) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
                let owner = path.metadata().map_or(metadata.uid(), |metadata| metadata.uid());
                return Some(if owner == user { Barred::Mode(path) } else { Barred::Owner { owner, user, group } });
            }
            _ => {}
        }
    }
    None
}

/// Looks whether the files of the record that runs write can be written: only Unix tells without trying.
#[cfg(not(unix))]
pub fn barred(_: &Path) -> Option<Barred> {
    None
}

/// Whether somebody holds a lock of the record now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The file that the lock stands for.
    pub path: PathBuf,
    /// The process; none where the system does not tell.
    pub pid: Option<u32>,
}

/// Looks who holds a lock alone that is there; an append holds it for milliseconds, so it is looked at more than once.
pub fn holder(storage: &dyn Storage, record: &Path, name: &str) -> Option<Holder> {
    const LOOKS: u32 = 10;
    const BETWEEN: std::time::Duration = std::time::Duration::from_millis(50);
    let path = record.join(name);
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(BETWEEN);
        }
        if !path.exists() {
            return None;
        }
        match storage.lock(name, Sharing::Shared, Wait::Not) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            _ => return None,
        }
    }
    Some(Holder { pid: locking(&path), path })
}

/// The process that locks a file, by the list of the kernel.
#[cfg(target_os = "linux")]
fn locking(path: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    let metadata = path.metadata().ok()?;
    let device = metadata.dev();
    let file = format!("{:02x}:{:02x}:{}", rustix::fs::major(device), rustix::fs::minor(device), metadata.ino());
    let list = std::fs::read_to_string("/proc/locks").ok()?;
    // `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF`
    let mut lines = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let line = lines.find(|words| words.get(1) == Some(&"FLOCK") && words.get(5) == Some(&file.as_str()))?;
    line.get(4)?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn locking(_: &Path) -> Option<u32> {
    None
}
