//! Digests of files by their stamps, kept between runs of one machine: a file that was not touched is not read again.
//!
//! The memo decides only what is reused here; nothing that leaves the machine rests on it. A file that was touched less
//! than two seconds before it was hashed is not kept: a second write in the same tick would leave the same stamp.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::world::entry_path;
use crate::world::memo_file;
use crate::world::stamp;
use crate::world::stamp::Stamp;
use crate::world::stamp::Time;

const HEADER: &str = "governed-hash-memo/1";

/// Digests by path and stamp.
#[derive(Debug)]
pub struct HashMemo {
    file: PathBuf,
    known: HashMap<String, (Stamp, Digest)>,
    opened: Time,
    margin: i64,
}

impl HashMemo {
    /// How many seconds a file must have rested before it is trusted.
    pub const MARGIN: i64 = 2;

    /// Opens the memo of a work tree in the folder of the record; an empty one where there is none that can be read.
    pub fn open(record: &Path, root: &Path) -> Self {
        Self::with_margin(record, root, Self::MARGIN)
    }

    /// The same with another time of rest.
    pub fn with_margin(record: &Path, root: &Path, margin: i64) -> Self {
        // Several work trees share one record.
        let name = Digest::of(&entry_path::bytes_of(root)).short();
        let file = record.join("memo").join(format!("listing-{name}"));
        let known = fs::read_to_string(&file).ok().and_then(|text| parse(&text)).unwrap_or_default();
        Self { file, known, opened: stamp::now(), margin }
    }

    /// The digest of the file at a path, if its stamp is the one that was hashed.
    pub fn get(&self, path: &str, stamp: &Stamp) -> Option<Digest> {
        self.known.get(path).filter(|(known, _)| known == stamp).map(|(_, digest)| *digest)
    }

    /// Keeps what was hashed or known of the files of a tree, where it is anything new: path, stamp, digest.
    pub(crate) fn save<'f>(&self, files: impl Iterator<Item = (&'f str, Stamp, Digest)>) -> Result<(), Error> {
        let mut text = String::from(HEADER);
        text.push('\n');
        let mut kept = 0;
        let mut news = false;
        for (path, stamp, digest) in files {
            if !stamp.is_settled(self.opened, self.margin) || path.contains(['\n', '\r']) {
                continue;
            }
            news |= self.get(path, &stamp) != Some(digest);
            kept += 1;
            let Stamp { inode, size, modified, changed } = stamp;
            let hex = digest.hex();
            let _ =
                writeln!(text, "{inode} {size} {} {} {} {} {hex} {path}", modified.0, modified.1, changed.0, changed.1);
        }
        if news || kept < self.known.len() { memo_file::write(&self.file, text.as_bytes()) } else { Ok(()) }
    }

    /// How many files it knows.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}

fn parse(text: &str) -> Option<HashMap<String, (Stamp, Digest)>> {
    let mut lines = text.lines();
    (lines.next()? == HEADER).then_some(())?;
    let mut known = HashMap::with_capacity(text.len() / 128);
    for line in lines {
        let mut fields = line.splitn(8, ' ');
        let mut number = || fields.next()?.parse::<i64>().ok();
        let (inode, size) = (number()?, number()?);
        let modified = (number()?, number()?);
        let changed = (number()?, number()?);
        let stamp = Stamp { inode: u64::try_from(inode).ok()?, size: u64::try_from(size).ok()?, modified, changed };
        let digest = Digest::of_hex(fields.next()?).ok()?;
        known.insert(fields.next()?.to_owned(), (stamp, digest));
    }
    Some(known)
}
