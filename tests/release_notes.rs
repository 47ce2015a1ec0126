//! `release status` and `release notes`: what each witness says, and what a release brings.
#![cfg(unix)]

mod support;

use support::checkout::Scratch;
use support::governed::document;
use support::governed::governed;
use support::release::change;
use support::release::manifest;
use support::release::one;

/// A repository whose changelog is kept by hand, released once and then changed.
fn kept() -> Scratch {
    let scratch = one("1.0.0", "");
    let log = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A *new* thing,\n  over two lines.\n\n## [1.0.0] - 2024-05-06\n\n\
               - It began.\n\n[Unreleased]: https://example.org/compare/v1.0.0...HEAD\n[1.0.0]: https://example.org/tag/v1.0.0\n";
    scratch.write("CHANGELOG.md", log);
    scratch.commit("feat: begin");
    scratch.git(&["tag", "v1.0.0"]);
    change(&scratch, "src/lib.rs", "feat(x): a new thing");
    change(&scratch, "src/lib.rs", "words that follow no rule");
    scratch
}

#[test]
fn witnesses_stand_side_by_side_and_those_outside_are_unknown() {
    let scratch = kept();
    scratch.git(&["remote", "add", "origin", "/nowhere/at/all"]);
    let (code, status) = document(&scratch, &["release", "status", "--offline"]);
    let witnesses = &status["packages"][0]["witnesses"];
    let of = |name: &str| witnesses[name].as_str().expect("a word").to_owned();
    assert_eq!(code, 3, "{status:#}");
    assert_eq!(
        ["manifest", "changelog", "tag", "registry", "forge"].map(of),
        ["agrees", "agrees", "unknown", "unknown", "not-demanded"]
    );
    assert!(status["packages"][0]["agree"].is_null());
    scratch.write("governed.toml", "[release]\nwitnesses = [\"manifest\", \"changelog\"]\n");
    let (code, status) = document(&scratch, &["release", "status", "--offline"]);
    assert_eq!((code, &status["packages"][0]["agree"]), (0, &true.into()));
}

/// The exit code, the word of the tag and what was seen of it.
#[track_caller]
fn tag(scratch: &Scratch, more: &[&str]) -> (i32, String, String) {
    let (code, status) = document(scratch, &[&["release", "status"], more].concat());
    let of =
        |part: &str| status["packages"][0][part]["tag"].as_str().unwrap_or_else(|| panic!("{status:#}")).to_owned();
    (code, of("witnesses"), of("says"))
}

#[test]
fn a_tag_that_only_this_clone_has_is_not_out() {
    let (scratch, remote) = (kept(), Scratch::new());
    scratch.write("governed.toml", "[release]\nwitnesses = [\"manifest\", \"tag\"]\n");
    remote.git(&["init", "-q", "--bare", "."]);
    let own = scratch.git(&["rev-parse", "v1.0.0"]).trim().to_owned();
    let (of, told) = (|word: &str, told: &str| (word.to_owned(), told.to_owned()), |(_, word, told)| (word, told));
    let nowhere = of("missing", "v1.0.0 is here, and this clone has no remote to push it to");
    assert_eq!(told(tag(&scratch, &[])), nowhere);
    scratch.git(&["remote", "add", "origin", &remote.path().display().to_string()]);
    let (code, word, says) = tag(&scratch, &[]);
    assert_eq!((code, word, says), (1, "missing".into(), "v1.0.0 is here, and origin does not have it".into()));
    let (code, word, says) = tag(&scratch, &["--offline"]);
    assert_eq!((code, word.as_str()), (3, "unknown"));
    assert!(says.starts_with("v1.0.0 is here; whether origin has it is not known: "), "{says}");
    scratch.git(&["push", "-q", "origin", "v1.0.0"]);
    assert_eq!(tag(&scratch, &[]), (0, "agrees".into(), "v1.0.0 is here and on origin".into()));
    // An annotated tag is asked for its commit.
    scratch.git(&["-c", "user.name=S", "-c", "user.email=s@x", "tag", "-f", "-a", "-m", "x", "v1.0.0", "v1.0.0"]);
    scratch.git(&["push", "-q", "--force", "origin", "v1.0.0"]);
    assert_eq!(tag(&scratch, &[]).0, 0);
    // It is elsewhere there.
    scratch.git(&["push", "-q", "--force", "origin", "HEAD:refs/tags/v1.0.0"]);
    let head = scratch.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let elsewhere = format!("v1.0.0 is here and names {own}, and on origin {head}");
    assert_eq!(tag(&scratch, &[]), (1, "contradicts".into(), elsewhere));
    scratch.git(&["tag", "-d", "v1.0.0"]);
    let fetch = "there is no tag v1.0.0 here, and origin has it: git fetch --tags";
    assert_eq!(tag(&scratch, &[]), (1, "missing".into(), fetch.into()));
    // Another remote, one that is none, and one that does not answer.
    scratch.git(&["tag", "v1.0.0", &own]);
    scratch.git(&["remote", "rename", "origin", "upstream"]);
    assert_eq!(told(tag(&scratch, &[])), nowhere);
    assert_eq!(tag(&scratch, &["--remote", "upstream"]).1, "contradicts");
    assert_eq!(governed(&scratch, &["release", "status", "--remote", "nobody"]).code, 2);
    scratch.git(&["remote", "set-url", "upstream", "/nowhere/at/all"]);
    assert_eq!(
        (tag(&scratch, &["--remote", "upstream"]).0, tag(&scratch, &["--remote", "upstream"]).1.as_str()),
        (3, "unknown")
    );
}

