//! Lists a revision straight from git objects: no checkout, no index, bare repositories too.

use std::sync::Arc;

use git2::ObjectType;
use git2::Oid;

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::facts::limits;
use crate::facts::tree::Entry;
use crate::world::entry_path;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::oid;
use crate::world::git::stat;
use crate::world::walk::Walked;

/// Lists a tree: the entries in any order, and the folders that could not be read.
pub(crate) fn list(repository: &Repository, tree: &ObjectId) -> Result<(Vec<Entry>, Walked), Error> {
    let root = oid(tree).ok_or_else(|| Error::usage("unknown-revision", format!("read the tree id `{}`", tree.0)))?;
    let mut entries = Vec::new();
    let mut walked = Walked::default();
    // The root must be there; a tree below it that is missing is a note, as a missing blob is.
    repository.raw().find_tree(root).map_err(|error| broken("read the tree", &error))?;
    let mut open: Vec<(Vec<u8>, usize, Oid)> = vec![(Vec::new(), 0, root)];
    while let Some((folder, depth, id)) = open.pop() {
        if depth > limits::DEPTH {
            walked.too_deep.push(folder);
            continue;
        }
        let tree = match repository.raw().find_tree(id) {
            Ok(tree) => tree,
            Err(error) => {
                walked.unlisted.push((folder, error.message().to_owned()));
                continue;
            }
        };
        for entry in &tree {
            let mut path = folder.clone();
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(entry.name_bytes());
            if entry.kind() == Some(ObjectType::Tree) {
                open.push((path, depth + 1, entry.id()));
            } else {
                let mode = stat::mode_of(u32::try_from(entry.filemode()).unwrap_or_default());
                entries.push(entry_path::entry(&path, mode, Some(Arc::from(entry.id().to_string())), true));
            }
        }
        if entries.len() > limits::ENTRIES * 2 {
            walked.too_deep.push(folder);
            break;
        }
    }
    Ok((entries, walked))
}
