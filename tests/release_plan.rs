//! `release plan` on repositories of every layout: what it compares with, what it comes to, and what it refuses.
#![cfg(unix)]

mod support;

use support::checkout::Scratch;
use support::governed::governed;
use support::release::change;
use support::release::codes;
use support::release::manifest;
use support::release::next;
use support::release::one;
use support::release::plan;

#[test]
fn tags_of_every_form_are_understood_and_followed() {
    for (tag, after) in [
        ("a-v1.2.3", "a-v1.2.4"),
        ("a/v1.2.3", "a/v1.2.4"),
        ("v1.2.3", "v1.2.4"),
        ("1.2.3", "1.2.4"),
        ("a-1.2.3", "a-1.2.4"),
        ("a@1.2.3", "a@1.2.4"),
    ] {
        let scratch = one("1.2.3", tag);
        assert_eq!(next(&plan(&scratch, &[]).1, "a"), "-", "{tag}");
        change(&scratch, "src/lib.rs", "mend it");
        let (code, plan) = plan(&scratch, &[]);
        let package = &plan["packages"][0];
        assert_eq!((code, package["next"].as_str(), package["tag"].as_str()), (0, Some("1.2.4"), Some(after)));
        assert_eq!(
            (package["baseline"]["ref"].as_str(), package["baseline"]["source"].as_str()),
            (Some(tag), Some("tag"))
        );
    }
}

#[test]
fn the_same_facts_make_the_same_plan() {
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "feat: more");
    let same = |words: &[&str]| {
        let first = governed(&scratch, words).stdout;
        for _ in 0..3 {
            assert_eq!(governed(&scratch, words).stdout, first);
        }
    };
    same(&["release", "plan", "--no-api", "--format", "json"]);
    assert!(scratch.git(&["status", "--porcelain", "--ignored"]).is_empty(), "a plan writes nothing");
    // Where the tool is installed that compares APIs, it builds.
    same(&["release", "plan", "--format", "json"]);
    let left = scratch.git(&["status", "--porcelain", "--ignored"]);
    assert!(left.lines().all(|line| line == "!! target/"), "{left}");
}

#[test]
fn conventional_commits_decide_where_they_are_the_custom() {
    for (message, expected) in [
        ("fix: mend it", "1.2.4"),
        ("feat(a): add it", "1.3.0"),
        ("feat!: turn it round", "2.0.0"),
        ("fix: mend it\n\nBREAKING CHANGE: it is gone", "2.0.0"),
        ("chore: tidy", "1.2.4"),
        ("just words", "1.2.4"),
    ] {
        let scratch = one("1.2.3", "v1.2.3");
        change(&scratch, "src/lib.rs", message);
        assert_eq!(next(&plan(&scratch, &[]).1, "a"), expected, "{message}");
    }
}

#[test]
fn what_is_not_packaged_or_not_built_makes_no_release() {
    let scratch = one("1.2.3", "v1.2.3");
    for path in [".github/workflows/ci.yml", "README.md", "tests/one.rs", "examples/one.rs"] {
        scratch.write(path, "one\n");
        scratch.commit("feat: more around it");
    }
    let (code, plan) = plan(&scratch, &[]);
    assert_eq!((code, next(&plan, "a").as_str()), (0, "-"), "{plan:#}");
    assert!(plan["packages"][0]["because"][0]["detail"].as_str().expect("a detail").contains("none of them is built"));
}

#[test]
fn the_changelog_says_what_kind_of_change_it_is_and_may_plan_the_version() {
    for (section, expected) in [
        ("## [Unreleased]\n\n### Fixed\n\n- one\n", "1.2.4"),
        ("## [Unreleased]\n\n### Added\n\n- one\n", "1.3.0"),
        ("## [Unreleased]\n\n### Removed\n\n- one\n", "2.0.0"),
        ("## [Unreleased]\n\n- **breaking:** one\n", "2.0.0"),
        ("## 1.4.0 (unreleased)\n\n- one\n", "1.4.0"),
        ("## Unreleased\n\n- one\n\n## 3.0.0 - TBD\n\n- two\n", "1.2.4"),
    ] {
        let scratch = one("1.2.3", "v1.2.3");
        scratch.write("CHANGELOG.md", format!("# Changelog\n\n{section}\n## [1.2.3] - 2024-01-01\n\n- it began\n"));
        change(&scratch, "src/lib.rs", "change it");
        assert_eq!(next(&plan(&scratch, &[]).1, "a"), expected, "{section}");
    }
}

