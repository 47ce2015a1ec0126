//! Where a clone came from.

use std::path::Path;

use crate::world::git::repository::Repository;

/// The address of the remote `origin` of the repository around a folder, as its configuration has it.
pub fn origin(folder: &Path) -> Option<String> {
    let repository = Repository::discover(folder).ok().flatten()?;
    let config = repository.raw().config().and_then(|mut config| config.snapshot()).ok()?;
    config.get_str("remote.origin.url").ok().map(str::to_owned)
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
}
