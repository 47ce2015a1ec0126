//! Versions of Rust as they are promised and stated: `1.80` is `1.80.0`, and a text may leave the last number out.

/// A version of Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RustVersion {
    minor: u32,
    patch: Option<u32>,
}

impl RustVersion {
    /// Reads `1.80` or `1.80.0`; none of anything else (a nightly, a range, Rust 2).
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix("1.")?;
        let (minor, patch) = match rest.split_once('.') {
            Some((minor, patch)) => (minor, Some(patch.parse().ok()?)),
            None => (rest, None),
        };
        Some(Self { minor: minor.parse().ok()?, patch })
    }

    /// Says whether both mean one release, as far as both say which.
    pub(super) fn agrees(self, other: Self) -> bool {
        self.minor == other.minor && (self.patch.is_none() || other.patch.is_none() || self.patch == other.patch)
    }

    /// Says whether this one is an older release.
    pub(super) fn is_below(self, other: Self) -> bool {
        (self.minor, self.patch.unwrap_or(0)) < (other.minor, other.patch.unwrap_or(0))
    }

    /// The version written with as many numbers as `like` has, where nothing is lost by that.
    pub(super) fn written_like(self, like: Self) -> String {
        match (like.patch, self.patch.unwrap_or(0)) {
            (None, 0) => format!("1.{}", self.minor),
            (_, patch) => format!("1.{}.{patch}", self.minor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_is_kept_and_nothing_is_lost() {
        let read = |text| RustVersion::parse(text).unwrap();
        assert!(read("1.80").agrees(read("1.80.0")) && !read("1.80.1").agrees(read("1.80.0")));
        assert!(read("1.9").is_below(read("1.10.0")));
        assert_eq!(read("1.88.0").written_like(read("1.76")), "1.88");
        assert_eq!(read("1.88").written_like(read("1.76.0")), "1.88.0");
        assert_eq!(read("1.88.1").written_like(read("1.76")), "1.88.1");
        assert_eq!(RustVersion::parse("nightly"), None);
    }
}
