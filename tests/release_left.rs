//! What `release prepare` leaves to a person: words that nobody wrote, and tags that nothing names.
#![cfg(unix)]

mod support;

use support::checkout::Scratch;
use support::governed::document;
use support::governed::governed;
use support::release::change;
use support::release::manifest;
use support::tool::Ran;

fn prepare(scratch: &Scratch, more: &[&str]) -> Ran {
    let words = ["release", "prepare", "--offline", "--no-api", "--no-package", "--date", "2026-11-22"];
    governed(scratch, &[&words[..], more].concat())
}

fn read(scratch: &Scratch, path: &str) -> String {
    std::fs::read_to_string(scratch.at(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn what_nobody_wrote_is_not_made_up_and_is_told() {
    let user = "core-x = { path = \"../core\", version = \"0.4.2\" }\n";
    let log = |version: &str| format!("# Changelog\n\n## [Unreleased]\n\n## [{version}] - 2024-05-06\n\n- It began.\n");
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"core\", \"user\"]\nresolver = \"2\"\n"),
        ("core/Cargo.toml", &manifest("core-x", "0.4.2", "", "")),
        ("core/src/lib.rs", "//! Core.\n"),
        ("core/CHANGELOG.md", &log("0.4.2")),
        ("user/Cargo.toml", &manifest("user", "1.0.0", "", user)),
        ("user/src/lib.rs", "//! User.\n"),
        ("user/CHANGELOG.md", &log("1.0.0")),
        (".gitignore", "target\nCargo.lock\n"),
    ]);
    for tag in ["core-x-v0.4.2", "user-v1.0.0"] {
        scratch.git(&["tag", tag]);
    }
    change(&scratch, "core/src/lib.rs", "feat!: turn it round");
    let left = "left to you: core/CHANGELOG.md:5: nobody wrote what 0.5.0 brings: `cargo governed release notes \
                --from-commits` prints the commits\nleft to you: user/CHANGELOG.md:5: nobody wrote what 1.0.1 brings: it \
                comes out with core-x 0.5.0, which it needs\n";
    for more in [&[][..], &["--execute"], &["--execute", "--allow-dirty"]] {
        let ran = prepare(&scratch, more);
        assert!(ran.code == 0 && ran.stdout.contains(left), "{more:?}: {}", ran.stdout);
    }
    assert!(read(&scratch, "core/CHANGELOG.md").contains("## [0.5.0] - 2026-11-22\n\n## [0.4.2]"));
    let (code, report) = document(&scratch, &["check"]);
    assert_eq!((code, &report["findings"]), (0, &serde_json::json!([])), "{report:#}");
    // The notes say what is known: the commits, and where there are none, what moved it.
    let commit = scratch.git(&["log", "-1", "--format=%h", "--abbrev=9"]);
    let notes = read(&scratch, "target/governed/release/core-x-0.5.0.md");
    assert_eq!(
        notes,
        format!("## core-x 0.5.0 - 2026-11-22\n\n### Breaking changes\n\n- turn it round ({})\n", commit.trim())
    );
    let notes = read(&scratch, "target/governed/release/user-1.0.1.md");
    assert!(notes.ends_with("\n\nNothing of it changed but what it needs: core-x 0.5.0.\n"), "{notes}");
    // Once somebody wrote it, nothing is left.
    for (path, version) in [("core/CHANGELOG.md", "0.5.0"), ("user/CHANGELOG.md", "1.0.1")] {
        let heading = format!("## [{version}] - 2026-11-22\n");
        scratch.write(path, read(&scratch, path).replace(&heading, &format!("{heading}\n- Written.\n")));
    }
    let ran = prepare(&scratch, &["--execute", "--allow-dirty"]);
    assert!(ran.code == 0 && !ran.stdout.contains("left to you"), "{}", ran.stdout);
}

#[test]
fn a_tag_that_nothing_names_is_told_before_anything_comes_out() {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n"),
        ("one/Cargo.toml", &manifest("one", "0.1.0", "", "")),
        ("one/src/lib.rs", "//! One.\n"),
        ("two/Cargo.toml", &manifest("two", "0.1.0", "", "")),
        ("two/src/lib.rs", "//! Two.\n"),
        (".gitignore", "target\nCargo.lock\n"),
    ]);
    let told = |words: &[&str]| governed(&scratch, words).stdout.matches("nothing says how its tag is called").count();
    let (plan, edits) = (["release", "plan", "--no-api"], ["release", "prepare", "--no-api", "--no-package"]);
    assert_eq!((told(&plan), told(&edits)), (2, 1));
    for policy in ["[release]\ntag = \"{package}-v{version}\"\n", "[release]\nwitnesses = [\"registry\"]\n"] {
        scratch.write("governed.toml", policy);
        scratch.commit("a policy");
        assert_eq!((told(&plan), told(&edits)), (0, 0), "{policy}");
    }
}

#[test]
fn a_first_release_is_prepared_twice_before_it_has_a_tag() {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", &manifest("a", "0.1.0", "", "")),
        ("src/lib.rs", "//! A.\n"),
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- It began.\n"),
        (".gitignore", "target\nCargo.lock\n"),
    ]);
    let ran = prepare(&scratch, &["--execute"]);
    assert!(ran.code == 0 && ran.stdout.ends_with("1 file edited\n"), "{ran:?}");
    for more in [&["--allow-dirty"][..], &["--execute", "--allow-dirty"]] {
        let again = prepare(&scratch, more);
        assert!(again.code == 0 && again.stdout.ends_with("release prepare: nothing is left to edit\n"), "{again:?}");
    }
    scratch.commit("Release 0.1.0");
    assert_eq!(prepare(&scratch, &["--execute"]).code, 0);
    // Written long before the commit, it may have come out under a tag that this clone lacks.
    scratch.write("CHANGELOG.md", read(&scratch, "CHANGELOG.md").replace("2026-11-22", "2024-01-02"));
    scratch.commit("another day");
    let ran = prepare(&scratch, &[]);
    assert!(ran.code == 3 && ran.stdout.contains("[no-tag]"), "{ran:?}");
}
