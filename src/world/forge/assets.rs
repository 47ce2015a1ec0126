//! The files of a release: what is there already with its size is kept, what broke off is sent anew.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry::Method;

/// How often a file is sent whose end nobody knows.
const ATTEMPTS: u32 = 3;
/// The most pages of files that are looked through.
const PAGES: u32 = 10;

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its name on the forge.
    pub name: String,
    /// Where it lies here.
    pub path: PathBuf,
}

/// A release that nobody sees yet.
pub(crate) struct Draft<'a> {
    /// Its number.
    pub(crate) id: u64,
    /// Where its files are sent to.
    pub(crate) uploads: &'a str,
}

/// Brings every file to a draft.
pub(crate) fn bring(forge: &Connection, repository: &str, draft: &Draft<'_>, wanted: &[Asset]) -> Result<(), Failure> {
    for asset in wanted {
        let bytes = fs::read(&asset.path).map_err(|error| {
            let why = format!("{}: {error}", asset.path.display());
            Failure {
                maybe_done: false,
                ..Failure::without_answer(Kind::Unreadable, "read a file of the release", why)
            }
        })?;
        one(forge, repository, draft, &asset.name, &bytes)?;
    }
    Ok(())
}

fn one(forge: &Connection, repository: &str, draft: &Draft<'_>, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let mut attempt = 1;
    loop {
        if is_there(forge, repository, draft, name, bytes.len())? {
            return Ok(());
        }
        match forge.upload(draft.uploads, name, bytes.to_vec()) {
            Ok(_) => return Ok(()),
            Err(failure) if !failure.maybe_done || attempt >= ATTEMPTS => return Err(failure),
            Err(_) => attempt += 1,
        }
    }
}

/// Whether a file is there whole; one that broke off is removed, because its name is taken.
fn is_there(forge: &Connection, repository: &str, draft: &Draft<'_>, name: &str, size: usize) -> Result<bool, Failure> {
    let found = forge.pages(&format!("/repos/{repository}/releases/{}/assets", draft.id), PAGES)?;
    let Some(asset) = found.iter().find(|asset| asset["name"] == name) else { return Ok(false) };
    let is_whole = |asset: &Value| asset["state"] == "uploaded" && asset["size"].as_u64() == u64::try_from(size).ok();
    if is_whole(asset) {
        return Ok(true);
    }
    let id = asset["id"].as_u64().unwrap_or_default();
    forge.ask(Method::Delete, &format!("/repos/{repository}/releases/assets/{id}"), None)?;
    Ok(false)
}
