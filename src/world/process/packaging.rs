//! Asks cargo whether packages can be packed, and cargo-semver-checks how far an API moved. Neither is an alias of the tree.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use crate::world::process::query;
use crate::world::tools::Around;

/// The longest that packing or one comparison is waited for.
const PATIENCE: Duration = Duration::from_secs(30 * 60);
/// The lock file of a workspace.
const LOCK: &str = "Cargo.lock";
/// The program that compares APIs.
const SEMVER: &str = "cargo-semver-checks";

/// What packing came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packed {
    /// All packages were packed.
    Whole,
    /// All packages were packed, but for what their lock file names and could not be had: patches from git, as a rule, which no
    /// published package has. Why, in cargo's own words.
    Unlocked(String),
    /// Cargo refused, in its own words.
    Refused(String),
    /// What packing needs was not there: a toolchain, an index, a network.
    Unable(String),
}

/// What a comparison of two APIs came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Nothing was found that asks for more than a patch.
    Patch,
    /// Something is new.
    Minor,
    /// Something broke.
    Major,
    /// It could not be done, and why.
    Unable(String),
}

/// The words by which cargo and rustup say that something is missing around them.
const MISSING: &[&str] = &[
    "in the offline mode (",
    "using offline mode (",
    "but --offline was specified",
    "but --frozen was specified",
    "but net.offline was specified",
    "could not resolve host",
    "failed to download",
    "network failure",
    "spurious network",
    "unable to update",
    "is not installed",
    "download of config.json failed",
    "no such command",
    "can't be started",
    "no token found",
    "token rejected",
    "registries require a credential-provider",
];

/// Packs packages of the tree at a root against each other, without building them. `target` takes what is packed. The tree is
/// a copy that is only ours: where a git source of its lock file can't be had it is tried once more without that file.
pub fn package(
    root: &Path,
    target: &Path,
    packages: &[&str],
    environment: &BTreeMap<OsString, OsString>,
    offline: bool,
) -> Packed {
    let locked = packed(root, target, packages, environment, offline);
    let Packed::Unable(why) = &locked else { return locked };
    let lock = std::fs::read_to_string(root.join(LOCK)).unwrap_or_default();
    // Cargo resolves a lock file with all patches of the workspace before it packs, and without one only what it packs.
    if !names_git_source(&lock, why) || std::fs::remove_file(root.join(LOCK)).is_err() {
        return locked;
    }
    match packed(root, target, packages, environment, offline) {
        Packed::Whole => Packed::Unlocked(why.clone()),
        Packed::Refused(why) => Packed::Refused(why),
        _ => locked,
    }
}

fn packed(
    root: &Path,
    target: &Path,
    packages: &[&str],
    environment: &BTreeMap<OsString, OsString>,
    offline: bool,
) -> Packed {
    let mut words = vec!["package", "--quiet", "--allow-dirty", "--no-verify"];
    if offline {
        words.push("--offline");
    }
    for name in packages {
        words.extend(["--package", name]);
    }
    let mut environment = environment.clone();
    environment.insert("CARGO_TARGET_DIR".into(), target.into());
    environment.insert("CARGO_TERM_COLOR".into(), "never".into());
    environment.insert("RUSTUP_AUTO_INSTALL".into(), "0".into());
    match query::run(Path::new("cargo"), &words, root, &environment, PATIENCE) {
        Ok(answer) if answer.code == Some(0) => Packed::Whole,
        Ok(answer) => {
            let told = answer.err.trim().to_owned();
            if says_missing(&told) { Packed::Unable(told) } else { Packed::Refused(told) }
        }
        Err(why) => Packed::Unable(why),
    }
}

/// Says whether cargo's words are about something that is missing around it.
fn says_missing(told: &str) -> bool {
    let lower = told.to_ascii_lowercase();
    MISSING.iter().any(|words| lower.contains(words))
}

/// Says whether cargo's words name a git source of a lock file: `source = "git+https://host/a?rev=1#1"`.
fn names_git_source(lock: &str, told: &str) -> bool {
    let sources = lock.lines().filter_map(|line| line.trim().strip_prefix("source = \"git+"));
    let addresses: BTreeSet<&str> = sources.filter_map(|source| source.split(['"', '?', '#']).next()).collect();
    // A longer address is another source.
    let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || "-_./".contains(next));
    let is_named = |address: &str| {
        !address.is_empty() && told.match_indices(address).any(|(at, _)| !goes_on(&told[at + address.len()..]))
    };
    addresses.into_iter().any(is_named)
}

/// Says whether the program that compares APIs is there.
pub fn compares(around: Around<'_>) -> bool {
    around.find(SEMVER).is_some()
}

/// Where the tool builds and keeps what it has built, from the root of the tree.
const BUILT: &str = "target/governed/api";
/// Keeps what is in that folder out of git and out of the tool's own search for manifests: below the first step it may look.
const HIDES: &str = "/*\n";

