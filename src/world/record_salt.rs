//! The secret of a record: values of variables are told apart by it, and it never leaves the machine.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::world::stamp;

/// The file in the folder of the record.
const FILE: &str = "salt";
/// How many bytes it has.
const LENGTH: usize = 32;

/// The salt of a record; made where there is none yet. Of two processes that make it at once both get the same.
pub fn of(record: &Path) -> Result<Vec<u8>, Error> {
    let path = record.join(FILE);
    let failed = |error: &std::io::Error| Error::failed("salt", format!("keep the salt {}: {error}", path.display()));
    match fs::read(&path) {
        Ok(salt) if salt.len() == LENGTH => return Ok(salt),
        Ok(_) => {
            let error = Error::failed("salt", format!("read the salt {}: it has another length", path.display()));
            return Err(error.help("remove the file: results of steps with own variables are then not reused once"));
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&error)),
    }
    fs::create_dir_all(record).map_err(|error| failed(&error))?;
    // A name of its own first: whoever reads the salt must never see half of it.
    let scratch = record.join(format!("{FILE}.{}.new", std::process::id()));
    let made = open_new(&scratch).and_then(|mut file| {
        file.write_all(&random().0)?;
        file.sync_all()?;
        match fs::hard_link(&scratch, &path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    });
    let _ = fs::remove_file(&scratch);
    made.and_then(|()| fs::read(&path)).map_err(|error| failed(&error))
}

/// The salt of a record that has one; nothing is made.
pub fn known(record: &Path) -> Option<Vec<u8>> {
    fs::read(record.join(FILE)).ok().filter(|salt| salt.len() == LENGTH)
}

#[cfg(unix)]
fn open_new(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    fs::File::options().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn open_new(path: &Path) -> std::io::Result<fs::File> {
    fs::File::create(path)
}

/// Bytes that nobody else knows: the keys of the standard library's hashers come from the system's source of randomness.
fn random() -> Digest {
    let mut bytes = Vec::new();
    for round in 0..4_u64 {
        let state = RandomState::new();
        bytes.extend(state.hash_one(round).to_le_bytes());
        bytes.extend(state.hash_one(stamp::now()).to_le_bytes());
    }
    Digest::of(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_never_twice_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let one = of(folder.path()).unwrap();
        assert_eq!(of(folder.path()).unwrap(), one);
        assert_ne!(of(&folder.path().join("other")).unwrap(), one);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
        fs::write(folder.path().join(FILE), "short").unwrap();
        assert_eq!(of(folder.path()).unwrap_err().code, "salt");
    }
}
