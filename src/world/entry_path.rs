//! From the bytes of a path to the path of an entry, and back to the file system.

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::facts::tree::Entry;
use crate::facts::tree::Mode;

/// The path as text: bytes that are not UTF-8 stand as `\xNN`.
pub(crate) fn shown(bytes: &[u8]) -> Arc<str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Arc::from(text);
    }
    let mut text = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    Arc::from(text)
}

/// An entry of a path in bytes. One whose name is no UTF-8 is listed, and never read: no parser could say its name back.
pub(crate) fn entry(bytes: &[u8], mode: Mode, id: Option<Arc<str>>, tracked: bool) -> Entry {
    let readable = std::str::from_utf8(bytes).is_ok();
    let mode = if readable || matches!(mode, Mode::Submodule | Mode::Symlink) { mode } else { Mode::Special };
    Entry { path: shown(bytes), mode, id, tracked }
}

/// The bytes of a relative path of the file system, with `/` between the parts.
pub(crate) fn bytes_of(relative: &Path) -> Vec<u8> {
    #[cfg(unix)]
    {
        std::os::unix::ffi::OsStrExt::as_bytes(relative.as_os_str()).to_vec()
    }
    #[cfg(not(unix))]
    {
        relative.to_string_lossy().replace('\\', "/").into_bytes()
    }
}

/// The place of a path in bytes below a root of the file system.
pub(crate) fn below(root: &Path, bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        root.join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        root.join(String::from_utf8_lossy(bytes).as_ref())
    }
}
