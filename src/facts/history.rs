//! What the history says: tags, ancestry, and files of other commits.
//!
//! The one kind of fact that is asked on demand, because reading all of it would cost more than all the rest.
//! A rule gets it through this trait; `world/git.rs` answers from git objects, tests answer from a scratch repository.

use std::fmt;
use std::sync::Arc;

/// A git object id in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub Arc<str>);

/// A tag, peeled to its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The name without `refs/tags/`.
    pub name: String,
    /// The commit that the tag names in the end.
    pub commit: ObjectId,
}

/// A commit, as far as rules need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: ObjectId,
    /// The committer's time in seconds since 1970-01-01 UTC.
    pub time: i64,
    /// The first line of its message.
    pub summary: String,
}

/// A commit that brought a line into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// The commit.
    pub commit: Commit,
    /// The file in front of it; empty where it was not there.
    pub before: Arc<str>,
    /// The file that it left.
    pub after: Arc<str>,
    /// The paths that differ from its first parent, in order.
    pub paths: Vec<String>,
}

/// Why the history gave no answer: a claim that rests on it is unproven, not refuted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The tree is a plain folder, or the repository has no commit yet.
    NoHistory,
    /// The clone is shallow and the answer lies behind its border.
    Shallow,
    /// The repository could not be read; the fragment says why.
    Broken(String),
}

impl Unavailable {
    /// What brings the answer, as an imperative.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NoHistory => "run inside a clone of the repository",
            Self::Shallow => "fetch the history: git fetch --unshallow --tags",
            Self::Broken(_) => {
                "fetch what a partial clone left out (git fetch --refetch --no-filter), or look for damage: git fsck"
            }
        }
    }
}

/// The words of every rule and verb that could not be answered: one sentence without the stop.
impl fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHistory => formatter.write_str("there is no git history"),
            Self::Shallow => formatter.write_str("the clone is shallow, and the answer may lie behind its border"),
            Self::Broken(why) => write!(formatter, "the history can't be read: {why}"),
        }
    }
}

/// The answers of a history, as seen from the examined revision (the work tree's is HEAD).
///
/// Every answer is the same however often and in whatever order it is asked.
pub trait History: Sync {
    /// The examined commit; none in a plain folder or before the first commit.
    fn head(&self) -> Option<Commit>;
    /// Says whether the clone is shallow.
    fn is_shallow(&self) -> bool;
    /// All tags by name. An empty list is an answer: nothing was ever tagged, or no tags were fetched.
    fn tags(&self) -> Result<&[Tag], Unavailable>;
    /// The commit behind an id.
    fn commit(&self, id: &ObjectId) -> Result<Commit, Unavailable>;
    /// Says whether a commit is the examined one or an ancestor of it.
    fn is_in_head(&self, id: &ObjectId) -> Result<bool, Unavailable>;
    /// The text of a file at a commit; none where it is absent. One that is no UTF-8 could not be read.
    fn text_at(&self, id: &ObjectId, path: &str) -> Result<Option<Arc<str>>, Unavailable>;
    /// The paths that differ between a commit and the examined one, in order.
    fn changed_since(&self, id: &ObjectId) -> Result<Arc<[String]>, Unavailable>;
    /// The newest commit that another one shares with the examined one; none where they share none.
    fn parted(&self, id: &ObjectId) -> Result<Option<ObjectId>, Unavailable>;
    /// The newest commit in the examined history that changed the path.
    fn last_change(&self, path: &str) -> Result<Option<Commit>, Unavailable>;
    /// The commit that brought a line into a file of the examined commit, white space around it left out; none where that is
    /// not found among the last changes of the file.
    fn introduced(&self, path: &str, line: &str) -> Result<Option<Introduced>, Unavailable>;
}

/// The history of a plain folder: none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn head(&self) -> Option<Commit> {
        None
    }
    fn is_shallow(&self) -> bool {
        false
    }
    fn tags(&self) -> Result<&[Tag], Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn commit(&self, _: &ObjectId) -> Result<Commit, Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn is_in_head(&self, _: &ObjectId) -> Result<bool, Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn text_at(&self, _: &ObjectId, _: &str) -> Result<Option<Arc<str>>, Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn changed_since(&self, _: &ObjectId) -> Result<Arc<[String]>, Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn parted(&self, _: &ObjectId) -> Result<Option<ObjectId>, Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn last_change(&self, _: &str) -> Result<Option<Commit>, Unavailable> {
        Err(Unavailable::NoHistory)
    }
    fn introduced(&self, _: &str, _: &str) -> Result<Option<Introduced>, Unavailable> {
        Err(Unavailable::NoHistory)
    }
}
