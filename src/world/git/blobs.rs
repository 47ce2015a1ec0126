//! Reads blobs from the object store, on as many threads as ask.

use std::sync::Mutex;
use std::sync::PoisonError;

use crate::error::Error;
use crate::facts::history::ObjectId;
use crate::facts::problem::Problem;
use crate::world::file::too_large;
use crate::world::git::repository::Repository;
use crate::world::git::repository::oid;

/// The blobs of a repository. A libgit2 handle serves one thread, so each thread that asks takes one and gives it back.
pub(crate) struct Blobs {
    first: Mutex<Repository>,
    idle: Mutex<Vec<Repository>>,
}

impl Blobs {
    /// The blobs of a repository.
    pub(crate) fn new(repository: &Repository) -> Result<Self, Error> {
        Ok(Self { first: Mutex::new(repository.again()?), idle: Mutex::new(Vec::new()) })
    }

    /// The bytes of a blob of at most `limit` bytes. One that is not in the store (a partial clone) is a problem of its file.
    pub(crate) fn read(&self, id: &str, limit: u64) -> Result<Vec<u8>, Problem> {
        let repository = self.take()?;
        let bytes = read(&repository, id, limit);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(repository);
        bytes
    }

    fn take(&self) -> Result<Repository, Problem> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(
            || {
                let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
                first.again().map_err(|error| problem(error.message))
            },
            Ok,
        )
    }
}

fn read(repository: &Repository, id: &str, limit: u64) -> Result<Vec<u8>, Problem> {
    let Some(oid) = oid(&ObjectId(id.into())) else {
        return Err(problem(format!("`{id}` is no object id")));
    };
    let odb = repository.raw().odb().map_err(|error| problem(error.message().to_owned()))?;
    let (length, _) = odb.read_header(oid).map_err(|error| missing(&error))?;
    if length as u64 > limit {
        return Err(too_large(length as u64, limit));
    }
    let object = odb.read(oid).map_err(|error| missing(&error))?;
    Ok(object.data().to_vec())
}

fn missing(error: &git2::Error) -> Problem {
    if error.code() == git2::ErrorCode::NotFound {
        problem("its blob is not in the object store: the clone is partial or broken".to_owned())
    } else {
        problem(format!("its blob could not be read: {}", error.message()))
    }
}

fn problem(message: String) -> Problem {
    Problem { message, span: None, limit: false }
}
