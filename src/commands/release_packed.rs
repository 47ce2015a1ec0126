//! Whether what registries hand out was packed from the commits that tags name: asked of the packed crates themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::commands::release_ground::Read;
use crate::facts::history::ObjectId;
use crate::facts::tag_line;
use crate::facts::tag_line::Line;
use crate::release::witness::Asked;
use crate::release::witness::Packed;
use crate::release::witness::Published;
use crate::world::git::commit_log;
use crate::world::registry::failure::Failure;
use crate::world::registry::packed::Origin;
use crate::world::registry::survey::Survey;

/// A version that a registry has and a tag names.
struct Tagged<'a> {
    index: usize,
    name: &'a str,
    published: &'a Published,
    commit: &'a ObjectId,
}

/// Where the versions of manifests were packed that their registries have and tags of this clone name, by package. Packages
/// come with their name and that of their registry.
pub(crate) fn look(
    read: &Read,
    surveys: &BTreeMap<&str, Survey<'_>>,
    packages: &[(usize, &str, &str)],
    versions: &BTreeMap<usize, Asked<Vec<Published>>>,
) -> BTreeMap<usize, Packed> {
    let cargo = &read.examined.facts.cargo;
    let tags = read.examined.history().tags().unwrap_or_default();
    let lines: Vec<Line<'_>> = tag_line::lines(cargo, tags);
    let tagged = |index: usize, name| {
        let version = &cargo.packages[index].version.as_ref()?.value;
        let Asked::Answer(found) = versions.get(&index)? else { return None };
        let published = found.iter().find(|one| one.version == *version)?;
        Some(Tagged { index, name, published, commit: &lines[index].of(version)?.tag.commit })
    };
    let mut seen = BTreeMap::new();
    for (registry, survey) in surveys {
        let mine = packages.iter().filter(|(_, _, own)| own == registry);
        let mine: Vec<Tagged<'_>> = mine.filter_map(|(index, name, _)| tagged(*index, *name)).collect();
        let files: Vec<_> =
            mine.iter().map(|one| (one.name, &one.published.version, one.published.checksum.as_str())).collect();
        let answers = survey.origins(&files);
        seen.extend(mine.iter().zip(answers).map(|(one, answer)| (one.index, packed(read, one, answer))));
    }
    seen
}

fn packed(read: &Read, tagged: &Tagged<'_>, answer: Result<Option<Origin>, Failure>) -> Packed {
    let origin = match answer {
        Ok(Some(origin)) => origin,
        Ok(None) => return Packed::Unsaid,
        Err(failure) => return Packed::Unknown(failure.to_string()),
    };
    if origin.commit == *tagged.commit.0 {
        return Packed::Here { dirty: origin.dirty };
    }
    let commit = ObjectId(Arc::from(origin.commit.as_str()));
    let base = std::slice::from_ref(&commit);
    let differences =
        read.repository.as_ref().map(|repository| commit_log::differences(repository, tagged.commit, base));
    let Some(Ok(differences)) = differences else {
        return Packed::Unknown(format!("it was packed from {}, which can't be read in this clone", origin.commit));
    };
    // A release that was squashed, or merged behind its tag, is the same where the files of the package are.
    let cargo = &read.examined.facts.cargo;
    let mine = |path: &str| cargo.owner(path).is_some_and(|owner| owner.folder == cargo.packages[tagged.index].folder);
    if differences.values().flatten().any(|one| mine(&one.path)) {
        Packed::Elsewhere { commit: origin.commit, tagged: tagged.commit.0.to_string() }
    } else {
        Packed::Alike { commit: origin.commit }
    }
}
