//! The folders of exported runs: made anew for a writer, found below a folder for a reader.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;

/// The file without which a folder is no export; it is written last.
const LINES: &str = "ledger.jsonl";
/// How deep exports are looked for: an artifact may have a folder of its own, and that one its version.
const DEPTH: usize = 4;
/// The most folders that are looked into.
const MOST: usize = 10_000;

/// Makes an empty folder. An export that is there goes; anything else stays, and is an error.
pub fn make_anew(path: &Path) -> Result<(), Error> {
    let shown = path.display();
    let failed = |error: io::Error| {
        Error::failed("file-unwritable", format!("make the folder {shown}: {error}"))
            .help("give a folder that can be written")
    };
    let is_empty = match fs::read_dir(path) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(failed(error)),
    };
    if !is_empty {
        let is_export = path.join(LINES).is_file() && path.join("objects").is_dir() && !path.join("lock").exists();
        if !is_export {
            return Err(Error::usage("not-an-export", format!("export into {shown}: it holds something else"))
                .help("give an empty folder, or one that holds an earlier export"));
        }
        fs::remove_dir_all(path).map_err(failed)?;
    }
    fs::create_dir_all(path).map_err(failed)
}

/// The folders at or below a path that hold the lines of a run, in order. Links are not followed.
pub fn find(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Err(Error::usage("no-folder", format!("read {}: it is no folder", path.display()))
            .help("give the folder of an exported run, or one that holds several"));
    }
    let mut found = Vec::new();
    let mut open = vec![(path.to_path_buf(), 0)];
    let mut seen = 0;
    while let Some((folder, depth)) = open.pop() {
        seen += 1;
        if folder.join(LINES).is_file() {
            found.push(folder);
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|error| {
            Error::failed("folder-unreadable", format!("read {}: {error}", folder.display()))
                .help("make the folder readable")
        })?;
        let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        if depth < DEPTH && seen < MOST {
            open.extend(folders.map(|entry| (entry.path(), depth + 1)));
        }
    }
    found.sort();
    Ok(found)
}
