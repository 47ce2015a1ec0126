//! Attributes that make the bytes of the work tree differ from the blobs: named to the reader, and such blobs' ids not trusted.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use git2::AttrCheckFlags;
use git2::AttrValue;
use ignore::gitignore::Gitignore;
use ignore::gitignore::GitignoreBuilder;

use crate::facts::kind::Kind;
use crate::facts::limits;
use crate::facts::path::file_name;
use crate::facts::path::is_within;
use crate::facts::path::parent;
use crate::facts::tree::Entry;
use crate::world::entry_path;
use crate::world::file;
use crate::world::git::listing::Listing;
use crate::world::git::repository::Repository;

/// Takes the blob id from the entries whose bytes an attribute changes, and gives a note for each such attribute.
pub(crate) fn apply(repository: &Repository, root: &Path, listing: &mut Listing) -> Vec<String> {
    let mut notes = Vec::new();
    if !listing.sparse.is_empty() {
        let count = listing.sparse.len();
        notes.push(format!("{count} files are not checked out (sparse): they were read from their blobs"));
    }
    let converts = converts_line_ends(repository);
    let patterns = if converts { Vec::new() } else { byte_changing(repository, root, &listing.entries) };
    if !converts && patterns.is_empty() {
        return notes;
    }
    let mut changed: BTreeMap<String, (usize, Arc<str>)> = BTreeMap::new();
    let is_read = |entry: &&mut Entry| entry.tracked && Kind::of(&entry.path).is_read();
    for entry in listing.entries.iter_mut().filter(is_read) {
        // Asking libgit2 costs dozens of system calls a path: only for what a pattern names.
        let named = patterns.iter().any(|patterns| patterns.name(root, &entry.path));
        let attribute = match (converts, named) {
            (true, _) => Some("text".to_owned()),
            (false, true) => changing_attribute(repository, &entry.path),
            (false, false) => None,
        };
        if let Some(attribute) = attribute {
            entry.id = None;
            changed.entry(attribute).or_insert_with(|| (0, Arc::clone(&entry.path))).0 += 1;
        }
    }
    notes.extend(changed.into_iter().map(|(attribute, (count, first))| {
        format!("the attribute `{attribute}` makes the work tree differ from the blobs in {count} files that were read, {first} first")
    }));
    notes
}

/// `core.autocrlf` or `core.eol`: every text file may have other line ends on the disk.
fn converts_line_ends(repository: &Repository) -> bool {
    let Ok(config) = repository.raw().config() else { return false };
    config.get_bool("core.autocrlf").unwrap_or(false)
        || config.get_string("core.eol").is_ok_and(|value| value == "crlf")
        || cfg!(windows)
}

/// The patterns of one attribute file that go with an attribute that changes bytes.
struct Patterns {
    folder: String,
    matcher: Gitignore,
}

impl Patterns {
    fn name(&self, root: &Path, path: &str) -> bool {
        is_within(path, &self.folder) && self.matcher.matched(root.join(path), false).is_ignore()
    }
}

fn byte_changing(repository: &Repository, root: &Path, entries: &[Entry]) -> Vec<Patterns> {
    let beside = repository.common_folder().join("info/attributes");
    let global = repository.raw().config().and_then(|config| config.get_path("core.attributesfile")).ok();
    let inside = entries
        .iter()
        .filter(|entry| file_name(&entry.path) == ".gitattributes")
        .map(|entry| (parent(&entry.path), entry_path::below(root, entry.path.as_bytes())));
    let outside = [Some(beside), global].into_iter().flatten().map(|path| ("", path));
    inside.chain(outside).filter_map(|(folder, path)| read_patterns(root, folder, &path)).collect()
}

fn read_patterns(root: &Path, folder: &str, path: &Path) -> Option<Patterns> {
    let bytes = file::read(path, limits::bytes_of(Kind::Text)).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(root.join(folder));
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(first) = words.next() else { continue };
        if words.any(changes_bytes) {
            // A macro may be given to any path, and a quoted pattern may hold anything.
            let pattern = if first.starts_with("[attr]") || first.starts_with('"') { "*" } else { first };
            // A pattern that can't be read names nothing, as git has it.
            let _ = builder.add_line(None, pattern);
        }
    }
    let matcher = builder.build().ok().filter(|matcher| !matcher.is_empty())?;
    Some(Patterns { folder: folder.to_owned(), matcher })
}

/// Says whether a word of an attribute file can make the bytes of the work tree differ from the blob.
fn changes_bytes(word: &str) -> bool {
    matches!(word, "eol=crlf" | "ident" | "crlf")
        || word.starts_with("filter=")
        || word.starts_with("working-tree-encoding=")
}

/// The attribute of a path that changes its bytes on the way to the work tree.
fn changing_attribute(repository: &Repository, path: &str) -> Option<String> {
    let get = |name: &str| {
        let value = repository.raw().get_attr(Path::new(path), name, AttrCheckFlags::FILE_THEN_INDEX).ok().flatten();
        value.map(str::to_owned)
    };
    let is = |name: &str| match AttrValue::from_string(get(name).as_deref()) {
        AttrValue::True => Some(String::new()),
        AttrValue::String(value) => Some(value.to_owned()),
        AttrValue::False | AttrValue::Bytes(_) | AttrValue::Unspecified => None,
    };
    for name in ["filter", "working-tree-encoding"] {
        if let Some(value) = is(name) {
            return Some(format!("{name}={value}"));
        }
    }
    if is("ident").is_some() {
        return Some("ident".to_owned());
    }
    match is("eol").as_deref() {
        Some("crlf") => Some("eol=crlf".to_owned()),
        Some("lf") => None,
        _ if is("crlf").is_some() => Some("crlf".to_owned()),
        _ => None,
    }
}
