//! The oldest release of Rust that a `.travis.yml` tests, beside the stable one.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::rules::msrv::rust_version::RustVersion;

/// Reads the releases of `rust:`; none where only one release is tested, whatever it is.
pub(super) fn oldest(text: &str) -> Option<(RustVersion, Spanned<String>)> {
    let mut found: Vec<(RustVersion, Spanned<String>)> = Vec::new();
    let (mut stable, mut listed) = (false, false);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let bare = line.split('#').next().unwrap_or_default();
        let item = bare.trim().trim_start_matches("- ").trim_start();
        if item.is_empty() {
            continue;
        }
        let value = match item.strip_prefix("rust:") {
            Some(value) => value,
            None if listed && bare.trim_start().starts_with("- ") && !item.contains(':') => item,
            None => {
                listed = false;
                continue;
            }
        };
        listed |= item.starts_with("rust:") && value.trim().is_empty();
        let value = value.trim().trim_matches(['"', '\'']);
        stable |= value == "stable";
        if let Some(version) = RustVersion::parse(value) {
            let offset = at + (value.as_ptr() as usize - line.as_ptr() as usize);
            found.push((version, Spanned::new(value.to_owned(), Span::new(offset, offset + value.len()))));
        }
    }
    found.into_iter().filter(|_| stable).min_by_key(|(version, _)| *version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_of_several_is_read() {
        let read = |text: &str| {
            oldest(text).map(|(_, pin)| {
                assert_eq!(&text[pin.span.start..pin.span.end], pin.value);
                pin.value
            })
        };
        let listed =
            "language: rust\nrust:\n  - stable\n  # the minimum\n  - 1.31.0\n  - nightly\nscript:\n  - 1.20.0\n";
        assert_eq!(read(listed).as_deref(), Some("1.31.0"));
        let rows =
            "matrix:\n  include:\n    - rust: stable\n    - env: A=1\n      rust: \"1.24.1\"\n    - rust: 1.30.0\n";
        assert_eq!(read(rows).as_deref(), Some("1.24.1"));
        assert_eq!(read("rust: 1.20.0\n"), None);
        assert_eq!(read("rust:\n  - stable\n  - beta\n"), None);
    }
}
