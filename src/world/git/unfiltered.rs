//! Whether the files of a work tree are, byte for byte, what git tracks: a filter, or a conversion of line ends, lets git take
//! others for them.

use std::sync::Arc;

use rayon::prelude::*;

use crate::facts::problem::Problem;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::world::checkout::Checkout;

/// The first path of a commit whose bytes in the work tree are not those of its blob, by name; none where all are. An error
/// where one can't be read.
pub fn differing(here: &Checkout, commit: &Checkout) -> Result<Option<Arc<str>>, (Arc<str>, Problem)> {
    let is_file = |entry: &&Entry| matches!(entry.mode, Mode::File | Mode::Executable);
    let found = commit.tree.entries().par_iter().filter(is_file).find_map_first(|entry| {
        let bytes = match here.read(entry, u64::MAX) {
            Ok(bytes) => bytes,
            Err(problem) => return Some(Err((Arc::clone(&entry.path), problem))),
        };
        // What can't be hashed is not shown to be the same.
        let id = git2::Oid::hash_object(git2::ObjectType::Blob, &bytes).ok().map(|id| id.to_string());
        (id.is_none() || entry.id.as_deref() != id.as_deref()).then(|| Ok(Arc::clone(&entry.path)))
    });
    found.transpose()
}
