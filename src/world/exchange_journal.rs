//! The journal of a set of files that is replaced: it lies in the folder of the record while that goes on, and longer only
//! where the process was killed.

use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

use crate::facts::digest::Digest;
use crate::world::disk_storage::DiskStorage;
use crate::world::entry_path;
use crate::world::process::identity::Identity;
use crate::world::storage::Storage;

/// The folder of journals below that of the record.
const FOLDER: &str = "edits";
/// The most bytes of a journal that are read.
const LIMIT: u64 = 64 << 20;

/// The place of the journal of one work tree: worktrees of one repository share the record.
#[derive(Clone, Debug)]
pub struct Journal {
    storage: DiskStorage,
    name: String,
}

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Noted {
    /// The process that replaces the files.
    pub(super) owner: Identity,
    /// The files, in the order of the steps.
    pub(super) files: Vec<Note>,
}

/// One file of a set.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Note {
    /// The path from the root, with `/`.
    pub(super) path: String,
    /// The digest of the old text; none for a file that was not there.
    pub(super) before: Option<Digest>,
    /// The digest of the new text.
    pub(super) after: Digest,
}

/// A set that was begun and did not end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The paths of its files.
    pub files: Vec<String>,
    /// Whether the process that replaces them still runs.
    pub alive: bool,
}

/// How a set ended that a kill had cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There was none.
    Nothing,
    /// Every file had been replaced.
    Whole,
    /// The old texts are back, but for files that somebody wrote since: a line each.
    Back(Vec<String>),
}

impl Journal {
    /// The journal of the work tree at a root, whose record is in a folder.
    pub fn of(root: &Path, record: &Path) -> Self {
        let digest = Digest::of(&entry_path::bytes_of(root)).hex();
        Self { storage: DiskStorage::at(record), name: format!("{FOLDER}/{}.json", &digest[..32]) }
    }

    /// Where it lies, for people.
    fn shown(&self) -> PathBuf {
        self.storage.root().join(&self.name)
    }

    /// Writes the journal, durably and whole or not at all. There must be none yet.
    pub(super) fn begin(&self, noted: &Noted) -> Result<(), String> {
        let said = |error: std::io::Error| format!("{}: {}", self.shown().display(), error.kind());
        let temporary = format!("{}.{}", self.name, noted.owner.pid);
        let bytes = serde_json::to_vec(noted).unwrap_or_default();
        self.storage.make_folder(FOLDER).map_err(said)?;
        if self.storage.look(&temporary).map_err(said)?.is_some() {
            // Of a process of this number that was killed before the journal had its name: nothing else had begun.
            self.storage.remove(&temporary).map_err(said)?;
        }
        self.storage.create(&temporary, &bytes).and_then(|()| self.storage.sync(&temporary)).map_err(said)?;
        let made = self.storage.publish(&temporary, &self.name).map_err(said);
        if made != Ok(true) {
            let _ = self.storage.remove(&temporary);
        }
        if !made? {
            return Err(format!("{} says that other edits are under way", self.shown().display()));
        }
        self.storage.sync_folder(FOLDER).map_err(said)
    }

    /// Removes the journal.
    pub(super) fn end(&self) -> Result<(), String> {
        let removed = self.storage.remove(&self.name).and_then(|()| self.storage.sync_folder(FOLDER));
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(format!("{} could not be removed: {}", self.shown().display(), error.kind()))
            }
            _ => Ok(()),
        }
    }

    fn read(&self) -> Option<Noted> {
        let bytes = self.storage.read(&self.name, 0, LIMIT).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// What is begun and not ended.
    pub fn left(&self) -> Option<Left> {
        let noted = self.read()?;
        let alive = noted.owner.is_alive();
        Some(Left { files: noted.files.into_iter().map(|note| note.path).collect(), alive })
    }

    /// Puts the old texts of a set back that a kill had cut; one whose files were all replaced is only tidied up.
    pub fn mend(&self, root: &Path) -> Result<Ended, String> {
        let Some(noted) = self.read() else { return Ok(Ended::Nothing) };
        let ended = if noted.is_whole(root) {
            noted.tidy(root);
            Ended::Whole
        } else {
            Ended::Back(noted.put_back(root)?)
        };
        self.end()?;
        Ok(ended)
    }
}
