//! Reads out of a packed crate which commit it was packed from: cargo writes that beside the files.

use std::io;
use std::io::Read;

use flate2::read::GzDecoder;
use serde::Deserialize;

/// The name of the file, in the folder that a packed crate is.
const NAME: &str = ".cargo_vcs_info.json";
/// The most bytes that are unpacked in search of it: cargo writes it in front.
const MOST: u64 = 64 << 20;
/// The most bytes that it may have.
const LARGEST: u64 = 64 << 10;
/// What a tar is made of.
const BLOCK: usize = 512;

/// Where a crate was packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The commit, in hexadecimal.
    pub commit: String,
    /// Whether files that were packed differed from it.
    pub dirty: bool,
}

#[derive(Deserialize)]
struct Info {
    git: Git,
}

#[derive(Deserialize)]
struct Git {
    sha1: String,
    #[serde(default)]
    dirty: bool,
}

/// The origin that a packed crate names; none where it names none. An error where it can't be read.
pub(super) fn origin(bytes: &[u8]) -> Result<Option<Origin>, String> {
    let mut unpacked = GzDecoder::new(bytes).take(MOST);
    let Some(text) = find(&mut unpacked).map_err(|error| format!("it can't be unpacked: {error}"))? else {
        return Ok(None);
    };
    let info: Info = serde_json::from_slice(&text).map_err(|error| format!("its {NAME} can't be read: {error}"))?;
    let commit = info.git.sha1.to_ascii_lowercase();
    let is_id = matches!(commit.len(), 40 | 64) && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { Ok(Some(Origin { commit, dirty: info.git.dirty })) } else { Err(format!("its {NAME} names no commit")) }
}

/// The bytes of the file; none where the tar ends without it.
fn find(tar: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = [0; BLOCK];
    loop {
        if !is_whole(tar, &mut head)? || head.iter().all(|&byte| byte == 0) {
            return Ok(None);
        }
        let name = head[..100].split(|&byte| byte == 0).next().unwrap_or_default();
        let size = octal(&head[124..136]).ok_or_else(|| io::Error::other("a size that is no number"))?;
        let is_file = matches!(head[156], 0 | b'0');
        let inside = str::from_utf8(name).ok().and_then(|name| name.split_once('/'));
        if is_file && inside.is_some_and(|(_, rest)| rest == NAME) && size <= LARGEST {
            let mut text = Vec::new();
            tar.take(size).read_to_end(&mut text)?;
            return if text.len() as u64 == size { Ok(Some(text)) } else { Err(torn()) };
        }
        let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        if io::copy(&mut tar.take(padded), &mut io::sink())? < padded {
            return Err(torn());
        }
    }
}

/// Fills a block; false at the end. What ends within one is torn.
fn is_whole(tar: &mut impl Read, block: &mut [u8; BLOCK]) -> io::Result<bool> {
    let mut filled = 0;
    while filled < BLOCK {
        match tar.read(&mut block[filled..])? {
            0 if filled == 0 => return Ok(false),
            0 => return Err(torn()),
            read => filled += read,
        }
    }
    Ok(true)
}

fn torn() -> io::Error {
    io::Error::from(io::ErrorKind::UnexpectedEof)
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    u64::from_str_radix(text, 8).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        let mut tar = Vec::new();
        for (name, text) in files {
            let mut head = [0; BLOCK];
            head[..name.len()].copy_from_slice(name.as_bytes());
            head[124..135].copy_from_slice(format!("{:011o}", text.len()).as_bytes());
            head[156] = b'0';
            tar.extend(head);
            tar.extend(text.as_bytes());
            tar.resize(tar.len().next_multiple_of(BLOCK), 0);
        }
        tar.resize(tar.len() + 2 * BLOCK, 0);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&tar).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn the_commit_is_read_wherever_the_file_stands() {
        let info = format!("{{\"git\":{{\"sha1\":\"{COMMIT}\"}},\"path_in_vcs\":\"a\"}}");
        let dirty = info.replace("\"}", "\",\"dirty\":true}");
        let clean = Some(Origin { commit: COMMIT.to_owned(), dirty: false });
        assert_eq!(origin(&packed(&[("a-1.0.0/.cargo_vcs_info.json", &info)])), Ok(clean.clone()));
        let behind = [("a-1.0.0/Cargo.toml", "[package]\n"), ("a-1.0.0/.cargo_vcs_info.json", &info)];
        assert_eq!(origin(&packed(&behind)), Ok(clean));
        let found = origin(&packed(&[("a-1.0.0/.cargo_vcs_info.json", &dirty)]));
        assert_eq!(found, Ok(Some(Origin { commit: COMMIT.to_owned(), dirty: true })));
        // A file of that name that is not cargo's own.
        assert_eq!(origin(&packed(&[("a-1.0.0/src/.cargo_vcs_info.json", &info)])), Ok(None));
        assert_eq!(origin(&packed(&[])), Ok(None));
    }

    #[test]
    fn what_can_not_be_read_names_nothing() {
        let info = |text: &str| origin(&packed(&[("a-1.0.0/.cargo_vcs_info.json", text)]));
        for text in ["", "{}", "{\"git\":{\"sha1\":\"main\"}}", "{\"git\":{\"sha1\":\"--upload-pack=x\"}}"] {
            assert!(info(text).is_err(), "{text}");
        }
        assert!(origin(b"no gzip").is_err());
        let whole = packed(&[("a-1.0.0/.cargo_vcs_info.json", &format!("{{\"git\":{{\"sha1\":\"{COMMIT}\"}}}}"))]);
        for end in 0..whole.len() {
            // Torn anywhere it is an error, or says what it says whole.
            let found = origin(&whole[..end]);
            assert!(
                found.as_ref().map_or(true, |one| one.as_ref().is_some_and(|one| one.commit == COMMIT)),
                "{found:?}"
            );
        }
    }
}