/// Compares the API of the package of a manifest, from the root of the tree, with that of an earlier commit. The package is
/// told by its manifest, and what the tool has checked out is hidden from it: it would take an earlier one for the package.
pub fn compare(around: Around<'_>, manifest: &str, commit: &str) -> Compared {
    let Some(program) = around.find(SEMVER) else { return Compared::Unable(format!("{SEMVER} is not installed")) };
    let words = [
        "semver-checks",
        "--manifest-path",
        manifest,
        "--baseline-rev",
        commit,
        "--release-type",
        "patch",
        "--color",
        "never",
    ];
    let mut environment = around.environment.clone();
    environment.insert("RUSTUP_AUTO_INSTALL".into(), "0".into());
    let built = around.root.join(BUILT);
    let hidden = std::fs::create_dir_all(&built).and_then(|()| std::fs::write(built.join(".gitignore"), HIDES));
    if let Err(error) = hidden {
        return Compared::Unable(format!("{SEMVER} has no place to build: {}: {error}", built.display()));
    }
    environment.insert("CARGO_TARGET_DIR".into(), built.into());
    // Cargo writes a lock file for it where the tree has none: that is no output of ours.
    let lock = around.root.join(LOCK);
    let has_lock = lock.symlink_metadata().is_ok();
    let answer = query::run(&program, &words, around.root, &environment, PATIENCE);
    if !has_lock {
        let _ = std::fs::remove_file(lock);
    }
    match answer {
        Ok(answer) => told(answer.code == Some(0), &format!("{}\n{}", answer.out, answer.err)),
        Err(why) => Compared::Unable(why),
    }
}

/// Reads the summary. An ending without one is no answer, however well the tool says that it ended.
fn told(is_success: bool, text: &str) -> Compared {
    let summaries = || text.lines().filter_map(|line| line.trim_start().strip_prefix("Summary "));
    let says = |words: &str| summaries().any(|line| line.trim_start().starts_with(words));
    match is_success {
        false if says("semver requires new major version") => Compared::Major,
        false if says("semver requires new minor version") => Compared::Minor,
        true if says("no semver update required") && !says("semver requires new") => Compared::Patch,
        _ => {
            let error = text.lines().find(|line| line.trim_start().starts_with("error"));
            let first = error.or_else(|| text.lines().find(|line| !line.trim().is_empty()));
            Compared::Unable(format!("{SEMVER} could not say: {}", first.unwrap_or("no reason given").trim()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs with a cargo that says this as long as there is a lock file.
    #[cfg(unix)]
    #[track_caller]
    fn packing(says: &str) -> (Packed, bool) {
        let folder = tempfile::tempdir().unwrap();
        let (root, program) = (folder.path().join("tree"), folder.path().join("cargo"));
        std::fs::create_dir(&root).unwrap();
        let lock = "[[package]]\nname = \"b\"\nsource = \"git+https://host/b?rev=1#12\"\n";
        std::fs::write(root.join(LOCK), lock).unwrap();
        std::fs::write(&program, format!("#!/bin/sh\n[ -f Cargo.lock ] || exit 0\necho '{says}' >&2\nexit 101\n"))
            .unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let environment = BTreeMap::from([("PATH".into(), path.into())]);
        let packed = package(&root, &folder.path().join("target"), &["a"], &environment, false);
        (packed, root.join(LOCK).exists())
    }

    #[cfg(unix)]
    #[test]
    fn only_a_git_source_that_is_missing_takes_the_lock_file_away() {
        for says in [
            "warning: spurious network error: Could not resolve host: index.crates.io",
            "error: no token found for `mine`",
            "failed to download `c v1.0.0`: but --offline was specified",
            "Unable to update https://host/b-other?rev=1#12",
        ] {
            assert_eq!(packing(says), (Packed::Unable(says.to_owned()), true));
        }
        let says = "Unable to update https://host/b?rev=1#12";
        assert_eq!(packing(says), (Packed::Unlocked(says.to_owned()), false));
        // What cargo refuses is no missing network, whatever paths and packages are called.
        let says = "error: failed to parse /work/offline/credential-provider/Cargo.toml of `offline-first`";
        assert_eq!(packing(says), (Packed::Refused(says.to_owned()), true));
    }

    #[test]
    fn only_a_summary_is_an_answer() {
        let major = "     Summary semver requires new major version: 1 major and 0 minor checks failed";
        let minor = "     Summary semver requires new minor version: 0 major and 2 minor checks failed";
        let patch = "     Checked [   0.014s] 196 checks: 196 pass, 49 skip\n     Summary no semver update required\n";
        assert_eq!(told(false, major), Compared::Major);
        assert_eq!(told(false, minor), Compared::Minor);
        assert_eq!(told(true, patch), Compared::Patch);
        for (is_success, text) in [(true, ""), (false, ""), (true, major), (false, patch), (true, "    Finished\n")] {
            assert!(matches!(told(is_success, text), Compared::Unable(_)), "{is_success} {text}");
        }
        let unsupported = told(false, "error: unsupported rustdoc format v57");
        assert!(matches!(unsupported, Compared::Unable(why) if why.contains("v57")));
    }
}
