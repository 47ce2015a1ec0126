//! Symbolic links are never followed, and what may stand behind them is said.

#![cfg(unix)]

mod support;

use std::os::unix::fs::symlink;

use cargo_governed::commands::check::Options;
use cargo_governed::commands::check::check;
use cargo_governed::judge::report::Report;
use cargo_governed::judge::report::Standing;
use support::checkout::Scratch;

const PACKAGE: &str = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

fn package() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("Cargo.toml", PACKAGE);
    scratch.write("src/lib.rs", "");
    scratch
}

fn report_of(scratch: &Scratch) -> Report {
    check(&Options::in_folder(scratch.path())).unwrap_or_else(|error| panic!("{error}")).report
}

#[test]
fn links_are_not_followed_wherever_they_lead() {
    let outside = Scratch::new();
    outside.write("secret/Cargo.toml", "SECRET");
    let scratch = package();
    symlink(outside.at("secret/Cargo.toml"), scratch.at("README.md")).unwrap();
    symlink(outside.at("secret"), scratch.at("member")).unwrap();
    symlink(".", scratch.at("circle")).unwrap();
    symlink("/dev/zero", scratch.at("CHANGELOG.md")).unwrap();
    let report = report_of(&scratch);
    assert!(!format!("{report:?}").contains("SECRET"));
    assert_eq!(report.files_read, 2);
}

#[test]
fn a_file_of_a_tool_that_is_a_link_is_unproven() {
    for path in ["Cargo.toml", "Cargo.lock", ".github/workflows/ci.yml", "rust-toolchain.toml", ".cargo/config.toml"] {
        let scratch = Scratch::new();
        scratch.write("kept.txt", PACKAGE);
        scratch.write("src/lib.rs", "");
        std::fs::create_dir_all(scratch.at(path).parent().unwrap()).unwrap();
        symlink(scratch.at("kept.txt"), scratch.at(path)).unwrap();
        let report = report_of(&scratch);
        let rule = report.rules.iter().find(|rule| rule.rule == "file-unparsable").unwrap();
        assert_eq!(rule.standing, Standing::Unproven, "{path}");
        assert_eq!(rule.unproven[0].at.as_ref().map(|at| at.path.as_str()), Some(path));
        let said = report.subject.notes.iter().any(|note| note.contains("a policy that stands in it does not apply"));
        assert_eq!(said, path == "Cargo.toml", "{:?}", report.subject.notes);
    }
}

#[test]
fn a_member_or_a_dependency_behind_a_link_is_unproven() {
    for (manifest, said) in [
        ("[workspace]\nmembers = [\"a\"]\n", "a member is `a`"),
        ("[workspace]\nmembers = [\"crates/*\"]\n", "fits crates/b, a symbolic link"),
        ("[workspace]\n[workspace.dependencies]\nb = { path = \"crates/b\" }\n", "the path of `b`"),
    ] {
        let scratch = Scratch::new();
        scratch.write("Cargo.toml", manifest);
        scratch.write("crates/c/Cargo.toml", PACKAGE);
        scratch.write("crates/c/src/lib.rs", "");
        symlink("crates/c", scratch.at("a")).unwrap();
        symlink("c", scratch.at("crates/b")).unwrap();
        symlink("c/Cargo.toml", scratch.at("crates/README.md")).unwrap();
        let report = report_of(&scratch);
        let rule = report.rules.iter().find(|rule| rule.rule == "manifest-path-missing").unwrap();
        let whys: Vec<&str> = rule.unproven.iter().map(|unproven| unproven.why.as_str()).collect();
        assert!(matches!(whys.as_slice(), [why] if why.contains(said)), "{manifest}: {whys:?}");
    }
}
