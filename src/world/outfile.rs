//! Writes a file that the caller asked for: a report, a man page.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;

/// Writes a file, and the folders above it that are missing. Below the current folder, where a tree may have brought links,
/// a link in its place is replaced, and one among its folders is refused.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let here = std::env::current_dir().unwrap_or_default();
    if let Some(inside) = if path.is_relative() { Some(path) } else { path.strip_prefix(&here).ok() } {
        let mut folder = here;
        for part in inside.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_symlink()) {
                return Err(Error::failed(
                    "file-unwritable",
                    format!("write {}: {} is a link", path.display(), folder.display()),
                )
                .at(path.display().to_string())
                .help("give a path through folders, or one outside the tree"));
            }
        }
        let special = |metadata: fs::Metadata| !metadata.is_file() && !metadata.is_symlink();
        if !fs::symlink_metadata(path).is_ok_and(special) {
            return replace(path, bytes);
        }
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let result = folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    result.map_err(|error| {
        Error::failed("file-unwritable", format!("write {}: {error}", path.display()))
            .at(path.display().to_string())
            .help("give a path that can be written")
    })
}

/// Writes a file that must not be there yet: never over another one, and never through a link.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let result = fs::File::create_new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    result.map_err(|error| {
        Error::failed("file-unwritable", format!("create {}: {error}", path.display())).at(path.display().to_string())
    })
}

/// Writes a file below a folder that must not be there yet, with the folders that are missing; none of them may be a link.
pub fn create_below(root: &Path, path: &str, bytes: &[u8]) -> Result<(), Error> {
    folders_below(root, path)?;
    create(&root.join(path), bytes)
}

/// Makes the folders of a path below a root that are missing; none of them may be a link.
pub(crate) fn folders_below(root: &Path, path: &str) -> Result<(), Error> {
    let mut folder = root.to_path_buf();
    let (folders, _) = path.rsplit_once('/').unwrap_or(("", path));
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        let made = match fs::symlink_metadata(&folder) {
            Ok(metadata) if metadata.is_dir() => Ok(()),
            Ok(_) => Err(std::io::Error::other("it is no folder")),
            Err(_) => fs::create_dir(&folder),
        };
        made.map_err(|error| {
            Error::failed("file-unwritable", format!("create {}: {error}", folder.display()))
                .at(folder.display().to_string())
        })?;
    }
    Ok(())
}

/// Writes a file in one step: whoever reads it sees the old bytes or the new ones, and a link in its place is replaced.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    stage(path, bytes)?.publish()
}

/// The same, where the file does not hold these bytes already.
pub(crate) fn renew(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let is_there = fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == bytes.len() as u64);
    if is_there && fs::read(path).is_ok_and(|there| there == bytes) { Ok(()) } else { replace(path, bytes) }
}

/// The bytes of a file beside it, on their way into its place; they go away where they do not get there.
pub(crate) struct Staged {
    path: PathBuf,
    beside: PathBuf,
}

impl Staged {
    /// Puts them in the place of the file.
    pub(crate) fn publish(self) -> Result<(), Error> {
        fs::rename(&self.beside, &self.path).map_err(|error| unwritable(&self.path, &error))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside);
    }
}

/// Writes the bytes of a file beside it.
pub(crate) fn stage(path: &Path, bytes: &[u8]) -> Result<Staged, Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let staged = Staged { path: path.to_path_buf(), beside };
    let result = folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let _ = fs::remove_file(&staged.beside);
        fs::File::create_new(&staged.beside)?.write_all(bytes)
    });
    result.map(|()| staged).map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::failed("file-unwritable", format!("write {}: {error}", path.display()))
        .at(path.display().to_string())
        .help("give a path that can be written")
}