#[test]
fn pre_releases_follow_one_another_and_end() {
    let scratch = one("2.0.0-beta.1", "v2.0.0-beta.1");
    assert_eq!(next(&plan(&scratch, &["--final"]).1, "a"), "2.0.0");
    change(&scratch, "src/lib.rs", "feat!: more");
    for (arguments, expected) in [
        (&[][..], "2.0.0-beta.2"),
        (&["--pre", "beta"], "2.0.0-beta.2"),
        (&["--pre", "rc"], "2.0.0-rc.1"),
        (&["--final"], "2.0.0"),
        (&["--set", "a=2.1.0"], "2.1.0"),
    ] {
        assert_eq!(next(&plan(&scratch, arguments).1, "a"), expected, "{arguments:?}");
    }
    let (code, refused) = plan(&scratch, &["--pre", "alpha"]);
    assert_eq!((code, codes(&refused)), (1, vec!["version-back".to_owned()]));
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "feat: more");
    assert_eq!(next(&plan(&scratch, &["--pre", "alpha"]).1, "a"), "1.3.0-alpha.1");
    assert_eq!(next(&plan(&scratch, &["--set", "a=major"]).1, "a"), "2.0.0");
}

#[test]
fn a_manifest_that_is_ahead_is_believed_and_a_marker_is_no_release() {
    for (stated, expected) in
        [("1.3.0", "1.3.0"), ("1.2.4", "1.3.0"), ("1.3.0-dev", "1.3.0"), ("2.0.0-rc.1", "2.0.0-rc.1")]
    {
        let scratch = one("1.2.3", "v1.2.3");
        scratch.write("Cargo.toml", manifest("a", stated, "", ""));
        change(&scratch, "src/lib.rs", "feat: more");
        assert_eq!(next(&plan(&scratch, &[]).1, "a"), expected, "{stated}");
    }
}

/// Two libraries that stand alone, and one that needs the first.
fn workspace(requirement: &str) -> Scratch {
    let scratch = Scratch::committed(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nresolver = \"2\"\n"),
        ("crates/core/Cargo.toml", &manifest("core-x", "0.4.2", "", "")),
        ("crates/core/src/lib.rs", "//! Core.\n"),
        (
            "crates/user/Cargo.toml",
            &manifest(
                "user",
                "1.0.0",
                "",
                &format!("core-x = {{ path = \"../core\", version = \"{requirement}\" }}\n"),
            ),
        ),
        ("crates/user/src/lib.rs", "//! User.\n"),
        ("crates/other/Cargo.toml", &manifest("other", "1.0.0", "", "")),
        ("crates/other/src/lib.rs", "//! Other.\n"),
        ("crates/hidden/Cargo.toml", &manifest("hidden", "1.0.0", "publish = false\n", "")),
        ("crates/hidden/src/lib.rs", "//! Hidden.\n"),
    ]);
    for tag in ["core-x-v0.4.2", "user-v1.0.0", "other-v1.0.0"] {
        scratch.git(&["tag", tag]);
    }
    scratch
}

