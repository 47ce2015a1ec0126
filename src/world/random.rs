//! Numbers that nobody can guess, from the system's own source as the standard library asks it.

use std::fs;
use std::hash::BuildHasher;
use std::hash::RandomState;
use std::io;
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use crate::error::Error;
use crate::facts::digest::Digest;

/// The file of a record's salt.
const SALT: &str = "salt";

/// 32 bytes that differ each time: the keys that the system seeds hash maps with, the process and the clock, mixed.
pub fn bytes() -> [u8; 32] {
    let mut mixed = Vec::new();
    for round in 0_u64..4 {
        mixed.extend(RandomState::new().hash_one(round).to_le_bytes());
    }
    mixed.extend(std::process::id().to_le_bytes());
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    mixed.extend(since.as_nanos().to_le_bytes());
    Digest::of(&mixed).0
}

/// Hexadecimal digits of [`bytes`].
pub fn nonce(digits: usize) -> String {
    let mut hex = Digest(bytes()).hex();
    hex.truncate(digits);
    hex
}

/// The salt of a record: made once, kept beside it, readable by its owner alone.
pub fn salt(record: &Path) -> Result<Vec<u8>, Error> {
    let path = record.join(SALT);
    let failed = |error: io::Error| {
        Error::failed("store-unwritable", format!("make the salt {}: {error}", path.display()))
            .help("make the folder of the record writable")
    };
    for _ in 0..2 {
        match fs::read(&path) {
            Ok(salt) if salt.len() == 32 => return Ok(salt),
            Ok(_) => {
                let message = format!("read the salt {}: it was altered", path.display());
                return Err(Error::failed("store-altered", message)
                    .help("remove it: a new one is made, and nothing is reused once"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => match make(record, &path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
                _ => {}
            },
            Err(error) => return Err(failed(error)),
        }
    }
    Err(failed(io::Error::from(io::ErrorKind::NotFound)))
}

/// Writes it under another name first: whoever reads it sees all of it or nothing.
fn make(record: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(record)?;
    let draft = record.join(format!("{SALT}.{}", nonce(8)));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(&bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_is_made_once_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join("governed");
        let salt = super::salt(&record).unwrap();
        assert_eq!((salt.len(), super::salt(&record).unwrap()), (32, salt));
        fs::write(record.join(SALT), "short").unwrap();
        assert_eq!(super::salt(&record).unwrap_err().code, "store-altered");
    }

    #[test]
    fn two_are_never_the_same() {
        assert_ne!(bytes(), bytes());
        assert_eq!(nonce(8).len(), 8);
    }
}
