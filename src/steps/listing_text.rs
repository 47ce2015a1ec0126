//! The text of a listing: a line a file with its mode, the digest of its bytes and its path, in order of the paths.
//!
//! ```text
//! governed-listing/1
//! 100644 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 src/lib.rs
//! ```

use std::fmt::Write as _;

use crate::facts::digest::Digest;
use crate::facts::tree::Mode;

/// The first line.
pub const HEADER: &str = "governed-listing/1";

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The mode, as git writes it.
    pub mode: String,
    /// The digest of the bytes in hexadecimal.
    pub hex: String,
    /// The path.
    pub path: String,
}

impl Line {
    /// The path as it is on the disk; none where it is written wrong.
    pub fn plain_path(&self) -> Option<String> {
        let mut plain = String::with_capacity(self.path.len());
        let mut rest = self.path.as_str();
        while let Some(at) = rest.find('\\') {
            plain.push_str(&rest[..at]);
            let code = rest.get(at + 1..at + 3)?;
            plain.push(char::from(u8::from_str_radix(code, 16).ok()?));
            rest = &rest[at + 3..];
        }
        plain.push_str(rest);
        Some(plain)
    }

    /// What it is.
    pub fn kind(&self) -> Mode {
        let all = [Mode::File, Mode::Executable, Mode::Symlink, Mode::Submodule];
        all.into_iter().find(|kind| mode(*kind) == self.mode).unwrap_or(Mode::Special)
    }
}

/// The mode as git writes it.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::File => "100644",
        Mode::Executable => "100755",
        Mode::Symlink => "120000",
        Mode::Submodule => "160000",
        Mode::Special => "000000",
    }
}

/// Adds a line.
pub fn write(text: &mut String, of: Mode, digest: &Digest, path: &str) {
    text.push_str(mode(of));
    text.push(' ');
    for byte in digest.0 {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
    }
    text.push(' ');
    if path.contains(['\n', '\r', '\\']) {
        for character in path.chars() {
            match character {
                '\n' | '\r' | '\\' => {
                    let _ = write!(text, "\\{:02x}", u32::from(character));
                }
                plain => text.push(plain),
            }
        }
    } else {
        text.push_str(path);
    }
    text.push('\n');
}

/// Reads the text; none where it is no listing. Paths stay as they are written.
pub fn parse(text: &str) -> Option<Vec<Line>> {
    let mut lines = text.lines();
    if lines.next()? != HEADER {
        return None;
    }
    lines
        .map(|line| {
            let (mode, rest) = line.split_once(' ')?;
            let (hex, path) = rest.split_once(' ')?;
            Some(Line { mode: mode.to_owned(), hex: hex.to_owned(), path: path.to_owned() })
        })
        .collect()
}
