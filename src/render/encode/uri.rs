//! Paths as relative URIs.

/// Encodes a path from the root of the tree as a relative URI reference; everything but unreserved characters and `/`
/// is percent-encoded, so that a `:` in the first segment makes no scheme.
pub(crate) fn relative(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            uri.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_paths_are_still_relative_references() {
        assert_eq!(relative("docs/a b:c%.md"), "docs/a%20b%3Ac%25.md");
        assert_eq!(relative("ä\n"), "%C3%A4%0A");
    }
}
