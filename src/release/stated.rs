//! What the manifest of a package said at another commit.

use semver::Version;

use crate::facts::Facts;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::history::Unavailable;
use crate::facts::manifest;
use crate::facts::manifest::Inherit;

/// The version that a package stated at a commit; none where it was elsewhere, had another name or no version.
pub fn version_at(
    facts: &Facts,
    history: &dyn History,
    index: usize,
    commit: &ObjectId,
) -> Result<Option<Version>, Unavailable> {
    let package = &facts.cargo.packages[index];
    let Some(text) = history.text_at(commit, &package.manifest)? else { return Ok(None) };
    let table = manifest::parse(&text, &mut Vec::new()).and_then(|manifest| manifest.package);
    let table = table.filter(|table| table.name.as_ref().is_some_and(|name| name.value == package.name.value));
    let version = match table.and_then(|table| table.keys.version) {
        Some(Inherit::Own(version)) => Some(version.value),
        Some(Inherit::Workspace(_)) => {
            let root = &facts.cargo.workspace_of(package).manifest;
            let Some(text) = history.text_at(commit, root)? else { return Ok(None) };
            let manifest = manifest::parse(&text, &mut Vec::new());
            match manifest.and_then(|manifest| manifest.workspace).and_then(|workspace| workspace.package.version) {
                Some(Inherit::Own(version)) => Some(version.value),
                _ => None,
            }
        }
        None => None,
    };
    Ok(version.and_then(|version| Version::parse(&version).ok()))
}
