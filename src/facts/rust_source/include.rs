//! The argument of `include!` and its kin.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::rust_source::item::Include;
use crate::facts::rust_source::item::IncludeBase;
use crate::facts::rust_source::item::IncludeKind;
use crate::facts::rust_source::skip;

/// More parts than any path has; beyond them the include is unknown, so that the work on one include is bounded.
const PARTS: usize = 16;

/// The include whose exclamation mark stands before `at`; none where no bracket follows.
pub(super) fn read(text: &str, kind: IncludeKind, at: usize) -> Option<Include> {
    let bytes = text.as_bytes();
    let open = skip::blank(bytes, at);
    if !matches!(bytes.get(open), Some(b'(' | b'[' | b'{')) {
        return None;
    }
    let first = skip::blank(bytes, open + 1);
    let (base, path) = if let Some((range, _)) = skip::literal(bytes, first) {
        (IncludeBase::File, Spanned::new(text[range.clone()].to_owned(), range.into()))
    } else {
        joined(text, first)
            .unwrap_or_else(|| (IncludeBase::Unknown, Spanned::new(String::new(), Span::new(first, first))))
    };
    Some(Include { kind, base, path })
}

/// `concat!(env!("CARGO_MANIFEST_DIR"), "/a", "/b")` and what looks like it.
fn joined(text: &str, first: usize) -> Option<(IncludeBase, Spanned<String>)> {
    let bytes = text.as_bytes();
    let open = behind(bytes, first, "concat!").filter(|&at| bytes.get(at) == Some(&b'('))?;
    let mut at = skip::blank(bytes, open + 1);
    let mut base = IncludeBase::File;
    let mut path = String::new();
    for _ in 0..PARTS {
        if let Some((range, end)) = skip::literal(bytes, at) {
            path.push_str(&text[range]);
            at = skip::blank(bytes, end);
        } else {
            let end = behind(bytes, at, "env!").and_then(|open| manifest_variable(text, open))?;
            if !path.is_empty() {
                return None;
            }
            base = IncludeBase::Package;
            at = skip::blank(bytes, end);
        }
        if bytes.get(at) == Some(&b',') {
            at = skip::blank(bytes, at + 1);
        }
        if bytes.get(at) == Some(&b')') {
            return Some((base, Spanned::new(path, Span::new(first, at + 1))));
        }
    }
    None
}

/// Behind a word, where it stands at `at`, and the blanks after it.
fn behind(bytes: &[u8], at: usize, word: &str) -> Option<usize> {
    bytes[at..].starts_with(word.as_bytes()).then(|| skip::blank(bytes, at + word.len()))
}

/// Behind `("CARGO_MANIFEST_DIR")`.
fn manifest_variable(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (range, end) = skip::literal(bytes, skip::blank(bytes, open + 1))?;
    let close = skip::blank(bytes, end);
    (&text[range] == "CARGO_MANIFEST_DIR" && bytes.get(close) == Some(&b')')).then_some(close + 1)
}
