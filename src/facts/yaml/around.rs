//! What the text around a YAML node says beside its value: comments, and where a part of a block scalar stands.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// The comment behind an offset on its line, without the `#`: `v4.1.0` of `uses: a/b@SHA # v4.1.0`.
pub fn comment_behind(text: &str, offset: usize) -> Option<Spanned<String>> {
    let rest = text.get(offset..)?.split('\n').next()?;
    let at = rest.find('#')?;
    let before = rest[..at].trim_matches(['"', '\'']);
    // Only white space may stand between the value and its comment; a `#` without a space before it is part of a value.
    (before.trim().is_empty() && (before.ends_with([' ', '\t']) || offset == 0))
        .then(|| trimmed(text, offset + at + 1, offset + rest.len()))
}

/// The comment lines that stand right above the line of an offset, the nearest first.
pub fn comments_above(text: &str, offset: usize) -> Vec<Spanned<String>> {
    let mut found = Vec::new();
    let mut end = line_start(text, offset);
    while end > 0 {
        let start = line_start(text, end - 1);
        let line = text.get(start..end).unwrap_or_default();
        let Some(rest) = line.trim_start().strip_prefix('#') else { break };
        found.push(trimmed(text, end - rest.len(), end));
        end = start;
    }
    found
}

fn line_start(text: &str, offset: usize) -> usize {
    text.as_bytes().get(..offset).and_then(|before| memchr::memrchr(b'\n', before)).map_or(0, |at| at + 1)
}

fn trimmed(text: &str, start: usize, end: usize) -> Spanned<String> {
    let raw = text.get(start..end).unwrap_or_default();
    let value = raw.trim();
    let start = start + (raw.len() - raw.trim_start().len());
    Spanned::new(value.to_owned(), Span::new(start, start + value.len()))
}

/// Where a part of a scalar's value stands in the file: block scalars lose their indent, folded ones their line ends.
///
/// `inner` counts in the value. Where the text cannot be matched (escapes), the span of the whole scalar is given.
pub fn locate(text: &str, scalar: &Spanned<String>, inner: Span) -> Span {
    let source = text.get(scalar.span.start..scalar.span.end).unwrap_or_default();
    if source == scalar.value {
        return inner.offset_by(scalar.span.start);
    }
    let start = matched(source, &scalar.value, inner.start);
    let end = matched(source, &scalar.value, inner.end.saturating_sub(1));
    match (start, end) {
        (Some(start), Some(end)) if start <= end => Span::new(scalar.span.start + start, scalar.span.start + end + 1),
        _ => scalar.span,
    }
}

/// The offset in the source of the byte at an offset of the value: the words of both follow each other in one order.
fn matched(source: &str, value: &str, offset: usize) -> Option<usize> {
    let mut cursor = 0;
    let mut at = 0;
    for piece in value.split_inclusive(|character: char| character.is_ascii_whitespace()) {
        let word = piece.trim_end_matches(|character: char| character.is_ascii_whitespace());
        let found = cursor + source.get(cursor..)?.find(word)?;
        if offset < at + piece.len() {
            return Some((found + (offset - at)).min(source.len()));
        }
        cursor = found + word.len();
        at += piece.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::yaml::parse;

    #[test]
    fn comments_stand_behind_and_above() {
        let text = "# one\n  # two\nuses: 'a@b' # v1\nc: d#e\n";
        assert_eq!(comment_behind(text, 25).map(|comment| comment.value), Some("v1".to_owned()));
        assert_eq!(comment_behind(text, text.find("#e").unwrap()), None);
        let above: Vec<_> = comments_above(text, 20).into_iter().map(|comment| comment.value).collect();
        assert_eq!(above, ["two", "one"]);
    }

    #[test]
    fn parts_of_block_scalars_are_found_in_the_file() {
        let text = "run: |\n    cd x\n    cargo test -p foo\nfold: >-\n  cargo\n  test\n  -p bar\n";
        let document = parse::parse(text, &mut Vec::new());
        for (key, part) in [("run", "foo"), ("run", "cd x"), ("fold", "bar"), ("fold", "cargo")] {
            let scalar = document.root().unwrap().get(key).unwrap().scalar().unwrap();
            let at = scalar.value.find(part).unwrap();
            let span = locate(text, &scalar, Span::new(at, at + part.len()));
            assert_eq!(&text[span.start..span.end], part);
        }
    }
}