#[test]
fn many_tags_are_asked_for_in_few_questions() {
    let (scratch, remote) = (one("1.0.0", ""), Scratch::new());
    remote.git(&["init", "-q", "--bare", "."]);
    scratch.git(&["remote", "add", "origin", &remote.path().display().to_string()]);
    // The answer to one question about all of them would be cut off.
    let (name, long) = (|at: usize| format!("package-{at:03}"), "tags-with-quite-a-long-name/".repeat(6));
    let members: Vec<String> = (0..400).map(|at| format!("\"{}\"", name(at))).collect();
    let policy = format!("[release]\ntag = \"{long}{{package}}-v{{version}}\"\nwitnesses = [\"manifest\", \"tag\"]\n");
    scratch.write("governed.toml", policy);
    scratch.write("Cargo.toml", format!("[workspace]\nmembers = [{}]\nresolver = \"2\"\n", members.join(", ")));
    for at in 0..400 {
        scratch.write(&format!("{}/Cargo.toml", name(at)), manifest(&name(at), "1.0.0", "", ""));
        scratch.write(&format!("{}/src/lib.rs", name(at)), "//! A.\n");
    }
    scratch.commit("many");
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let tags = (0..400).map(|at| format!("{} refs/tags/{long}{}-v1.0.0\n", head.trim(), name(at)));
    let packed: String =
        std::iter::once("# pack-refs with: peeled fully-peeled sorted \n".to_owned()).chain(tags).collect();
    scratch.write(".git/packed-refs", packed);
    scratch.git(&["push", "-q", "origin", "--tags"]);
    scratch.git(&["push", "-q", "origin", &format!(":refs/tags/{long}{}-v1.0.0", name(399))]);
    let (code, status) = document(&scratch, &["release", "status"]);
    let missing =
        status["packages"].as_array().expect("packages").iter().filter(|one| one["witnesses"]["tag"] != "agrees");
    let missing: Vec<&str> = missing.filter_map(|one| one["name"].as_str()).collect();
    assert_eq!((code, missing), (1, vec![name(399).as_str()]));
}

