//! A record that lies in one file in memory: it is read, and never written.

use std::io;

use crate::world::storage::Held;
use crate::world::storage::Seen;
use crate::world::storage::Sharing;
use crate::world::storage::Storage;
use crate::world::storage::Wait;

/// The files of a folder by their paths.
pub struct PackedStorage {
    name: String,
    files: Vec<(String, Vec<u8>)>,
}

impl PackedStorage {
    /// Takes files, each with its path from the folder.
    pub fn new(name: String, mut files: Vec<(String, Vec<u8>)>) -> Self {
        files.sort();
        Self { name, files }
    }

    fn bytes(&self, path: &str) -> io::Result<&[u8]> {
        let index = self.files.binary_search_by(|(name, _)| name.as_str().cmp(path));
        index.map(|index| self.files[index].1.as_slice()).map_err(|_| io::ErrorKind::NotFound.into())
    }
}

fn read_only<T>() -> io::Result<T> {
    Err(io::ErrorKind::ReadOnlyFilesystem.into())
}

impl Storage for PackedStorage {
    fn shown(&self, path: &str) -> String {
        format!("{}:{path}", self.name)
    }

    fn make_folder(&self, _: &str) -> io::Result<()> {
        read_only()
    }

    fn create(&self, _: &str, _: &[u8]) -> io::Result<()> {
        read_only()
    }

    fn append(&self, _: &str, _: u64, _: &[u8]) -> io::Result<()> {
        read_only()
    }

    fn truncate(&self, _: &str, _: u64) -> io::Result<()> {
        read_only()
    }

    fn sync(&self, _: &str) -> io::Result<()> {
        read_only()
    }

    fn sync_folder(&self, _: &str) -> io::Result<()> {
        read_only()
    }

    fn publish(&self, _: &str, _: &str) -> io::Result<bool> {
        read_only()
    }

    fn replace(&self, _: &str, _: &str) -> io::Result<()> {
        read_only()
    }

    fn seal(&self, _: &str) -> io::Result<()> {
        read_only()
    }

    fn remove(&self, _: &str) -> io::Result<()> {
        read_only()
    }

    fn read(&self, path: &str, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let bytes = self.bytes(path)?;
        let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
        let rest = &bytes[from..];
        Ok(rest[..usize::try_from(most).unwrap_or(usize::MAX).min(rest.len())].to_vec())
    }

    fn look(&self, path: &str) -> io::Result<Option<Seen>> {
        Ok(self.bytes(path).ok().map(|bytes| Seen { length: bytes.len() as u64, sealed: true }))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let below = self.files.iter().filter_map(|(path, _)| path.strip_prefix(folder)?.strip_prefix('/'));
        let mut names: Vec<String> = below.map(|rest| rest.split('/').next().unwrap_or_default().to_owned()).collect();
        names.dedup();
        Ok(names)
    }

    fn lock(&self, _: &str, _: Sharing, _: Wait) -> io::Result<Box<dyn Held>> {
        read_only()
    }
}
