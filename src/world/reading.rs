//! Reads and parses the files of a tree in parallel: the one code path for work trees, revisions and plain folders.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::limits;
use crate::facts::parse;
use crate::facts::problem::Problem;
use crate::facts::problem::Unread;
use crate::facts::source::SourceFile;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;
use crate::world::memo::Memo;

/// Reads the facts of a tree; `bytes` gives the bytes of one entry, or says why there are none (given the most that are wanted).
///
/// The memo may hold contents of other trees of the same repository: what has the same kind and blob id is not read again.
pub fn read_facts(
    tree: Tree,
    bytes: impl Fn(&Entry, u64) -> Result<Vec<u8>, Problem> + Sync,
    memo: Option<&Memo>,
) -> Facts {
    read_some(tree, bytes, memo, Kind::is_read)
}

/// Reads the facts that stand in files of some kinds.
pub fn read_some(
    tree: Tree,
    bytes: impl Fn(&Entry, u64) -> Result<Vec<u8>, Problem> + Sync,
    memo: Option<&Memo>,
    wanted: fn(Kind) -> bool,
) -> Facts {
    let mass = AtomicU64::new(0);
    let read: Vec<Result<SourceFile, Unread>> = tree
        .entries()
        .par_iter()
        .filter(|entry| matches!(entry.mode, Mode::File | Mode::Executable))
        .filter_map(|entry| {
            let kind = Kind::of(&entry.path);
            (kind.is_read() && wanted(kind)).then(|| read_one(entry, kind, &bytes, memo, &mass))
        })
        .collect();
    let mut files = Vec::with_capacity(read.len());
    let mut unread = Vec::new();
    for result in read {
        match result {
            Ok(file) => files.push(file),
            Err(missed) => unread.push(missed),
        }
    }
    if mass.into_inner() > limits::TOTAL_BYTES {
        // Which files came first is a matter of threads, so none of them stays.
        files.retain(|file| !is_mass(file.kind));
        let message = format!(
            "sources, documents and scripts hold more than {}: none is looked at",
            limits::size(limits::TOTAL_BYTES)
        );
        unread.retain(|missed: &Unread| !is_mass(Kind::of(&missed.path)));
        unread.push(Unread { path: Arc::from("."), problem: Problem { message, span: None, limit: true } });
    }
    Facts::assemble(tree, files).with_unread(unread)
}

/// The kinds that a repository may hold any amount of.
fn is_mass(kind: Kind) -> bool {
    matches!(kind, Kind::Rust | Kind::Text | Kind::Markdown)
}

fn read_one(
    entry: &Entry,
    kind: Kind,
    bytes: &(impl Fn(&Entry, u64) -> Result<Vec<u8>, Problem> + Sync),
    memo: Option<&Memo>,
    mass: &AtomicU64,
) -> Result<SourceFile, Unread> {
    let made = |content| SourceFile { path: Arc::clone(&entry.path), kind, content };
    let known = memo.zip(entry.id.as_ref());
    if let Some(content) = known.and_then(|(memo, id)| memo.get(kind, id)) {
        return Ok(made(content));
    }
    let missed = |problem| Unread { path: Arc::clone(&entry.path), problem };
    if is_mass(kind) && mass.load(Ordering::Relaxed) > limits::TOTAL_BYTES {
        return Err(missed(Problem { message: String::new(), span: None, limit: true }));
    }
    let read = bytes(entry, limits::bytes_of(kind)).map_err(missed)?;
    if is_mass(kind) {
        mass.fetch_add(read.len() as u64, Ordering::Relaxed);
    }
    let content = Arc::new(parse::parse(kind, read));
    if let Some((memo, id)) = known {
        memo.put(kind, id, &content);
    }
    Ok(made(content))
}
