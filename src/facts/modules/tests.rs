//! Tests of the module graph.

use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::parse;
use crate::facts::source::SourceFile;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;

const MANIFEST: (&str, &str) = ("p/Cargo.toml", "[package]\nname = \"p\"\nversion = \"1.0.0\"\nedition = \"2024\"\n");

/// The Rust files of a tree that nothing reaches.
fn unreached(files: &[(&str, &str)]) -> Vec<String> {
    let files = [&[MANIFEST], files].concat();
    let entry = |&(path, _): &(&str, &str)| Entry { path: Arc::from(path), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.iter().map(entry).collect());
    let read = files.iter().map(|(path, text)| {
        let kind = Kind::of(path);
        let content = parse::parse(kind, text.as_bytes().to_vec());
        SourceFile { path: Arc::from(*path), kind, content: Arc::new(content) }
    });
    let facts = Facts::assemble(tree, read);
    let reached = &facts.modules().compiled;
    facts.rust().filter(|(file, _)| !reached.contains_key(&file.path)).map(|(file, _)| file.path.to_string()).collect()
}

#[test]
fn plain_modules_lie_beside_roots_and_in_the_folder_of_other_files() {
    let left = unreached(&[
        ("p/src/lib.rs", "mod a; mod b; mod r#type; mod deep { mod c; }"),
        ("p/src/a.rs", "mod x;"),
        ("p/src/a/x.rs", ""),
        ("p/src/b/mod.rs", "mod y;"),
        ("p/src/b/y.rs", ""),
        ("p/src/type.rs", ""),
        ("p/src/deep/c.rs", ""),
        ("p/src/x.rs", ""),
        ("p/src/a/y.rs", ""),
    ]);
    assert_eq!(left, ["p/src/a/y.rs", "p/src/x.rs"]);
}

#[test]
fn path_attributes_count_from_the_file_or_from_the_inline_module() {
    let left = unreached(&[
        ("p/src/lib.rs", "mod a; #[path = \"../shared/s.rs\"] mod s; #[cfg_attr(unix, path = \"u.rs\")] mod either;"),
        (
            "p/src/a.rs",
            "#[path = \"b.rs\"] mod b; mod inner { #[path = \"d.rs\"] mod d; } #[path = \"f\"] mod g { mod e; }",
        ),
        ("p/src/b.rs", "mod below;"),
        ("p/src/below.rs", ""),
        ("p/src/a/inner/d.rs", ""),
        ("p/src/f/e.rs", ""),
        ("p/src/either.rs", ""),
        ("p/src/u.rs", ""),
        ("p/shared/s.rs", "mod t;"),
        ("p/shared/t.rs", ""),
        ("p/src/d.rs", ""),
    ]);
    assert_eq!(left, ["p/src/d.rs"]);
}

#[test]
fn includes_and_macros_reach_files() {
    let left = unreached(&[
        (
            "p/src/lib.rs",
            "macro_rules! list { ($($p:expr; $n:ident),*) => { $(mod $n;)* } }\nlist! { \"a\"; one, \"b\"; two }\n\
             macro_rules! root { () => { mod three; } }\ninclude!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/extra/i.rs\"));",
        ),
        ("p/src/one.rs", ""),
        ("p/src/two/mod.rs", ""),
        ("p/src/three.rs", ""),
        ("p/src/four.rs", ""),
        ("p/extra/i.rs", "mod j;"),
        ("p/extra/j.rs", ""),
        ("p/tests/all/main.rs", "automod::dir!(\"tests/all\");"),
        ("p/tests/all/x.rs", "mod y;"),
        ("p/tests/all/x/y.rs", ""),
        ("p/tests/all/z/w.rs", ""),
    ]);
    assert_eq!(left, ["p/src/four.rs", "p/tests/all/z/w.rs"]);
}

#[test]
fn a_circle_or_a_deep_nest_ends() {
    let deep = "mod a {".repeat(20_000);
    let left =
        unreached(&[("p/src/lib.rs", &format!("mod m; {deep} mod x;")), ("p/src/m.rs", "include!(\"lib.rs\");")]);
    assert_eq!(left, [""; 0]);
}
