//! `release prepare` along the lines of a workspace: pre-releases, the release that they led to, and a branch that maintains
//! an older one. After each, `check` finds nothing, and once more changes nothing more.
#![cfg(unix)]

mod support;

use support::checkout::Scratch;
use support::governed::document;
use support::governed::governed;
use support::release::change;
use support::release::manifest;

const PACKAGES: [&str; 2] = ["core-x", "user"];

fn read(scratch: &Scratch, path: &str) -> String {
    std::fs::read_to_string(scratch.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Two packages with changelogs; one needs the other.
fn workspace() -> Scratch {
    let user = "core-x = { path = \"../core-x\", version = \"0.4.2\" }\n";
    let log = |version: &str| format!("# Changelog\n\n## [Unreleased]\n\n## [{version}] - 2024-01-02\n\n- It began.\n");
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"core-x\", \"user\"]\nresolver = \"2\"\n"),
        ("core-x/Cargo.toml", &manifest("core-x", "0.4.2", "readme = \"README.md\"\n", "")),
        ("core-x/README.md", "# Core\n\n```toml\n[dependencies]\ncore-x = \"0.4\"\n```\n"),
        ("core-x/src/lib.rs", "//! Core.\n"),
        ("core-x/CHANGELOG.md", &log("0.4.2")),
        ("user/Cargo.toml", &manifest("user", "1.0.0", "", user)),
        ("user/src/lib.rs", "//! User.\n"),
        ("user/CHANGELOG.md", &log("1.0.0")),
        (".gitignore", "target\nCargo.lock\n"),
    ]);
    tag(&scratch);
    scratch
}

/// The versions that the manifests state, in order.
fn versions(scratch: &Scratch) -> Vec<String> {
    let version = |name: &&str| {
        let text = read(scratch, &format!("{name}/Cargo.toml"));
        let line = text.lines().find_map(|line| line.strip_prefix("version = ").map(str::to_owned));
        line.expect("a version").trim_matches('"').to_owned()
    };
    PACKAGES.iter().map(version).collect()
}

/// Tags what has no tag yet.
fn tag(scratch: &Scratch) {
    for (name, version) in PACKAGES.iter().zip(versions(scratch)) {
        let tag = format!("{name}-v{version}");
        if scratch.git(&["tag", "--list", &tag]).is_empty() {
            scratch.git(&["tag", &tag]);
        }
    }
}

#[track_caller]
fn is_clean(scratch: &Scratch) {
    let (code, report) = document(scratch, &["check"]);
    assert_eq!((code, &report["findings"]), (0, &serde_json::json!([])), "{report:#}");
}

/// Prepares twice, commits and tags; the versions.
#[track_caller]
fn released(scratch: &Scratch, more: &[&str]) -> Vec<String> {
    let words = ["release", "prepare", "--offline", "--no-api", "--date", "2024-06-01", "--execute"];
    let ran = governed(scratch, &[&words[..], more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("packed against each other: "), "{ran:?}");
    is_clean(scratch);
    let again = governed(scratch, &[&words[..], more, &["--allow-dirty"]].concat());
    assert!(again.code == 0 && again.stdout.ends_with("nothing is left to edit\n"), "{again:?}");
    scratch.commit("Release");
    tag(scratch);
    is_clean(scratch);
    versions(scratch)
}

#[test]
fn a_breaking_change_goes_through_pre_releases_and_comes_out_of_them() {
    let scratch = workspace();
    change(&scratch, "core-x/src/lib.rs", "feat!: turn it round");
    assert_eq!(released(&scratch, &["--pre", "alpha"]), ["0.5.0-alpha.1", "1.0.1-alpha.1"]);
    assert!(read(&scratch, "user/Cargo.toml").contains("version = \"0.5.0-alpha.1\""));
    assert!(read(&scratch, "core-x/README.md").contains("core-x = \"0.4\""), "a pre-release is recommended to nobody");
    change(&scratch, "core-x/src/lib.rs", "fix: mend it");
    assert_eq!(released(&scratch, &[])[0], "0.5.0-alpha.2");
    change(&scratch, "core-x/src/lib.rs", "fix: mend more");
    assert_eq!(released(&scratch, &["--pre", "rc"])[0], "0.5.0-rc.1");
    assert_eq!(released(&scratch, &["--final"]), ["0.5.0", "1.0.1"]);
    assert!(read(&scratch, "user/Cargo.toml").contains("version = \"0.5.0\""), "no release needs a pre-release");
    assert!(read(&scratch, "core-x/README.md").contains("core-x = \"0.5\""));
    let log = read(&scratch, "core-x/CHANGELOG.md");
    let headings: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("## [")?.split(']').next()).collect();
    assert_eq!(headings, ["Unreleased", "0.5.0", "0.5.0-rc.1", "0.5.0-alpha.2", "0.5.0-alpha.1", "0.4.2"]);
}

#[test]
fn an_older_line_is_maintained_beside_the_newer_one() {
    let scratch = workspace();
    change(&scratch, "core-x/src/lib.rs", "feat!: turn it round");
    assert_eq!(released(&scratch, &[]), ["0.5.0", "1.0.1"]);
    scratch.git(&["switch", "-q", "-c", "0.4.x", "core-x-v0.4.2"]);
    change(&scratch, "core-x/src/lib.rs", "fix: mend the old one");
    // The newer user is no part of this line, and its version is taken.
    assert_eq!(released(&scratch, &[]), ["0.4.3", "1.0.0"]);
    let log = read(&scratch, "core-x/CHANGELOG.md");
    assert!(log.contains("## [0.4.3] - 2024-06-01\n\n## [0.4.2]") && !log.contains("0.5.0"), "{log}");
    scratch.git(&["switch", "-q", "main"]);
    is_clean(&scratch);
    change(&scratch, "core-x/src/lib.rs", "fix: mend the new one");
    assert_eq!(released(&scratch, &[])[0], "0.5.1");
}
