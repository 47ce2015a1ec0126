//! `tree.sha256`: the files of a tree as `sha256sum` lists them, so that `sha256sum -c` checks a tree against a proof.
//!
//! Its own digest is what in-toto calls `dirHash`. Links and submodules have no bytes of their own: git's tree id covers them.

use std::fmt::Write as _;

use crate::facts::tree::Mode;
use crate::proof::malformed::Malformed;
use crate::steps::listing_text;

/// Makes the file from the listing that a run recorded.
pub fn of(listing: &[u8]) -> Result<Vec<u8>, Malformed> {
    let text = std::str::from_utf8(listing).map_err(|_| Malformed::new("the listing is no text"))?;
    let lines = listing_text::parse(text).ok_or_else(|| Malformed::new("the listing can't be read"))?;
    let mut made = String::with_capacity(text.len());
    let has_bytes = |mode: &str| [Mode::File, Mode::Executable].iter().any(|known| listing_text::mode(*known) == mode);
    for line in lines {
        let path = plain(&line.path).ok_or_else(|| Malformed::new(format!("`{}` is no path", line.path)))?;
        if has_bytes(&line.mode) {
            put(&mut made, &line.hex, &path);
        } else if line.mode == listing_text::mode(Mode::Special) {
            let message = format!("`{path}` is no regular file, or its name is no UTF-8: no listing can vouch for it");
            return Err(Malformed::new(message));
        }
    }
    Ok(made.into_bytes())
}

/// Writes a line as coreutils does: where the name holds a line end or a backslash, the line begins with one.
fn put(text: &mut String, hex: &str, path: &str) {
    if !path.contains(['\\', '\n', '\r']) {
        let _ = writeln!(text, "{hex}  {path}");
        return;
    }
    let _ = write!(text, "\\{hex}  ");
    for character in path.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            plain => text.push(plain),
        }
    }
    text.push('\n');
}

/// The path of a line of the listing: `\` and two digits stand for a character.
fn plain(written: &str) -> Option<String> {
    let mut parts = written.split('\\');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        path.push(char::from(u8::from_str_radix(code, 16).ok()?));
        path.push_str(rest);
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::digest::Digest;

    fn listing(files: &[(Mode, &str)]) -> Vec<u8> {
        let mut text = format!("{}\n", listing_text::HEADER);
        for (mode, path) in files {
            listing_text::write(&mut text, *mode, &Digest::of(path.as_bytes()), path);
        }
        text.into_bytes()
    }

    #[test]
    fn files_are_listed_and_what_has_no_bytes_is_not() {
        let made = of(&listing(&[
            (Mode::File, "a b"),
            (Mode::Symlink, "link"),
            (Mode::Submodule, "module"),
            (Mode::Executable, "run.sh"),
        ]));
        let hex = |name: &str| Digest::of(name.as_bytes()).hex();
        let expected = format!("{}  a b\n{}  run.sh\n", hex("a b"), hex("run.sh"));
        assert_eq!(String::from_utf8(made.unwrap()).unwrap(), expected);
    }

    #[test]
    fn odd_names_are_escaped_as_coreutils_does() {
        let made = of(&listing(&[(Mode::File, "back\\slash"), (Mode::File, "new\nline\r")])).unwrap();
        let made = String::from_utf8(made).unwrap();
        assert!(made.lines().all(|line| line.starts_with('\\')), "{made}");
        assert!(made.contains("  back\\\\slash\n") && made.contains("  new\\nline\\r\n"), "{made}");
    }

    #[test]
    fn what_no_listing_can_vouch_for_is_refused() {
        assert!(of(&listing(&[(Mode::Special, "fifo")])).unwrap_err().message.contains("fifo"));
        assert!(of(b"something else\n").is_err());
        assert!(of(b"\xff").is_err());
    }
}
