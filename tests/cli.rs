//! The binary as people and programs meet it: exit codes in every format, streams, help, paths.

mod support;

use std::process::Stdio;

use serde_json::Value;
use support::fixture::Fixture;
use support::scratch::Scratch;
use support::tool;
use support::tool::Ran;

const FORMATS: [&str; 6] = ["human", "json", "sarif", "github", "markdown", "junit"];

/// A repository in which every fact agrees.
const CLEAN: &str = "\
== commit 2024-01-02 Release 0.1.0 [tags: v0.1.0]
-- Cargo.toml --
[package]
name = \"hyper\"
version = \"0.1.0\"
edition = \"2021\"
-- src/lib.rs --
//! A library.
-- CHANGELOG.md --
# Changelog

## 0.1.0 - 2024-01-02

First.
";

/// What makes the changelog lack a released version.
const STALE: &str = "\
== commit 2024-02-02 Release 0.2.0 [tags: v0.2.0]
-- Cargo.toml --
[package]
name = \"hyper\"
version = \"0.2.0\"
edition = \"2021\"
";

fn stale() -> Scratch {
    repository(&format!("{CLEAN}{STALE}"))
}

fn repository(fixture: &str) -> Scratch {
    let scratch = Scratch::new(&Fixture::parse(fixture).commits);
    let repository = git2::Repository::open(scratch.path()).expect("a repository");
    repository.checkout_head(Some(git2::build::CheckoutBuilder::new().force())).expect("a checkout");
    scratch
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{ran:?}"))
}

/// Says whether an answer in a format tells that nothing was checked.
fn tells_failure(format: &str, ran: &Ran) -> bool {
    match format {
        "human" => ran.stdout.is_empty(),
        "json" => json(ran)["schema"] == "cargo-governed/error/1" && json(ran)["message"].is_string(),
        "sarif" => json(ran)["runs"][0]["invocations"][0]["executionSuccessful"] == false,
        "github" => ran.stdout.starts_with("::error title=cargo governed"),
        "markdown" => ran.stdout.starts_with("## \u{274c} Not checked"),
        "junit" => ran.stdout.contains("<error type="),
        other => panic!("{other}"),
    }
}

