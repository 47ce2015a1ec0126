//! An index that is a git repository: fetched by the user's own git, as cargo does with `net.git-fetch-with-cli`, and read
//! from its objects.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::world::git::fetched;
use crate::world::process::git;
use crate::world::registry::failure::Failure;
use crate::world::registry::failure::Kind;
use crate::world::registry::failure::without_user;

/// What was fetched stands under this name.
const REFERENCE: &str = "refs/remotes/index/HEAD";

/// Brings the index at an address up to date in a folder that is only ours.
pub(super) fn fetch(folder: &Path, address: &str, variables: &BTreeMap<OsString, OsString>) -> Result<(), Failure> {
    let asked = format!("git fetch {}", without_user(address));
    let failed = |why: String| Failure::new(Kind::Unreachable, asked.as_str(), why);
    if address.starts_with('-') {
        // git would read it as an option.
        return Err(Failure::new(Kind::Unreadable, asked.as_str(), "the index is no address"));
    }
    fs::create_dir_all(folder).map_err(|error| failed(format!("{}: {error}", folder.display())))?;
    fetched::begin(folder).map_err(&failed)?;
    let reference = format!("+HEAD:{REFERENCE}");
    let shallow = ["fetch", "--quiet", "--no-tags", "--depth", "1", "--", address, &reference];
    let whole = ["fetch", "--quiet", "--no-tags", "--", address, &reference];
    // A plain web server has no shallow history to give.
    git::run(folder, &shallow, variables).or_else(|_| git::run(folder, &whole, variables)).map(|_| ()).map_err(failed)
}

/// The text of a file of what was fetched last; none where it has none.
pub(super) fn file(folder: &Path, path: &str) -> Result<Option<String>, Failure> {
    fetched::text_at(folder, REFERENCE, path).map_err(|why| Failure::new(Kind::Unreadable, format!("read {path}"), why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_never_an_option() {
        let folder = tempfile::tempdir().unwrap();
        let failure = fetch(folder.path(), "--upload-pack=touch x", &BTreeMap::new()).unwrap_err();
        assert!(matches!(failure.kind, Kind::Unreadable), "{failure:?}");
    }
}
