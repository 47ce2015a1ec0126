//! Edits of the work tree as one set that a kill cut: where their journal lies, and how they come to an end.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::output;
use crate::error::Error;
use crate::render::human::look::Look;
use crate::world::exchange_journal::Ended;
use crate::world::exchange_journal::Journal;
use crate::world::git::repository::Repository;
use crate::world::record_folder;

/// The journal of the work tree at a root.
pub(crate) fn journal(root: &Path) -> Result<Journal, Error> {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
    Ok(Journal::of(&root, &record_folder::of(&root, &root)?))
}

/// The root of the work tree around a folder, with its journal; none where there is no work tree.
pub(crate) fn around(folder: &Path) -> Result<Option<(PathBuf, Journal)>, Error> {
    let repository = Repository::discover(folder)?;
    let Some(root) = repository.as_ref().and_then(Repository::workdir) else { return Ok(None) };
    Ok(Some((root.to_path_buf(), journal(root)?)))
}

/// Whether the work tree may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touch {
    /// It may.
    Write,
    /// It may only be looked at.
    Look,
}

/// Ends what an earlier verb left that was killed: puts it back where the work tree may be written, else says what does.
pub(crate) fn settle(folder: &Path, touch: Touch) -> Result<(), Error> {
    let Some((root, journal)) = around(folder)? else { return Ok(()) };
    let Some(left) = journal.left() else { return Ok(()) };
    let files = left.files.join(", ");
    if left.alive {
        return Err(Error::usage("edits-under-way", format!("edit the work tree: another process edits {files}"))
            .help("wait until it has ended"));
    }
    if touch == Touch::Look {
        return Err(Error::usage(
            "edits-interrupted",
            format!("read the work tree: a process that was killed left a part of its edits of {files}"),
        )
        .help("put the old texts back: cargo governed recover --execute"));
    }
    for line in mend(&root, &journal)? {
        output::talk(&Look::plain().charset.line(&line));
    }
    Ok(())
}

/// Ends them; a line for each thing that a person should know.
pub(crate) fn mend(root: &Path, journal: &Journal) -> Result<Vec<String>, Error> {
    let left = journal.left();
    let ended = journal.mend(root).map_err(|why| {
        Error::failed("edits-not-put-back", format!("put back what was edited: {why}"))
            .help("make the files writable, then: cargo governed recover --execute")
    })?;
    let files = left.map(|left| left.files.join(", ")).unwrap_or_default();
    Ok(match ended {
        Ended::Nothing => Vec::new(),
        Ended::Whole => vec![format!("edits: all of {files} were made before their process was killed")],
        Ended::Back(edited) => {
            let mut lines = vec![format!("edits: {files} hold again what they held before a process was killed")];
            lines.extend(edited);
            lines
        }
    })
}
