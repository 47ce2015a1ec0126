//! A storage in memory that logs every call that changes something, so that a crash can be staged after any of them: with
//! every choice of what had reached the disk that the syncs permit, writes torn at any byte; and with a call that fails.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;

use cargo_governed::world::storage::Held;
use cargo_governed::world::storage::Seen;
use cargo_governed::world::storage::Sharing;
use cargo_governed::world::storage::Storage;
use cargo_governed::world::storage::Wait;

/// A call that changed something. Files are known by number: names come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Write {
        file: usize,
        offset: usize,
        bytes: Vec<u8>,
    },
    Cut {
        file: usize,
        length: usize,
    },
    Seal {
        file: usize,
    },
    Name {
        path: String,
        file: usize,
    },
    Unname {
        path: String,
    },
    Folder {
        path: String,
    },
    Sync {
        file: usize,
    },
    SyncFolder {
        path: String,
    },
    /// The test's own mark: something was acknowledged.
    Mark(u64),
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failing {
    /// The disk is full for this call alone; half of the bytes were written.
    FullOnce,
    /// The disk stays full; files can still be cut and removed.
    FullFromHere,
    /// Nothing works any more.
    DeadFromHere,
}

/// What stands on the disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    files: Vec<(Vec<u8>, bool)>,
    names: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
}

impl Disk {
    pub(crate) fn apply(&mut self, call: &Call) {
        match call {
            Call::Write { file, offset, bytes } => {
                let content = &mut self.file(*file).0;
                let end = offset + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*offset..end].copy_from_slice(bytes);
            }
            Call::Cut { file, length } => self.file(*file).0.resize(*length, 0),
            Call::Seal { file } => self.file(*file).1 = true,
            Call::Name { path, file } => {
                self.file(*file);
                self.names.insert(path.clone(), *file);
            }
            Call::Unname { path } => drop(self.names.remove(path)),
            Call::Folder { path } => drop(self.folders.insert(path.clone())),
            Call::Sync { .. } | Call::SyncFolder { .. } | Call::Mark(_) => {}
        }
    }

    fn file(&mut self, file: usize) -> &mut (Vec<u8>, bool) {
        if self.files.len() <= file {
            self.files.resize(file + 1, (Vec::new(), false));
        }
        &mut self.files[file]
    }

    /// Takes away what lies in folders whose own name was lost, and files without a name.
    pub(crate) fn settle(mut self) -> Self {
        let whole = |folders: &BTreeSet<String>, path: &str| {
            let mut above = parent(path);
            while !above.is_empty() {
                if !folders.contains(above) {
                    return false;
                }
                above = parent(above);
            }
            true
        };
        let folders = self.folders.clone();
        self.folders.retain(|path| whole(&folders, path));
        self.names.retain(|path, _| whole(&folders, path));
        self
    }

    /// Says the same of two disks that a reader cannot tell apart.
    pub(crate) fn view(&self) -> Vec<(&str, &[u8], bool)> {
        let files = self.names.iter().map(|(path, file)| {
            let (bytes, sealed) = &self.files[*file];
            (path.as_str(), bytes.as_slice(), *sealed)
        });
        files.chain(self.folders.iter().map(|path| (path.as_str(), &b"folder"[..], false))).collect()
    }

    pub(crate) fn bytes_mut(&mut self, path: &str) -> &mut Vec<u8> {
        let file = self.names[path];
        &mut self.files[file].0
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.names.keys().cloned().collect()
    }
}

pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[derive(Default)]
struct Inside {
    disk: Disk,
    log: Vec<Call>,
    locks: BTreeMap<String, i32>,
    calls: usize,
    failing: Option<(usize, Failing)>,
}

/// The storage. A clone is the same one.
#[derive(Clone, Default)]
pub(crate) struct Logged {
    inside: Arc<Mutex<Inside>>,
}

impl Logged {
    /// A storage with what a crash left.
    pub(crate) fn after(disk: Disk) -> Self {
        Self { inside: Arc::new(Mutex::new(Inside { disk, ..Inside::default() })) }
    }

    /// Lets the n-th changing call fail.
    pub(crate) fn failing(self, at: usize, failing: Failing) -> Self {
        self.lock_inside().failing = Some((at, failing));
        self
    }

    /// Lets nothing fail any more.
    pub(crate) fn heal(&self) {
        self.lock_inside().failing = None;
    }

    pub(crate) fn log(&self) -> Vec<Call> {
        self.lock_inside().log.clone()
    }

    pub(crate) fn disk(&self) -> Disk {
        self.lock_inside().disk.clone()
    }

    /// How many changing calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.lock_inside().calls
    }

    pub(crate) fn mark(&self, number: u64) {
        self.lock_inside().log.push(Call::Mark(number));
    }

    fn lock_inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no test panics while it holds this")
    }
}

impl Inside {
    fn take(&mut self, call: Call) {
        self.disk.apply(&call);
        self.log.push(call);
    }

    /// Counts a changing call, and says whether it fails.
    fn fails(&mut self) -> Option<Failing> {
        self.calls += 1;
        let (at, failing) = self.failing?;
        let hit = match failing {
            Failing::FullOnce => self.calls == at,
            Failing::FullFromHere | Failing::DeadFromHere => self.calls >= at,
        };
        hit.then_some(failing)
    }

    fn change(&mut self, call: Call) -> io::Result<()> {
        if self.fails().is_some() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.take(call);
        Ok(())
    }

