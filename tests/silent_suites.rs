//! Which suites have a harness of their own, by the names under which cargo announces them.

use std::sync::Arc;

use cargo_governed::facts::Facts;
use cargo_governed::facts::kind::Kind;
use cargo_governed::facts::parse;
use cargo_governed::facts::source::SourceFile;
use cargo_governed::facts::tree::Entry;
use cargo_governed::facts::tree::Mode;
use cargo_governed::facts::tree::Tree;
use cargo_governed::steps::evidence::silent::silent_suites;

#[test]
fn names_are_those_that_cargo_writes() {
    let manifest = "[package]\nname = \"a-b\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\nharness = false\n\
        [[test]]\nname = \"own\"\nharness = false\n[[bench]]\nname = \"speed\"\nharness = false\n";
    let files = [
        ("Cargo.toml", "[workspace]\nmembers = [\"x/a\"]\n"),
        ("x/a/Cargo.toml", manifest),
        ("x/a/src/lib.rs", ""),
        ("x/a/tests/own.rs", ""),
        ("x/a/tests/usual.rs", ""),
        ("x/a/benches/speed.rs", ""),
    ];
    let entry = |path: &str| Entry { path: Arc::from(path), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.iter().map(|(path, _)| entry(path)).collect());
    let read = files.iter().map(|(path, text)| {
        let kind = Kind::of(path);
        SourceFile { path: Arc::from(*path), kind, content: Arc::new(parse::parse(kind, text.as_bytes().to_vec())) }
    });
    let facts = Facts::assemble(tree, read.collect::<Vec<_>>());
    assert_eq!(silent_suites(&facts.cargo), ["benches/speed.rs", "tests/own.rs", "unittests src/lib.rs (a_b)"]);
}
