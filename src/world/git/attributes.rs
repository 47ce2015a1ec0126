//! Attributes that make the bytes of the work tree differ from the blobs: named to the reader, and such blobs' ids not trusted.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use git2::AttrCheckFlags;
use git2::AttrValue;

use crate::facts::kind::Kind;
use crate::facts::limits;
use crate::facts::tree::Entry;
use crate::world::entry_path;
use crate::world::file;
use crate::world::git::listing::Listing;
use crate::world::git::repository::Repository;

/// Words of attribute files without which no attribute changes a byte on this system.
const WORDS: &[&[u8]] = &[b"eol", b"crlf", b"filter", b"working-tree-encoding", b"ident"];

/// Takes the blob id from the entries whose bytes an attribute changes, and gives a note for each such attribute.
pub(crate) fn apply(repository: &Repository, root: &Path, listing: &mut Listing) -> Vec<String> {
    let mut notes = Vec::new();
    if !listing.sparse.is_empty() {
        let count = listing.sparse.len();
        notes.push(format!("{count} files are not checked out (sparse): they were read from their blobs"));
    }
    let converts = converts_line_ends(repository);
    if !converts && !may_change_bytes(repository, root, &listing.entries) {
        return notes;
    }
    let mut changed: BTreeMap<String, (usize, Arc<str>)> = BTreeMap::new();
    for entry in listing.entries.iter_mut().filter(|entry| entry.tracked && Kind::of(&entry.path).is_read()) {
        if let Some(attribute) = changing_attribute(repository, &entry.path, converts) {
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

fn may_change_bytes(repository: &Repository, root: &Path, entries: &[Entry]) -> bool {
    let beside = repository.common_folder().join("info/attributes");
    let global = repository.raw().config().and_then(|config| config.get_path("core.attributesfile")).ok();
    let inside = entries
        .iter()
        .filter(|entry| entry.path.ends_with(".gitattributes"))
        .map(|entry| entry_path::below(root, entry.path.as_bytes()));
    inside.chain([beside]).chain(global).any(|path| {
        let bytes = file::read(&path, limits::bytes_of(Kind::Text)).unwrap_or_default();
        WORDS.iter().any(|word| memchr::memmem::find(&bytes, word).is_some())
    })
}

/// The attribute of a path that changes its bytes on the way to the work tree.
fn changing_attribute(repository: &Repository, path: &str, converts: bool) -> Option<String> {
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
        _ => (converts && is("text").is_some()).then(|| "text".to_owned()),
    }
}
