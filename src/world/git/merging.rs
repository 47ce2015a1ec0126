//! Joins what a person did on a branch with what is written there anew: three trees, nothing checked out, nothing kept.

use std::path::Path;

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::world::git::repository::broken;
use crate::world::git::repository::object_id;
use crate::world::git::repository::oid;
use crate::world::git::scratch::Scratch;

/// The most commits of a branch that are looked through.
const MOST: usize = 1_000;

/// A file of the joined tree that the branch does not have so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// Its path.
    pub path: String,
    /// Whether it may be executed.
    pub executable: bool,
    /// Its text; none where it is gone.
    pub text: Option<String>,
}

/// What came of joining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Join {
    /// The files that the branch gets.
    Clean(Vec<Joined>),
    /// The files in which both say something else.
    Conflicts(Vec<String>),
}

/// A commit of a branch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its id.
    pub id: String,
    /// Its message.
    pub message: String,
    /// Its tree.
    pub tree: String,
    /// Its parents.
    pub parents: Vec<String>,
}

impl Scratch {
    /// The tree of a commit.
    pub fn tree(&self, commit: &ObjectId) -> Result<String, Error> {
        self.tree_of(commit).map(|tree| tree.id().to_string()).map_err(|error| broken("read a commit", &error))
    }

    fn tree_of(&self, commit: &ObjectId) -> Result<git2::Tree<'_>, git2::Error> {
        let id = oid(commit).ok_or_else(|| git2::Error::from_str("no full id"))?;
        self.raw().find_commit(id)?.tree()
    }

    /// Says whether a file of a commit may be executed.
    pub fn is_executable(&self, commit: &ObjectId, path: &str) -> bool {
        let entry = self.tree_of(commit).and_then(|tree| tree.get_path(Path::new(path)));
        entry.is_ok_and(|entry| entry.filemode() == i32::from(git2::FileMode::BlobExecutable))
    }

    /// The commits that a branch has beyond another one, the newest first; none where the clone does not hold them.
    pub fn beyond(&self, branch: &ObjectId, other: &ObjectId) -> Option<Vec<Told>> {
        let repository = self.raw();
        let mut walk = repository.revwalk().ok()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL).ok()?;
        walk.push(oid(branch)?).ok()?;
        walk.hide(oid(other)?).ok()?;
        let mut found = Vec::new();
        for id in walk.take(MOST) {
            let commit = repository.find_commit(id.ok()?).ok()?;
            found.push(Told {
                id: commit.id().to_string(),
                message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
                tree: commit.tree_id().to_string(),
                parents: commit.parent_ids().map(|id| id.to_string()).collect(),
            });
        }
        Some(found)
    }

    /// The commit at which two branches parted.
    pub fn parted(&self, one: &ObjectId, other: &ObjectId) -> Option<ObjectId> {
        self.raw().merge_base(oid(one)?, oid(other)?).ok().map(object_id)
    }

    /// Joins what two commits made of a third one, as changes of the first.
    pub fn join(&self, ancestor: &ObjectId, branch: &ObjectId, fresh: &ObjectId) -> Result<Join, Error> {
        self.joined(ancestor, branch, fresh).map_err(|error| broken("join two branches", &error))
    }

    fn joined(&self, ancestor: &ObjectId, branch: &ObjectId, fresh: &ObjectId) -> Result<Join, git2::Error> {
        let (repository, theirs) = (self.raw(), self.tree_of(branch)?);
        let mut index = repository.merge_trees(&self.tree_of(ancestor)?, &theirs, &self.tree_of(fresh)?, None)?;
        if index.has_conflicts() {
            let mut paths: Vec<String> = index
                .conflicts()?
                .flatten()
                .filter_map(|conflict| conflict.our.or(conflict.their).or(conflict.ancestor))
                .map(|entry| String::from_utf8_lossy(&entry.path).into_owned())
                .collect();
            paths.sort();
            paths.dedup();
            return Ok(Join::Conflicts(paths));
        }
        let tree = repository.find_tree(index.write_tree_to(repository)?)?;
        let difference = repository.diff_tree_to_tree(Some(&theirs), Some(&tree), None)?;
        let mut joined = Vec::new();
        for delta in difference.deltas() {
            let file = if delta.status() == git2::Delta::Deleted { delta.old_file() } else { delta.new_file() };
            let path = file.path().map(Path::to_string_lossy).unwrap_or_default().into_owned();
            let text = match delta.status() {
                git2::Delta::Deleted => None,
                _ => Some(self.text(delta.new_file().id(), &path)?),
            };
            joined.push(Joined { path, executable: file.mode() == git2::FileMode::BlobExecutable, text });
        }
        Ok(Join::Clean(joined))
    }

    fn text(&self, id: git2::Oid, path: &str) -> Result<String, git2::Error> {
        let bytes = self.raw().find_blob(id)?.content().to_vec();
        String::from_utf8(bytes).map_err(|_| git2::Error::from_str(&format!("{path} is no text")))
    }
}
