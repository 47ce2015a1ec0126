//! Whether what is checked out of a submodule is what the tree around it names: the same commit, and nothing changed.

use std::path::Path;
use std::sync::Arc;

use crate::error::Error;
use crate::world::git::repository::Repository;

/// How many submodules inside submodules are followed.
pub(crate) const NESTED: usize = 8;

/// What stands in the folder of a submodule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    /// Nothing: it was never checked out.
    Empty,
    /// The commit that the tree names, unchanged.
    Same,
    /// Something else: another commit, changed files, or what no repository vouches for. The commit, where there is one.
    Changed(Option<Arc<str>>),
}

/// Lists a work tree and gives the git tree that its files are; none where they are none.
pub(crate) type List<'l> = &'l dyn Fn(&Repository, &Path) -> Result<Option<String>, Error>;

/// Looks at the folder of a submodule that the tree pins to a commit. What can't be looked at is not the same.
pub(crate) fn look(folder: &Path, pinned: &str, list: List<'_>) -> Checked {
    if folder.join(".git").symlink_metadata().is_err() {
        // Files without a repository are read by whatever runs here, and no commit speaks of them.
        let is_empty = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        return if is_empty { Checked::Empty } else { Checked::Changed(None) };
    }
    let compared = open(folder).and_then(|repository| compare(&repository, folder, pinned, list).ok());
    compared.unwrap_or(Checked::Changed(None))
}

/// The repository whose work tree a folder is, and not one around it.
pub(crate) fn open(folder: &Path) -> Option<Repository> {
    let repository = Repository::discover(folder).ok().flatten()?;
    let root = repository.workdir()?.canonicalize().ok()?;
    (root == folder.canonicalize().ok()?).then_some(repository)
}

fn compare(repository: &Repository, folder: &Path, pinned: &str, list: List<'_>) -> Result<Checked, Error> {
    let Some(head) = repository.head()? else { return Ok(Checked::Changed(None)) };
    if head.0.as_ref() == pinned {
        let stands_for = list(repository, folder)?;
        if stands_for.as_deref() == Some(repository.tree_of(&head)?.0.as_ref()) {
            return Ok(Checked::Same);
        }
    }
    Ok(Checked::Changed(Some(head.0)))
}