#[test]
fn independent_packages_move_for_themselves_and_take_along_who_would_not_take_them() {
    let scratch = workspace("0.4.2");
    change(&scratch, "crates/core/src/lib.rs", "fix: mend it");
    let (_, compatible) = plan(&scratch, &[]);
    assert_eq!(["core-x", "user", "other"].map(|name| next(&compatible, name)), ["0.4.3", "-", "-"]);
    assert!(!compatible.to_string().contains("hidden\",\"current"), "what is not published has no plan");
    change(&scratch, "crates/core/src/lib.rs", "feat!: turn it round");
    let (_, breaking) = plan(&scratch, &[]);
    assert_eq!(["core-x", "user", "other"].map(|name| next(&breaking, name)), ["0.5.0", "1.0.1", "-"]);
    let user = &breaking["packages"][2];
    assert_eq!(
        (user["name"].as_str(), user["because"][0]["kind"].as_str()),
        (Some("user"), Some("dependency")),
        "{user:#}"
    );
    // Once its types are part of the API of the user, the user breaks with it.
    let scratch = workspace("0.4.2");
    scratch.write("crates/user/src/lib.rs", "//! User.\npub use core_x::Thing;\n");
    change(&scratch, "crates/core/src/lib.rs", "feat!: turn it round");
    assert_eq!(next(&plan(&scratch, &[]).1, "user"), "2.0.0");
    let exact = workspace("=0.4.2");
    change(&exact, "crates/core/src/lib.rs", "fix: mend it");
    assert_eq!(next(&plan(&exact, &[]).1, "user"), "1.0.1");
}

#[test]
fn packages_move_together_that_share_a_version_a_tag_or_a_group() {
    let shared = Scratch::committed(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n\n[workspace.package]\nversion = \"0.3.0\"\n",
        ),
        ("one/Cargo.toml", &manifest("one", "workspace", "", "")),
        ("one/src/lib.rs", "//! One.\n"),
        ("two/Cargo.toml", &manifest("two", "workspace", "", "")),
        ("two/src/lib.rs", "//! Two.\n"),
    ]);
    shared.git(&["tag", "v0.3.0"]);
    change(&shared, "one/src/lib.rs", "fix!: turn it round");
    let (code, both) = plan(&shared, &[]);
    assert_eq!((code, ["one", "two"].map(|name| next(&both, name))), (0, ["0.4.0".to_owned(), "0.4.0".to_owned()]));
    let grouped = workspace("0.4.2");
    grouped.write("governed.toml", "[release]\ngroup = [[\"user\", \"other\"]]\n");
    change(&grouped, "crates/other/src/lib.rs", "feat: more");
    let (_, both) = plan(&grouped, &[]);
    assert_eq!(["core-x", "user", "other"].map(|name| next(&both, name)), ["-", "1.1.0", "1.1.0"]);
}

#[test]
fn a_maintenance_branch_has_a_baseline_of_its_own_and_does_not_take_a_version_that_is_out() {
    let scratch = one("1.9.3", "v1.9.3");
    scratch.git(&["branch", "maintenance"]);
    scratch.write("Cargo.toml", manifest("a", "2.0.0", "", ""));
    change(&scratch, "src/lib.rs", "feat!: two");
    scratch.git(&["tag", "v2.0.0"]);
    scratch.git(&["checkout", "-q", "maintenance"]);
    change(&scratch, "src/lib.rs", "fix: mend it");
    let (code, mended) = plan(&scratch, &[]);
    assert_eq!(
        (code, next(&mended, "a").as_str(), &mended["packages"][0]["baseline"]["ref"]),
        (0, "1.9.4", &"v1.9.3".into())
    );
    scratch.git(&["checkout", "-q", "-b", "another", "v1.9.3"]);
    scratch.write("Cargo.toml", manifest("a", "1.9.4", "", ""));
    scratch.commit("1.9.4");
    scratch.git(&["tag", "v1.9.4"]);
    scratch.git(&["checkout", "-q", "maintenance"]);
    let (code, taken) = plan(&scratch, &[]);
    assert_eq!((code, codes(&taken)), (1, vec!["version-exists".to_owned()]));
}

