//! What is checked out: the commit, and the commits that it joins.

use std::path::Path;

use crate::error::Error;
use crate::world::git::repository::Repository;
use crate::world::git::repository::oid;

/// The commit of HEAD.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Its id; none before the first commit, and without a repository.
    pub commit: Option<String>,
    /// Its parents, as far as the clone knows them: a shallow one forgets those behind its border.
    pub parents: Vec<String>,
    /// Whether the clone is shallow.
    pub shallow: bool,
}

/// What is checked out around a folder.
pub fn of(folder: &Path) -> Result<Heads, Error> {
    let Some(repository) = Repository::discover(folder)? else { return Ok(Heads::default()) };
    let Some(head) = repository.head()? else { return Ok(Heads::default()) };
    let commit = oid(&head).and_then(|id| repository.raw().find_commit(id).ok());
    let parents = commit.map(|commit| commit.parent_ids().map(|id| id.to_string()).collect()).unwrap_or_default();
    Ok(Heads { commit: Some(head.0.to_string()), parents, shallow: repository.is_shallow() })
}

/// The commit that a revision names; none where the clone does not hold it.
pub fn commit(folder: &Path, revision: &str) -> Option<String> {
    let repository = Repository::discover(folder).ok().flatten()?;
    repository.resolve(revision).ok().map(|id| id.0.to_string())
}

/// Says whether two revisions hold the very same file at a path.
pub fn hold_the_same(folder: &Path, one: &str, other: &str, path: &str) -> bool {
    let Ok(Some(repository)) = Repository::discover(folder) else { return false };
    let blob = |revision: &str| {
        let commit = repository.resolve(revision).ok()?;
        let tree = repository.raw().find_commit(oid(&commit)?).and_then(|commit| commit.tree()).ok()?;
        tree.get_path(Path::new(path)).ok().map(|entry| entry.id())
    };
    blob(one).is_some_and(|id| blob(other) == Some(id))
}
