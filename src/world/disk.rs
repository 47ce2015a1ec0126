//! What stands on the disk, by its metadata.

use std::fs::Metadata;

use crate::facts::tree::Mode;

/// The mode of something that is no folder.
pub(crate) fn mode_of(metadata: &Metadata) -> Mode {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        Mode::Symlink
    } else if !kind.is_file() {
        Mode::Special
    } else if is_executable(metadata) {
        Mode::Executable
    } else {
        Mode::File
    }
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}
