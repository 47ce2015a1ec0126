//! The commit that brought a line into a file, found along the changes of that file alone.

use std::sync::Arc;

use git2::Oid;

use crate::world::git::file_at;
use crate::world::git::last_change;
use crate::world::git::tree_diff::Trees;

/// How many changes of the file are looked at.
const CHANGES: usize = 100;

/// What was found.
pub(super) struct Found {
    pub(super) commit: Oid,
    pub(super) before: Arc<str>,
    pub(super) after: Arc<str>,
    pub(super) paths: Vec<String>,
}

/// Follows the file from a commit towards its beginning, to the first one that has the line where no parent has it.
pub(super) fn find(
    repository: &git2::Repository,
    head: Oid,
    path: &str,
    line: &str,
) -> Result<Option<Found>, git2::Error> {
    let has = |text: &str| text.lines().any(|one| one.trim() == line);
    let mut from = head;
    for _ in 0..CHANGES {
        let Some(changed) = last_change::find(repository, from, path)? else { return Ok(None) };
        let Some(after) = file_at::text_of(repository, changed, path)?.filter(|text| has(text)) else {
            return Ok(None);
        };
        let commit = repository.find_commit(changed)?;
        let mut next = None;
        let mut before: Option<Arc<str>> = None;
        for parent in commit.parent_ids() {
            let text = file_at::text_of(repository, parent, path)?.unwrap_or_default();
            if has(&text) {
                next = Some(parent);
                break;
            }
            before.get_or_insert(text);
        }
        if let Some(parent) = next {
            from = parent;
            continue;
        }
        let odb = repository.odb()?;
        let old = commit.parents().next().map(|parent| parent.tree_id());
        let differing = Trees::new(&odb).differing(old, commit.tree_id())?;
        let mut paths: Vec<String> = differing.into_iter().map(|one| one.path.to_string()).collect();
        paths.sort();
        return Ok(Some(Found { commit: changed, before: before.unwrap_or_default(), after, paths }));
    }
    Ok(None)
}
