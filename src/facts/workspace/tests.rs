//! Tests of the resolver.

use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::parse;
use crate::facts::source::SourceFile;
use crate::facts::tree::Entry;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;
use crate::facts::zone::Zone;

fn facts<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> Facts {
    let entry =
        |(path, _): &(P, T)| Entry { path: Arc::from(path.as_ref()), mode: Mode::File, id: None, tracked: true };
    let tree = Tree::new(files.iter().map(entry).collect());
    let read = files.iter().map(|(path, text)| {
        let kind = Kind::of(path.as_ref());
        let content = parse::parse(kind, text.as_ref().as_bytes().to_vec());
        SourceFile { path: Arc::from(path.as_ref()), kind, content: Arc::new(content) }
    });
    Facts::assemble(tree, read)
}

fn package(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\n{rest}")
}

/// Each workspace as `manifest: members`.
fn workspaces(facts: &Facts) -> Vec<String> {
    let name = |member: &usize| facts.cargo.packages[*member].name.value.clone();
    facts
        .cargo
        .workspaces
        .iter()
        .map(|one| format!("{}: {}", one.manifest, one.members.iter().map(name).collect::<Vec<_>>().join(" ")))
        .collect()
}

#[test]
fn path_dependencies_inside_the_root_are_members_and_others_are_not() {
    let facts = facts(&[
        ("w/Cargo.toml", "[workspace]\nmembers = [\"a\"]\n".to_owned()),
        ("w/a/Cargo.toml", package("a", "[dependencies]\nb = { path = \"../b\" }\nout = { path = \"../../out\" }\n")),
        ("w/b/Cargo.toml", package("b", "[build-dependencies]\nc = { path = \"../c\" }\n")),
        ("w/c/Cargo.toml", package("c", "")),
        ("w/stray/Cargo.toml", package("stray", "")),
        ("out/Cargo.toml", package("out", "")),
    ]);
    assert_eq!(workspaces(&facts), ["out/Cargo.toml: out", "w/Cargo.toml: a b c", "w/stray/Cargo.toml: stray"]);
    assert_eq!(facts.cargo.named("stray").next().unwrap().stray.as_deref(), Some("w/Cargo.toml"));
    assert!(facts.cargo.named("out").next().unwrap().stray.is_none());
}

#[test]
fn an_excluded_package_looks_further_up() {
    let facts = facts(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"x/*\", \"x/y/z\"]\n".to_owned()),
        ("x/Cargo.toml", "[workspace]\nexclude = [\"y\"]\n".to_owned()),
        ("x/y/Cargo.toml", package("y", "")),
        ("x/y/z/Cargo.toml", package("z", "")),
    ]);
    assert_eq!(workspaces(&facts), ["Cargo.toml: y z", "x/Cargo.toml: "]);
}

#[test]
fn broken_and_circular_inheritance_is_left_out_without_a_panic() {
    let facts = facts(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nversion.workspace = true\n".to_owned()),
        (
            "a/Cargo.toml",
            "[package]\nname = \"a\"\nversion.workspace = true\nlicense.workspace = true\nworkspace = \"../a\"\n\
             [dependencies]\nmissing.workspace = true\na = { path = \".\" }\nout = { path = \"../../..\" }\n"
                .to_owned(),
        ),
        ("b/Cargo.toml", "[package]\nversion = \"1\"\n".to_owned()),
    ]);
    let package = &facts.cargo.packages[0];
    assert!(package.version.is_none() && package.license.is_none());
    assert_eq!(package.dependencies[1].local, Some(0));
    assert!(package.dependencies[2].folder.is_none());
    assert_eq!(facts.cargo.packages.len(), 1);
}

#[test]
fn inherited_paths_count_from_the_workspace() {
    let facts = facts(&[
        (
            "w/Cargo.toml",
            "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nreadme = \"README.md\"\n\
             [workspace.dependencies]\nb = { path = \"b\", version = \"1\", default-features = false, features = [\"x\"] }\n"
                .to_owned(),
        ),
        (
            "w/a/Cargo.toml",
            package("a", "readme.workspace = true\n[dependencies]\nb = { workspace = true, features = [\"y\"] }\n"),
        ),
        ("w/b/Cargo.toml", package("b", "")),
        ("w/b/README.txt", String::new()),
    ]);
    let (a, b) = (&facts.cargo.packages[0], &facts.cargo.packages[1]);
    assert_eq!((a.readme.as_deref(), b.readme.as_deref()), (Some("w/README.md"), Some("w/b/README.txt")));
    let edge = &a.dependencies[0];
    assert_eq!((edge.local, edge.inherited, edge.default_features), (Some(1), true, false));
    assert_eq!(edge.features, ["x", "y"]);
    assert_eq!(edge.version.as_ref().unwrap().path.as_ref(), "w/Cargo.toml");
    assert_eq!(facts.cargo.owner("w/b/src/deep/x.rs").unwrap().name.value, "b");
    assert!(facts.cargo.owner("elsewhere.rs").is_none());
}

#[test]
fn ten_thousand_members_and_deep_folders_are_resolved() {
    let members: String = (0..10_000).map(|index| format!("\"m/p{index}\", \"g{index}/*\", ")).collect();
    let mut files = vec![("Cargo.toml".to_owned(), format!("[workspace]\nmembers = [\"**\", {members}]\n"))];
    for index in 0..10_000 {
        let next = format!("[dependencies]\nn = {{ path = \"../p{}\" }}\n", (index + 1) % 10_000);
        files.push((format!("m/p{index}/Cargo.toml"), package(&format!("p{index}"), &next)));
    }
    let deep = "d/".repeat(1_000);
    files.push((format!("{deep}Cargo.toml"), package("deep", "")));
    let facts = facts(&files);
    assert_eq!(facts.cargo.workspaces.len(), 1);
    assert_eq!(facts.cargo.packages.len(), 10_001);
}

#[test]
fn packages_that_tests_stage_are_fixtures_and_members_below_tests_are_not() {
    let facts = facts(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"tests/tools\"]\nexclude = [\"tests/suite\", \"tests/shared\"]\n".to_owned(),
        ),
        ("a/Cargo.toml", package("a", "[workspace]\n[dependencies]\nshared = { path = \"../tests/shared\" }\n")),
        ("tests/tools/Cargo.toml", package("tools", "")),
        ("tests/suite/case/Cargo.toml", package("case", "")),
        ("tests/suite/case/README.md", String::new()),
        ("tests/shared/Cargo.toml", package("shared", "")),
    ]);
    let zones: Vec<(&str, Zone)> =
        facts.cargo.packages.iter().map(|package| (package.name.value.as_str(), package.zone)).collect();
    let expected = [("a", Zone::Own), ("shared", Zone::Own), ("case", Zone::Fixture), ("tools", Zone::Own)];
    assert_eq!(zones, expected);
    assert_eq!(facts.zone("tests/suite/case/README.md"), Zone::Fixture);
}
