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

/// A file and the stamp that it had; one that was not there has none, and counts just as much.
type File = (PathBuf, Option<Stamp>);

/// Files with their stamps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watched(Vec<File>);

impl Watched {
    /// The files as they are now.
    pub(crate) fn of(paths: &[PathBuf]) -> Self {
        Self(paths.iter().map(|path| (path.clone(), Stamp::at(path))).collect())
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    says: String,
    /// The places of the files that it hangs on.
    watched: Vec<usize>,
}

/// Answers as they are written: the tools of a toolchain hang on the same files.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Written {
    files: Vec<File>,
    answers: BTreeMap<String, Kept>,
}

/// The answers that are remembered.
#[derive(Debug, Default)]
pub(crate) struct ToolMemo {
    file: Option<PathBuf>,
    files: Vec<File>,
    kept: BTreeMap<String, Kept>,
    /// Whether a file of [`ToolMemo::files`] is as it was, as far as it was looked at.
    holds: HashMap<usize, bool>,
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
        let Written { files, answers } = serde_json::from_slice(&bytes).unwrap_or_default();
        Self { file, files, kept: answers, ..Self::default() }
    }

    /// What a tool said, if nothing moved that the answer hangs on.
    pub(crate) fn get(&mut self, key: &str) -> Option<String> {
        let Kept { says, watched } = self.kept.get(key)?;
        let (files, seen) = (&self.files, &mut self.seen);
        let mut is_as_it_was = |place: usize| {
            let Some((path, stamp)) = files.get(place) else { return false };
            let now = match seen.get(path) {
                Some(now) => *now,
                None => *seen.entry(path.clone()).or_insert_with(|| Stamp::at(path)),
            };
            now == *stamp
        };
        let holds = &mut self.holds;
        let all = watched.iter().all(|place| *holds.entry(*place).or_insert_with(|| is_as_it_was(*place)));
        (all && Stamp::IS_TRUSTED).then(|| says.clone())
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
            let first = self.files.len();
            let watched: Vec<usize> = (first..)
                .take(watched.0.len())
                .zip(watched.0)
                .map(|(place, file)| {
                    self.files.push(file);
                    place
                })
                .collect();
            self.kept.insert(key, Kept { says, watched });
        } else {
            self.kept.remove(&key);
        }
        while self.kept.len() > LIMIT {
            self.kept.pop_first();
        }
    }

    /// All files that answers hang on, as they were when they were first looked at.
    pub(crate) fn into_seen(self) -> Vec<File> {
        self.seen.into_iter().collect()
    }

    /// Writes what is new: each file once, and none that no answer hangs on any more.
    pub(crate) fn save(&self) -> Result<(), Error> {
        let (true, Some(file)) = (self.changed, &self.file) else { return Ok(()) };
        let mut places: HashMap<&File, usize> = HashMap::new();
        let mut files: Vec<File> = Vec::new();
        let mut answers = BTreeMap::new();
        for (key, kept) in &self.kept {
            let mut watched = Vec::with_capacity(kept.watched.len());
            for file in kept.watched.iter().filter_map(|&place| self.files.get(place)) {
                watched.push(*places.entry(file).or_insert_with(|| {
                    files.push(file.clone());
                    files.len() - 1
                }));
            }
            answers.insert(key.clone(), Kept { says: kept.says.clone(), watched });
        }
        let bytes = serde_json::to_vec(&Written { files, answers }).unwrap_or_default();
        memo_file::write(file, &bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_share_their_files_and_forget_what_moved() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["one", "two"] {
            fs::write(path(name), name).unwrap();
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
            fs::File::options().write(true).open(path(name)).unwrap().set_modified(then).unwrap();
        }
        let mut memo = ToolMemo::open(Some(folder.path()));
        let stamps = |names: &[&str]| {
            // As if they rested for long: their time of change can't be set back.
            let rested = |stamp: Stamp| Stamp { changed: stamp.modified, ..stamp };
            Watched(names.iter().map(|name| (path(name), Stamp::at(&path(name)).map(rested))).collect())
        };
        memo.put("a".to_owned(), "A".to_owned(), stamps(&["one", "two", "gone"]));
        memo.put("b".to_owned(), "B".to_owned(), stamps(&["one"]));
        memo.save().unwrap();
        let written: Written = serde_json::from_slice(&fs::read(path("memo/tools.json")).unwrap()).unwrap();
        assert_eq!(written.files.len(), 3);
        assert_eq!(written.answers["b"].watched.len(), 1);

        let mut memo = ToolMemo::open(Some(folder.path()));
        memo.seen = stamps(&["one", "two", "gone"]).0.into_iter().collect();
        assert_eq!((memo.get("a").as_deref(), memo.get("b").as_deref()), (Some("A"), Some("B")));
        let mut memo = ToolMemo::open(Some(folder.path()));
        memo.seen = stamps(&["one", "gone"]).0.into_iter().collect();
        memo.seen.insert(path("two"), None);
        assert_eq!((memo.get("a").as_deref(), memo.get("b").as_deref()), (None, Some("B")));
        // A place that is not there is a file that moved.
        let mut memo = ToolMemo::open(Some(folder.path()));
        memo.files.truncate(1);
        memo.seen = stamps(&["one"]).0.into_iter().collect();
        assert_eq!((memo.get("a"), memo.get("b").as_deref()), (None, Some("B")));
    }
}
