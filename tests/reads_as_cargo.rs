//! The workspace as we read it is the workspace as cargo reads it: packages, targets, features, default members.
//!
//! `GOVERNED_COMPARE=/a:/b cargo test --test reads_as_cargo` compares other checkouts too (cargo may write a lock file).

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cargo_governed::facts::Facts;
use cargo_governed::facts::manifest::TargetKind;
use cargo_governed::facts::workspace::Package;
use cargo_governed::world::checkout::Checkout;
use cargo_governed::world::reading;
use serde_json::Value;

fn facts_of(root: &Path) -> Facts {
    let mut checkout = Checkout::open(root, None).unwrap();
    let tree = std::mem::take(&mut checkout.tree);
    reading::read_facts(tree, |entry, limit| checkout.read(entry, limit), None)
}

fn relative(root: &Path, value: &Value) -> String {
    let path = value.as_str().unwrap();
    Path::new(path).strip_prefix(root).map_or_else(|_| path.to_owned(), |path| path.to_string_lossy().into_owned())
}

fn cargo_lines(root: &Path, metadata: &Value) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let default = metadata["workspace_default_members"].as_array().unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let text = |key: &str| package[key].as_str().unwrap_or("-").trim().to_owned();
        let manifest = relative(root, &package["manifest_path"]);
        lines.insert(format!("{name} {} {manifest} default={}", text("version"), default.contains(&package["id"])));
        lines.insert(format!(
            "{name} {} {} {} {} {}",
            text("rust_version"),
            text("license"),
            text("edition"),
            text("repository"),
            text("documentation")
        ));
        for feature in package["features"].as_object().unwrap().keys() {
            lines.insert(format!("{name} feature {feature}"));
        }
        for edge in package["dependencies"].as_array().unwrap() {
            let path = edge["path"].as_str().map_or("-".to_owned(), |_| relative(root, &edge["path"]));
            lines.insert(format!(
                "{name} needs {} {} optional={} default={} at {path}",
                edge["name"].as_str().unwrap(),
                edge["kind"].as_str().unwrap_or("normal"),
                edge["optional"],
                edge["uses_default_features"],
            ));
        }
        for target in package["targets"].as_array().unwrap() {
            let kind = match target["kind"][0].as_str().unwrap() {
                "bin" => "Bin",
                "example" => "Example",
                "test" => "Test",
                "bench" => "Bench",
                "custom-build" => "Build",
                _ => "Lib",
            };
            lines.insert(format!(
                "{name} {kind} {} {} test={} doctest={}",
                target["name"].as_str().unwrap(),
                relative(root, &target["src_path"]),
                target["test"],
                target["doctest"]
            ));
        }
    }
    lines
}

fn our_lines(facts: &Facts) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let Some(workspace) = facts.cargo.main_workspace() else { return lines };
    for &member in &workspace.members {
        let package: &Package = &facts.cargo.packages[member];
        let name = &package.name.value;
        let version = package.version.as_ref().map_or("0.0.0".to_owned(), |version| version.value.to_string());
        let default = workspace.default_members.contains(&member);
        lines.insert(format!("{name} {version} {} default={default}", package.manifest));
        let text = |value: &Option<cargo_governed::facts::place::Located<String>>| {
            value.as_ref().map_or("-".to_owned(), |value| value.value.trim().to_owned())
        };
        let edition = package.edition.as_ref().map_or("2015", |edition| &edition.value);
        lines.insert(format!(
            "{name} {} {} {edition} {} {}",
            text(&package.rust_version),
            text(&package.license),
            text(&package.repository),
            text(&package.documentation)
        ));
        lines.extend(package.features.keys().map(|feature| format!("{name} feature {feature}")));
        for edge in &package.dependencies {
            let kind = match edge.kind {
                cargo_governed::facts::manifest::DependencyKind::Normal => "normal",
                cargo_governed::facts::manifest::DependencyKind::Dev => "dev",
                cargo_governed::facts::manifest::DependencyKind::Build => "build",
                _ => continue,
            };
            lines.insert(format!(
                "{name} needs {} {kind} optional={} default={} at {}",
                edge.package,
                edge.optional,
                edge.default_features,
                edge.folder.as_deref().unwrap_or("-")
            ));
        }
        for target in &package.targets {
            let runs = target.kind != TargetKind::Build && target.test;
            lines.insert(format!(
                "{name} {:?} {} {} test={runs} doctest={}",
                target.kind, target.name, target.path, target.doctest
            ));
        }
    }
    lines
}

