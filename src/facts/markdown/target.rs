//! Where the target of a link or of a definition stands in the text.

use std::ops::Range;

/// The target behind `](` of an inline link; `from` is where its text ends. None where it can't be told.
pub(super) fn inline(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(from..end)?;
    let mut closing = memchr::memchr_iter(b']', rest.as_bytes());
    let open = closing.find(|at| rest.as_bytes().get(at + 1) == Some(&b'('))?;
    destination(text, from + open + 2, end)
}

/// The label and the target of a definition `[label]: target` that begins in a range.
pub(super) fn definition(text: &str, range: Range<usize>) -> Option<(Range<usize>, Range<usize>)> {
    let body = text.get(range.clone())?;
    let open = body.find('[')?;
    let mut escaped = false;
    let close = body[open + 1..].char_indices().find_map(|(at, character)| match character {
        _ if escaped => {
            escaped = false;
            None
        }
        '\\' => {
            escaped = true;
            None
        }
        ']' => Some(open + 1 + at),
        _ => None,
    })?;
    body[close + 1..].starts_with(':').then_some(())?;
    let target = destination(text, range.start + close + 2, range.end)?;
    Some((range.start + open + 1..range.start + close, target))
}

/// The destination that begins at or behind an offset: `<...>`, or up to white space or the closing parenthesis.
fn destination(text: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(from..end)?;
    let start = from + rest.find(|character: char| !character.is_whitespace() && character != '>')?;
    let rest = &text[start..end];
    if let Some(inner) = rest.strip_prefix('<') {
        let length = inner.find('>')?;
        return Some(start + 1..start + 1 + length);
    }
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b' ' | b'\t'..=b'\r' => return Some(start..start + at),
            // The first byte of a character above ASCII: only there can it be white space.
            0xc0.. if rest[at..].starts_with(char::is_whitespace) => return Some(start..start + at),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(start..start + at),
            b')' => depth -= 1,
            _ => {}
        }
    }
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_where_they_stand() {
        for (text, target) in [
            ("[a](b)", "b"),
            ("[a]( <b c> \"t\")", "b c"),
            ("[a](b(c)d 't')", "b(c)d"),
            ("[a](b\\)c)", "b\\)c"),
            ("[a]()", ""),
        ] {
            assert_eq!(inline(text, 2, text.len()).map(|range| &text[range]), Some(target), "{text}");
        }
        let text = "[a\\]b]: <c d> 'title'";
        let (label, target) = definition(text, 0..text.len()).expect("a definition");
        assert_eq!((&text[label], &text[target]), ("a\\]b", "c d"));
    }
}