#[test]
fn each_disagreement_has_its_name() {
    let scratch = kept();
    scratch.write("Cargo.toml", manifest("a", "1.1.0", "", ""));
    scratch.commit("1.1.0");
    let (code, status) = document(&scratch, &["release", "status", "--offline"]);
    let package = &status["packages"][0];
    assert_eq!((code, &package["agree"]), (1, &false.into()));
    assert_eq!(
        (&package["witnesses"]["tag"], &package["witnesses"]["changelog"]),
        (&"missing".into(), &"missing".into())
    );
    // A tag that names another version than its manifest.
    scratch.git(&["tag", "v1.2.0"]);
    scratch.write("Cargo.toml", manifest("a", "1.2.0", "", ""));
    let (code, status) = document(&scratch, &["release", "status", "--offline"]);
    assert_eq!((code, &status["packages"][0]["witnesses"]["tag"]), (1, &"contradicts".into()));
    assert_eq!(status["packages"][0]["says"]["tag"], "v1.2.0 is there, and its manifest says 1.1.0");
    // A changelog that is ahead.
    let log = std::fs::read_to_string(scratch.at("CHANGELOG.md")).expect("a changelog");
    scratch.write("CHANGELOG.md", log.replace("## [1.0.0]", "## [2.0.0] - 2024-06-01\n\n- Two.\n\n## [1.0.0]"));
    let ran = governed(&scratch, &["release", "status", "--offline"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.stdout.contains("a 1.2.0: changelog contradicts: CHANGELOG.md is at 2.0.0 already, and has no 1.2.0\n"),
        "{}",
        ran.stdout
    );
    assert!(ran.stdout.ends_with("release status: the witnesses disagree on 1 of 1 package\n"), "{}", ran.stdout);
}

#[test]
fn notes_are_the_written_words_else_the_commits() {
    let scratch = kept();
    let notes = |arguments: &[&str]| governed(&scratch, &[&["release", "notes"], arguments].concat());
    assert_eq!(notes(&[]).stdout, "## Unreleased\n\n### Added\n\n- A *new* thing,\n  over two lines.\n");
    assert_eq!(notes(&["1.0.0"]).stdout, "## 1.0.0 - 2024-05-06\n\n- It began.\n");
    let ids = scratch.git(&["log", "--format=%h", "--abbrev=9", "-2"]);
    let ids: Vec<&str> = ids.lines().collect();
    let expected = format!(
        "## Unreleased\n\n### Added\n\n- x: a new thing ({})\n\n### Other changes\n\n- words that follow no rule ({})\n",
        ids[1], ids[0]
    );
    assert_eq!(notes(&["--from-commits"]).stdout, expected);
    let all = notes(&["--all"]).stdout;
    assert!(
        all.starts_with("## Unreleased\n\n### Added\n\n- A *new*")
            && all.ends_with("\n## 1.0.0 - 2024-05-06\n\n- It began.\n")
    );
    let unknown = notes(&["9.9.9"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("could not find a release 9.9.9") && unknown.stderr.contains("help: "),
        "{unknown:?}"
    );
    assert_eq!(notes(&["-p", "nobody"]).code, 2);
    assert!(scratch.git(&["status", "--porcelain", "--ignored"]).is_empty(), "notes write nothing");
}

#[test]
fn each_package_has_its_own_commits_and_the_whole_history_is_kept() {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n"),
        ("one/Cargo.toml", &manifest("one", "0.2.0", "", "")),
        ("one/src/lib.rs", "//! One.\n"),
        ("two/Cargo.toml", &manifest("two", "0.1.0", "", "")),
        ("two/src/lib.rs", "//! Two.\n"),
    ]);
    scratch.git(&["tag", "one-v0.1.0"]);
    scratch.git(&["tag", "two-v0.1.0"]);
    change(&scratch, "one/src/lib.rs", "feat: of one");
    change(&scratch, "two/src/lib.rs", "fix: of two");
    scratch.git(&["tag", "one-v0.2.0"]);
    change(&scratch, "one/src/lib.rs", "and one more");
    let all = governed(&scratch, &["release", "notes", "--all", "-p", "one"]).stdout;
    let headings: Vec<&str> = all.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(headings, ["## one Unreleased", "## one 0.2.0 - 2024-05-06", "## one 0.1.0 - 2024-05-06"], "{all}");
    assert!(all.contains("- of one (") && !all.contains("of two") && all.contains("- and one more ("));
    let both = governed(&scratch, &["release", "notes"]).stdout;
    assert!(both.contains("## one Unreleased\n\n") && both.contains("## two Unreleased\n\n"), "{both}");
    assert_eq!(governed(&scratch, &["release", "notes", "0.2.0"]).stdout.matches("## ").count(), 2);
}

#[test]
fn commits_behind_merges_and_wrong_clocks_are_found() {
    let scratch = one("1.0.0", "v1.0.0");
    scratch.git(&["checkout", "-q", "-b", "side"]);
    change(&scratch, "src/lib.rs", "feat: from the side");
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("src/other.rs", "//! Other.\n");
    scratch.commit("fix: beside it");
    scratch.git(&["merge", "-q", "--no-ff", "-m", "Merge branch side", "side"]);
    let notes = governed(&scratch, &["release", "notes", "--from-commits"]).stdout;
    assert!(
        notes.contains("- from the side (") && notes.contains("- beside it (") && !notes.contains("Merge"),
        "{notes}"
    );
    // A tag whose commit claims to be years younger than what came after it.
    let young = one("1.0.0", "");
    young.write("src/more.rs", "//! More.\n");
    young.git(&["add", "-A"]);
    let made = std::process::Command::new("git")
        .args(["-c", "user.name=S", "-c", "user.email=s@example.com", "commit", "-q", "-m", "feat: of the future"])
        .current_dir(young.path())
        .env("GIT_COMMITTER_DATE", "2030-01-01T00:00:00Z")
        .status();
    assert!(made.expect("git runs").success());
    young.git(&["tag", "v1.0.0"]);
    change(&young, "src/lib.rs", "fix: back in time");
    let notes = governed(&young, &["release", "notes", "--from-commits"]).stdout;
    assert_eq!(notes.matches("- ").count(), 1, "{notes}");
    let all = governed(&young, &["release", "notes", "--all", "--from-commits"]).stdout;
    let (open, released) = all.split_once("## 1.0.0").expect("the release");
    assert!(open.contains("back in time") && released.contains("of the future") && released.contains("one ("), "{all}");
}

