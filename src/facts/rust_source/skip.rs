//! Steps over the tokens of Rust that hide others: literals, comments, blanks. Each gives the offset behind the token.
//!
//! All steps begin and end beside ASCII bytes or at the end of the text, so that offsets are character borders.

/// What the scanner does at a byte.
pub(super) mod class {
    pub(crate) const PLAIN: u8 = 0;
    pub(crate) const WORD: u8 = 1;
    pub(crate) const DIGIT: u8 = 2;
    pub(crate) const OTHER: u8 = 3;
    pub(crate) const LINE_END: u8 = 4;
}

/// The class of each byte. Bytes above ASCII only stand in identifiers, outside of literals and comments.
pub(super) const CLASS: [u8; 256] = {
    let mut table = [class::PLAIN; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => class::WORD,
            b'0'..=b'9' => class::DIGIT,
            b'"' | b'\'' | b'/' | b'#' | b'{' | b'}' | b';' => class::OTHER,
            b'\n' => class::LINE_END,
            _ => class::PLAIN,
        };
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

fn is_word(byte: u8) -> bool {
    matches!(CLASS[byte as usize], class::WORD | class::DIGIT)
}

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The next eight bytes as a number whose lowest byte comes first; none near the end.
fn eight_at(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*eight))
}

/// Marks the highest bit of each byte of eight that belongs to no identifier or number.
///
/// Sums of seven bits don't carry into the next byte, so each byte is judged alone (as in Warren, Hacker's Delight, 6-1).
fn no_word(eight_bytes: u64) -> u64 {
    let high = eight(0x80);
    let low = eight_bytes & !high;
    let between = |value: u64, first: u8, last: u8| (value + eight(0x80 - first)) & !(value + eight(0x7f - last));
    let letter = between(low | eight(0x20), b'a', b'z');
    let digit = between(low, b'0', b'9');
    let underscore = !((low ^ eight(b'_')) + eight(0x7f));
    !(letter | digit | underscore | eight_bytes) & high
}

/// Behind the spaces that begin at `at`: most of them indent a line.
pub(super) fn spaces(bytes: &[u8], mut at: usize) -> usize {
    while let Some(next) = eight_at(bytes, at) {
        let other = next ^ eight(b' ');
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

/// Behind the identifier or number that holds `at`.
pub(super) fn word(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(next) = eight_at(bytes, at) {
        let other = no_word(next);
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| is_word(byte)) {
        at += 1;
    }
    at
}

/// Behind a string whose opening quote stands before `at`.
pub(super) fn string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// Behind a raw string, where `at` is behind its `r`: at the hashes or the quote. None where it is no raw string.
pub(super) fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut quote = at;
    while bytes.get(quote) == Some(&b'#') {
        quote += 1;
    }
    if bytes.get(quote) != Some(&b'"') {
        return None;
    }
    let hashes = quote - at;
    let mut end = quote + 1;
    while let Some(found) = memchr::memchr(b'"', &bytes[end..]) {
        end += found + 1;
        let closing = bytes[end..].iter().take(hashes).take_while(|&&byte| byte == b'#').count();
        if closing == hashes {
            return Some(end + hashes);
        }
        end += closing;
    }
    Some(bytes.len())
}

/// Behind a character literal or a lifetime whose tick stands at `at`.
pub(super) fn tick(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    match bytes.get(at + 1) {
        Some(b'\\') => {
            // The longest escape is `'\u{10FFFF}'` with underscores; a line end means that it was none.
            let from = (at + 3).min(bytes.len());
            match memchr::memchr2(b'\'', b'\n', &bytes[from..]) {
                Some(found) => from + found + 1,
                None => bytes.len(),
            }
        }
        Some(_) => {
            let Some(character) = text.get(at + 1..).and_then(|rest| rest.chars().next()) else { return at + 1 };
            let close = at + 1 + character.len_utf8();
            if bytes.get(close) == Some(&b'\'') && character != '\'' { close + 1 } else { word(bytes, at + 1) }
        }
        None => at + 1,
    }
}

/// The end of the line that holds `at`: the offset of its `\n`, or the end of the text.
pub(super) fn line(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found)
}

/// Behind a block comment, nested ones in it too, where `at` is behind its `/*`.
pub(super) fn block_comment(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 1_usize;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'/', b'*', rest)) {
        at += found;
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// Behind blanks and comments.
pub(super) fn blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(byte), _) if byte.is_ascii_whitespace() => at += 1,
            (Some(b'/'), Some(b'/')) => at = line(bytes, at),
            (Some(b'/'), Some(b'*')) => at = block_comment(bytes, at + 2),
            _ => return at,
        }
    }
}

/// Behind the bracket that closes the one before `at`, or the end of the text.
pub(super) fn brackets(text: &str, mut at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 1_usize;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'[' => {
                depth += 1;
                at + 1
            }
            b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
                at + 1
            }
            b'"' => string(bytes, at + 1),
            b'\'' => tick(text, at),
            b'/' => blank(bytes, at).max(at + 1),
            _ if CLASS[byte as usize] == class::WORD => {
                let end = word(bytes, at);
                let raw = matches!(&bytes[at..end], b"r" | b"br" | b"cr");
                raw.then(|| raw_string(bytes, end)).flatten().unwrap_or(end)
            }
            _ => at + 1,
        };
    }
    bytes.len()
}

/// The content of the string literal that begins at `at`, escapes left as they are, and the offset behind it.
pub(super) fn literal(bytes: &[u8], at: usize) -> Option<(std::ops::Range<usize>, usize)> {
    match bytes.get(at)? {
        b'"' => {
            let end = string(bytes, at + 1);
            // A literal that the text breaks off has no end quote, and what stands there may be half a character.
            (end > at + 1 && bytes.get(end - 1) == Some(&b'"')).then(|| (at + 1..end - 1, end))
        }
        b'r' => {
            let end = raw_string(bytes, at + 1)?;
            let hashes = bytes[at + 1..].iter().take_while(|&&byte| byte == b'#').count();
            let (first, last) = (at + 2 + hashes, end.checked_sub(1 + hashes)?);
            (first <= last && bytes.get(last) == Some(&b'"')).then_some((first..last, end))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes_are_judged_as_one_is() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                for around in [b' ', b'a', 0xff, 0] {
                    let mut bytes = [around; 8];
                    bytes[place] = byte;
                    let marked = no_word(u64::from_le_bytes(bytes)) >> (8 * place) & 0xff;
                    assert_eq!(marked == 0x80, !is_word(byte), "{byte} at {place} among {around}");
                    assert!(marked == 0 || marked == 0x80);
                }
            }
        }
    }

    #[test]
    fn words_and_spaces_end_where_they_end() {
        for length in 0..20 {
            for behind in ["", "!", " (", "\n", ".a long rest"] {
                let text = format!("{}{behind}", "r\u{e9}_9Z".chars().cycle().take(length).collect::<String>());
                assert_eq!(word(text.as_bytes(), 0), text.len() - behind.len(), "{text:?}");
            }
            for behind in ["", "\n", "a", "\t and a rest"] {
                let text = format!("{}{behind}", " ".repeat(length));
                assert_eq!(spaces(text.as_bytes(), 0), length, "{text:?}");
            }
        }
    }
}
