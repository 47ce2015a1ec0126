//! A revision is written byte for byte, links last, and nothing outside the folder.
#![cfg(unix)]

mod support;

use cargo_governed::world::checkout::Checkout;
use cargo_governed::world::materialise;
use support::checkout::Scratch;

#[test]
fn a_revision_is_written_as_its_objects_hold_it() {
    let scratch = Scratch::committed(&[
        (".gitattributes", "*.txt text eol=crlf\n"),
        ("src/lib.rs", "pub fn one() {}\n"),
        ("notes.txt", "one\ntwo\n"),
        ("bin/tool.sh", "#!/bin/sh\n"),
    ]);
    std::fs::set_permissions(scratch.at("bin/tool.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink("../src", scratch.at("bin/link")).unwrap();
    scratch.commit("two");
    scratch.write("src/lib.rs", "changed\n");

    let out = Scratch::new();
    let checkout = Checkout::open(scratch.path(), Some("HEAD")).unwrap();
    let left = materialise::write(&checkout, &out.at("tree")).unwrap();
    assert_eq!(left, [""; 0]);
    assert_eq!(std::fs::read_to_string(out.at("tree/src/lib.rs")).unwrap(), "pub fn one() {}\n");
    assert_eq!(std::fs::read(out.at("tree/notes.txt")).unwrap(), b"one\ntwo\n");
    assert_eq!(std::fs::read_link(out.at("tree/bin/link")).unwrap().to_str(), Some("../src"));
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(out.at("tree/bin/tool.sh")).unwrap().permissions());
    assert_eq!(mode & 0o111, 0o111);
    assert!(!out.at("tree/.git").exists());
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let scratch = Scratch::committed(&[("a", "a")]);
    let out = Scratch::new();
    out.write("tree/mine", "mine");
    let checkout = Checkout::open(scratch.path(), Some("HEAD")).unwrap();
    let error = materialise::write(&checkout, &out.at("tree")).unwrap_err();
    assert_eq!(error.code, "folder-not-empty");
    assert!(!out.at("tree/a").exists());
}
