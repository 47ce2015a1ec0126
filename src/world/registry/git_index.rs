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
    fs::create_dir_all(folder).map_err(|error| failed(format!("{}: {error}", folder.display())))?;
    fetched::begin(folder).map_err(&failed)?;
    let reference = format!("+HEAD:{REFERENCE}");
    let shallow = ["fetch", "--quiet", "--no-tags", "--depth", "1", address, &reference];
    let whole = ["fetch", "--quiet", "--no-tags", address, &reference];
    // A plain web server has no shallow history to give.
    git::run(folder, &shallow, variables).or_else(|_| git::run(folder, &whole, variables)).map(|_| ()).map_err(failed)
}

/// The text of a file of what was fetched last; none where it has none.
pub(super) fn file(folder: &Path, path: &str) -> Result<Option<String>, Failure> {
    fetched::text_at(folder, REFERENCE, path).map_err(|why| Failure::new(Kind::Unreadable, format!("read {path}"), why))
}
