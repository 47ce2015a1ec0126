//! The text of a file at a commit.

use std::sync::Arc;

use git2::Oid;

/// Reads it; none where the file is not there. One that is no UTF-8 is an error.
pub(super) fn text_of(repository: &git2::Repository, commit: Oid, path: &str) -> Result<Option<Arc<str>>, git2::Error> {
    let mut tree = repository.find_commit(commit)?.tree()?;
    let mut names = path.split('/').peekable();
    // Name by name: libgit2's walk along a path does not tell a name that is not there from a tree that is missing.
    while let Some(name) = names.next() {
        let Some((kind, id)) = tree.get_name(name).map(|entry| (entry.kind(), entry.id())) else { return Ok(None) };
        match kind {
            Some(git2::ObjectType::Tree) if names.peek().is_some() => tree = repository.find_tree(id)?,
            Some(git2::ObjectType::Blob) if names.peek().is_none() => {
                let text = String::from_utf8(repository.find_blob(id)?.content().to_vec());
                let not_text = |_| git2::Error::from_str(&format!("{path} at {commit} is not UTF-8"));
                return text.map(|text| Some(Arc::from(text))).map_err(not_text);
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}
