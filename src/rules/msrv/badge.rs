//! Badges that name a Rust version: `https://img.shields.io/badge/rustc-1.56+-lightgray.svg`.

use crate::facts::place::Span;
use crate::rules::msrv::statement;

/// The version in the URL of a badge about Rust; none of other badges, and of those that ask a server for the value.
pub(super) fn version(url: &str) -> Option<Span> {
    let lower = url.to_ascii_lowercase();
    let start = lower.find("/badge/").map(|at| at + "/badge/".len())?;
    // Of one length with what they stand for, so that offsets stay what they are.
    let plain = lower.replace("%20", "   ").replace("%2b", "+  ").replace("%3e", ">  ").replace("%3d", "=  ");
    let path = plain.get(start..)?;
    let version = *statement::versions(path).first()?;
    let label = &path[..version.start];
    let mut words = label.split(|one: char| !one.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    words.peek()?;
    let (mut about_rust, mut other) = (false, false);
    for word in words {
        about_rust |= matches!(word, "rust" | "rustc" | "msrv");
        other |= !matches!(
            word,
            "rust"
                | "rustc"
                | "msrv"
                | "minimum"
                | "min"
                | "supported"
                | "stable"
                | "version"
                | "v"
                | "compiler"
                | "required"
        );
    }
    (about_rust && !other).then(|| version.offset_by(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn badges_about_rust_are_read() {
        for (url, expected) in [
            ("https://img.shields.io/badge/rustc-1.66.1+-lightgray.svg", Some("1.66.1")),
            ("https://img.shields.io/badge/minimum%20rustc-1.65-yellowgreen?logo=rust", Some("1.65")),
            ("https://img.shields.io/badge/rust-1.60%2B-orange.svg", Some("1.60")),
            ("https://img.shields.io/badge/MSRV-1.70-blue", Some("1.70")),
            ("https://flat.badgen.net/badge/MSRV/1.68.2/purple", Some("1.68.2")),
            ("https://img.shields.io/badge/version-1.70-blue", None),
            ("https://img.shields.io/badge/edition-2021-blue", None),
            ("https://img.shields.io/crates/msrv/serde.svg", None),
        ] {
            assert_eq!(version(url).map(|span| &url[span.start..span.end]), expected, "{url}");
        }
    }
}
