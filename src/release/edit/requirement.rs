//! A requirement for another version, written as it was written before.

use semver::Version;

use crate::release::dependents;

/// The requirement for a new version in the form of an old one: its operator, and as many numbers. None where it has
/// several parts, or its form can't take the version.
pub fn rewritten(requirement: &str, next: &Version) -> Option<String> {
    let bare = requirement.trim();
    let operator: String = bare.chars().take_while(|one| !one.is_ascii_digit()).collect();
    let numbers = &bare[operator.len()..];
    let known = ["", "^", "=", "~", ">="].contains(&operator.trim());
    if !known || numbers.contains([',', '*', 'x', 'X']) || numbers.is_empty() {
        return None;
    }
    let core = numbers.split(['-', '+']).next().unwrap_or_default();
    let short = match core.split('.').count() {
        1 => next.major.to_string(),
        2 => format!("{}.{}", next.major, next.minor),
        _ => format!("{}.{}.{}", next.major, next.minor, next.patch),
    };
    let pre = if next.pre.is_empty() {
        short
    } else {
        Version { build: semver::BuildMetadata::EMPTY, ..next.clone() }.to_string()
    };
    let written = requirement.replacen(bare, &format!("{operator}{pre}"), 1);
    (dependents::takes(&written, next) == Some(true)).then_some(written)
}

/// Says whether a requirement states a pre-release that led to a version: what comes out with that asks for no pre-release.
pub fn led_to(requirement: &str, version: &Version) -> bool {
    let stated = Version::parse(numbers(requirement));
    stated.is_ok_and(|stated| {
        let same = (stated.major, stated.minor, stated.patch) == (version.major, version.minor, version.patch);
        same && !stated.pre.is_empty() && version.pre.is_empty()
    })
}

fn numbers(requirement: &str) -> &str {
    requirement.trim().trim_start_matches(['^', '=', '~', '>', ' '])
}

/// Says whether a requirement states a very version, with all its numbers.
pub fn states(requirement: &str, version: &Version) -> bool {
    numbers(requirement) == Version { build: semver::BuildMetadata::EMPTY, ..version.clone() }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_stays() {
        for (old, next, expected) in [
            ("0.4.2", "0.5.0", Some("0.5.0")),
            ("0.4", "0.5.0", Some("0.5")),
            ("1", "2.0.0", Some("2")),
            ("^1.2", "2.0.0", Some("^2.0")),
            ("=1.2.3", "1.2.4", Some("=1.2.4")),
            ("= 1.2.3", "1.2.4", Some("= 1.2.4")),
            ("~1.2", "1.3.0", Some("~1.3")),
            ("1.2", "2.0.0-rc.1", Some("2.0.0-rc.1")),
            ("2.0.0-rc.1", "2.0.0", Some("2.0.0")),
            (">=1, <2", "2.0.0", None),
            ("1.*", "2.0.0", None),
            ("<2", "2.0.0", None),
            ("*", "2.0.0", None),
        ] {
            assert_eq!(rewritten(old, &Version::parse(next).unwrap()).as_deref(), expected, "{old} {next}");
        }
        let led = |requirement: &str| led_to(requirement, &Version::new(2, 0, 0));
        assert!(led("2.0.0-rc.1") && led("^2.0.0-alpha.1") && !led("2.0.0") && !led("2.0.1-rc.1") && !led("2.0"));
        assert!(states("=1.2.3", &Version::new(1, 2, 3)) && !states("1.2", &Version::new(1, 2, 0)));
    }
}
