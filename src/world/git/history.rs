//! Answers the questions of rules about the history from git objects, each answer kept.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::PoisonError;

use git2::Oid;

use crate::error::Error;
use crate::facts::history::Commit;
use crate::facts::history::History;
use crate::facts::history::Introduced;
use crate::facts::history::ObjectId;
use crate::facts::history::Tag;
use crate::facts::history::Unavailable;
use crate::world::git::file_at;
use crate::world::git::introduced;
use crate::world::git::last_change;
use crate::world::git::repository::Repository;
use crate::world::git::repository::broken;
use crate::world::git::repository::object_id;
use crate::world::git::repository::oid;
use crate::world::git::tags;
use crate::world::git::walk::Walk;

/// The history behind one commit of a repository.
pub struct GitHistory {
    head: Option<Commit>,
    shallow: bool,
    tags: OnceLock<Result<Vec<Tag>, Unavailable>>,
    state: Mutex<State>,
}

struct State {
    repository: Repository,
    border: HashSet<Oid>,
    walk: Option<Walk>,
    texts: HashMap<(Oid, String), Option<Arc<str>>>,
    changed: HashMap<Oid, Arc<[String]>>,
    last: HashMap<String, Option<Commit>>,
}

impl GitHistory {
    /// The history behind a commit of the repository; behind nothing where there is no commit yet.
    pub fn new(repository: &Repository, head: Option<&ObjectId>) -> Result<Self, Error> {
        Self::of(repository.again()?, head)
    }

    /// The same, with a handle that nobody else uses.
    pub(crate) fn of(repository: Repository, head: Option<&ObjectId>) -> Result<Self, Error> {
        let head = match head.map(|id| (id, oid(id))) {
            Some((_, Some(oid))) => {
                Some(commit_of(&repository, oid).map_err(|error| broken("read the commit", &error))?)
            }
            Some((id, None)) => return Err(Error::usage("unknown-revision", format!("read the id `{}`", id.0))),
            None => None,
        };
        let shallow = repository.is_shallow();
        let border = if shallow { border_of(&repository) } else { HashSet::new() };
        let state = State {
            repository,
            border,
            walk: None,
            texts: HashMap::new(),
            changed: HashMap::new(),
            last: HashMap::new(),
        };
        Ok(Self { head, shallow, tags: OnceLock::new(), state: Mutex::new(state) })
    }

    fn ask<T>(&self, answer: impl FnOnce(&mut State, Oid) -> Result<T, Unavailable>) -> Result<T, Unavailable> {
        let head = self.head.as_ref().and_then(|head| oid(&head.id)).ok_or(Unavailable::NoHistory)?;
        // A panic elsewhere leaves the kept answers whole: each is written in one step.
        answer(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner), head)
    }

    /// A missing object of a shallow clone lies behind its border.
    fn missing(&self, error: &git2::Error) -> Unavailable {
        if self.shallow && error.code() == git2::ErrorCode::NotFound {
            Unavailable::Shallow
        } else {
            Unavailable::Broken(error.message().to_owned())
        }
    }
}

impl History for GitHistory {
    fn head(&self) -> Option<Commit> {
        self.head.clone()
    }

    fn is_shallow(&self) -> bool {
        self.shallow
    }

    fn tags(&self) -> Result<&[Tag], Unavailable> {
        let tags = self.tags.get_or_init(|| {
            self.ask(|state, _| tags::list(state.repository.raw()).map_err(|error| self.missing(&error)))
        });
        tags.as_deref().map_err(Clone::clone)
    }

    fn commit(&self, id: &ObjectId) -> Result<Commit, Unavailable> {
        self.ask(|state, _| commit_of(&state.repository, known(id)?).map_err(|error| self.missing(&error)))
    }

    fn is_in_head(&self, id: &ObjectId) -> Result<bool, Unavailable> {
        self.ask(|state, head| {
            let asked = known(id)?;
            let repository = state.repository.raw();
            let missing = |error: git2::Error| self.missing(&error);
            let time = repository.find_commit(asked).map_err(missing)?.time().seconds();
            let odb = repository.odb().map_err(missing)?;
            let walk = match &mut state.walk {
                Some(walk) => walk,
                none => none.insert(Walk::new(&odb, head, state.border.clone()).map_err(missing)?),
            };
            match walk.meets(&odb, asked, time) {
                Ok(false) if self.shallow && walk.is_at_border() => Err(Unavailable::Shallow),
                answer => answer.map_err(missing),
            }
        })
    }

