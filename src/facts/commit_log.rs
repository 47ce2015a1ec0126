//! The commits between earlier ones and the examined one, as plans and notes need them: plain data.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::history::ObjectId;

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its id.
    pub id: ObjectId,
    /// The committer's time in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// The whole message, without white space at its ends.
    pub message: Box<str>,
    /// Whether it has several parents: what it brings stands in the commits that it joins.
    pub merge: bool,
    /// Its parents in the same log, as indices.
    pub parents: Vec<usize>,
    /// The paths that it changed against its parent, those that were asked for, in order; empty for a merge.
    pub paths: Vec<Arc<str>>,
}

impl Logged {
    /// The first line of the message.
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default().trim_end()
    }

    /// The beginning of the id that people write.
    pub fn short(&self) -> &str {
        self.id.0.get(..9).unwrap_or(&self.id.0)
    }
}

/// How a base stands to the examined commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is behind the examined commit, or is that commit.
    Behind,
    /// It has the examined commit behind itself.
    Ahead,
    /// Both have a commit in common that is neither of them.
    Parted,
    /// They have nothing in common that could be seen.
    Apart,
}

/// Commits, and which of them came after which earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CommitLog {
    /// All commits that are behind the examined one and not behind every base, the newest first.
    pub commits: Vec<Logged>,
    /// For each base the commits that it does not hold, as indices in order.
    pub since: BTreeMap<ObjectId, Vec<usize>>,
    /// How each base stands to the examined commit.
    pub standing: BTreeMap<ObjectId, Standing>,
    /// Whether the border of a shallow clone was met: commits may be missing.
    pub cut: bool,
}

impl CommitLog {
    /// The commits that a base does not hold, the newest first.
    pub fn after<'l>(&'l self, base: &ObjectId) -> impl Iterator<Item = &'l Logged> {
        self.since.get(base).map(Vec::as_slice).unwrap_or_default().iter().map(|&index| &self.commits[index])
    }
}

impl CommitLog {
    /// For each commit the first of some tags that holds it; none where no tag does. Linear in the log.
    pub fn holders(&self, tags: &[ObjectId]) -> Vec<Option<usize>> {
        let place: HashMap<&ObjectId, usize> =
            self.commits.iter().enumerate().map(|(at, commit)| (&commit.id, at)).collect();
        let mut holders: Vec<Option<usize>> = vec![None; self.commits.len()];
        for (tag, id) in tags.iter().enumerate() {
            let mut open: Vec<usize> = place.get(id).copied().into_iter().collect();
            while let Some(at) = open.pop() {
                if holders[at].is_none() {
                    holders[at] = Some(tag);
                    open.extend(&self.commits[at].parents);
                }
            }
        }
        holders
    }
}

/// A path that differs between two trees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Differing {
    /// The path from the root.
    pub path: Arc<str>,
    /// Whether it was in the earlier tree.
    pub before: bool,
    /// Whether it is in the later tree.
    pub after: bool,
}
