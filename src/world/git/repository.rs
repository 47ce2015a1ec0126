//! Finds and opens a repository safely, and resolves names to commits.

use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::Error;
use crate::facts::history::ObjectId;

/// An open repository. One handle serves one thread; [`Repository::again`] makes another one.
pub struct Repository {
    inner: git2::Repository,
}

impl Repository {
    /// Opens the repository around a folder: `.git` folders and files, linked worktrees, bare repositories. None without one.
    ///
    /// libgit2 refuses a repository of another owner, as git does, because its configuration could not be trusted.
    pub fn discover(folder: &Path) -> Result<Option<Self>, Error> {
        // A walk reads each commit once, and answers are kept where they are given: libgit2 need not keep the objects too.
        git2::opts::enable_caching(false);
        match git2::Repository::discover(folder) {
            Ok(inner) => Ok(Some(Self { inner })),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(refused(folder, &error)),
        }
    }

    /// Lets this process take objects for what their names say, as git does when it shows a history: hashing each takes as
    /// long as all the rest of reading it. Only for verbs that judge nothing and change nothing.
    pub fn trust_objects() {
        git2::opts::strict_hash_verification(false);
    }

    /// Opens the same repository once more, for another thread.
    pub fn again(&self) -> Result<Self, Error> {
        Self::at(self.inner.path())
    }

    /// Opens the repository whose git folder was found before.
    pub(crate) fn at(place: &Path) -> Result<Self, Error> {
        git2::Repository::open(place).map(|inner| Self { inner }).map_err(|error| refused(place, &error))
    }

    /// The git folder of this repository, by which [`Repository::at`] opens it.
    pub(crate) fn place(&self) -> PathBuf {
        self.inner.path().to_path_buf()
    }

    /// The root of the work tree; none in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The git folder that all worktrees share: objects, references, and our own record.
    pub fn common_folder(&self) -> PathBuf {
        self.inner.commondir().to_path_buf()
    }

    /// All folders of the repository: the git folder, the main work tree, and those that are linked to it.
    pub fn folders(&self) -> Vec<PathBuf> {
        let common = self.common_folder();
        let mut folders: Vec<PathBuf> = self.workdir().into_iter().map(Path::to_path_buf).collect();
        if common.file_name().is_some_and(|name| name == ".git") {
            folders.extend(common.parent().map(Path::to_path_buf));
        }
        let linked = std::fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
        for own in linked.map(|entry| entry.path()) {
            let text = std::fs::read_to_string(own.join("gitdir")).unwrap_or_default();
            // The `.git` file of the work tree, from this folder where it is relative.
            folders.extend(own.join(text.trim()).parent().map(Path::to_path_buf).filter(|_| !text.trim().is_empty()));
        }
        folders.push(common);
        folders
    }

    /// The commit of HEAD; none before the first commit.
    pub fn head(&self) -> Result<Option<ObjectId>, Error> {
        match self.inner.head().and_then(|head| head.peel_to_commit()) {
            Ok(commit) => Ok(Some(object_id(commit.id()))),
            Err(error) if matches!(error.code(), git2::ErrorCode::UnbornBranch | git2::ErrorCode::NotFound) => Ok(None),
            Err(error) => Err(broken("read HEAD", &error)),
        }
    }

    /// Says whether HEAD is a commit and no branch.
    pub fn is_detached(&self) -> bool {
        self.inner.head_detached().unwrap_or(false)
    }

