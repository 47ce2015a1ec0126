//! The newest commit that changed a path, found by comparing entry ids along the path; no diff is made.

use git2::Oid;

/// Finds the newest ancestor of `head` (itself included) that changed the path; none where the path is not in `head`.
///
/// As `git log` simplifies: a merge that took the path from one parent leads to that parent alone.
pub(super) fn find(repository: &git2::Repository, head: Oid, path: &str) -> Result<Option<Oid>, git2::Error> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let mut current = repository.find_commit(head)?;
    let mut chain = chain_at(repository, current.tree_id(), &parts)?;
    if parts.is_empty() || chain.len() <= parts.len() {
        return Ok(None);
    }
    loop {
        let mut next = None;
        for parent in current.parents() {
            if let Some(found) = same_chain(repository, parent.tree_id(), &parts, &chain)? {
                next = Some((parent, found));
                break;
            }
        }
        match next {
            Some((parent, found)) => (current, chain) = (parent, found),
            None => return Ok(Some(current.id())),
        }
    }
}

/// The ids of the root tree, each folder on the way and the entry itself; shorter where the path ends early.
fn chain_at(repository: &git2::Repository, root: Oid, parts: &[&str]) -> Result<Vec<Oid>, git2::Error> {
    let mut chain = vec![root];
    for part in parts {
        let last = *chain.last().expect("the chain begins with the root");
        match child(repository, last, part)? {
            Some(id) => chain.push(id),
            None => break,
        }
    }
    Ok(chain)
}

/// The chain at another root, if it ends in the same entry; folders that are equal are not opened.
fn same_chain(
    repository: &git2::Repository,
    root: Oid,
    parts: &[&str],
    known: &[Oid],
) -> Result<Option<Vec<Oid>>, git2::Error> {
    let mut chain = vec![root];
    for (index, part) in parts.iter().enumerate() {
        if chain[index] == known[index] {
            chain.extend_from_slice(&known[index + 1..]);
            return Ok(Some(chain));
        }
        match child(repository, chain[index], part)? {
            Some(id) => chain.push(id),
            None => return Ok(None),
        }
    }
    Ok((chain.last() == known.last()).then_some(chain))
}

fn child(repository: &git2::Repository, tree: Oid, name: &str) -> Result<Option<Oid>, git2::Error> {
    match repository.find_tree(tree) {
        Ok(tree) => Ok(tree.get_name(name).map(|entry| entry.id())),
        // A blob stands where the path wants a folder.
        Err(error) if error.class() == git2::ErrorClass::Invalid => Ok(None),
        Err(error) => Err(error),
    }
}
