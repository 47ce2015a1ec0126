//! The target of a link as a path and an anchor, where it leads into the tree at all.

use crate::facts::path::extension;
use crate::rules::docs::renderer::Renderer;

/// A target inside the repository.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The path as written, decoded; empty where the link stays on its page.
    pub(super) path: String,
    /// The part behind `#`, decoded.
    pub(super) anchor: Option<String>,
}

/// Reads a target; none where it leads out, or is a place to fill in.
pub(super) fn read(written: &str) -> Option<Target> {
    let written = written.trim();
    if written.is_empty() || leads_out(written) || is_placeholder(written) {
        return None;
    }
    let (path, anchor) = match written.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (written, None),
    };
    let path = path.split('?').next().unwrap_or_default();
    let anchor = anchor.map(decode).filter(|anchor| !anchor.is_empty());
    let path = decode(path);
    (!path.is_empty() || anchor.is_some()).then_some(Target { path, anchor })
}

/// A scheme (`https:`, `mailto:`), a host (`//x`), or a content root of a generator (`@/x`, `~/x`).
fn leads_out(written: &str) -> bool {
    let scheme = written.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    scheme
        || written.contains("://")
        || written.starts_with("//")
        || written.starts_with('@')
        || written.starts_with('~')
}

/// Something to fill in, a shortcode, or a path of Rust that rustdoc resolves.
fn is_placeholder(written: &str) -> bool {
    let strange = |character: char| "{}<>$*|\\\"'`,;!^".contains(character) || character.is_whitespace();
    if written.contains(strange) || written.contains("...") || written.contains('…') || written.contains("::") {
        return true;
    }
    let bare = written.split(['#', '?']).next().unwrap_or_default();
    // `[Foo](Foo)`, `[x](url)`: a name of Rust or a word that stands for a target.
    let word = !bare.is_empty()
        && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'(' | b')'))
        && !bare.bytes().all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'-'));
    let rustdoc = ["struct.", "enum.", "fn.", "trait.", "macro.", "attr.", "derive.", "type.", "constant.", "union."]
        .iter()
        .any(|kind| bare.rsplit('/').next().unwrap_or_default().starts_with(kind) && extension(bare) == "html");
    word || rustdoc || bare.starts_with("path/to") || bare.starts_with("/path/to")
}

/// Takes the percent signs away.
pub(super) fn decode(written: &str) -> String {
    if !written.contains('%') {
        return written.to_owned();
    }
    let bytes = written.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = written.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            plain.push(byte);
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(plain).unwrap_or_else(|_| written.to_owned())
}

/// What the paths of a forge's pages begin with, behind the repository.
const OF_THE_FORGE: &str = "issues pulls pull discussions releases actions wiki tree blob commit commits tags compare \
    labels security graphs milestones projects";

/// Pages of the forge that are no files (`../../issues`), and what a build makes.
pub(super) fn is_of_the_forge(path: &str, renderer: Renderer<'_>) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    let forge = matches!(renderer, Renderer::Forge | Renderer::Plain)
        && path.split('/').any(|part| OF_THE_FORGE.split(' ').any(|word| word == part))
        && extension(path).is_empty();
    forge || first == "target"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_targets_in_the_repository_are_read() {
        let read = |written| read(written).map(|target| (target.path, target.anchor.unwrap_or_default()));
        for out in ["https://x.y", "//x", "mailto:a@b", "", "#", "{{ x }}", "path/to/file.md", "Foo", "foo::Bar", "<x>"]
        {
            assert_eq!(read(out), None, "{out}");
        }
        let pair = |path: &str, anchor: &str| Some((path.to_owned(), anchor.to_owned()));
        assert_eq!(read("a%20b.md?raw=1#c-d"), pair("a b.md", "c-d"));
        assert_eq!(read("#c"), pair("", "c"));
        assert_eq!(read("LICENSE"), pair("LICENSE", ""));
        assert_eq!(read("/docs/x"), pair("/docs/x", ""));
    }
}