fn compare(root: &Path) -> Vec<String> {
    let root = &root.canonicalize().unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}: {}", root.display(), String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (cargo, ours) = (cargo_lines(root, &metadata), our_lines(&facts_of(root)));
    let missing = cargo.difference(&ours).map(|line| format!("cargo: {line}"));
    missing.chain(ours.difference(&cargo).map(|line| format!("ours:  {line}"))).collect()
}

fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

#[test]
fn a_workspace_with_everything_is_read_as_cargo_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                r#"[workspace]
members = ["crates/*", "tools/one"]
exclude = ["crates/left-out"]
default-members = ["crates/a"]
resolver = "2"
[workspace.package]
version = "1.2.3"
edition = "2021"
rust-version = "1.70"
license = "MIT"
[workspace.dependencies]
inside = { path = "inside", default-features = false }
[package]
name = "top-most"
version.workspace = true
edition.workspace = true
[dependencies]
inside = { workspace = true, features = ["x"] }
[lib]
crate-type = ["cdylib"]
"#,
            ),
            ("src/lib.rs", ""),
            ("src/main.rs", "fn main() {}"),
            ("src/bin/one.rs", "fn main() {}"),
            ("src/bin/two/main.rs", "fn main() {}"),
            ("src/bin/two/part.rs", ""),
            ("tests/flat.rs", ""),
            ("tests/deep/main.rs", ""),
            ("tests/data/not.rs", ""),
            ("examples/shown.rs", "fn main() {}"),
            ("benches/fast.rs", ""),
            ("build.rs", "fn main() {}"),
            ("inside/Cargo.toml", "[package]\nname = \"inside\"\nversion = \"0.1.0\"\n[features]\nx = []\n"),
            ("inside/src/lib.rs", ""),
            (
                "crates/a/Cargo.toml",
                r#"[package]
name = "a"
version.workspace = true
rust-version.workspace = true
license.workspace = true
edition = "2018"
autotests = false
[dependencies]
opt = { path = "../opt", optional = true, package = "the-opt" }
other = { path = "../opt", optional = true, package = "the-opt" }
[features]
use-other = ["dep:other"]
[[test]]
name = "declared"
harness = false
[[bin]]
name = "b"
path = "somewhere/b.rs"
test = false
"#,
            ),
            ("crates/a/src/lib.rs", ""),
            ("crates/a/somewhere/b.rs", "fn main() {}"),
            ("crates/a/tests/declared.rs", ""),
            ("crates/a/tests/forgotten.rs", ""),
            ("crates/opt/Cargo.toml", "[package]\nname = \"the-opt\"\nversion = \"2.0.0\"\n[lib]\nproc-macro = true\n"),
            ("crates/opt/src/lib.rs", ""),
            ("crates/left-out/Cargo.toml", "[package]\nname = \"left-out\"\nversion = \"2.0.0\"\n"),
            ("crates/left-out/src/lib.rs", ""),
            (
                "tools/one/Cargo.toml",
                "[package]\nname = \"one\"\nversion = \"2.0.0\"\n[[bin]]\nname = \"old\"\n[[example]]\nname = \"x\"\n",
            ),
            ("tools/one/src/old.rs", "fn main() {}"),
            ("tools/one/examples/x.rs", "fn main() {}"),
            ("tools/one/examples/unlisted.rs", "fn main() {}"),
            ("nested/Cargo.toml", "[workspace]\nmembers = [\"m\"]\n"),
            ("nested/m/Cargo.toml", "[package]\nname = \"m\"\nversion = \"0.1.0\"\n"),
            ("nested/m/src/lib.rs", ""),
        ],
    );
    assert_eq!(compare(folder.path()), Vec::<String>::new());
    assert_eq!(compare(&folder.path().join("nested")), Vec::<String>::new());
    assert_eq!(compare(&folder.path().join("crates/left-out")), Vec::<String>::new());
}

#[test]
fn other_checkouts_are_read_as_cargo_reads_them() {
    let Ok(paths) = std::env::var("GOVERNED_COMPARE") else { return };
    let different: Vec<_> =
        paths.split(':').map(|path| (path, compare(Path::new(path)))).filter(|(_, lines)| !lines.is_empty()).collect();
    assert!(different.is_empty(), "{different:#?}");
}
