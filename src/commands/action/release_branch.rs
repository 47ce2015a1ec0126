//! The branch of a release pull request: what is prepared is one commit on its base; what people commit on top is kept.
//!
//! A commit of ours says in its message which commit it was made on and which tree it has. One that says something else
//! than it is was amended, and counts as a person's.

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::release::edit::set::Change;
use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;
use crate::world::forge::git_data;
use crate::world::git::merging::Join;
use crate::world::git::merging::Joined;
use crate::world::git::merging::Told;
use crate::world::git::scratch::Scratch;

/// What the message of our commit says of it.
const BASE: &str = "Governed-Base: ";
const TREE: &str = "Governed-Tree: ";

/// What the branch is to hold.
pub(crate) struct Wanted<'a> {
    pub(crate) forge: &'a Connection,
    pub(crate) repository: &'a str,
    pub(crate) branch: &'a str,
    /// The commit that the release is made on.
    pub(crate) base: &'a ObjectId,
    /// The same changes as a commit that nobody else sees, and its repository.
    pub(crate) fresh: &'a ObjectId,
    pub(crate) scratch: &'a Scratch,
    pub(crate) changes: &'a [Change],
    pub(crate) title: &'a str,
}

/// What became of the branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Branch {
    /// It holds this already.
    Same,
    /// It was begun, or written anew: nobody else had written on it.
    Written,
    /// What people committed on it was joined with what is new.
    Joined,
    /// What people committed contradicts what is new, in these files.
    Conflicts(Vec<String>),
    /// The clone does not hold what people committed.
    Unknown(String),
}

/// Why the branch could not be brought up to date.
pub(crate) enum Why {
    Forge(Failure),
    Own(Error),
}

impl From<Failure> for Why {
    fn from(failure: Failure) -> Self {
        Self::Forge(failure)
    }
}

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

/// Brings the branch up to date; with `dry` it is only said what would become of it.
pub(crate) fn bring(wanted: &Wanted<'_>, dry: bool) -> Result<Branch, Why> {
    let tree = wanted.scratch.tree(wanted.fresh)?;
    let Some(head) = git_data::branch(wanted.forge, wanted.repository, wanted.branch)? else {
        if !dry {
            let commit = write(wanted, &tree)?;
            git_data::begin_branch(wanted.forge, wanted.repository, wanted.branch, &commit)?;
        }
        return Ok(Branch::Written);
    };
    let is_fresh = |told: &Told| told.tree == tree && told.parents == [wanted.base.0.to_string()];
    let told = git_data::commit(wanted.forge, wanted.repository, &head)?;
    if is_ours(&told) {
        if is_fresh(&told) {
            return Ok(Branch::Same);
        }
        if !dry {
            let commit = write(wanted, &tree)?;
            git_data::move_branch(wanted.forge, wanted.repository, wanted.branch, &commit, true)?;
        }
        return Ok(Branch::Written);
    }
    join(wanted, &head, &tree, &is_fresh, dry)
}

/// A person committed on the branch: what they did is joined with what is new, and nothing is forced.
fn join(
    wanted: &Wanted<'_>,
    head: &str,
    tree: &str,
    is_fresh: &dyn Fn(&Told) -> bool,
    dry: bool,
) -> Result<Branch, Why> {
    let scratch = wanted.scratch;
    let branch = ObjectId(head.into());
    let Some(beyond) = scratch.beyond(&branch, wanted.base) else { return Ok(Branch::Unknown(head.to_owned())) };
    let last = beyond.iter().find(|told| is_ours(told));
    if last.is_some_and(is_fresh) {
        return Ok(Branch::Same);
    }
    let parted = || scratch.parted(&branch, wanted.base);
    let Some(ancestor) = last.map(|told| ObjectId(told.id.as_str().into())).or_else(parted) else {
        return Ok(Branch::Unknown(head.to_owned()));
    };
    let files = match scratch.join(&ancestor, &branch, wanted.fresh)? {
        Join::Conflicts(paths) => return Ok(Branch::Conflicts(paths)),
        Join::Clean(files) => files,
    };
    if dry {
        return Ok(Branch::Joined);
    }
    let ours = write(wanted, tree)?;
    let theirs = scratch.tree(&branch)?;
    let joined = match files.as_slice() {
        [] => theirs,
        files => git_data::make_tree(wanted.forge, wanted.repository, &theirs, files)?,
    };
    let message = format!("Join what is prepared with what was committed here\n\n{}", wanted.title);
    let commit = git_data::make_commit(wanted.forge, wanted.repository, &message, &joined, &[head, &ours])?;
    git_data::move_branch(wanted.forge, wanted.repository, wanted.branch, &commit, false)?;
    Ok(Branch::Joined)
}

/// Makes our commit on the forge; nothing names it yet.
fn write(wanted: &Wanted<'_>, tree: &str) -> Result<String, Why> {
    let base = wanted.scratch.tree(wanted.base)?;
    let file = |change: &Change| Joined {
        path: change.path.clone(),
        executable: wanted.scratch.is_executable(wanted.base, &change.path),
        text: Some(change.after.clone()),
    };
    let files: Vec<Joined> = wanted.changes.iter().map(file).collect();
    let made = git_data::make_tree(wanted.forge, wanted.repository, &base, &files)?;
    if made != tree {
        let message = format!("write the release branch: the forge made the tree {made} of what is {tree} here");
        return Err(Why::Own(Error::failed("other-tree", message).help("run it again; nothing was moved")));
    }
    let message = format!(
        "{}\n\nWritten by cargo governed. Commits that people add to this branch are kept.\n\n{BASE}{}\n{TREE}{tree}\n",
        wanted.title, wanted.base.0
    );
    Ok(git_data::make_commit(wanted.forge, wanted.repository, &message, tree, &[&wanted.base.0])?)
}

/// Whether a commit is ours and as it was made.
fn is_ours(told: &Told) -> bool {
    let says = |name: &str| told.message.lines().rev().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let [parent] = told.parents.as_slice() else { return false };
    says(BASE) == Some(parent) && says(TREE) == Some(&told.tree)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_ours_only_as_it_was_made() {
        let told = |message: &str, tree: &str, parents: &[&str]| Told {
            message: message.to_owned(),
            tree: tree.to_owned(),
            parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
            ..Told::default()
        };
        let message = "Release a 0.2.0\n\nGoverned-Base: b\nGoverned-Tree: t\n";
        assert!(is_ours(&told(message, "t", &["b"])));
        assert!(!is_ours(&told(message, "amended", &["b"])));
        assert!(!is_ours(&told(message, "t", &["rebased"])));
        assert!(!is_ours(&told(message, "t", &["b", "c"])), "a merge");
        assert!(!is_ours(&told("Mend a word", "t", &["b"])));
    }
}