#[test]
fn a_release_that_was_squashed_away_is_still_the_baseline() {
    let scratch = one("1.0.0", "v1.0.0");
    scratch.git(&["checkout", "-q", "-b", "release"]);
    scratch.write("Cargo.toml", manifest("a", "1.1.0", "", ""));
    scratch.commit("Release 1.1.0");
    scratch.git(&["tag", "v1.1.0"]);
    scratch.git(&["checkout", "-q", "main"]);
    scratch.git(&["merge", "-q", "--squash", "release"]);
    scratch.commit("Release 1.1.0 (#2)");
    let (_, rests) = plan(&scratch, &[]);
    assert_eq!(
        (next(&rests, "a").as_str(), &rests["packages"][0]["baseline"]["ref"]),
        ("-", &"v1.1.0".into()),
        "{rests:#}"
    );
    change(&scratch, "src/lib.rs", "fix: mend it (#3)\n\n* feat: this line of a squashed list decides nothing");
    assert_eq!(next(&plan(&scratch, &[]).1, "a"), "1.1.1");
}

#[test]
fn what_was_never_released_begins_with_what_its_manifest_states() {
    let fresh = one("0.1.0", "");
    let (code, first) = plan(&fresh, &[]);
    assert_eq!((code, next(&first, "a").as_str(), &first["packages"][0]["bump"]), (0, "0.1.0", &"first".into()));
    let scratch = workspace("0.4.2");
    scratch.write("crates/new/Cargo.toml", manifest("new", "0.1.0", "", ""));
    scratch.write("crates/new/src/lib.rs", "//! New.\n");
    scratch.git(&["mv", "crates/other", "crates/another"]);
    scratch.write("crates/another/Cargo.toml", manifest("another", "1.0.0", "", ""));
    scratch.commit("feat: a new one, and another name");
    let (code, plan) = plan(&scratch, &[]);
    assert_eq!((code, next(&plan, "new").as_str()), (0, "0.1.0"), "{plan:#}");
    assert_eq!((next(&plan, "another").as_str(), next(&plan, "user").as_str()), ("1.0.0", "-"));
}

#[test]
fn what_can_not_be_compared_is_refused_with_its_reason() {
    // The checkout is older than the newest tag.
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "one");
    scratch.write("Cargo.toml", manifest("a", "1.3.0", "", ""));
    change(&scratch, "src/lib.rs", "two");
    scratch.git(&["tag", "v1.3.0"]);
    scratch.git(&["checkout", "-q", "HEAD~1"]);
    let (code, old) = plan(&scratch, &[]);
    assert_eq!((code, codes(&old)), (1, vec!["checkout-old".to_owned()]));
    // The version went back.
    let scratch = one("1.2.3", "v1.2.3");
    scratch.write("Cargo.toml", manifest("a", "1.2.0", "", ""));
    scratch.commit("back");
    let (code, back) = plan(&scratch, &[]);
    assert_eq!((code, codes(&back)), (1, vec!["version-back".to_owned()]));
    assert_eq!(plan(&scratch, &["--set", "a=1.2.2"]).0, 1);
    // No tag, and the changelog tells of releases.
    let scratch = one("1.2.3", "");
    scratch.write("CHANGELOG.md", "# Changelog\n\n## 1.2.3 - 2024-01-01\n\n- one\n");
    scratch.commit("log");
    let (code, untagged) = plan(&scratch, &[]);
    assert_eq!((code, codes(&untagged)), (3, vec!["no-tag".to_owned()]));
    change(&scratch, "src/lib.rs", "more");
    let (code, given) = plan(&scratch, &["--baseline", "HEAD~1"]);
    assert_eq!(
        (code, next(&given, "a").as_str(), &given["packages"][0]["baseline"]["source"]),
        (0, "1.2.4", &"given".into())
    );
}

#[test]
fn a_shallow_clone_and_a_folder_without_history_are_told() {
    let scratch = one("1.2.3", "v1.2.3");
    change(&scratch, "src/lib.rs", "one");
    change(&scratch, "src/lib.rs", "two");
    let clone = Scratch::new();
    let from = format!("file://{}", scratch.path().display());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    let (code, shallow) = plan(&clone, &[]);
    assert_eq!((code, codes(&shallow)), (3, vec!["no-history".to_owned()]), "{shallow:#}");
    assert!(shallow["blockers"][0]["remedy"].as_str().expect("a remedy").contains("--unshallow"));
    let folder = Scratch::new();
    folder.write("Cargo.toml", manifest("a", "1.0.0", "", ""));
    folder.write("src/lib.rs", "//! A.\n");
    let (code, without) = plan(&folder, &[]);
    assert_eq!((code, codes(&without)), (3, vec!["no-history".to_owned()]));
}

