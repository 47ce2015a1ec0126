//! Opens files of a checkout: regular ones only, never through a link, never more than the limit.

use std::fs::File;
use std::fs::Metadata;
use std::fs::OpenOptions;
use std::io::Read;
use std::path::Path;

use crate::facts::limits;
use crate::facts::problem::Problem;

/// Reads a regular file of at most `limit` bytes. Anything else is a problem, and is not waited for.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Problem> {
    let (mut file, metadata) = opened(path)?;
    if metadata.len() > limit {
        return Err(too_large(metadata.len(), limit));
    }
    // One byte more than is there: a read that leaves room has come to the end of a regular file.
    let length = usize::try_from(metadata.len()).unwrap_or_default();
    let mut bytes = vec![0; length + 1];
    let read = read_once(&mut file, &mut bytes).map_err(|error| unreadable(&error))?;
    bytes.truncate(read);
    if read <= length {
        return Ok(bytes);
    }
    // It grows while it is read. One byte more than allowed says that it passed the limit.
    let rest = (limit + 1).saturating_sub(read as u64);
    file.take(rest).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    let length = bytes.len() as u64;
    if length > limit { Err(too_large(length, limit)) } else { Ok(bytes) }
}

/// Fills a buffer as far as one read of the system does; asked again only where a signal came in between.
fn read_once(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Opens a regular file. Anything else is a problem, and is not waited for.
pub(crate) fn open_regular(path: &Path) -> Result<File, Problem> {
    opened(path).map(|(file, _)| file)
}

fn opened(path: &Path) -> Result<(File, Metadata), Problem> {
    let file = open(path).map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().map_err(|error| unreadable(&error))?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(problem("no regular file")) }
}

/// A problem that no limit of ours made.
pub(crate) fn problem(message: &str) -> Problem {
    Problem { message: message.to_owned(), span: None, limit: false }
}

/// The problem of a file above its limit.
pub(crate) fn too_large(length: u64, limit: u64) -> Problem {
    let message = format!("{} is more than the {} that are read", limits::size(length), limits::size(limit));
    Problem { message, span: None, limit: true }
}

/// The problem of a file that the system does not give.
pub(crate) fn unreadable(error: &std::io::Error) -> Problem {
    Problem { message: format!("could not be read: {}", error.kind()), span: None, limit: false }
}

#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // A FIFO would wait for its other end, a device might do anything, a link leads out of the tree.
    OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    if path.symlink_metadata()?.is_file() {
        OpenOptions::new().read(true).open(path)
    } else {
        Err(std::io::ErrorKind::InvalidInput.into())
    }
}
