//! A history in which one commit was not tagged yet: what was said of it before it came out can be judged again afterwards.

use std::sync::Arc;

use crate::facts::history::Commit;
use crate::facts::history::History;
use crate::facts::history::Introduced;
use crate::facts::history::ObjectId;
use crate::facts::history::Tag;
use crate::facts::history::Unavailable;

/// The history without the tags of a commit.
pub struct Untagged {
    inner: Box<dyn History>,
    tags: Result<Vec<Tag>, Unavailable>,
}

impl Untagged {
    /// Leaves the tags of a commit, and those of these names, out of account.
    pub fn new(inner: Box<dyn History>, commit: &str, names: &[String]) -> Self {
        let stays = |tag: &&Tag| *tag.commit.0 != *commit && !names.contains(&tag.name);
        let tags = inner.tags().map(|tags| tags.iter().filter(stays).cloned().collect());
        Self { inner, tags }
    }
}

impl History for Untagged {
    fn head(&self) -> Option<Commit> {
        self.inner.head()
    }
    fn is_shallow(&self) -> bool {
        self.inner.is_shallow()
    }
    fn tags(&self) -> Result<&[Tag], Unavailable> {
        self.tags.as_deref().map_err(Clone::clone)
    }
    fn commit(&self, id: &ObjectId) -> Result<Commit, Unavailable> {
        self.inner.commit(id)
    }
    fn is_in_head(&self, id: &ObjectId) -> Result<bool, Unavailable> {
        self.inner.is_in_head(id)
    }
    fn text_at(&self, id: &ObjectId, path: &str) -> Result<Option<Arc<str>>, Unavailable> {
        self.inner.text_at(id, path)
    }
    fn changed_since(&self, id: &ObjectId) -> Result<Arc<[String]>, Unavailable> {
        self.inner.changed_since(id)
    }
    fn parted(&self, id: &ObjectId) -> Result<Option<ObjectId>, Unavailable> {
        self.inner.parted(id)
    }
    fn last_change(&self, path: &str) -> Result<Option<Commit>, Unavailable> {
        self.inner.last_change(path)
    }
    fn introduced(&self, path: &str, line: &str) -> Result<Option<Introduced>, Unavailable> {
        self.inner.introduced(path, line)
    }
}
