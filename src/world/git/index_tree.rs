//! The tree id that an index stands for, computed in memory: no tree object is read or written.

use git2::IndexEntry;
use git2::ObjectType;
use git2::Oid;

/// One folder that is being put together.
struct Folder {
    name: Vec<u8>,
    bytes: Vec<u8>,
}

/// The id of the tree that the entries (in the order of an index, one stage each) would be written as.
pub(crate) fn tree_id(entries: &[IndexEntry]) -> Result<Oid, git2::Error> {
    let mut open = vec![Folder { name: Vec::new(), bytes: Vec::new() }];
    let mut depths: Vec<&[u8]> = Vec::new();
    for entry in entries {
        let cut = entry.path.iter().rposition(|&byte| byte == b'/');
        let (folder, name) = match cut {
            Some(at) => (&entry.path[..at], &entry.path[at + 1..]),
            None => (&[][..], entry.path.as_slice()),
        };
        let parts: Vec<&[u8]> = folder.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).collect();
        let shared = depths.iter().zip(&parts).take_while(|(one, other)| one == other).count();
        while depths.len() > shared {
            close(&mut open)?;
            depths.pop();
        }
        for part in &parts[shared..] {
            open.push(Folder { name: part.to_vec(), bytes: Vec::new() });
            depths.push(part);
        }
        if let Some(top) = open.last_mut() {
            append(&mut top.bytes, entry.mode, name, entry.id);
        }
    }
    while open.len() > 1 {
        close(&mut open)?;
    }
    Oid::hash_object(ObjectType::Tree, &open[0].bytes)
}

/// An index is ordered by whole paths, as if folders ended in `/`: just the order that tree objects have.
fn close(open: &mut Vec<Folder>) -> Result<(), git2::Error> {
    if let Some(done) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        append(&mut parent.bytes, 0o040_000, &done.name, Oid::hash_object(ObjectType::Tree, &done.bytes)?);
    }
    Ok(())
}

fn append(bytes: &mut Vec<u8>, mode: u32, name: &[u8], id: Oid) {
    bytes.extend_from_slice(format!("{mode:o} ").as_bytes());
    bytes.extend_from_slice(name);
    bytes.push(0);
    bytes.extend_from_slice(id.as_bytes());
}
