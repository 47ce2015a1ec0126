//! Where a clone came from.

use std::path::Path;

use crate::world::git::repository::Repository;

/// The address of the remote `origin` of the repository around a folder, as its configuration has it.
pub fn origin(folder: &Path) -> Option<String> {
    let repository = Repository::discover(folder).ok().flatten()?;
    let config = repository.raw().config().and_then(|mut config| config.snapshot()).ok()?;
    config.get_str("remote.origin.url").ok().map(str::to_owned)
}

/// The branch that a clone's origin begins with, and the branch that is checked out; each where git knows it.
pub fn branches(folder: &Path) -> (Option<String>, Option<String>) {
    let Some(repository) = Repository::discover(folder).ok().flatten() else { return (None, None) };
    let target = |name: &str, before: &str| {
        let reference = repository.raw().find_reference(name).ok()?;
        let target = std::str::from_utf8(reference.symbolic_target_bytes()?).ok()?;
        target.strip_prefix(before).map(str::to_owned)
    };
    (target("refs/remotes/origin/HEAD", "refs/remotes/origin/"), target("HEAD", "refs/heads/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_is_that_of_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(origin(folder.path()), None);
        let made = git2::Repository::init(folder.path()).unwrap();
        assert_eq!(origin(folder.path()), None);
        made.remote("origin", "https://example.com/o/r.git").unwrap();
        assert_eq!(origin(folder.path()).as_deref(), Some("https://example.com/o/r.git"));
    }

    #[test]
    fn the_branch_of_the_origin_is_told_from_the_one_that_is_checked_out() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(branches(folder.path()), (None, None));
        let mut options = git2::RepositoryInitOptions::new();
        let made = git2::Repository::init_opts(folder.path(), options.initial_head("topic")).unwrap();
        assert_eq!(branches(folder.path()), (None, Some("topic".to_owned())));
        made.reference_symbolic("refs/remotes/origin/HEAD", "refs/remotes/origin/trunk", false, "").unwrap();
        assert_eq!(branches(folder.path()).0.as_deref(), Some("trunk"));
    }
}
