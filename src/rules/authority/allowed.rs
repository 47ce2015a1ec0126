//! `[authority] allow`: what of cargo's settings may be checked in.

use crate::facts::policy::authority::Authority;

/// Says whether the policy accepts a setting, by its key or by its key and value.
pub(super) fn is_allowed(authority: &Authority, key: &str, value: &str) -> bool {
    authority.allow.iter().any(|allowed| match allowed.value.split_once('=') {
        Some((pattern, wanted)) => fits(pattern, key) && wanted == value,
        None => fits(&allowed.value, key),
    })
}

/// Says whether a key fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, key: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| key.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, key, expected) in [
            ("target.*.runner", "target.cfg(unix).runner", true),
            ("target.*.runner", "target.x.linker", false),
            ("paths", "paths", true),
            ("paths", "paths.x", false),
            ("*", "anything", true),
            ("a*b*c", "a-b-b-c", true),
            ("ab*bc", "abc", false),
        ] {
            assert_eq!(fits(pattern, key), expected, "{pattern} {key}");
        }
    }
}