    fn text_at(&self, id: &ObjectId, path: &str) -> Result<Option<Arc<str>>, Unavailable> {
        self.ask(|state, _| {
            let commit = known(id)?;
            let key = (commit, path.to_owned());
            if let Some(text) = state.texts.get(&key) {
                return Ok(text.clone());
            }
            let text = file_at::text_of(state.repository.raw(), commit, path).map_err(|error| self.missing(&error))?;
            state.texts.insert(key, text.clone());
            Ok(text)
        })
    }

    fn changed_since(&self, id: &ObjectId) -> Result<Arc<[String]>, Unavailable> {
        self.ask(|state, head| {
            let base = known(id)?;
            if let Some(paths) = state.changed.get(&base) {
                return Ok(Arc::clone(paths));
            }
            let paths = changed_between(state.repository.raw(), base, head).map_err(|error| self.missing(&error))?;
            state.changed.insert(base, Arc::clone(&paths));
            Ok(paths)
        })
    }

    fn parted(&self, id: &ObjectId) -> Result<Option<ObjectId>, Unavailable> {
        self.ask(|state, head| match state.repository.raw().merge_base(head, known(id)?) {
            Ok(shared) => Ok(Some(object_id(shared))),
            Err(_) if self.shallow => Err(Unavailable::Shallow),
            Err(error) if error.code() == git2::ErrorCode::NotFound && error.class() != git2::ErrorClass::Odb => {
                Ok(None)
            }
            Err(error) => Err(self.missing(&error)),
        })
    }

    fn last_change(&self, path: &str) -> Result<Option<Commit>, Unavailable> {
        self.ask(|state, head| {
            if let Some(commit) = state.last.get(path) {
                return Ok(commit.clone());
            }
            let found = last_change::find(state.repository.raw(), head, path).map_err(|error| self.missing(&error))?;
            if found.is_some_and(|oid| state.border.contains(&oid)) {
                return Err(Unavailable::Shallow);
            }
            let commit = match found {
                Some(oid) => Some(commit_of(&state.repository, oid).map_err(|error| self.missing(&error))?),
                None => None,
            };
            state.last.insert(path.to_owned(), commit.clone());
            Ok(commit)
        })
    }

    fn introduced(&self, path: &str, line: &str) -> Result<Option<Introduced>, Unavailable> {
        self.ask(|state, head| {
            let missing = |error: git2::Error| self.missing(&error);
            let found = introduced::find(state.repository.raw(), head, path, line).map_err(missing)?;
            let Some(found) = found else { return Ok(None) };
            if state.border.contains(&found.commit) {
                return Err(Unavailable::Shallow);
            }
            let commit = commit_of(&state.repository, found.commit).map_err(missing)?;
            Ok(Some(Introduced { commit, before: found.before, after: found.after, paths: found.paths }))
        })
    }
}

fn known(id: &ObjectId) -> Result<Oid, Unavailable> {
    oid(id).ok_or_else(|| Unavailable::Broken(format!("`{}` is no object id", id.0)))
}

fn commit_of(repository: &Repository, oid: Oid) -> Result<Commit, git2::Error> {
    let commit = repository.raw().find_commit(oid)?;
    let summary = commit.summary_bytes().map(|line| String::from_utf8_lossy(line).into_owned()).unwrap_or_default();
    Ok(Commit { id: object_id(oid), time: commit.time().seconds(), summary })
}

fn changed_between(repository: &git2::Repository, base: Oid, head: Oid) -> Result<Arc<[String]>, git2::Error> {
    let tree = |oid| repository.find_commit(oid).and_then(|commit| commit.tree());
    let mut options = git2::DiffOptions::new();
    options.skip_binary_check(true).ignore_submodules(false).include_typechange(true);
    let diff = repository.diff_tree_to_tree(Some(&tree(base)?), Some(&tree(head)?), Some(&mut options))?;
    let mut paths: Vec<String> = diff
        .deltas()
        .flat_map(|delta| [delta.old_file().path_bytes(), delta.new_file().path_bytes()])
        .flatten()
        .map(|path| String::from_utf8_lossy(path).into_owned())
        .collect();
    paths.sort();
    paths.dedup();
    Ok(paths.into())
}

/// The commits whose parents were left out, one id a line.
pub(super) fn border_of(repository: &Repository) -> HashSet<Oid> {
    let text = std::fs::read_to_string(repository.common_folder().join("shallow")).unwrap_or_default();
    text.lines().filter_map(|line| Oid::from_str(line.trim()).ok()).collect()
}
