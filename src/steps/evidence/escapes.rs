//! Terminal escape sequences, taken out of bytes.

use std::borrow::Cow;

/// The byte that begins an escape sequence.
const ESCAPE: u8 = 0x1b;

/// The bytes without escape sequences: colours, cursor moves, titles, links, character sets.
///
/// A sequence that the end cuts short goes too. Everything else stays, also other control characters.
pub fn strip(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(ESCAPE, bytes) else {
        return Cow::Borrowed(bytes);
    };
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&bytes[..first]);
    let mut rest = &bytes[first..];
    while !rest.is_empty() {
        let length = sequence(rest);
        rest = &rest[length..];
        let text = memchr::memchr(ESCAPE, rest).unwrap_or(rest.len());
        kept.extend_from_slice(&rest[..text]);
        rest = &rest[text..];
    }
    Cow::Owned(kept)
}

/// The length of the escape sequence that the bytes begin with.
fn sequence(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        Some(b'[') => {
            let end = bytes[2..].iter().position(|byte| !(0x20..=0x3f).contains(byte));
            // A byte that no sequence may hold ends it without belonging to it.
            end.map_or(bytes.len(), |end| 2 + end + usize::from((0x40..=0x7e).contains(&bytes[2 + end])))
        }
        Some(b']' | b'P' | b'_' | b'^') => control_string(bytes),
        Some(b' '..=b'/') => 3.min(bytes.len()),
        Some(b'0'..=b'~') => 2,
        _ => 1,
    }
}

/// The length of a control string: up to a bell, `ESC \`, or the end of the line, past which no well-meant one goes.
fn control_string(bytes: &[u8]) -> usize {
    for (at, byte) in bytes.iter().enumerate().skip(2) {
        match byte {
            0x07 => return at + 1,
            b'\n' => return at,
            &ESCAPE => return if bytes.get(at + 1) == Some(&b'\\') { at + 2 } else { at },
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_go_and_text_stays() {
        let check = |from: &str, to: &str| assert_eq!(strip(from.as_bytes()), to.as_bytes(), "{from:?}");
        check("plain", "plain");
        check("\u{1b}[1m\u{1b}[92m    Finished\u{1b}[0m x", "    Finished x");
        check("test \u{1b}[32mok\u{1b}(B\u{1b}[m.", "test ok.");
        check("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{7}!", "link!");
        check("a\u{1b}]0;never closed\nb", "a\nb");
        check("cut \u{1b}[3", "cut ");
        check("\u{1b}", "");
        check("\u{1b}[31\nx", "\nx");
        check("ä\u{1b}7ö\u{1b}ü", "äöü");
    }
}
