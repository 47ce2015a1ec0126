//! A run as one file: its proof, the listing that it is about, its stretch of the ledger and the objects, as a plain tar.
//!
//! One text a content: names in a fixed order, no times, no owners. `tar` lists and unpacks it; a reader of ours refuses
//! whatever it would not have written itself, so that nothing can hide in it.

use std::collections::BTreeMap;

use crate::facts::digest::Digest;
use crate::record::objects;
use crate::record::state::LEDGER;

/// The proof.
pub const PROOF: &str = "proof.intoto.jsonl";
/// The listing that it is about.
pub const LISTING: &str = "tree.sha256";
/// The most bytes of such a file.
pub const MOST_BYTES: usize = 1 << 30;

const BLOCK: usize = 512;

/// What such a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed<'b> {
    /// The proof.
    pub proof: &'b [u8],
    /// The listing.
    pub listing: &'b [u8],
    /// The lines of the ledger.
    pub lines: &'b [u8],
    /// The objects; each is what its name says.
    pub objects: BTreeMap<Digest, &'b [u8]>,
}

impl Packed<'_> {
    /// The bytes of the file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        put(&mut bytes, PROOF, self.proof);
        put(&mut bytes, LISTING, self.listing);
        put(&mut bytes, LEDGER, self.lines);
        for (digest, object) in &self.objects {
            put(&mut bytes, &objects::path(digest), object);
        }
        bytes.resize(bytes.len() + 2 * BLOCK, 0);
        bytes
    }

    /// The bytes of a file by its name.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        match name {
            PROOF => Some(self.proof),
            LISTING => Some(self.listing),
            LEDGER => Some(self.lines),
            _ => self.objects.get(&digest_of(name)?).copied(),
        }
    }
}

/// Says whether bytes are meant to be such a file.
pub fn is_packed(bytes: &[u8]) -> bool {
    bytes.strip_prefix(PROOF.as_bytes()).is_some_and(|rest| rest.first() == Some(&0))
}

/// Reads just the bytes that [`Packed::bytes`] writes; else says why they are none.
pub fn read(bytes: &[u8]) -> Result<Packed<'_>, String> {
    let mut rest = bytes;
    let mut next = |wanted: &str| {
        let (name, content, behind) = entry(rest)?;
        rest = behind;
        if name == wanted { Ok(content) } else { Err(format!("{name} stands where {wanted} should")) }
    };
    let (proof, listing, lines) = (next(PROOF)?, next(LISTING)?, next(LEDGER)?);
    let mut objects = BTreeMap::new();
    while rest.first().is_some_and(|byte| *byte != 0) {
        let (name, content, behind) = entry(rest)?;
        rest = behind;
        let digest = digest_of(&name).ok_or_else(|| format!("{name} is no object"))?;
        if Digest::of(content) != digest {
            return Err(format!("{name} is not what its name says"));
        }
        if objects.last_key_value().is_some_and(|(last, _)| *last >= digest) {
            return Err(format!("{name} stands in the wrong place"));
        }
        objects.insert(digest, content);
    }
    if rest.len() != 2 * BLOCK || rest.iter().any(|byte| *byte != 0) {
        return Err("it does not end where its content does".to_owned());
    }
    Ok(Packed { proof, listing, lines, objects })
}

/// The name and the content of the entry at the beginning, and what stands behind it.
fn entry(bytes: &[u8]) -> Result<(String, &[u8], &[u8]), String> {
    let cut = || "it ends in the middle of a file".to_owned();
    let (header, rest) = bytes.split_at_checked(BLOCK).ok_or_else(cut)?;
    let name = header[..100].split(|byte| *byte == 0).next().and_then(|name| std::str::from_utf8(name).ok());
    let name = name.filter(|name| !name.is_empty()).ok_or("a file in it has no name")?.to_owned();
    let size = std::str::from_utf8(&header[124..135]).ok().and_then(|size| usize::from_str_radix(size, 8).ok());
    let size = size.ok_or_else(|| format!("{name} has no size"))?;
    if header != self::header(&name, size) {
        return Err(format!("the header of {name} is not ours"));
    }
    let (content, rest) = rest.split_at_checked(size).ok_or_else(cut)?;
    let (filling, rest) = rest.split_at_checked(size.next_multiple_of(BLOCK) - size).ok_or_else(cut)?;
    if filling.iter().any(|byte| *byte != 0) {
        return Err(format!("something stands behind {name}"));
    }
    Ok((name, content, rest))
}

/// The object that a path names.
fn digest_of(path: &str) -> Option<Digest> {
    let (folder, name) = path.strip_prefix(objects::FOLDER)?.strip_prefix('/')?.split_once('/')?;
    let digest = format!("sha256:{folder}{name}").parse().ok()?;
    (objects::path(&digest) == path).then_some(digest)
}

fn put(bytes: &mut Vec<u8>, name: &str, content: &[u8]) {
    bytes.extend_from_slice(&header(name, content.len()));
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
}

/// A header of POSIX ustar: a plain file that everybody may read, of nobody, from 1970.
fn header(name: &str, size: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let mut set = |at: usize, text: &[u8]| {
        let room = (BLOCK - at).min(text.len());
        header[at..at + room].copy_from_slice(&text[..room]);
    };
    set(0, &name.as_bytes()[..name.len().min(100)]);
    set(100, b"0000644\0");
    set(108, b"0000000\0");
    set(116, b"0000000\0");
    set(124, format!("{size:011o}\0").as_bytes());
    set(136, b"00000000000\0");
    set(148, b"        ");
    set(156, b"0");
    set(257, b"ustar\x0000");
    set(329, b"0000000\0");
    set(337, b"0000000\0");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_read_and_nothing_else_is() {
        let objects: BTreeMap<Digest, &[u8]> =
            [&b"one"[..], b"", &[7; 1024]].into_iter().map(|bytes| (Digest::of(bytes), bytes)).collect();
        let packed = Packed { proof: b"proof", listing: b"", lines: b"lines\n", objects };
        let bytes = packed.bytes();
        assert!(is_packed(&bytes) && !is_packed(b"{}"));
        assert_eq!(read(&bytes), Ok(packed.clone()));
        assert_eq!(packed.file(LISTING), Some(&b""[..]));
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let read = read(&other);
            // Only the three files in front have bytes that no name speaks of: their own verifiers do.
            assert!(read.is_err() || read.is_ok_and(|read| read.objects == packed.objects && read != packed), "{at}");
        }
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_err(), "{end}");
        }
    }
}
