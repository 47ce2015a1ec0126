//! Packages that were released and are not in the tree any more: no plan can be about them, and nobody should look for one.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::commit_log::Differing;
use crate::facts::history::History;
use crate::facts::history::ObjectId;
use crate::facts::manifest;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::Publish;
use crate::facts::path;
use crate::facts::tag_line;
use crate::facts::zone::Zone;
use crate::release::baseline::Found;

/// A line for each package that was there at a baseline, could be published, and is gone; a name that only moved is not.
pub fn notes(
    facts: &Facts,
    history: &dyn History,
    baselines: &[Found],
    differences: &BTreeMap<ObjectId, Vec<Differing>>,
) -> Vec<String> {
    let here: BTreeSet<&str> = facts.cargo.packages.iter().map(|package| package.name.value.as_str()).collect();
    let tags = history.tags().unwrap_or_default();
    let tagged: BTreeSet<&str> =
        tags.iter().filter_map(|tag| tag_line::version_in(&tag.name)).map(|(name, _)| name).collect();
    let mut gone: BTreeMap<String, String> = BTreeMap::new();
    for found in baselines {
        let Found::At(baseline) = found else { continue };
        let lost = |differing: &&Differing| {
            differing.before && !differing.after && path::file_name(&differing.path) == "Cargo.toml"
        };
        for differing in differences.get(&baseline.commit).into_iter().flatten().filter(lost) {
            let Ok(Some(text)) = history.text_at(&baseline.commit, &differing.path) else { continue };
            let Some(name) = released(&text, &tagged) else { continue };
            if !here.contains(name.as_str()) && facts.zone_by_place(&differing.path) == Zone::Own {
                gone.entry(name).or_insert_with(|| baseline.reference.clone());
            }
        }
    }
    let line = |(name, reference): (String, String)| {
        format!("{name} is gone since {reference}: nothing of it is released, and what is out of it stays out")
    };
    gone.into_iter().map(line).collect()
}

/// The name of a package that was released: it has tags of its own, or all that a registry asks for.
fn released(text: &str, tagged: &BTreeSet<&str>) -> Option<String> {
    let package = manifest::parse(text, &mut Vec::new())?.package?;
    let name = package.name?.value;
    let keys = &package.keys;
    let is_open = match &keys.publish {
        None => true,
        Some(Inherit::Own(publish)) => publish.value != Publish::Flag(false),
        // What the workspace said then is not asked: its tags tell.
        Some(Inherit::Workspace(_)) => false,
    };
    let is_complete = keys.description.is_some() && (keys.license.is_some() || keys.license_file.is_some());
    (is_open && is_complete || tagged.contains(name.as_str())).then_some(name)
}