#[test]
fn a_package_gets_what_merges_left_in_its_folder_since_its_own_tag() {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n"),
        ("one/Cargo.toml", &manifest("one", "0.1.0", "", "")),
        ("one/src/lib.rs", "//! One.\n"),
        ("two/Cargo.toml", &manifest("two", "0.1.0", "", "")),
        ("two/src/lib.rs", "//! Two.\n"),
    ]);
    scratch.git(&["tag", "one-v0.1.0"]);
    let before = std::fs::read_to_string(scratch.at("one/src/lib.rs")).expect("a file");
    change(&scratch, "two/src/lib.rs", "fix: two before its branch");
    // A tag that lies on a branch of its own.
    scratch.git(&["switch", "-q", "-c", "of-two"]);
    scratch.write("two/Cargo.toml", manifest("two", "0.1.1", "", ""));
    scratch.commit("chore: two 0.1.1");
    scratch.git(&["tag", "two-v0.1.1"]);
    scratch.git(&["switch", "-q", "main"]);
    scratch.write("two/Cargo.toml", manifest("two", "0.1.1", "", ""));
    scratch.commit("chore: two is 0.1.1 here too");
    // What a side branch gave up again never came here; what it kept did.
    scratch.git(&["switch", "-q", "-c", "side"]);
    change(&scratch, "one/src/lib.rs", "feat: one given up");
    scratch.write("one/src/lib.rs", before);
    scratch.commit("revert: take it back");
    change(&scratch, "two/src/lib.rs", "fix: two kept");
    scratch.git(&["switch", "-q", "main"]);
    change(&scratch, "one/src/lib.rs", "fix: one on the trunk");
    scratch.git(&["merge", "-q", "--no-ff", "-m", "Merge side", "side"]);
    let notes = governed(&scratch, &["release", "notes"]).stdout;
    let (one, two) = notes.split_once("## two Unreleased\n").unwrap_or_else(|| panic!("{notes}"));
    assert_eq!(one.lines().filter(|line| line.starts_with("- ")).count(), 1, "{notes}");
    assert!(one.contains("- one on the trunk ("), "{notes}");
    let found: Vec<&str> = two.lines().filter(|line| line.starts_with("- ")).map(|line| &line[2..10]).collect();
    assert_eq!(found.len(), 2, "{notes}");
    assert!(two.contains("- two kept (") && two.contains("two is 0.1.1 here too ("), "{notes}");
}

#[test]
fn what_is_new_is_not_guessed_without_the_tags_and_the_history_of_a_clone() {
    let scratch = kept();
    scratch.write("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2024-01-02\n\n- It began.\n");
    scratch.commit("fix: nothing is written of it");
    let from = format!("file://{}", scratch.path().display());
    let clone = |more: &[&str]| {
        let clone = Scratch::new();
        clone.git(&[&["clone", "-q"], more, &[&from, "."]].concat());
        clone
    };
    let notes = |scratch: &Scratch, more: &[&str]| governed(scratch, &[&["release", "notes"], more].concat());
    let untagged = clone(&["--no-tags"]);
    for more in [&[][..], &["--from-commits"], &["--all"]] {
        let ran = notes(&untagged, more);
        assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{more:?}: {ran:?}");
        assert!(ran.stderr.contains("there is no tag") && ran.stderr.contains("git fetch --tags"), "{ran:?}");
    }
    let written = notes(&untagged, &["1.0.0"]);
    assert!(written.code == 0 && written.stdout.ends_with("- It began.\n"), "{written:?}");
    // The history ends in front of the tag.
    let shallow = clone(&["--depth", "2"]);
    shallow.git(&["fetch", "-q", "--depth", "1", "origin", "refs/tags/v1.0.0:refs/tags/v1.0.0"]);
    let ran = notes(&shallow, &[]);
    assert_eq!((ran.code, ran.stdout.as_str()), (3, ""), "{ran:?}");
    assert!(ran.stderr.contains("git fetch --unshallow"), "{ran:?}");
    assert_eq!(notes(&scratch, &[]).stdout.matches("- ").count(), 3);
}
