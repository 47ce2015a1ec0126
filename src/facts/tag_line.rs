//! Which tags are whose: the line of releases that each package left in the tags.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::history::Tag;
use crate::facts::loose_version;
use crate::facts::path;
use crate::facts::workspace::Cargo;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;

/// A tag that names a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged<'a> {
    /// The version.
    pub version: Version,
    /// The tag.
    pub tag: &'a Tag,
    /// Where the version begins in the name.
    pub at: usize,
}

/// The tags of one package, the oldest version first.
#[derive(Clone, Debug, Default)]
pub struct Line<'a> {
    /// The tags, by version.
    pub tags: Vec<Tagged<'a>>,
    /// Whether the tags bear no package name: the whole repository, or packages in lockstep, are released under them.
    pub shared: bool,
}

impl Line<'_> {
    /// The tag of a version.
    pub fn of(&self, version: &Version) -> Option<&Tagged<'_>> {
        self.tags.iter().find(|tagged| loose_version::same(&tagged.version, version))
    }

    /// The name that the tag of a version would have, after the newest tag of the line and the form of most.
    pub fn name_for(&self, version: &Version) -> Option<String> {
        let newest = self.tags.last()?;
        let (prefix, _) = newest.tag.name.split_at(newest.at);
        let whole = |tagged: &&Tagged<'_>| tagged.version.patch == 0 && tagged.version.pre.is_empty();
        let short = |tagged: &&Tagged<'_>| tagged.tag.name[tagged.at..].split('.').count() == 2;
        let (count, shortened) = self
            .tags
            .iter()
            .filter(whole)
            .fold((0, 0), |(all, few), tagged| (all + 1, few + usize::from(short(&tagged))));
        let short = shortened * 2 > count && version.patch == 0 && version.pre.is_empty();
        let shown = if short { format!("{}.{}", version.major, version.minor) } else { version.to_string() };
        Some(format!("{prefix}{shown}"))
    }
}

/// The lines of all packages, in the order of [`Cargo::packages`]; empty for packages that are never tagged.
pub fn lines<'a>(cargo: &Cargo, tags: &'a [Tag]) -> Vec<Line<'a>> {
    let mut named: BTreeMap<&str, Vec<Tagged<'a>>> = BTreeMap::new();
    for tag in tags {
        if let Some((prefix, tagged)) = split(tag) {
            named.entry(prefix).or_default().push(tagged);
        }
    }
    for line in named.values_mut() {
        line.sort_by(|one, other| (&one.version, &one.tag.name).cmp(&(&other.version, &other.tag.name)));
    }
    let unnamed = named.get("").map_or(&[][..], Vec::as_slice);
    let own = |package: &Package| own_tags(&named, unnamed, package);
    let shared = shared(cargo, unnamed, |package| own(package).is_none());
    cargo
        .packages
        .iter()
        .enumerate()
        .map(|(index, package)| match own(package) {
            Some(tags) => Line { tags: tags.clone(), shared: false },
            None if shared.contains(&index) => Line { tags: unnamed.to_vec(), shared: true },
            None => Line::default(),
        })
        .collect()
}

