//! One version in an index, and where the index keeps a crate: <https://doc.rust-lang.org/cargo/reference/registry-index.html>.

use semver::Version;
use serde::Deserialize;

/// A version on a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The version.
    pub version: Version,
    /// The SHA-256 of the packed crate, in hexadecimal.
    pub checksum: String,
    /// Whether it was yanked.
    pub yanked: bool,
}

/// The fields of a line that are read here; the others are cargo's business.
#[derive(Deserialize)]
struct Line {
    name: String,
    vers: String,
    cksum: String,
    #[serde(default)]
    yanked: bool,
}

/// The versions that a file of an index tells of, in its order. A line that can't be read is the error: it may be the one.
pub fn read(name: &str, text: &str) -> Result<Vec<Entry>, String> {
    let mut entries = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |why: String| format!("line {} of the index of {name} can't be read: {why}", number + 1);
        let line: Line = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if !same_name(&line.name, name) {
            return Err(wrong(format!("it is about {}", line.name)));
        }
        let version = Version::parse(&line.vers).map_err(|error| wrong(error.to_string()))?;
        entries.push(Entry { version, checksum: line.cksum.to_ascii_lowercase(), yanked: line.yanked });
    }
    Ok(entries)
}

/// Registries take `a_b` and `A-b` for one crate.
fn same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_ascii_lowercase().replace('_', "-");
    plain(one) == plain(other)
}

/// The path of a crate below the root of an index.
pub fn path(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    format!("{}/{name}", prefix(&name))
}

/// The folders that a crate lies in.
pub(super) fn prefix(name: &str) -> String {
    let at = |from: usize, to: usize| name.get(from..to).unwrap_or_default();
    match name.len() {
        0..=2 => name.len().to_string(),
        3 => format!("3/{}", at(0, 1)),
        _ => format!("{}/{}", at(0, 2), at(2, 4)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_lies_where_cargo_looks_for_it() {
        for (name, expected) in
            [("a", "1/a"), ("ab", "2/ab"), ("abc", "3/a/abc"), ("Serde", "se/rd/serde"), ("a_b-C", "a_/b-/a_b-c")]
        {
            assert_eq!(path(name), expected);
        }
    }

    #[test]
    fn lines_are_versions_and_nothing_is_guessed() {
        let line = |vers: &str| format!("{{\"name\":\"a\",\"vers\":\"{vers}\",\"cksum\":\"AB\",\"deps\":[]}}\n");
        let entries = read("a", &format!("{}\n{}", line("0.1.0"), line("1.0.0-rc.1"))).unwrap();
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[1].version.to_string().as_str(), entries[1].checksum.as_str()), ("1.0.0-rc.1", "ab"));
        assert!(read("b", &line("0.1.0")).unwrap_err().contains("about a"));
        assert!(read("a", &line("1")).is_err());
        assert!(read("a", "<html>").is_err());
        assert_eq!(read("a", "").unwrap(), []);
    }
}
