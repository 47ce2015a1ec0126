//! The folders below the root of a tree that are ours to write in, and that no link of the tree may lead elsewhere.

use crate::commands::proving;
use crate::error::Error;
use crate::facts::Facts;
use crate::facts::path;
use crate::facts::tree::Mode;
use crate::steps::evidence::canary;

/// Refuses a tree with a link on the way to one of our folders that git tracks: whoever checked it in would have us write
/// where it leads. One that is the user's own, to another disk, say, is followed.
pub(crate) fn refuse_links(facts: &Facts) -> Result<(), Error> {
    let workspace = facts.cargo.main_workspace().map_or("", |workspace| workspace.folder.as_str());
    for folder in [path::child(workspace, proving::FOLDER), proving::FOLDER.to_owned(), canary::FOLDER.to_owned()] {
        let ends = folder.match_indices('/').map(|(end, _)| end).chain([folder.len()]);
        for way in ends.map(|end| &folder[..end]) {
            if facts.tree.get(way).is_some_and(|entry| entry.mode == Mode::Symlink && entry.tracked) {
                let message = format!("write below {folder}: {way} is a link that is checked in");
                return Err(Error::failed("file-unwritable", message)
                    .at(way)
                    .help(format!("take it out of the tree: git rm --cached {way}")));
            }
        }
    }
    Ok(())
}
