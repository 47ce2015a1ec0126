//! Asks cargo whether packages can be packed, and cargo-semver-checks how far an API moved. Neither is an alias of the tree.

use std::collections::BTreeMap;
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
    "offline",
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
    "credential-provider",
];

/// Packs packages of the tree at a root against each other, without building them. `target` takes what is packed. The tree is
/// a copy that is only ours: where its lock file can't be followed it is tried once more without it.
pub fn package(
    root: &Path,
    target: &Path,
    packages: &[&str],
    environment: &BTreeMap<OsString, OsString>,
    offline: bool,
) -> Packed {
    let locked = packed(root, target, packages, environment, offline);
    let Packed::Unable(why) = &locked else { return locked };
    // Cargo resolves a lock file with all patches of the workspace before it packs, and without one only what it packs.
    if std::fs::remove_file(root.join(LOCK)).is_err() {
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
            let lower = answer.err.to_ascii_lowercase();
            let told = answer.err.trim().to_owned();
            if MISSING.iter().any(|word| lower.contains(word)) { Packed::Unable(told) } else { Packed::Refused(told) }
        }
        Err(why) => Packed::Unable(why),
    }
}

/// Says whether the program that compares APIs is there.
pub fn compares(around: Around<'_>) -> bool {
    around.find(SEMVER).is_some()
}

/// Compares the API of a package with that of an earlier commit.
pub fn compare(around: Around<'_>, package: &str, commit: &str) -> Compared {
    let Some(program) = around.find(SEMVER) else { return Compared::Unable(format!("{SEMVER} is not installed")) };
    let words = [
        "semver-checks",
        "--package",
        package,
        "--baseline-rev",
        commit,
        "--release-type",
        "patch",
        "--color",
        "never",
    ];
    let mut environment = around.environment.clone();
    environment.insert("RUSTUP_AUTO_INSTALL".into(), "0".into());
    match query::run(&program, &words, around.root, &environment, PATIENCE) {
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
