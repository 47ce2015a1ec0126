//! Versions as people write them: `v1.2`, `0.29`, `1.0.0rc1`.

use semver::Version;

/// Reads a version with two or three numbers, a leading `v` allowed. `0.29` means `0.29.0`; a date is no version.
pub fn parse(text: &str) -> Option<Version> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if !text.starts_with(|first: char| first.is_ascii_digit()) || text.len() > 100 {
        return None;
    }
    if let Ok(version) = Version::parse(text) {
        return Some(version);
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let parts = numbers.split('.').count();
    if !(2..=3).contains(&parts) || numbers.ends_with('.') {
        return None;
    }
    let rest = match rest.chars().next() {
        None => String::new(),
        Some('-' | '+') => rest.to_owned(),
        // `1.0.0rc1`; but `1.2a` or `0.5x` is something else.
        Some(_) if ["rc", "beta", "alpha", "pre", "dev"].iter().any(|word| rest.starts_with(word)) => {
            format!("-{rest}")
        }
        Some(_) => return None,
    };
    let missing = if parts == 2 { ".0" } else { "" };
    Version::parse(&format!("{numbers}{missing}{rest}")).ok()
}

/// Says whether two versions mean the same release: build metadata apart, and `rc1` as `rc.1`.
pub fn same(one: &Version, other: &Version) -> bool {
    (one.major, one.minor, one.patch) == (other.major, other.minor, other.patch)
        && (one.pre == other.pre || plain(&one.pre) == plain(&other.pre))
}

/// Says whether two versions can belong to one line of releases: the same major one, below 1.0 a minor one beside it.
pub fn is_near(one: &Version, other: &Version) -> bool {
    one.major == other.major && (one.major > 0 || one.minor.abs_diff(other.minor) <= 1)
}

fn plain(pre: &semver::Prerelease) -> String {
    pre.chars().filter(|c| !matches!(c, '.' | '-')).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let read = |text| parse(text).map(|version| version.to_string());
        assert_eq!(read("v1.2").as_deref(), Some("1.2.0"));
        assert_eq!(read("0.29").as_deref(), Some("0.29.0"));
        assert_eq!(read("1.0.0rc1").as_deref(), Some("1.0.0-rc1"));
        assert_eq!(read("0.18.8+1.9.7").as_deref(), Some("0.18.8+1.9.7"));
        assert_eq!(read("2020-01-01"), None);
        assert_eq!(read("2020.01.01"), None);
        assert_eq!(read("1.x"), None);
        assert_eq!(read("1"), None);
        assert_eq!(read("1.2.3.4"), None);
        assert!(same(&parse("1.0.0-rc.1").unwrap(), &parse("1.0.0rc1").unwrap()));
        assert!(is_near(&Version::new(1, 2, 0), &Version::new(1, 17, 0)));
        assert!(!is_near(&Version::new(0, 1, 0), &Version::new(0, 41, 0)));
        assert!(!same(&parse("1.0.0-rc.1").unwrap(), &parse("1.0.0").unwrap()));
    }
}
