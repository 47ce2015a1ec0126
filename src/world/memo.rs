//! Keeps parsed contents by kind and blob id, so that several trees of a repository cost the blobs that differ.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use crate::facts::kind::Kind;
use crate::facts::source::Content;

/// The kind that a blob was read as, and the blob's id.
type Key = (Kind, Arc<str>);

/// Contents that were parsed before.
#[derive(Debug, Default)]
pub struct Memo {
    contents: Mutex<HashMap<Key, Arc<Content>>>,
}

impl Memo {
    /// The content of a blob read as a kind.
    pub(crate) fn get(&self, kind: Kind, id: &Arc<str>) -> Option<Arc<Content>> {
        let contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        contents.get(&(kind, Arc::clone(id))).cloned()
    }

    /// Keeps a content.
    pub(crate) fn put(&self, kind: Kind, id: &Arc<str>, content: &Arc<Content>) {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        contents.insert((kind, Arc::clone(id)), Arc::clone(content));
    }
}
