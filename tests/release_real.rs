//! `release prepare` on clones of real workspaces, with packing: dry and real end alike, twice changes nothing more, what
//! changed states a version, a date or a link, and after commit and tags `check` finds nothing that it did not find before.
//!
//! `GOVERNED_REPOSITORIES=DIR:DIR cargo test --test release_real -- --ignored --nocapture` takes the workspaces below that lie
//! in one of the folders, with all tags. Cargo must reach its registry.
#![cfg(unix)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use support::checkout::Scratch;
use support::governed::governed;

const DATE: &str = "2026-11-22";
const WORKSPACES: &[&str] = &["axum", "clap", "jj", "nushell"];

/// A clone that is nobody's, on a branch.
fn cloned(from: &Path) -> Scratch {
    let scratch = Scratch::new();
    scratch.git(&["clone", "-q", "--no-hardlinks", &from.display().to_string(), "."]);
    scratch.git(&["switch", "-q", "-C", "release"]);
    // The clone knows its forge, as the original does: links are compared with it.
    let config = std::process::Command::new("git").args(["remote", "get-url", "origin"]).current_dir(from).output();
    let url = String::from_utf8(config.expect("git runs").stdout).expect("UTF-8");
    if !url.trim().is_empty() {
        scratch.git(&["remote", "set-url", "origin", url.trim()]);
    }
    scratch
}

fn prepare(scratch: &Scratch, more: &[&str]) -> (i32, Value) {
    let arguments = [&["release", "prepare", "--no-api", "--date", DATE, "--format", "json"], more].concat();
    let ran = governed(scratch, &arguments);
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}")))
}

/// What `check` says loudly: rule, file, and the line as it reads there. What was stale before stays stale.
fn loud(scratch: &Scratch) -> BTreeSet<String> {
    let ran = governed(scratch, &["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let findings = report["findings"].as_array().expect("findings").iter();
    let said = |finding: &Value| format!("{} {}: {}", finding["rule"], finding["at"]["path"], finding["at"]["excerpt"]);
    findings.filter(|finding| finding["level"] != "note").map(said).collect()
}

/// The lines of a difference that state none of the new versions, no date and no link: there should be none.
fn strange(difference: &str, versions: &BTreeSet<String>, date: &str) -> Vec<String> {
    let added = difference.lines().filter(|line| line.starts_with('+') && !line.starts_with("+++"));
    let states = |line: &str| {
        let minor = |version: &String| version.rsplit_once('.').is_some_and(|(minor, _)| line.contains(minor));
        versions.iter().any(|version| line.contains(version.as_str()) || minor(version)) || line.contains(date)
    };
    let underline = |line: &str| line.len() > 3 && line[1..].chars().all(|letter| letter == '=' || letter == '-');
    // What goes states an older version, an older date or a link with one of them.
    let removed = difference.lines().filter(|line| line.starts_with('-') && !line.starts_with("---"));
    let gone = removed.filter(|line| !line.contains(|letter: char| letter.is_ascii_digit()) && !underline(line));
    let added = added.filter(|line| !states(line) && !underline(line) && line.len() > 1);
    added.chain(gone).map(str::to_owned).collect()
}

fn judge(name: &str, from: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{name}: {what}"));
    let scratch = cloned(from);
    let before = loud(&scratch);
    let (mut dry, mut shown) = prepare(&scratch, &[]);
    let mut more: Vec<&str> = Vec::new();
    // What cargo itself refuses to pack, or can't pack here, is the repository's and the network's: the edits are judged anyway.
    let of_packing = |one: &Value| one["code"] == "package-unproven" || one["code"] == "package-failed";
    if dry != 0 && shown["blockers"].as_array().is_some_and(|all| all.iter().all(of_packing)) {
        report(&format!("{name}: not packed: {}", shown["blockers"][0]["message"]));
        more.push("--no-package");
        (dry, shown) = prepare(&scratch, &more);
    }
    if !scratch.git(&["status", "--porcelain"]).is_empty() {
        fault("a dry run changed something".to_owned());
    }
    let (code, done) = prepare(&scratch, &[&more[..], &["--execute"]].concat());
    if dry != code || shown["changes"] != done["changes"] {
        fault(format!("the dry run ended with {dry}, the real one with {code}"));
    }
    if code != 0 {
        fault(format!("{:#}", done["blockers"]));
        return faults;
    }
    let packages = done["packages"].as_array().expect("packages");
    let versions = packages.iter().filter_map(|package| package["next"].as_str().map(str::to_owned)).collect();
    for line in strange(&scratch.git(&["diff", "-U0"]), &versions, DATE) {
        fault(format!("a line that states no version, date or link: {line}"));
    }
    let (again, more) = prepare(&scratch, &["--execute", "--allow-dirty", "--no-package"]);
    if again != 0 || more["changes"].as_array().is_some_and(|changes| !changes.is_empty()) {
        fault(format!("twice changes more ({again}): {:#}", more["changes"]));
    }
    scratch.git(&["add", "-A"]);
    scratch.git(&["commit", "-q", "-m", "Release"]);
    let tags: BTreeSet<&str> = packages.iter().filter_map(|package| package["tag"].as_str()).collect();
    for tag in tags {
        scratch.git(&["tag", tag]);
    }
    let after = loud(&scratch);
    for finding in after.difference(&before) {
        fault(format!("found afterwards: {finding}"));
    }
    report(&format!(
        "{name}: {} packages, {} files, packed {} ({}), left to a person {}, findings {} -> {}",
        packages.len(),
        done["changes"].as_array().map_or(0, Vec::len),
        done["packed"].as_array().map_or(0, Vec::len),
        done["unlocked"].as_str().and_then(|why| why.lines().last()).unwrap_or("with the lock file"),
        done["left"],
        before.len(),
        after.len()
    ));
    faults
}

#[expect(clippy::print_stdout, reason = "a campaign reports on stdout")]
fn report(line: &str) {
    println!("{line}");
}

#[test]
#[ignore = "needs clones of real workspaces"]
fn prepare_then_check_is_clean_on_real_workspaces() {
    let folders = std::env::var("GOVERNED_REPOSITORIES").expect("the folders of the clones");
    let found = |name: &&str| -> Option<PathBuf> {
        folders.split(':').map(|folder| Path::new(folder).join(name)).find(|path| path.is_dir())
    };
    let there: Vec<(&str, PathBuf)> = WORKSPACES.iter().filter_map(|name| Some((*name, found(name)?))).collect();
    assert!(!there.is_empty(), "none of {WORKSPACES:?} lies in {folders}");
    let faults: Vec<String> = there.iter().flat_map(|(name, path)| judge(name, path)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
