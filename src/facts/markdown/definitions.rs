//! The link reference definitions of a text, those that Markdown ignores too.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memchr;
use memchr::memmem;
use memchr::memrchr;

use crate::facts::markdown::document::Definition;
use crate::facts::markdown::target;
use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// Lists all definitions in order: the valid ones (their spans come from the parser), and later ones of the same labels.
///
/// `leaves` are the spans of paragraphs, code and HTML in order: what looks like a definition there is none.
pub(super) fn list(text: &str, mut valid: Vec<Range<usize>>, leaves: &[Range<usize>]) -> Vec<Definition> {
    valid.sort_by_key(|range| range.start);
    let mut labels = BTreeSet::new();
    let mut definitions = Vec::new();
    for range in &valid {
        if let Some(definition) = read(text, range.clone(), false) {
            labels.insert(normal(&definition.label.value));
            definitions.push(definition);
        }
    }
    for line in lines_like_one(text) {
        if covers(&valid, line.start) || covers(leaves, line.start) {
            continue;
        }
        let shadowed = read(text, line, true).filter(|definition| labels.contains(&normal(&definition.label.value)));
        definitions.extend(shadowed);
    }
    definitions.sort_by_key(|definition| definition.label.span.start);
    definitions
}

fn read(text: &str, range: Range<usize>, shadowed: bool) -> Option<Definition> {
    let (label, target) = target::definition(text, range)?;
    let spanned = |range: Range<usize>| Spanned::new(text[range.clone()].to_owned(), Span::from(range));
    Some(Definition { label: spanned(label), target: spanned(target), shadowed })
}

/// The lines whose first mark is `[`, with `]:` behind it: from that bracket to the line end.
fn lines_like_one(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut passed = 0;
    for at in memmem::find_iter(bytes, b"]:") {
        if at < passed {
            continue;
        }
        let start = memrchr(b'\n', &bytes[passed..at]).map_or(passed, |found| passed + found + 1);
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |found| at + found);
        passed = end;
        let mark = bytes[start..at].iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'>' | b'*' | b'-' | b'+'));
        if let Some(mark) = mark.filter(|&mark| bytes[start + mark] == b'[' && bytes[start + mark + 1] != b'^') {
            lines.push(start + mark..end);
        }
    }
    lines
}

/// Says whether one of the ranges, which are in order, contains the offset.
fn covers(ranges: &[Range<usize>], offset: usize) -> bool {
    let after = ranges.partition_point(|range| range.start <= offset);
    after > 0 && ranges[after - 1].contains(&offset)
}

/// A label as Markdown compares it: case and runs of white space do not count.
fn normal(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