/// The tags with the name of a package or of its folder, unless a root package has gone over to tags without a name.
fn own_tags<'n, 'a>(
    named: &'n BTreeMap<&str, Vec<Tagged<'a>>>,
    unnamed: &[Tagged<'a>],
    package: &Package,
) -> Option<&'n Vec<Tagged<'a>>> {
    let candidates = [package.name.value.as_str(), path::file_name(&package.folder)];
    let found = candidates.iter().filter(|name| !name.is_empty()).find_map(|name| named.get(*name))?;
    let newer = |one: Option<&Tagged<'_>>, other: Option<&Tagged<'_>>| {
        one.map(|tagged| &tagged.version) > other.map(|tagged| &tagged.version)
    };
    let left = package.folder.is_empty() && newer(unnamed.last(), found.last());
    (package.zone == Zone::Own && !left).then_some(found)
}

/// The packages that are released under tags without a name.
fn shared(cargo: &Cargo, tags: &[Tagged<'_>], unnamed: impl Fn(&Package) -> bool) -> Vec<usize> {
    let Some(newest) = tags.iter().rev().find(|tagged| tagged.version.pre.is_empty()).or(tags.last()) else {
        return Vec::new();
    };
    let main = cargo.main_workspace().map_or(&[][..], |workspace| workspace.members.as_slice());
    let candidates: Vec<(usize, &Version)> = main
        .iter()
        .filter_map(|&index| {
            let package = &cargo.packages[index];
            let is_root = package.folder.is_empty();
            let fits = unnamed(package) && package.zone == Zone::Own && (is_root || package.is_publishable());
            fits.then_some((index, &package.version.as_ref()?.value))
        })
        .collect();
    let root = candidates.iter().find(|(index, _)| cargo.packages[*index].folder.is_empty());
    let tagged = |version: &Version| tags.iter().any(|tagged| loose_version::same(&tagged.version, version));
    let shares = |version: &Version| candidates.iter().filter(|(_, other)| *other == version).count();
    // A root package of another line (helpers of the repository, a second product) does not lead.
    let follows = |version: &Version| tagged(version) || *version >= newest.version;
    let led_elsewhere = candidates.iter().any(|(_, version)| tagged(version));
    let lead = match root.filter(|(_, version)| follows(version) || !led_elsewhere) {
        Some((_, version)) => Some(*version),
        None => candidates
            .iter()
            .map(|(_, version)| *version)
            .filter(|version| tagged(version))
            .max()
            // The next version is in the manifests already: it is the one that most packages have in common.
            .or_else(|| {
                let next = candidates.iter().map(|(_, version)| *version).filter(|version| **version > newest.version);
                next.max_by_key(|version| (shares(version), *version))
            }),
    };
    candidates.iter().filter(|(_, version)| Some(*version) == lead).map(|(index, _)| *index).collect()
}

/// Splits a tag into the name before the version (empty where there is none) and the version.
fn split(tag: &Tag) -> Option<(&str, Tagged<'_>)> {
    let (prefix, version, at) = parts(&tag.name)?;
    Some((prefix, Tagged { version, tag, at }))
}

/// The name before the version of a tag-like text, and the version: `axum-core-v0.5.6`, `v1.2`, `release/1.0.0`.
pub fn version_in(name: &str) -> Option<(&str, Version)> {
    parts(name).map(|(prefix, version, _)| (prefix, version))
}

fn parts(name: &str) -> Option<(&str, Version, usize)> {
    let bytes = name.as_bytes();
    // Not in the middle of a version: `x 2.0.2` holds no 0.2.
    let begins = |at: usize| {
        at == 0
            || !(bytes[at - 1].is_ascii_digit() || bytes[at - 1] == b'.' && at > 1 && bytes[at - 2].is_ascii_digit())
    };
    for (at, _) in name.char_indices().filter(|&(at, c)| c.is_ascii_digit() && begins(at)) {
        let before = &name[..at];
        let bare = before.strip_suffix(['v', 'V']).unwrap_or(before);
        let prefix = bare.trim_end_matches(['-', '_', '/', '@', '.', ' ']);
        let joined = prefix.len() < bare.len() || bare.is_empty();
        if joined && let Some(version) = loose_version::parse(&name[at..]) {
            // `@scope/name` is a package of another registry, whatever a crate is called.
            let scoped = prefix.starts_with('@') && prefix.contains('/');
            let prefix = prefix.rsplit('/').next().filter(|_| !scoped).unwrap_or(prefix);
            let plain = ["v", "release", "rel", "version", "releases"].contains(&prefix.to_ascii_lowercase().as_str());
            return Some((if plain { "" } else { prefix }, version, at));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::history::ObjectId;

    #[test]
    fn tags_of_all_known_shapes() {
        let read = |name: &str| {
            let tag = Tag { name: name.to_owned(), commit: ObjectId(Arc::from("")) };
            split(&tag).map_or("none".to_owned(), |(prefix, tagged)| format!("{prefix}|{}", tagged.version))
        };
        for (name, expected) in [
            ("v1.2.3", "|1.2.3"),
            ("0.29", "|0.29.0"),
            ("release-1.2.0", "|1.2.0"),
            ("axum-core-v0.5.6", "axum-core|0.5.6"),
            ("tokio-1.53.1", "tokio|1.53.1"),
            ("tokio-util-0.7.19", "tokio-util|0.7.19"),
            ("serde@1.0.0-rc.1", "serde|1.0.0-rc.1"),
            ("crates/serde/v1.0.0", "serde|1.0.0"),
            ("@scope/api-v2.0.3", "@scope/api|2.0.3"),
            ("v/0.23.0", "|0.23.0"),
            ("diesel_derives 2.0.2", "diesel_derives|2.0.2"),
            ("yaml-rust2-v0.9.0", "yaml-rust2|0.9.0"),
            ("v0.9.0-pre", "|0.9.0-pre"),
            ("nightly-2024-01-01", "none"),
            ("0_5_0", "none"),
            ("latest", "none"),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
    }

    #[test]
    fn the_next_name_follows_the_newest_tag() {
        let tag = |name: &str| Tag { name: name.to_owned(), commit: ObjectId(Arc::from("")) };
        let tags = [tag("jiff-0.1"), tag("jiff-0.2")];
        let line = Line { tags: tags.iter().map(|tag| split(tag).unwrap().1).collect(), shared: false };
        assert_eq!(line.name_for(&Version::new(0, 3, 0)).as_deref(), Some("jiff-0.3"));
        assert_eq!(line.name_for(&Version::new(0, 3, 1)).as_deref(), Some("jiff-0.3.1"));
        assert!(line.of(&Version::new(0, 1, 0)).is_some());
    }
}
