//! The facts of a tree with some texts exchanged: what would be read if they were written.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::parse;
use crate::facts::source::SourceFile;

/// Reads the changed texts again; all other files stay as they were read.
pub fn facts(facts: &Facts, texts: &BTreeMap<String, String>) -> Facts {
    let files = facts.files.values().map(|file| match texts.get(file.path.as_ref()) {
        Some(text) => {
            let content = Arc::new(parse::parse(file.kind, text.clone().into_bytes()));
            SourceFile { path: Arc::clone(&file.path), kind: file.kind, content }
        }
        None => file.clone(),
    });
    Facts::assemble(facts.tree.clone(), files.collect::<Vec<_>>()).with_unread(facts.unread.iter().cloned())
}