#[test]
fn both_ways_to_call_it_are_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = tool::run(folder.path(), &["--version"]);
    let by_cargo = tool::run(folder.path(), &["governed", "--version"]);
    assert_eq!((plain.code, by_cargo.code), (0, 0));
    assert_eq!(plain.stdout, by_cargo.stdout);
    assert_eq!(plain.stdout, format!("cargo-governed {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn an_accepted_tree_exits_with_0_in_every_format() {
    let scratch = repository(CLEAN);
    for format in FORMATS {
        let ran = tool::run(scratch.path(), &["check", "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{format}: {ran:?}");
        assert!(!ran.stdout.is_empty(), "{format}");
        assert!(!tells_failure(format, &ran), "{format}: {ran:?}");
    }
    let ran = tool::run(scratch.path(), &["check"]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        matches!(lines.as_slice(), [looked, verdict] if looked.starts_with("checked: ")
        && verdict.starts_with("accepted: ")),
        "{ran:?}"
    );
    assert_eq!(tool::run(scratch.path(), &["check", "--quiet"]).stdout, "");
}

#[test]
fn a_refused_tree_exits_with_1_in_every_format() {
    let scratch = stale();
    for format in FORMATS {
        let ran = tool::run(scratch.path(), &["check", "--deny", "warn", "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (1, ""), "{format}: {ran:?}");
        assert!(ran.stdout.contains("changelog-missing-version"), "{format}: {ran:?}");
        assert!(!tells_failure(format, &ran), "{format}: {ran:?}");
    }
    assert_eq!(tool::run(scratch.path(), &["check"]).code, 0, "a warning alone does not refuse");
}

#[test]
fn a_wrong_command_line_exits_with_2_in_every_format() {
    let scratch = repository(CLEAN);
    for format in FORMATS {
        for wrong in [["--rule", "changelog-missing-versions"], ["--nope", "--since"], ["--today", "yesterday"]] {
            let mut arguments = vec!["check", "--format", format];
            arguments.extend(wrong);
            let ran = tool::run(scratch.path(), &arguments);
            assert_eq!(ran.code, 2, "{format}: {ran:?}");
            assert!(ran.stderr.starts_with("error: "), "{format}: {ran:?}");
            assert!(tells_failure(format, &ran), "{format}: {ran:?}");
        }
    }
    let ran = tool::run(scratch.path(), &["check", "--rule", "changelog-missing-versions"]);
    assert!(ran.stderr.contains("help: did you mean `changelog-missing-version`?"), "{ran:?}");
}

#[test]
fn a_wrong_policy_exits_with_2_in_every_format_and_tells_all_its_faults() {
    let scratch = repository(CLEAN);
    let policy = "[check]\nfail-at = \"deny\"\n[rules]\nchangelog-missing-versions = \"deny\"\n";
    std::fs::write(scratch.path().join("governed.toml"), policy).expect("writable");
    for format in FORMATS {
        let ran = tool::run(scratch.path(), &["check", "--format", format]);
        assert_eq!(ran.code, 2, "{format}: {ran:?}");
        assert!(tells_failure(format, &ran), "{format}: {ran:?}");
        for word in ["fail-at", "governed.toml:2:1", "changelog-missing-versions", "governed.toml:4:1"] {
            let told = if format == "human" { &ran.stderr } else { &ran.stdout };
            assert!(told.contains(word), "{format}, {word}: {ran:?}");
        }
    }
}

#[test]
fn a_demanded_claim_without_proof_exits_with_3_in_every_format() {
    let scratch = repository(CLEAN);
    let policy = "[check]\ndemand = [\"doc-link-broken\"]\n";
    std::fs::write(scratch.path().join("governed.toml"), policy).expect("writable");
    for format in FORMATS {
        let ran = tool::run(scratch.path(), &["check", "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (3, ""), "{format}: {ran:?}");
        assert!(ran.stdout.contains("doc-link-broken"), "{format}: {ran:?}");
        assert!(ran.stdout.contains("unproven"), "{format}: {ran:?}");
        assert!(!tells_failure(format, &ran) || format == "junit", "{format}: {ran:?}");
    }
    let ran = tool::run(scratch.path(), &["check"]);
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("unproven: 1 demanded claim could not be judged"), "{ran:?}");
    let other = scratch.path().join("other.toml");
    std::fs::write(&other, "").expect("writable");
    let ran = tool::run(scratch.path(), &["check", "--config", "other.toml"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_folder_without_a_package_proves_nothing() {
    let scratch = repository("== commit 2024-01-02 Notes\n-- notes.txt --\nnothing of a Rust package\n");
    for format in FORMATS {
        let ran = tool::run(scratch.path(), &["check", "--format", format]);
        assert_eq!((ran.code, ran.stderr.as_str()), (3, ""), "{format}: {ran:?}");
        assert!(ran.stdout.contains("unproven"), "{format}: {ran:?}");
        assert!(format != "junit" || ran.stdout.contains("<error type=\"unproven\""), "{ran:?}");
    }
    let ran = tool::run(scratch.path(), &["check"]);
    let last = ran.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("unproven:") && last.contains("no fact of a Rust package"), "{ran:?}");
    // A rule that is asked alone and has nothing to compare stays absent, and absent never decides.
    let ran = tool::run(scratch.path(), &["check", "--rule", "snippet-outdated"]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn work_of_ours_that_fails_exits_with_4_in_every_format() {
    let scratch = repository(CLEAN);
    for format in FORMATS {
        let ran = tool::run(scratch.path(), &["check", "--format", format, "--emit", "json=Cargo.toml/report.json"]);
        assert_eq!(ran.code, 4, "{format}: {ran:?}");
        assert!(ran.stderr.starts_with("error: could not write Cargo.toml/report.json"), "{format}: {ran:?}");
        assert!(ran.stderr.contains("\nhelp: "), "{format}: {ran:?}");
        assert!(tells_failure(format, &ran), "{format}: {ran:?}");
    }
}

#[test]
fn every_emitted_file_has_its_report_beside_the_answer() {
    let scratch = stale();
    let ran = tool::run(scratch.path(), &["check", "--emit", "json=out/a.json", "--emit", "junit=out/b.xml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
    let read = |name: &str| std::fs::read_to_string(scratch.path().join(name)).expect("it was written");
    let document: Value = serde_json::from_str(&read("out/a.json")).expect("JSON");
    assert_eq!(document["schema"], "cargo-governed/check/1");
    assert!(read("out/b.xml").contains("<testsuites"));
    assert!(ran.stdout.contains("accepted: "), "{ran:?}");
}

#[test]
fn an_emitted_file_tells_a_failure_too() {
    let scratch = repository(CLEAN);
    let ran = tool::run(scratch.path(), &["check", "--rule", "nope", "--emit", "sarif=a.sarif"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    let text = std::fs::read_to_string(scratch.path().join("a.sarif")).expect("it was written");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn folders_and_manifests_say_where_to_work() {
    let scratch = stale();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let root = scratch.path().to_str().expect("UTF-8");
    let manifest = format!("{root}/Cargo.toml");
    let by_folder = tool::run(elsewhere.path(), &["-C", root, "check", "--format", "json"]);
    let by_manifest = tool::run(elsewhere.path(), &["check", "--manifest-path", &manifest, "--format", "json"]);
    let inside = tool::run(&scratch.path().join("src"), &["check", "--format", "json"]);
    assert_eq!(by_folder.stdout, by_manifest.stdout);
    assert_eq!(by_folder.stdout, inside.stdout);
    assert_eq!(json(&by_folder)["summary"]["warn"], 1, "{by_folder:?}");
    let emitted = tool::run(elsewhere.path(), &["-C", root, "check", "--emit", "json=a.json"]);
    assert_eq!(emitted.code, 0, "{emitted:?}");
    assert!(scratch.path().join("a.json").exists(), "paths count from the folder of -C");
}

#[test]
fn colours_come_only_where_they_are_wanted() {
    let scratch = stale();
    let escapes = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = tool::command(scratch.path(), arguments);
        let ran = tool::of(command.envs(variables.iter().copied()).output().expect("the binary runs"));
        ran.stdout.contains('\u{1b}')
    };
    assert!(!escapes(&["check"], &[]));
    assert!(escapes(&["check", "--color", "always"], &[]));
    assert!(escapes(&["check"], &[("CARGO_TERM_COLOR", "always")]));
    assert!(escapes(&["check"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!escapes(&["check", "--color", "never"], &[("CARGO_TERM_COLOR", "always")]));
    assert!(!escapes(&["check", "--format", "json"], &[("CARGO_TERM_COLOR", "always")]));
    assert!(!escapes(&["check", "--emit", "human=a.txt"], &[]));
    let file = std::fs::read_to_string(scratch.path().join("a.txt")).expect("it was written");
    assert!(!file.contains('\u{1b}'));
}

#[test]
fn the_talk_goes_to_stderr_and_only_where_it_is_wanted() {
    let scratch = repository(CLEAN);
    let quiet = tool::run(scratch.path(), &["check", "-v", "--format", "json"]);
    let talking = tool::run(scratch.path(), &["check", "-vvv", "--format", "json"]);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, talking.stdout);
    assert!(talking.stderr.contains("rule=\"changelog-missing-version\""), "{talking:?}");
}

#[test]
fn a_reader_who_goes_away_is_no_error() {
    let scratch = stale();
    let mut command = tool::command(scratch.path(), &["check", "--deny", "warn", "--format", "json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn explain_knows_every_rule_and_the_nearest_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for rule in cargo_governed::rules::all() {
        let ran = tool::run(folder.path(), &["explain", rule.name]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        assert!(ran.stdout.starts_with(&format!("# {}\n\nClaim: {}.", rule.name, rule.claim)), "{ran:?}");
        let fragment = rule.claim.starts_with(char::is_lowercase) && !rule.claim.ends_with('.');
        assert!(fragment, "a claim stands inside sentences: {}", rule.claim);
        assert!(ran.stdout.contains(&format!("Group `{}`, level `{}`", rule.group, rule.level.as_str())), "{ran:?}");
    }
    let ran = tool::run(folder.path(), &["explain", "changelog-missing"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert!(ran.stderr.contains("did you mean `changelog-missing-version`?"), "{ran:?}");
    let list = tool::run(folder.path(), &["explain"]).stdout;
    let all = tool::run(folder.path(), &["explain", "--all"]).stdout;
    for rule in cargo_governed::rules::all() {
        assert!(list.contains(&format!("  {} ", rule.name)), "{list}");
        assert!(all.contains(&format!("\n## {}\n", rule.name)), "{}", rule.name);
    }
}

#[test]
fn init_writes_a_policy_once_and_check_takes_it() {
    let scratch = stale();
    let policy = scratch.path().join("governed.toml");
    let dry = tool::run(scratch.path(), &["init", "--dry-run"]);
    assert_eq!((dry.code, dry.stderr.as_str(), policy.exists()), (0, "", false), "{dry:?}");
    assert!(dry.stdout.contains("[check]"), "{dry:?}");
    let written = tool::run(scratch.path(), &["init"]);
    assert_eq!((written.code, written.stderr.as_str()), (0, ""), "{written:?}");
    let text = std::fs::read_to_string(&policy).expect("it was written");
    assert_eq!(tool::run(scratch.path(), &["check"]).code, 0, "{text}");
    let again = tool::run(scratch.path(), &["init"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(std::fs::read_to_string(&policy).expect("it is still there"), text);
}

#[test]
fn doctor_exits_with_1_where_there_is_a_remedy() {
    let scratch = repository(CLEAN);
    let ran = tool::run(scratch.path(), &["doctor"]);
    assert_eq!(ran.code, 1, "without PATH there is no cargo: {ran:?}");
    assert!(ran.stdout.contains("remedy: "), "{ran:?}");
    assert_eq!(ran.stderr, "");
    let programs = scratch.path().join("programs");
    std::fs::create_dir(&programs).expect("writable");
    for name in ["git", "cargo", "rustfmt", "cargo-clippy"] {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::fs::copy(env!("CARGO_BIN_EXE_cargo-governed"), programs.join(name)).expect("writable");
    }
    let well = tool::of(tool::command(scratch.path(), &["doctor"]).env("PATH", &programs).output().expect("it runs"));
    assert_eq!(well.code, 0, "{well:?}");
}

#[test]
fn completions_and_man_pages_know_every_verb() {
    let folder = tempfile::tempdir().expect("a folder");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = tool::run(folder.path(), &["completions", shell]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("allow-dirty"), "{shell}");
    }
    let page = tool::run(folder.path(), &["man"]);
    assert!(page.code == 0 && page.stdout.contains(".TH"), "{page:?}");
    let pages = tool::run(folder.path(), &["man", "--out", "pages"]);
    assert_eq!(pages.code, 0, "{pages:?}");
    for name in pages.stdout.lines() {
        let text = std::fs::read_to_string(folder.path().join("pages").join(name)).expect("it was written");
        assert!(text.contains(".SH NAME"), "{name}");
        assert!(!text.contains(".TP\n\n"), "{name}");
        let bare = text.split(".TP\n").skip(1).find(|option| option.lines().nth(1).is_none_or(str::is_empty));
        assert_eq!(bare, None, "every option of {name} says what it does");
    }
    assert!(pages.stdout.lines().any(|name| name == "cargo-governed-check.1"), "{pages:?}");
}

#[test]
fn help_fits_100_columns_and_names_the_exit_codes() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [&["--help"][..], &["-h"], &["check", "-h"], &["check", "--help"], &["explain", "--help"]] {
        let ran = tool::run(folder.path(), arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
        let long = ran.stdout.lines().find(|line| line.len() > 100);
        assert_eq!(long, None, "{arguments:?}");
    }
    let help = tool::run(folder.path(), &["check", "--help"]).stdout;
    for word in ["Exit codes:", "  3  unproven", "--emit <FORMAT=FILE>", "--manifest-path <PATH>", "Examples:"] {
        assert!(help.contains(word), "{word}\n{help}");
    }
    let nothing = tool::run(folder.path(), &[]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (2, ""));
    assert!(nothing.stderr.contains("Usage: cargo governed"), "{nothing:?}");
}
