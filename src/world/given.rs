//! Reads files that the caller names, wherever they are.

use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::kind::Kind;
use crate::facts::limits;

/// The most bytes of a key.
const MOST_KEY: u64 = 1 << 16;

/// The bytes of a private key that the caller names.
pub fn key(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |why: String| {
        Error::usage("no-key", format!("read {}: {why}", path.display())).help("name a private key that is there")
    };
    let metadata = path.metadata().map_err(|error| failed(error.kind().to_string()))?;
    if !metadata.is_file() || metadata.len() > MOST_KEY {
        return Err(failed("it is no key".to_owned()));
    }
    std::fs::read(path).map_err(|error| failed(error.kind().to_string()))
}

/// The bytes of a proof that the caller names, if it has at most so many.
pub fn proof(path: &Path, most: usize) -> Result<Vec<u8>, Error> {
    let failed = |why: String| {
        Error::failed("no-proof", format!("read {}: {why}", path.display())).help("make one: cargo governed run")
    };
    let metadata = path.metadata().map_err(|error| failed(error.kind().to_string()))?;
    if !metadata.is_file() || metadata.len() > most as u64 {
        return Err(failed("it is no proof".to_owned()));
    }
    std::fs::read(path).map_err(|error| failed(error.kind().to_string()))
}

/// The bytes of a document that the caller names, if it has at most so many.
pub fn document(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let failed = |why: String| {
        Error::usage("no-document", format!("read {}: {why}", path.display())).help("name a document that is there")
    };
    let metadata = path.metadata().map_err(|error| failed(error.kind().to_string()))?;
    if !metadata.is_file() || metadata.len() > most {
        return Err(failed(format!("it is no file of at most {most} bytes")));
    }
    std::fs::read(path).map_err(|error| failed(error.kind().to_string()))
}

/// How many links a path may lead through.
const MOST_LINKS: usize = 64;

/// Whether a path leads into one of the folders, or on its way through a link that lies in one: what is checked in there
/// decides where it ends.
pub fn leads_through(path: &Path, folders: &[PathBuf]) -> bool {
    let real = |folder: &PathBuf| folder.canonicalize().unwrap_or_else(|_| folder.clone());
    let folders: Vec<PathBuf> = folders.iter().map(real).collect();
    let is_inside = |path: &Path| folders.iter().any(|folder| path.starts_with(folder));
    let Ok(path) = std::path::absolute(path) else { return true };
    let (mut at, mut links) = (PathBuf::new(), 0);
    let parts =
        |path: &Path| -> Vec<OsString> { path.components().rev().map(|part| part.as_os_str().to_owned()).collect() };
    let mut open = parts(&path);
    while let Some(part) = open.pop() {
        if part == ".." {
            at.pop();
            continue;
        }
        let next = at.join(&part);
        match std::fs::read_link(&next) {
            Ok(to) => {
                links += 1;
                if links > MOST_LINKS || is_inside(&real(&at).join(&part)) {
                    return true;
                }
                // An absolute one takes the place of all before it.
                open.extend(parts(&to));
            }
            Err(_) => at = next,
        }
    }
    is_inside(&at) || is_inside(&path.canonicalize().unwrap_or(path))
}

/// The text of a file that the caller names; a link is followed, because the caller chose it.
pub fn read(path: &Path) -> Result<String, Error> {
    let failed = |why: String| {
        Error::usage("no-config", format!("read {}: {why}", path.display())).help("name a policy file that is there")
    };
    let metadata = path.metadata().map_err(|error| failed(error.kind().to_string()))?;
    if !metadata.is_file() || metadata.len() > limits::bytes_of(Kind::Policy) {
        return Err(failed("it is no policy file".to_owned()));
    }
    std::fs::read_to_string(path).map_err(|error| failed(error.kind().to_string()))
}

/// The files of a folder by name, in their order; links and folders are not followed.
pub fn files_in(folder: &Path) -> Result<Vec<(String, PathBuf)>, Error> {
    let failed = |error: std::io::Error| {
        Error::failed("folder-unreadable", format!("list {}: {error}", folder.display()))
            .at(folder.display().to_string())
            .help("give a folder that can be read")
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
    }
    found.sort();
    Ok(found)
}
