//! What lies on the disk where a step leaves its outputs: each file by its digest, and what is no file that could be kept.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use rayon::prelude::*;

use crate::facts::digest::Digest;
use crate::facts::policy::pattern;
use crate::world::file_digest;
use crate::world::hash_memo::HashMemo;
use crate::world::kept_files;
use crate::world::kept_files::Found;
use crate::world::stamp;
use crate::world::stamp::Stamp;

/// What lies at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lies {
    /// A regular file with these bytes.
    File(Digest),
    /// A link, by the digest of what it leads to.
    Link(Digest),
    /// Something that can't be read, and why.
    Unread(String),
}

/// What lies at the paths that globs match, by path.
pub type Lying = BTreeMap<String, Lies>;

/// Reads what lies below a root; a file that has rested since it was read is not read again.
#[derive(Debug, Default)]
pub struct Reader {
    root: PathBuf,
    known: Mutex<BTreeMap<String, (Stamp, Digest)>>,
}

impl Reader {
    /// One that knows nothing yet.
    pub fn below(root: &Path) -> Self {
        Self { root: root.to_path_buf(), known: Mutex::default() }
    }

    /// Reads all that some globs match.
    pub fn at(&self, globs: &[String]) -> Lying {
        let Found { files, links, missed } = matching(&self.root, globs);
        let link = |path: String| {
            let leads = file_digest::of_link(&self.root.join(&path));
            let lies = leads.map_or_else(|problem| Lies::Unread(problem.message), |(digest, _)| Lies::Link(digest));
            (path, lies)
        };
        let mut found: Lying = files.into_par_iter().map(|(path, file)| self.file(path, &file)).collect();
        found.extend(links.into_iter().map(link));
        found.extend(missed.into_iter().map(|(path, why)| (path, Lies::Unread(why))));
        found
    }

    fn file(&self, path: String, file: &Path) -> (String, Lies) {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = Stamp::at(file);
        if let Some((_, digest)) = known().get(&path).filter(|(known, _)| Some(*known) == stamp) {
            return (path, Lies::File(*digest));
        }
        let now = stamp::now();
        match file_digest::of_file(file) {
            Ok((digest, stamp)) => {
                // A write in the same tick of the clock would leave the same stamp.
                if stamp.is_settled(now, HashMemo::MARGIN) {
                    known().insert(path.clone(), (stamp, digest));
                }
                (path, Lies::File(digest))
            }
            Err(problem) => (path, Lies::Unread(problem.message)),
        }
    }
}

/// The stamps of all that some globs match below a root.
pub fn stamps(root: &Path, globs: &[String]) -> BTreeMap<String, Option<Stamp>> {
    let Found { files, links, missed } = matching(root, globs);
    let stamp = |path: String| {
        let stamp = Stamp::at(&root.join(&path));
        (path, stamp)
    };
    let mut found: BTreeMap<_, _> = files.into_iter().map(|(path, _)| path).chain(links).map(stamp).collect();
    found.extend(missed.into_iter().map(|(path, _)| (path, None)));
    found
}

/// All that some globs match below a root, each thing once.
pub fn matching(root: &Path, globs: &[String]) -> Found {
    let mut all = Found::default();
    for glob in globs {
        let Ok(matcher) = pattern::glob(glob) else { continue };
        let beginning = glob.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default();
        let found = kept_files::matching(root, beginning, &matcher);
        all.files.extend(found.files);
        all.links.extend(found.links);
        all.missed.extend(found.missed);
    }
    all.files.sort();
    all.files.dedup();
    all.links.sort();
    all.links.dedup();
    all.missed.sort();
    all.missed.dedup_by(|one, other| one.0 == other.0);
    all
}
