//! From the text of a manifest to what it says.

use crate::facts::manifest::contents::Manifest;
use crate::facts::manifest::read;
use crate::facts::problem::Problem;
use crate::facts::toml::Document;
use crate::facts::toml::Table;

/// Reads a manifest. What can't be read is a problem; none where nothing of the file could be used.
pub fn parse(text: &str, problems: &mut Vec<Problem>) -> Option<Manifest> {
    let document = Document::parse(text);
    let root = document.root();
    let package = root.table("package").or_else(|| root.table("project"));
    let workspace = root.table("workspace");
    let governed = |table: Option<Table<'_>>| Some(table?.table("metadata")?.table("governed")?.span);
    let manifest = Manifest {
        package: package.map(read::package),
        workspace: workspace.map(read::workspace),
        dependencies: read::dependencies(root),
        features: read::features(root),
        targets: read::targets(root),
        badges: read::badges(root),
        governed: governed(package).or_else(|| governed(workspace)),
    };
    problems.extend(document.into_problems());
    let is_usable = problems.is_empty() || manifest.package.is_some() || manifest.workspace.is_some();
    is_usable.then_some(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::manifest::DependencyKind;
    use crate::facts::manifest::Inherit;
    use crate::facts::manifest::Publish;

    fn read(text: &str) -> Manifest {
        let mut problems = Vec::new();
        let manifest = parse(text, &mut problems).expect("a manifest");
        assert!(problems.is_empty(), "{problems:?}");
        manifest
    }

    #[test]
    fn every_way_of_writing_a_dependency_is_read() {
        let text = r#"
[package]
name = "a"
version.workspace = true
publish = ["mine"]
[dependencies]
one = "1"
two = { version = "2", package = "other", optional = true, default-features = false, features = ["x"] }
three.path = "../three"
four.workspace = true
[dependencies.five]
git = "https://example.org"
[target.'cfg(unix)'.dev-dependencies]
six = "6"
[patch.crates-io]
seven = { path = "seven" }
"#;
        let manifest = read(text);
        let package = manifest.package.unwrap();
        assert!(matches!(package.keys.version, Some(Inherit::Workspace(_))));
        assert!(matches!(package.keys.publish, Some(Inherit::Own(one)) if matches!(one.value, Publish::Registries(_))));
        let keys: Vec<_> = manifest.dependencies.iter().map(|one| one.key.value.as_str()).collect();
        assert_eq!(keys, ["one", "two", "three", "four", "five", "six", "seven"]);
        let two = &manifest.dependencies[1];
        assert_eq!((two.package_name(), two.optional, two.default_features), ("other", true, Some(false)));
        let version = two.version.as_ref().unwrap();
        assert_eq!(&text[version.span.start..version.span.end], "2");
        assert_eq!(manifest.dependencies[5].target.as_ref().unwrap().value, "cfg(unix)");
        assert_eq!(manifest.dependencies[6].kind, DependencyKind::Patch);
    }

    #[test]
    fn a_broken_manifest_has_a_problem_with_a_place_and_keeps_the_rest() {
        let mut problems = Vec::new();
        let manifest = parse("[package]\nname = \"a\"\nversion = \n[features]\nx = []\n", &mut problems).unwrap();
        assert_eq!(manifest.package.unwrap().name.unwrap().value, "a");
        assert_eq!(manifest.features.len(), 1);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].span.is_some());
        problems.clear();
        assert!(parse("}{", &mut problems).is_none());
        assert!(!problems.is_empty());
    }
}
