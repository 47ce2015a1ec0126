//! Which paths differ between two trees: equal folders are not opened, and each folder is read once.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use git2::ObjectType;
use git2::Odb;
use git2::Oid;

use crate::facts::commit_log::Differing;
use crate::facts::limits;

/// The most folders that are kept: those of one commit are those of the next, but not for ever.
const KEPT: usize = 8_192;
/// The length of an id in a tree.
const ID: usize = 20;

/// The folders of a repository, the last ones kept.
pub(super) struct Trees<'r> {
    odb: &'r Odb<'r>,
    kept: HashMap<Oid, Rc<[u8]>>,
    /// The folders whose paths are wanted; none where all are.
    wanted: Option<Vec<Vec<u8>>>,
}

/// Two folders of one path that are still to be compared.
struct Pair {
    folder: Vec<u8>,
    depth: usize,
    old: Option<Oid>,
    new: Option<Oid>,
}

/// One entry as it stands in a tree.
#[derive(Clone, Copy)]
struct Entry<'t> {
    name: &'t [u8],
    is_folder: bool,
    mode: &'t [u8],
    id: Oid,
}

impl<'r> Trees<'r> {
    pub(super) fn new(odb: &'r Odb<'r>) -> Self {
        Self { odb, kept: HashMap::new(), wanted: None }
    }

    /// The same, with an eye for what lies below some folders only: others are not opened.
    pub(super) fn below(odb: &'r Odb<'r>, folders: &[&str]) -> Self {
        Self { wanted: Some(folders.iter().map(|folder| folder.as_bytes().to_vec()).collect()), ..Self::new(odb) }
    }

    /// The id of a folder of a tree, by its path; none where the tree has no such folder.
    pub(super) fn folder(&mut self, tree: Oid, path: &str) -> Result<Option<Oid>, git2::Error> {
        let mut found = tree;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let tree = self.get(found)?;
            let entry = Entries(&tree).find(|entry| entry.is_folder && entry.name == name.as_bytes());
            let Some(entry) = entry else { return Ok(None) };
            found = entry.id;
        }
        Ok(Some(found))
    }

    /// Whether anything at a path, or below it, is wanted.
    fn is_wanted(&self, path: &[u8], is_folder: bool) -> bool {
        let wanted = |folder: &Vec<u8>| is_below(path, folder) || is_folder && is_below(folder, path);
        self.wanted.as_ref().is_none_or(|folders| folders.iter().any(wanted))
    }

    fn get(&mut self, id: Oid) -> Result<Rc<[u8]>, git2::Error> {
        if let Some(tree) = self.kept.get(&id) {
            return Ok(Rc::clone(tree));
        }
        let object = self.odb.read(id)?;
        if object.kind() != ObjectType::Tree {
            return Err(git2::Error::from_str("a folder of the history is no tree"));
        }
        if self.kept.len() >= KEPT {
            self.kept.clear();
        }
        let tree: Rc<[u8]> = Rc::from(object.data());
        self.kept.insert(id, Rc::clone(&tree));
        Ok(tree)
    }

    /// The paths below a folder that differ, in no order.
    pub(super) fn differing_below(
        &mut self,
        old: Option<Oid>,
        new: Oid,
        folder: &str,
    ) -> Result<Vec<Differing>, git2::Error> {
        let all = self.wanted.replace(vec![folder.as_bytes().to_vec()]);
        let found = self.differing(old, new);
        self.wanted = all;
        found
    }

    /// The paths that differ, in no order; without an earlier tree all paths of the later one.
    pub(super) fn differing(&mut self, old: Option<Oid>, new: Oid) -> Result<Vec<Differing>, git2::Error> {
        let mut found = Vec::new();
        let mut open = vec![Pair { folder: Vec::new(), depth: 0, old, new: Some(new) }];
        while let Some(Pair { folder, depth, old, new }) = open.pop() {
            if old == new || depth > limits::DEPTH {
                continue;
            }
            let old = old.map(|id| self.get(id)).transpose()?;
            let new = new.map(|id| self.get(id)).transpose()?;
            let (mut before, mut after) = (Entries::of(old.as_deref()), Entries::of(new.as_deref()));
            let (mut one, mut other) = (before.next(), after.next());
            while one.is_some() || other.is_some() {
                let order = match (one, other) {
                    (Some(one), Some(other)) => one.key().cmp(&other.key()),
                    (Some(_), None) => std::cmp::Ordering::Less,
                    _ => std::cmp::Ordering::Greater,
                };
                let left = one.filter(|_| order.is_le());
                let right = other.filter(|_| order.is_ge());
                self.pair((&folder, depth), left, right, &mut found, &mut open);
                if order.is_le() {
                    one = before.next();
                }
                if order.is_ge() {
                    other = after.next();
                }
            }
        }
        Ok(found)
    }

    /// Compares two entries of one name in a folder, or one that only one side has.
    fn pair(
        &self,
        (folder, depth): (&[u8], usize),
        left: Option<Entry<'_>>,
        right: Option<Entry<'_>>,
        found: &mut Vec<Differing>,
        open: &mut Vec<Pair>,
    ) {
        if let (Some(left), Some(right)) = (left, right)
            && (left.id, left.mode) == (right.id, right.mode)
        {
            return;
        }
        let Some(name) = left.or(right).map(|entry| entry.name) else { return };
        let mut path = folder.to_vec();
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(name);
        let file = |entry: Option<Entry<'_>>| entry.is_some_and(|entry| !entry.is_folder);
        let folder_id = |entry: Option<Entry<'_>>| entry.filter(|entry| entry.is_folder).map(|entry| entry.id);
        let (before, after) = (file(left), file(right));
        if (before || after) && self.is_wanted(&path, false) {
            found.push(Differing { path: Arc::from(String::from_utf8_lossy(&path)), before, after });
        }
        let (old, new) = (folder_id(left), folder_id(right));
        if (old.is_some() || new.is_some()) && self.is_wanted(&path, true) {
            open.push(Pair { folder: path, depth: depth + 1, old, new });
        }
    }
}

/// Says whether a path is a folder, or lies in it.
fn is_below(path: &[u8], folder: &[u8]) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.first().is_none_or(|&byte| byte == b'/'))
}

/// The entries of a tree object, in its order; what is cut off ends it.
struct Entries<'t>(&'t [u8]);

impl<'t> Entries<'t> {
    fn of(tree: Option<&'t [u8]>) -> Self {
        Self(tree.unwrap_or_default())
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        let space = memchr::memchr(b' ', self.0)?;
        let end = space + 1 + memchr::memchr(0, &self.0[space + 1..])?;
        let id = Oid::from_bytes(self.0.get(end + 1..end + 1 + ID)?).ok()?;
        let mode = &self.0[..space];
        let entry = Entry { name: &self.0[space + 1..end], is_folder: mode == b"40000", mode, id };
        self.0 = &self.0[end + 1 + ID..];
        Some(entry)
    }
}

impl<'t> Entry<'t> {
    /// What git sorts by: a folder as if its name ended with a slash. A file and a folder of one name are two entries.
    fn key(self) -> Key<'t> {
        Key { name: self.name, is_folder: self.is_folder }
    }
}

#[derive(PartialEq, Eq)]
struct Key<'t> {
    name: &'t [u8],
    is_folder: bool,
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let end = |key: &Self| if key.is_folder { Some(&b'/') } else { None };
        self.name.iter().chain(end(self)).cmp(other.name.iter().chain(end(other)))
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