    /// The commit that a revision names: `HEAD~2`, `v1.2.3`, `main`, an id.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, Error> {
        let found = self.inner.revparse_single(revision).and_then(|object| object.peel_to_commit());
        found.map(|commit| object_id(commit.id())).map_err(|error| {
            let help =
                if self.is_shallow() { "the clone is shallow: fetch with --unshallow" } else { "fetch it first" };
            Error::usage("unknown-revision", format!("find the revision `{revision}`: {}", error.message())).help(help)
        })
    }

    /// The git tree id of a commit.
    pub fn tree_of(&self, commit: &ObjectId) -> Result<ObjectId, Error> {
        let oid = oid(commit).ok_or_else(|| Error::usage("unknown-revision", format!("read the id `{}`", commit.0)))?;
        let tree = self.inner.find_commit(oid).map(|commit| commit.tree_id());
        tree.map(object_id).map_err(|error| broken(&format!("read the commit {}", commit.0), &error))
    }

    /// Says whether the clone is shallow.
    pub fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }

    /// The newest commit that two revisions share; none where they share none, or the second is no commit yet.
    pub fn parted(&self, one: &str, other: &str) -> Result<Option<ObjectId>, Error> {
        let first = self.resolve(one)?;
        let Ok(second) = self.resolve(other) else { return Ok(None) };
        let Some((one, other)) = oid(&first).zip(oid(&second)) else { return Ok(None) };
        match self.inner.merge_base(one, other) {
            Ok(shared) => Ok(Some(object_id(shared))),
            // Also where the commit that they share lies behind the border of a shallow clone.
            Err(error) if error.code() == git2::ErrorCode::NotFound && error.class() != git2::ErrorClass::Odb => {
                Ok(None)
            }
            Err(_) if self.is_shallow() => Ok(None),
            Err(error) => Err(broken("find where the histories parted", &error)),
        }
    }

    /// Says whether git ignores a folder of the work tree.
    pub fn ignores(&self, folder: &Path) -> bool {
        let Some(relative) = self.workdir().and_then(|root| folder.strip_prefix(root).ok()) else { return false };
        !relative.as_os_str().is_empty() && self.inner.is_path_ignored(relative).unwrap_or(false)
    }

    /// The libgit2 handle, for the other files of this folder.
    pub(in crate::world::git) fn raw(&self) -> &git2::Repository {
        &self.inner
    }
}

/// The id in our form.
pub(in crate::world::git) fn object_id(oid: git2::Oid) -> ObjectId {
    ObjectId(Arc::from(oid.to_string()))
}

/// The id in libgit2's form; none where it is no full id.
pub(in crate::world::git) fn oid(id: &ObjectId) -> Option<git2::Oid> {
    if id.0.len() == 40 { git2::Oid::from_str(&id.0).ok() } else { None }
}

/// The error of a repository that could not be read.
pub(in crate::world::git) fn broken(what: &str, error: &git2::Error) -> Error {
    let made = Error::failed("git", format!("{what}: {}", error.message()));
    if error.class() == git2::ErrorClass::Odb && error.code() == git2::ErrorCode::NotFound {
        return made.help("fetch what is missing: git fetch --refetch --no-filter (a clone with --filter is partial)");
    }
    made
}

fn refused(folder: &Path, error: &git2::Error) -> Error {
    let shown = folder.display();
    if error.code() == git2::ErrorCode::Owner {
        return Error::failed("not-owner", format!("open the repository at {shown}: it belongs to another user"))
            .at(shown.to_string())
            .help(format!("if you trust it: git config --global --add safe.directory {shown}"));
    }
    let error_text = error.message();
    let made = Error::failed("git", format!("open the repository at {shown}: {error_text}"));
    if error_text.contains("partialclone") {
        return made.help("clone it without --filter: libgit2 refuses this form of a partial clone");
    }
    if error_text.contains("unsupported extension") || error_text.contains("object format") {
        return made.help("check a clone in git's default format (SHA-1, files): libgit2 can't read this one");
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_git_has_no_repository() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Repository::discover(folder.path()).unwrap().is_none());
    }

    #[test]
    fn an_unborn_head_is_no_commit() {
        let folder = tempfile::tempdir().unwrap();
        git2::Repository::init(folder.path()).unwrap();
        let repository = Repository::discover(folder.path()).unwrap().unwrap();
        assert_eq!(repository.head().unwrap(), None);
        assert_eq!(repository.resolve("v1.0.0").unwrap_err().code, "unknown-revision");
        assert!(repository.again().unwrap().workdir().is_some());
    }
}
