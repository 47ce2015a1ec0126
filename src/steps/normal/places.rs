//! Places of the machine in a text: the tree, its target directory, the homes and the temporary folder, by their names.

use std::borrow::Cow;

/// The random names that rustdoc and the crate `tempfile` make below the temporary folder.
const RANDOM: &[(&[u8], usize)] = &[(b"rustdoctest", 6), (b".tmp", 6)];

/// Absolute paths and what stands for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The longest path first, so that a place within another is told by its own name.
    names: Vec<(Vec<u8>, &'static str)>,
}

impl Places {
    /// Adds a place: `<root>`, `<target>`, `<temp>`, `<cargo-home>`, `<rustup-home>`. A path that is no more than the
    /// root of the file system names nothing.
    #[must_use]
    pub fn with(mut self, name: &'static str, path: &str) -> Self {
        let path = path.trim_end_matches(['/', '\\']);
        if path.len() > 1 {
            self.names.push((path.as_bytes().to_vec(), name));
            self.names.sort_by(|one, other| other.0.len().cmp(&one.0.len()).then_with(|| one.cmp(other)));
        }
        self
    }

    /// The text with the places named.
    pub fn name<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let mut text = Cow::Borrowed(text);
        for (path, name) in &self.names {
            if let Some(named) = replace(&text, path, name.as_bytes()) {
                text = Cow::Owned(named);
            }
        }
        match memchr::memmem::find(&text, b"<temp>/") {
            Some(_) => Cow::Owned(without_random(&text)),
            None => text,
        }
    }
}

/// Replaces a path where it stands as one; none where it does not.
fn replace(text: &[u8], path: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut replaced: Option<Vec<u8>> = None;
    let mut kept = 0;
    for at in memchr::memmem::find_iter(text, path) {
        let end = at + path.len();
        if at < kept || !begins_here(&text[..at]) || text.get(end).is_some_and(|&byte| is_name(byte)) {
            continue;
        }
        let replaced = replaced.get_or_insert_with(|| Vec::with_capacity(text.len()));
        replaced.extend_from_slice(&text[kept..at]);
        replaced.extend_from_slice(name);
        kept = end;
    }
    let mut replaced = replaced?;
    replaced.extend_from_slice(&text[kept..]);
    Some(replaced)
}

/// Says whether a path can begin after this text: not within a longer path, but after `file://`.
fn begins_here(before: &[u8]) -> bool {
    match before.last() {
        None => true,
        Some(b'/') => before.ends_with(b"://"),
        Some(&byte) => !is_name(byte) && byte != b'.',
    }
}

/// Says whether a byte goes on a name of a file; a dot may end a sentence.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

fn without_random(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"<temp>/") {
        let (before, after) = rest.split_at(at + b"<temp>/".len());
        kept.extend_from_slice(before);
        rest = after;
        for (prefix, length) in RANDOM {
            let end = prefix.len() + length;
            let fits = rest.starts_with(prefix)
                && rest.get(prefix.len()..end).is_some_and(|name| name.iter().all(u8::is_ascii_alphanumeric))
                && !rest.get(end).is_some_and(|&byte| is_name(byte));
            if fits {
                kept.extend_from_slice(prefix);
                kept.extend_from_slice(b"<random>");
                rest = &rest[end..];
                break;
            }
        }
    }
    kept.extend_from_slice(rest);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let places = Places::default()
            .with("<root>", "/tmp/x/tree")
            .with("<target>", "/tmp/x/tree/target/")
            .with("<temp>", "/tmp")
            .with("<cargo-home>", "/home/u/.cargo")
            .with("<rustup-home>", "/");
        assert_eq!(String::from_utf8_lossy(&places.name(text.as_bytes())), expected);
    }

    #[test]
    fn places_are_named_where_they_stand_as_paths() {
        check("/tmp/x/tree/target/debug/a", "<target>/debug/a");
        check("(/tmp/x/tree) and file:///tmp/x/tree#1", "(<root>) and file://<root>#1");
        check("/tmp/x/trees /tmp/x/tree-2 a/tmp/x/tree", "<temp>/x/trees <temp>/x/tree-2 a/tmp/x/tree");
        check("/mnt/tmp/x", "/mnt/tmp/x");
        check("in /tmp/x/tree.", "in <root>.");
        check("/home/u/.cargo/registry", "<cargo-home>/registry");
        check("no path", "no path");
    }

    #[test]
    fn random_names_in_the_temporary_folder_are_named() {
        check("/tmp/rustdoctestWU7eT5/bundle.rs:8:1", "<temp>/rustdoctest<random>/bundle.rs:8:1");
        check("/tmp/.tmpAbCd12", "<temp>/.tmp<random>");
        check("/tmp/.tmpAbCd123 /tmp/mine", "<temp>/.tmpAbCd123 <temp>/mine");
    }
}
