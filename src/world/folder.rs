//! Lists a plain folder without git: everything in it that its ignore files do not name.

use std::path::Path;
use std::path::PathBuf;

use crate::facts::tree::Entry;
use crate::world::cargo_target;
use crate::world::disk;
use crate::world::entry_path;
use crate::world::walk::Walk;
use crate::world::walk::Walked;

/// The folders in which version control keeps its own.
const VERSION_CONTROL: &[&[u8]] = &[b".git", b".hg", b".svn", b".jj", b".pijul", b".bzr", b"_darcs", b".sl"];

/// Lists a folder: the entries in any order, and what the walk met beside files.
pub(crate) fn list(root: &Path) -> (Vec<Entry>, Walked) {
    let walk = Walk {
        root,
        excludes: &[],
        skips: &|path, relative| {
            let name = relative.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
            VERSION_CONTROL.contains(&name) || cargo_target::is_one(path)
        },
        knows: &|_| false,
    };
    let mut walked = walk.run();
    let entries = std::mem::take(&mut walked.files)
        .iter()
        .filter_map(|(path, _)| {
            let metadata = entry_path::below(root, path).symlink_metadata().ok()?;
            Some(entry_path::entry(path, disk::mode_of(&metadata), None, false))
        })
        .collect();
    (entries, walked)
}

/// The folder that is meant by one inside it: itself where it has a manifest, else the nearest above it that has one.
pub(crate) fn root_of(folder: &Path) -> PathBuf {
    let holds_manifest = |above: &&Path| above.join("Cargo.toml").symlink_metadata().is_ok();
    folder.ancestors().find(holds_manifest).unwrap_or(folder).to_path_buf()
}
