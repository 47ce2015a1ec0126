//! Finds the files that a step declares as its outputs, and reads them for the record.

use std::fs;
use std::io::ErrorKind;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use globset::GlobMatcher;

use crate::facts::digest::Digest;
use crate::world::file_digest;

/// The most entries that are looked at for one glob.
const MOST: usize = 100_000;
/// The most bytes of one file that are kept.
pub const LARGEST: u64 = 256 << 20;

/// What a glob found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The regular files, with their paths from the root, in order.
    pub files: Vec<(String, PathBuf)>,
    /// The links, by their paths from the root, in order: they are not followed, and nothing of them is kept.
    pub links: Vec<String>,
    /// What could not be looked at: the place, and why.
    pub missed: Vec<(String, String)>,
}

/// What lies below a root and a glob matches. Links are not followed.
pub fn matching(root: &Path, beginning: &str, glob: &GlobMatcher) -> Found {
    let start = beginning.rsplit_once('/').map_or("", |(folder, _)| folder);
    let deepest = deepest(glob.glob().glob());
    let mut found = Found::default();
    let mut open = vec![start.to_owned()];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        let entries = match fs::read_dir(root.join(&folder)) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(error) => {
                found.missed.push((folder, error.to_string()));
                continue;
            }
        };
        for entry in entries.flatten() {
            seen += 1;
            // A name that is no text is matched as it is shown: a file of it is missed, and not silently.
            let name = entry.file_name();
            let shown = name.to_string_lossy();
            let path = if folder.is_empty() { shown.into_owned() } else { format!("{folder}/{shown}") };
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && name.to_str().is_some() {
                if path.matches('/').count() < deepest {
                    open.push(path);
                }
            } else if kind.is_symlink() && glob.is_match(&path) {
                found.links.push(path);
            } else if kind.is_file() && glob.is_match(&path) {
                match name.to_str() {
                    Some(_) => found.files.push((path, entry.path())),
                    None => found.missed.push((path, "its name is no text".to_owned())),
                }
            }
        }
        if seen >= MOST && !open.is_empty() {
            let why = format!("the folders of the glob hold more than {MOST} entries");
            found.missed.push((start.to_owned(), why));
            break;
        }
    }
    found.files.sort();
    found.links.sort();
    found
}

/// How many folders a match can lie in: `*` stays inside one.
fn deepest(glob: &str) -> usize {
    let crosses = glob.contains("**") || glob.contains(['[', '{', '\\']);
    if crosses { usize::MAX } else { glob.matches('/').count() }
}

/// The bytes of a file; else why they are not kept.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let metadata = path.symlink_metadata().map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no file any more".to_owned());
    }
    if metadata.len() > LARGEST {
        return Err(format!("it has {} bytes, and {LARGEST} are kept at most", metadata.len()));
    }
    // It may still grow while it is read.
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > LARGEST { Err("it grows while it is read".to_owned()) } else { Ok(bytes) }
}

/// The digest of a file of any size.
pub fn digest(path: &Path) -> Result<Digest, String> {
    file_digest::of_file(path).map(|(digest, _)| digest).map_err(|problem| problem.message)
}

/// A path at which nothing is: the wanted one, or one beside it.
pub fn free(folder: &Path, path: &str) -> String {
    let is_free = |path: &String| folder.join(path).symlink_metadata().is_err();
    let others = (2..).map(|number: u32| format!("{path}.{number}"));
    std::iter::once(path.to_owned()).chain(others).find(is_free).unwrap_or_default()
}

/// Moves a file away, so that it is never taken for good, and never lost.
pub fn move_to(path: &Path, target: &Path) -> std::io::Result<()> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::rename(path, target).or_else(|_| {
        fs::copy(path, target)?;
        fs::remove_file(path)
    })
}

/// Writes the files of a generated crate below a folder that is made anew.
pub fn write_all(folder: &Path, files: &[(String, String)]) -> std::io::Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// Takes a generated folder away; what can't be removed stays, and harms nothing.
pub fn remove(folder: &Path) {
    let _ = fs::remove_dir_all(folder);
}
