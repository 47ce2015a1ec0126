//! Lists the tags of a repository, without reading an object for each.

use std::io::Read as _;
use std::path::Path;

use git2::ErrorCode;

use crate::facts::history::Tag;
use crate::world::git::repository::object_id;

/// The tags by name, each peeled. Tags that name no commit in the end (a tree, a blob) are left out where that is known.
pub(super) fn list(repository: &git2::Repository) -> Result<Vec<Tag>, git2::Error> {
    let peeled = is_fully_peeled(repository.commondir());
    let mut tags = Vec::new();
    for reference in repository.references_glob("refs/tags/*")? {
        let reference = reference?;
        let Ok(path) = std::str::from_utf8(reference.name_bytes()) else { continue };
        let commit = match (reference.target_peel(), reference.target()) {
            (Some(peeled), _) => Some(peeled),
            // A packed reference without a peeled id names a commit; a loose one may name a tag object.
            (None, Some(target)) if peeled && !repository.commondir().join(path).exists() => Some(target),
            _ => match reference.peel_to_commit() {
                Ok(commit) => Some(commit.id()),
                Err(error) if matches!(error.code(), ErrorCode::InvalidSpec | ErrorCode::Peel) => None,
                // A tag whose object is missing is no tag less: the list can't be told.
                Err(error) => return Err(error),
            },
        };
        if let Some(commit) = commit {
            tags.push(Tag { name: path.trim_start_matches("refs/tags/").to_owned(), commit: object_id(commit) });
        }
    }
    tags.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(tags)
}

/// Says whether `packed-refs` promises a peeled id for each reference that can be peeled.
fn is_fully_peeled(common: &Path) -> bool {
    let Ok(mut file) = std::fs::File::open(common.join("packed-refs")) else { return false };
    let mut head = [0; 100];
    let length = file.read(&mut head).unwrap_or(0);
    let line = head[..length].split(|&byte| byte == b'\n').next().unwrap_or_default();
    line.starts_with(b"#") && memchr::memmem::find(line, b" fully-peeled ").is_some()
}
