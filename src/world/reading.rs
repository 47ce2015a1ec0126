//! Reads and parses the files of a tree in parallel.

use std::sync::Arc;

use rayon::prelude::*;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::parse;
use crate::facts::source::SourceFile;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;

/// Reads the facts of a tree; `bytes` gives the bytes of one entry.
pub fn read_facts(tree: Tree, bytes: impl Fn(&Entry) -> std::io::Result<Vec<u8>> + Sync) -> Facts {
    let files: Vec<SourceFile> = tree
        .entries()
        .par_iter()
        .filter(|entry| matches!(entry.mode, Mode::File | Mode::Executable))
        .filter_map(|entry| {
            let kind = Kind::of(&entry.path);
            if !kind.is_read() {
                return None;
            }
            let content = parse::parse(kind, bytes(entry).ok()?);
            Some(SourceFile { path: Arc::clone(&entry.path), kind, content: Arc::new(content) })
        })
        .collect();
    Facts::assemble(tree, files)
}