#[test]
fn a_policy_that_demands_the_api_is_not_met_without_a_tool() {
    let scratch = one("1.2.3", "v1.2.3");
    scratch.write("governed.toml", "[release]\napi = \"demand\"\n");
    change(&scratch, "src/lib.rs", "fix: mend it");
    let (code, demanded) = plan(&scratch, &["--no-api"]);
    assert_eq!((code, codes(&demanded)), (3, vec!["api-unproven".to_owned()]));
    assert_eq!(next(&demanded, "a"), "1.2.4");
}

#[test]
fn wrong_arguments_end_with_what_to_do() {
    let scratch = one("1.2.3", "v1.2.3");
    for (arguments, expected) in [
        (["-p", "b"], "could not find a package `b` that is released"),
        (["--set", "a"], "could not read `--set a`"),
        (["--set", "a=x"], "could not read `--set a=x`"),
        (["--pre", "no good"], "could not take `no good` for a kind of pre-release"),
        (["--rev", "nowhere"], "could not find the revision `nowhere`"),
        (["--baseline", "nowhere"], "could not find the revision `nowhere`"),
    ] {
        let ran = governed(&scratch, &[&["release", "plan"], &arguments[..]].concat());
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(expected) && ran.stderr.contains("help: "), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn people_read_blockers_first_and_the_reasons_of_each_package() {
    let scratch = workspace("=0.4.2");
    change(&scratch, "crates/core/src/lib.rs", "feat: more of it");
    let ran = governed(&scratch, &["release", "plan", "--no-api"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "core-x: 0.4.2 -> 0.4.3 (patch)", "{}", ran.stdout);
    assert_eq!(lines[1], "  compared with core-x-v0.4.2: the newest tag of its own behind this commit");
    assert!(
        ran.stdout.contains("  patch  dependency: it needs core-x =0.4.2, which becomes 0.4.3\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.ends_with("not released: other 1.0.0\nrelease plan: ready, 2 of 3 packages to be released\n"),
        "{}",
        ran.stdout
    );
    let quiet = governed(&scratch, &["release", "plan", "--no-api", "--quiet"]);
    assert_eq!(quiet.stdout.lines().count(), 3, "{}", quiet.stdout);
}

#[test]
fn a_package_that_no_tag_names_came_out_under_the_tags_of_the_repository() {
    let scratch = Scratch::committed(&[
        (
            "Cargo.toml",
            &(manifest("main-x", "1.0.0", "", "derive-x = { path = \"derive\", version = \"=1.0.0\" }\n")
                + "\n[workspace]\nmembers = [\"derive\"]\n"),
        ),
        ("src/lib.rs", "//! Main.\n"),
        ("derive/Cargo.toml", &manifest("derive-x", "1.0.0", "", "")),
        ("derive/src/lib.rs", "//! Derive.\n"),
    ]);
    scratch.git(&["tag", "v1.0.0"]);
    let root = std::fs::read_to_string(scratch.at("Cargo.toml")).expect("a manifest");
    scratch.write("Cargo.toml", root.replacen("version = \"1.0.0\"", "version = \"1.1.0\"", 1));
    change(&scratch, "src/lib.rs", "feat: more");
    scratch.git(&["tag", "v1.1.0"]);
    let (code, rests) = plan(&scratch, &[]);
    assert_eq!((code, next(&rests, "derive-x").as_str()), (0, "-"), "{rests:#}");
    change(&scratch, "derive/src/lib.rs", "fix: mend it");
    let (code, moves) = plan(&scratch, &[]);
    let derive = moves["packages"].as_array().expect("packages").iter().find(|one| one["name"] == "derive-x");
    assert_eq!(derive.expect("the package")["baseline"]["ref"], "v1.0.0");
    assert_eq!((code, next(&moves, "derive-x").as_str(), next(&moves, "main-x").as_str()), (0, "1.0.1", "1.1.1"));
}
