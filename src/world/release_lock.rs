//! One release at a time: a lock that every process which a release starts holds too, until the last of them has ended.
//!
//! A killed release leaves its upload running. The upload has the lock's file as its standard input, so the lock stays
//! taken for as long as anything of it can still reach a registry or a remote.

use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::error::Error;

/// The name of its file in the folder of the record.
const NAME: &str = "release.lock";

/// The lock, held.
pub struct ReleaseLock {
    file: File,
}

impl ReleaseLock {
    /// Takes it; `waiting` is called once where another one holds it.
    pub fn take(record: &Path, patience: Duration, waiting: &dyn Fn()) -> Result<Self, Error> {
        let path = record.join(NAME);
        let failed = |error: std::io::Error| {
            Error::failed("lock-unwritable", format!("take the lock of releases: {error}"))
                .at(path.display().to_string())
                .help("make room, or let the owner of the record do it")
        };
        std::fs::create_dir_all(record).map_err(failed)?;
        let file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
        let deadline = Instant::now() + patience;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { file }),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                    return Err(Error::failed(
                        "release-runs",
                        "begin: another release, or an upload it began, still runs",
                    )
                    .at(path.display().to_string())
                    .help("wait for its end and repeat the command"));
                }
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        waiting();
                        told = true;
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }

    /// The standard input of a process that holds the lock with us: an empty file.
    pub fn shared(&self) -> Result<Stdio, Error> {
        self.file
            .try_clone()
            .map(Stdio::from)
            .map_err(|error| Error::failed("lock-unwritable", format!("share the lock of releases: {error}")))
    }
}
