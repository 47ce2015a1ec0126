//! Answers of tools, each with the stamps of the files that it hangs on.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize;
use serde::Serialize;

use crate::error::Error;
use crate::world::hash_memo::HashMemo;
use crate::world::memo_file;
use crate::world::stamp;
use crate::world::stamp::Stamp;

/// The most answers that are kept: toolchains come and go.
const LIMIT: usize = 256;

/// Files and the stamps that they had; one that was not there has none, and counts just as much.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Watched(Vec<(PathBuf, Option<Stamp>)>);

impl Watched {
    /// The files as they are now.
    pub(crate) fn of(paths: &[PathBuf]) -> Self {
        Self(paths.iter().map(|path| (path.clone(), Stamp::at(path))).collect())
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    says: String,
    watched: Watched,
}

/// The answers that are remembered.
#[derive(Debug, Default)]
pub(crate) struct ToolMemo {
    file: Option<PathBuf>,
    kept: BTreeMap<String, Kept>,
    seen: HashMap<PathBuf, Option<Stamp>>,
    changed: bool,
    /// Where the toolchains lie, asked once a run; none where the question had no answer.
    pub(crate) sysroots: BTreeMap<String, Option<String>>,
}

impl ToolMemo {
    /// Opens the memo in the folder of the record.
    pub(crate) fn open(record: Option<&Path>) -> Self {
        let file = record.map(|record| record.join("memo").join("tools.json"));
        let bytes = file.as_ref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let kept = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { file, kept, ..Self::default() }
    }

    /// What a tool said, if nothing moved that the answer hangs on.
    pub(crate) fn get(&mut self, key: &str) -> Option<String> {
        let Kept { says, watched } = self.kept.get(key)?;
        let seen = &mut self.seen;
        let holds = watched.0.iter().all(|(path, stamp)| {
            let now = match seen.get(path) {
                Some(now) => *now,
                None => *seen.entry(path.clone()).or_insert_with(|| Stamp::at(path)),
            };
            now == *stamp
        });
        (holds && Stamp::IS_TRUSTED).then(|| says.clone())
    }

    /// Keeps an answer, unless something that it hangs on moved a moment ago.
    pub(crate) fn put(&mut self, key: String, says: String, watched: Watched) {
        for (path, stamp) in &watched.0 {
            self.seen.entry(path.clone()).or_insert(*stamp);
        }
        let now = stamp::now();
        let rests = |stamp: &Stamp| stamp.is_settled(now, HashMemo::MARGIN);
        self.changed = true;
        if watched.0.iter().filter_map(|(_, stamp)| stamp.as_ref()).all(rests) {
            self.kept.insert(key, Kept { says, watched });
        } else {
            self.kept.remove(&key);
        }
        while self.kept.len() > LIMIT {
            self.kept.pop_first();
        }
    }

    /// All files that answers hang on, as they were when they were first looked at.
    pub(crate) fn into_seen(self) -> Vec<(PathBuf, Option<Stamp>)> {
        self.seen.into_iter().collect()
    }

    /// Writes what is new.
    pub(crate) fn save(&self) -> Result<(), Error> {
        let (true, Some(file)) = (self.changed, &self.file) else { return Ok(()) };
        let bytes = serde_json::to_vec(&self.kept).unwrap_or_default();
        memo_file::write(file, &bytes)
    }
}
