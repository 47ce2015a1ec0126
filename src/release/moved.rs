//! Where a package lay at its baseline: a folder of another name is no change of what is built.

use std::borrow::Cow;

use crate::facts::history::Unavailable;
use crate::facts::manifest;
use crate::facts::path;
use crate::facts::workspace::Package;
use crate::release::ground::Ground;
use crate::release::plan::Baseline;

/// The folder of a package then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The folder at the baseline, where it was another one.
    then: Option<String>,
    now: String,
}

impl Moved {
    /// Looks where a package lay: under its own path, else where a manifest with its name was that changed since.
    pub fn of(ground: &Ground<'_>, package: &Package, baseline: &Baseline) -> Result<Self, Unavailable> {
        let now = package.folder.clone();
        if ground.history.text_at(&baseline.commit, &package.manifest)?.is_some() {
            return Ok(Self { then: None, now });
        }
        let differing = ground.differences.get(&baseline.commit).map(Vec::as_slice).unwrap_or_default();
        for one in differing.iter().filter(|one| one.before && path::file_name(&one.path) == "Cargo.toml") {
            let Some(text) = ground.history.text_at(&baseline.commit, &one.path)? else { continue };
            let name = manifest::parse(&text, &mut Vec::new()).and_then(|manifest| manifest.package?.name);
            if name.is_some_and(|name| name.value == package.name.value) {
                return Ok(Self { then: Some(path::parent(&one.path).to_owned()), now });
            }
        }
        Ok(Self { then: None, now })
    }

    /// Says whether the package lay elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        self.then.is_some()
    }

    /// Where a file of today lay then.
    pub fn then<'p>(&self, file: &'p str) -> Cow<'p, str> {
        moved(file, &self.now, self.then.as_deref())
    }

    /// Where a file of then lies today.
    pub fn now<'p>(&self, file: &'p str) -> Cow<'p, str> {
        match &self.then {
            // What lay in the root beside other packages is taken for what its path says today.
            Some(then) if !then.is_empty() => moved(file, then, Some(&self.now)),
            _ => Cow::Borrowed(file),
        }
    }
}

fn moved<'p>(file: &'p str, from: &str, to: Option<&str>) -> Cow<'p, str> {
    let Some(to) = to.filter(|_| path::is_within(file, from)) else { return Cow::Borrowed(file) };
    let rest = file[from.len()..].trim_start_matches('/');
    Cow::Owned(path::child(to, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_from_one_folder_to_the_other() {
        let moved = Moved { then: Some("crates/old".to_owned()), now: "crates/new".to_owned() };
        assert_eq!(moved.then("crates/new/src/lib.rs"), "crates/old/src/lib.rs");
        assert_eq!(moved.now("crates/old/src/lib.rs"), "crates/new/src/lib.rs");
        assert_eq!(moved.now("crates/older/src/lib.rs"), "crates/older/src/lib.rs");
        let from_root = Moved { then: Some(String::new()), now: "a".to_owned() };
        assert_eq!(
            (from_root.then("a/src/lib.rs"), from_root.now("src/lib.rs")),
            ("src/lib.rs".into(), "src/lib.rs".into())
        );
        let stays = Moved { then: None, now: "a".to_owned() };
        assert_eq!(stays.then("a/src/lib.rs"), "a/src/lib.rs");
    }
}
