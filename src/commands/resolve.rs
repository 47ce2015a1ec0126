//! From arguments as typed to the options of `check`.

use std::path::Path;
use std::path::PathBuf;

use crate::commands::check::Options;
use crate::commands::check::Reach;
use crate::commands::cli::CheckArgs;
use crate::commands::cli::Shared;
use crate::error::Error;

/// Resolves the arguments of `check`.
pub fn options(shared: &Shared, args: &CheckArgs) -> Result<Options, Error> {
    Ok(Options {
        folder: folder(shared)?,
        rev: args.rev.clone(),
        since: args.since.clone(),
        fix: args.fix,
        allow_dirty: args.allow_dirty,
        rules: args.rules.clone(),
        packages: args.packages.clone(),
        deny_warn: args.deny.is_some(),
        today: args.today,
        reach: Reach::History,
        config: shared.config.as_deref().map(|config| path(shared, config)),
    })
}

/// The folder that a verb works in.
pub fn folder(shared: &Shared) -> Result<PathBuf, Error> {
    let Some(manifest) = &shared.manifest_path else {
        return Ok(shared.directory.clone().unwrap_or_else(|| PathBuf::from(".")));
    };
    if manifest.file_name().is_none_or(|name| name != "Cargo.toml") {
        let shown = manifest.display();
        return Err(Error::usage("not-a-manifest", format!("take `{shown}` for a manifest"))
            .help("give --manifest-path the path of a Cargo.toml"));
    }
    let manifest = path(shared, manifest);
    let folder = manifest.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf))
}

/// A path as typed, counted from the folder of `-C`.
pub fn path(shared: &Shared, typed: &Path) -> PathBuf {
    shared.directory.as_ref().map_or_else(|| typed.to_path_buf(), |directory| directory.join(typed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(directory: Option<&str>, manifest: Option<&str>) -> Result<PathBuf, &'static str> {
        let shared = Shared {
            directory: directory.map(PathBuf::from),
            manifest_path: manifest.map(PathBuf::from),
            ..Shared::default()
        };
        folder(&shared).map_err(|error| error.code)
    }

    #[test]
    fn the_manifest_path_counts_from_the_directory() {
        assert_eq!(resolved(None, None), Ok(PathBuf::from(".")));
        assert_eq!(resolved(Some("a"), None), Ok(PathBuf::from("a")));
        assert_eq!(resolved(None, Some("Cargo.toml")), Ok(PathBuf::from(".")));
        assert_eq!(resolved(Some("a"), Some("b/Cargo.toml")), Ok(PathBuf::from("a/b")));
        assert_eq!(resolved(None, Some("b")), Err("not-a-manifest"));
    }
}
