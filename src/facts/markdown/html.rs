//! The HTML inside a Markdown text: comments, links, anchors, headings. No parser of pages, only of tags.

use std::ops::Range;

use memchr::memchr;
use memchr::memmem;

/// The most bytes that are looked through for the end tag of a link or a heading.
const INNER: usize = 600;

/// Something that HTML says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A comment: what stands between `<!--` and `-->`.
    Comment(Range<usize>),
    /// `<a href="...">` or `<img src="...">`: the whole tag, and the target.
    Link { image: bool, tag: Range<usize>, target: Range<usize>, text: String },
    /// The value of `id=` or `name=`.
    Anchor(Range<usize>),
    /// `<h2>text</h2>`: its tag and its text.
    Heading(Range<usize>, String),
}

/// Reads the tags that begin inside a range of the text.
pub(super) fn scan(text: &str, range: Range<usize>, mut found: impl FnMut(Item)) {
    let mut at = range.start;
    while let Some(next) = text.get(at..range.end).and_then(|rest| memchr(b'<', rest.as_bytes())) {
        let start = at + next;
        let rest = &text[start..range.end];
        if let Some(comment) = rest.strip_prefix("<!--") {
            let length = memmem::find(comment.as_bytes(), b"-->").unwrap_or(comment.len());
            found(Item::Comment(start + 4..start + 4 + length));
            at = (start + 4 + length + 3).min(range.end);
        } else {
            at = tag(text, start, range.end, &mut found);
        }
    }
}

/// Reads one tag and gives the offset behind it.
fn tag(text: &str, start: usize, end: usize, found: &mut impl FnMut(Item)) -> usize {
    let bytes = text.as_bytes();
    let name_end = start + 1 + bytes[start + 1..end].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let name = text[start + 1..name_end].to_ascii_lowercase();
    if name.is_empty() {
        return start + 1;
    }
    let mut attributes = Vec::new();
    let close = read_attributes(bytes, name_end, end, &mut attributes);
    for (key, value) in attributes {
        let key = text[key].to_ascii_lowercase();
        match (name.as_str(), key.as_str()) {
            ("a", "href") => {
                found(Item::Link { image: false, tag: start..close, target: value, text: inner(text, close, "a") });
            }
            ("img", "src") => {
                found(Item::Link { image: true, tag: start..close, target: value, text: String::new() });
            }
            (_, "name" | "id") => found(Item::Anchor(value)),
            _ => {}
        }
    }
    if matches!(name.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6") {
        found(Item::Heading(start..close, inner(text, close, &name)));
    }
    close
}

/// Reads `key="value"` pairs until `>`; gives the offset behind it. Values stand without their quotes.
fn read_attributes(
    bytes: &[u8],
    start: usize,
    end: usize,
    attributes: &mut Vec<(Range<usize>, Range<usize>)>,
) -> usize {
    let run = |from: usize, part_of: fn(u8) -> bool| {
        from + bytes[from..end].iter().take_while(|&&byte| part_of(byte)).count()
    };
    let mut at = start;
    while at < end {
        at = run(at, |byte| byte.is_ascii_whitespace() || byte == b'/');
        if at >= end || bytes[at] == b'>' || bytes[at] == b'<' {
            break;
        }
        let key_end = run(at, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'=' | b'>' | b'/' | b'<'));
        if key_end == at {
            at += 1;
            continue;
        }
        let equals = run(key_end, |byte| byte.is_ascii_whitespace());
        if bytes.get(equals) != Some(&b'=') || equals >= end {
            at = key_end;
            continue;
        }
        let value = run(equals + 1, |byte| byte.is_ascii_whitespace());
        let quote = bytes.get(value).copied().filter(|byte| value < end && matches!(byte, b'"' | b'\''));
        let (value, next) = if let Some(quote) = quote {
            let length = memchr(quote, &bytes[value + 1..end]).unwrap_or(end - value - 1);
            (value + 1..value + 1 + length, (value + 2 + length).min(end))
        } else {
            let next = run(value.min(end), |byte| !byte.is_ascii_whitespace() && byte != b'>');
            (value.min(end)..next, next)
        };
        attributes.push((at..key_end, value));
        at = next;
    }
    if at < end && bytes[at] == b'>' { at + 1 } else { at }
}

/// The text between a start tag and its end tag, without other tags; empty where the end tag is far away or missing.
fn inner(text: &str, from: usize, name: &str) -> String {
    let mut limit = (from + INNER).min(text.len());
    while !text.is_char_boundary(limit) {
        limit -= 1;
    }
    let window = &text[from..limit];
    let end = memmem::find_iter(window.as_bytes(), b"</").find(|&at| {
        window.as_bytes()[at + 2..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
    });
    let Some(end) = end else { return String::new() };
    let mut plain = String::new();
    let mut in_tag = false;
    for character in window[..end].chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ if character.is_whitespace() && plain.ends_with(' ') => {}
            _ if character.is_whitespace() => plain.push(' '),
            _ => plain.push(character),
        }
    }
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<String> {
        let mut items = Vec::new();
        scan(text, 0..text.len(), |item| {
            items.push(match item {
                Item::Comment(range) => format!("comment {}", &text[range]),
                Item::Link { image, target, text: inner, .. } => {
                    format!("{} {} {inner}", if image { "image" } else { "link" }, &text[target])
                }
                Item::Anchor(range) => format!("anchor {}", &text[range]),
                Item::Heading(_, inner) => format!("heading {inner}"),
            });
        });
        items
    }

    #[test]
    fn tags_and_comments_are_read() {
        assert_eq!(
            items(
                "<h1 id=top ALIGN='center'>My <b>tool</b>\n</h1><a href='x y'>go</a><img\n src=\"a.png\"/><!-- c -- d -->"
            ),
            ["anchor top", "heading My tool", "link x y go", "image a.png ", "comment  c -- d "]
        );
    }

    #[test]
    fn broken_html_is_read_as_far_as_it_goes() {
        assert_eq!(items("<"), Vec::<String>::new());
        assert_eq!(items("<a href"), Vec::<String>::new());
        assert_eq!(items("<a href="), ["link  "]);
        assert_eq!(items("<a href=\"x"), ["link x "]);
        assert_eq!(items("<!-- open"), ["comment  open"]);
        assert_eq!(items("a < b <= c <a b=<a id=x>"), ["anchor x"]);
    }
}
