//! A history in which tags are told otherwise: without those of a commit, so that what was said of it before it came out
//! can be judged again afterwards, or with those that are planned.

use std::ops::Deref;
use std::sync::Arc;

use crate::facts::history::Commit;
use crate::facts::history::History;
use crate::facts::history::Introduced;
use crate::facts::history::ObjectId;
use crate::facts::history::Tag;
use crate::facts::history::Unavailable;

/// A history with other tags.
pub struct Retagged<H> {
    inner: H,
    tags: Result<Vec<Tag>, Unavailable>,
}

impl<H> Retagged<H>
where
    H: Deref + Sync,
    H::Target: History,
{
    /// Leaves the tags of a commit, and those of these names, out of account.
    pub fn without(inner: H, commit: &str, names: &[String]) -> Self {
        let stays = |tag: &&Tag| *tag.commit.0 != *commit && !names.contains(&tag.name);
        let tags = inner.tags().map(|tags| tags.iter().filter(stays).cloned().collect());
        Self { inner, tags }
    }

    /// Adds tags to the examined commit.
    pub fn with(inner: H, names: impl Iterator<Item = String>) -> Self {
        let tags = inner.tags().map(<[Tag]>::to_vec).map(|mut tags| {
            if let Some(head) = inner.head() {
                tags.extend(names.map(|name| Tag { name, commit: head.id.clone() }));
            }
            tags.sort_by(|one, other| one.name.cmp(&other.name));
            tags.dedup_by(|one, other| one.name == other.name);
            tags
        });
        Self { inner, tags }
    }
}

impl<H> History for Retagged<H>
where
    H: Deref + Sync,
    H::Target: History,
{
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
