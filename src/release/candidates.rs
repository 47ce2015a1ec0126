//! Which packages of a tree are released under versions of their own, and why others are not.

use semver::Version;

use crate::facts::Facts;
use crate::facts::tag_line::Line;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;

/// The packages that a plan is about, and a line for each that it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Indices into the packages of the tree, in order.
    pub indices: Vec<usize>,
    /// What is left out, one line each.
    pub left: Vec<String>,
}

/// Finds them. `lines` are the tags of all packages, in their order.
pub fn among(facts: &Facts, lines: &[Line<'_>]) -> Candidates {
    let mut found = Candidates::default();
    let published = facts.cargo.packages.iter().any(|one| one.zone == Zone::Own && is_complete(one));
    for (index, package) in facts.cargo.packages.iter().enumerate() {
        if package.zone != Zone::Own {
            continue;
        }
        // Tags of the whole repository are those of what it publishes, where it publishes something.
        let theirs = |line: &Line<'_>| line.shared && published && !is_complete(package) && !package.folder.is_empty();
        let tagged = lines.get(index).is_some_and(|line| !line.tags.is_empty() && !theirs(line));
        match left_out(package, tagged) {
            None => found.indices.push(index),
            Some(why) if tagged || package.is_publishable() => {
                found.left.push(format!("{} is left out: {why}", package.name.value));
            }
            Some(_) => {}
        }
    }
    found
}

/// Why a package has no version of its own to plan.
fn left_out(package: &Package, tagged: bool) -> Option<&'static str> {
    match &package.version {
        None => Some("its manifest states no version"),
        Some(version) if version.value == Version::new(0, 0, 0) => Some("its version is 0.0.0, which nobody releases"),
        // An application whose manifest forbids a registry is still released under its tags.
        _ if !package.is_publishable() => (!tagged || !package.folder.is_empty()).then_some("`publish` is false"),
        _ if !tagged && !is_complete(package) => Some("no tag names it, and it lacks what a registry asks for"),
        _ => None,
    }
}

/// Says whether a package may be published and has what a registry asks for.
fn is_complete(package: &Package) -> bool {
    let licence = package.license.is_some() || package.license_file.is_some();
    package.is_publishable() && package.description.is_some() && licence
}