    fn write(&mut self, file: usize, offset: usize, bytes: &[u8]) -> io::Result<()> {
        let failing = self.fails();
        let length = if failing.is_some() { bytes.len() / 2 } else { bytes.len() };
        if failing != Some(Failing::DeadFromHere) && (length > 0 || failing.is_none()) {
            self.take(Call::Write { file, offset, bytes: bytes[..length].to_vec() });
        }
        if failing.is_some() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    /// Cutting and removing want no space.
    fn free(&mut self, call: Call) -> io::Result<()> {
        if matches!(self.fails(), Some(Failing::DeadFromHere | Failing::FullOnce)) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.take(call);
        Ok(())
    }

    fn named(&self, path: &str) -> io::Result<usize> {
        self.disk.names.get(path).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.disk.folders.contains(path)
    }
}

struct HeldHere {
    inside: Arc<Mutex<Inside>>,
    path: String,
    sharing: Sharing,
}

impl Held for HeldHere {}

impl Drop for HeldHere {
    fn drop(&mut self) {
        if let Ok(mut inside) = self.inside.lock() {
            let count = inside.locks.entry(self.path.clone()).or_default();
            *count -= if self.sharing == Sharing::Alone { -1 } else { 1 };
        }
    }
}

impl Storage for Logged {
    fn shown(&self, path: &str) -> String {
        format!("memory:{path}")
    }

    fn make_folder(&self, path: &str) -> io::Result<()> {
        let mut inside = self.lock_inside();
        let mut whole = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if !whole.is_empty() {
                whole.push('/');
            }
            whole.push_str(part);
            if !inside.has_folder(&whole) {
                inside.change(Call::Folder { path: whole.clone() })?;
            }
        }
        Ok(())
    }

    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut inside = self.lock_inside();
        if !inside.has_folder(parent(path)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if inside.disk.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = inside.disk.files.len();
        inside.change(Call::Name { path: path.to_owned(), file })?;
        inside.write(file, 0, bytes)
    }

    fn append(&self, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut inside = self.lock_inside();
        let file = inside.named(path)?;
        inside.write(file, usize::try_from(offset).expect("small"), bytes)
    }

    fn truncate(&self, path: &str, length: u64) -> io::Result<()> {
        let mut inside = self.lock_inside();
        let file = inside.named(path)?;
        inside.free(Call::Cut { file, length: usize::try_from(length).expect("small") })
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let mut inside = self.lock_inside();
        let file = inside.named(path)?;
        inside.free(Call::Sync { file })
    }

    fn sync_folder(&self, path: &str) -> io::Result<()> {
        let mut inside = self.lock_inside();
        if !inside.has_folder(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        inside.free(Call::SyncFolder { path: path.to_owned() })
    }

    fn publish(&self, from: &str, to: &str) -> io::Result<bool> {
        let mut inside = self.lock_inside();
        let file = inside.named(from)?;
        if !inside.has_folder(parent(to)) {
            return Err(io::ErrorKind::NotFound.into());
        }
        if inside.disk.names.contains_key(to) {
            return Ok(false);
        }
        inside.change(Call::Name { path: to.to_owned(), file })?;
        inside.free(Call::Unname { path: from.to_owned() }).map(|()| true)
    }

    fn replace(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inside = self.lock_inside();
        let file = inside.named(from)?;
        inside.change(Call::Name { path: to.to_owned(), file })?;
        // One call for the file system: it does not fail half way, and a crash may show half of it.
        inside.take(Call::Unname { path: from.to_owned() });
        Ok(())
    }

    fn seal(&self, path: &str) -> io::Result<()> {
        let mut inside = self.lock_inside();
        let file = inside.named(path)?;
        inside.free(Call::Seal { file })
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut inside = self.lock_inside();
        inside.named(path)?;
        inside.free(Call::Unname { path: path.to_owned() })
    }

    fn read(&self, path: &str, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let inside = self.lock_inside();
        let bytes = &inside.disk.files[inside.named(path)?].0;
        let from = usize::try_from(from).expect("small").min(bytes.len());
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(bytes[from..].iter().take(most).copied().collect())
    }

    fn look(&self, path: &str) -> io::Result<Option<Seen>> {
        let inside = self.lock_inside();
        let seen = inside.disk.names.get(path).map(|file| {
            let (bytes, sealed) = &inside.disk.files[*file];
            Seen { length: bytes.len() as u64, sealed: *sealed }
        });
        Ok(seen.or_else(|| inside.has_folder(path).then_some(Seen { length: 0, sealed: false })))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let inside = self.lock_inside();
        let paths = inside.disk.names.keys().chain(&inside.disk.folders);
        let mut names: Vec<String> = paths
            .filter(|path| parent(path) == folder)
            .map(|path| path[folder.len()..].trim_start_matches('/').to_owned())
            .collect();
        names.sort();
        Ok(names)
    }

    fn lock(&self, path: &str, sharing: Sharing, _: Wait) -> io::Result<Box<dyn Held>> {
        let mut inside = self.lock_inside();
        let count = inside.locks.entry(path.to_owned()).or_default();
        match sharing {
            Sharing::Alone if *count == 0 => *count = -1,
            Sharing::Shared if *count >= 0 => *count += 1,
            _ => return Err(io::ErrorKind::WouldBlock.into()),
        }
        Ok(Box::new(HeldHere { inside: Arc::clone(&self.inside), path: path.to_owned(), sharing }))
    }
}
