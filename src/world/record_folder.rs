//! Where the record lies: with the git objects, which all worktrees share, or in the target folder where there is no git.

use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::world::git::repository::Repository;

/// The folder of the record of the tree around a folder; it need not be there yet.
///
/// `root` is the root of the tree, where there is no git.
pub fn of(folder: &Path, root: &Path) -> Result<PathBuf, Error> {
    let repository = Repository::discover(folder)?;
    Ok(match repository {
        Some(repository) => repository.common_folder().join("governed"),
        None => root.join("target/governed/record"),
    })
}
