//! Which part of the repository a path lies in: the maintainers' own, or text that says nothing about today.

use crate::facts::imported;
use crate::facts::path;
use crate::facts::tree::Import;
use crate::facts::tree::Tree;

/// The zone of a path. Only [`Zone::Own`] text makes promises about the packages of the tree as they are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// The maintainers' own, about today.
    Own,
    /// Input of tests: invalid or outdated on purpose.
    Fixture,
    /// Copied from somebody else, with its own licence or in a folder that says so.
    Vendored,
    /// Dated or archived: right when it was written.
    Archived,
    /// A template with places to fill in.
    Template,
}

/// Folders that hold input of tests wherever they are.
const FIXTURE_FOLDERS: &[&str] = &[
    "fixtures",
    "fixture",
    "testdata",
    "test_data",
    "test-data",
    "testfiles",
    "test_files",
    "test-files",
    "snapshots",
    "goldens",
    "golden",
    "test_fixtures",
    "test-fixtures",
    "__fixtures__",
    "sample_files",
    "sample-files",
    "sample_data",
    "sample-data",
    "testcases",
    "test-cases",
    "test_cases",
    "compile-fail",
    "compile_fail",
    "trybuild",
];
/// Folders that hold input of tests below the folder of the tests.
const CASE_FOLDERS: &[&str] = &[
    "ui",
    "cases",
    "inputs",
    "input",
    "data",
    "expected",
    "samples",
    "resources",
    "corpus",
    "baseline",
    "baselines",
    "mock",
    "mocks",
    "artifacts",
    "seeds",
    "in",
    "out",
    "before",
    "after",
    "source",
    "sources",
    "output",
    "outputs",
    "highlighted",
    "projects",
    "repos",
    "workspaces",
    "scenarios",
];
const VENDORED_FOLDERS: &[&str] = &[
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "node_modules",
    "external",
    "external-crates",
    "external_crates",
    "forks",
    "deps",
];
const ARCHIVED_FOLDERS: &[&str] = &[
    "archive",
    "archived",
    "archives",
    "blog",
    "posts",
    "_posts",
    "news",
    "reports",
    "rfcs",
    "rfc",
    "adr",
    "adrs",
    "proposals",
    "old",
    "legacy",
    "attic",
    "versioned_docs",
    "minutes",
    "meetings",
    "history",
    "release-notes",
    "release_notes",
    "releases",
    "announcements",
];
const TEMPLATE_FOLDERS: &[&str] = &[
    ".template",
    "templates",
    "template",
    "_templates",
    "ISSUE_TEMPLATE",
    "PULL_REQUEST_TEMPLATE",
    "skeleton",
    "scaffold",
    "boilerplate",
];
/// Folders whose children are packages or targets, each with the name of what it does.
const SHELVES: &[&str] = &["crates", "examples", "packages", "libs"];
impl Zone {
    /// The zone of a path in a tree.
    pub fn of(tree: &Tree, path: &str) -> Self {
        Self::below(tree, path, "")
    }

    /// The zone of a path in a folder that is our own whatever it holds, such as that of a member of the workspace: only
    /// what lies deeper can be imported.
    pub fn below(tree: &Tree, path: &str, own: &str) -> Self {
        let folder = path::parent(path);
        let mut zone = Self::Own;
        let mut below_tests = false;
        let mut start = 0;
        while start < folder.len() {
            let end = folder[start..].find('/').map_or(folder.len(), |at| start + at);
            let (part, whole) = (&folder[start..end], &folder[..end]);
            // `tests/book/src/` without a manifest beside it holds the sources of something that tests read.
            let staged =
                part == "src" && below_tests && !tree.has_file(&path::child(path::parent(whole), "Cargo.toml"));
            let named = if staged { Self::Fixture } else { Self::named(part, below_tests) };
            if whole.len() > own.len()
                && imported::is_bundled(tree, whole, part)
                && !tree.doubts(Import::Library, whole)
            {
                return Self::Vendored;
            }
            if named != Self::Own && !Self::is_code(tree, path, whole, named) {
                if named == Self::Vendored {
                    return named;
                }
                zone = if zone == Self::Own { named } else { zone };
            }
            below_tests |= matches!(part, "tests" | "test" | "fuzz" | "benches");
            start = end + 1;
        }
        match zone {
            Self::Own if begins_with_date(path::file_name(path)) => Self::Archived,
            Self::Own if Self::is_imported(tree, path, own) => Self::Vendored,
            zone => zone,
        }
    }

    /// What the name of a folder alone says.
    fn named(part: &str, below_tests: bool) -> Self {
        if VENDORED_FOLDERS.contains(&part) {
            Self::Vendored
        } else if FIXTURE_FOLDERS.contains(&part)
            || part.ends_with("_fixtures")
            || part.ends_with("-fixtures")
            || (below_tests && CASE_FOLDERS.contains(&part))
        {
            Self::Fixture
        } else if ARCHIVED_FOLDERS.contains(&part) || begins_with_date(part) {
            Self::Archived
        } else if TEMPLATE_FOLDERS.contains(&part) {
            Self::Template
        } else {
            Self::Own
        }
    }

    /// Says whether a folder has its name for what its code does: a module, a package, or below the sources of a package.
    fn is_code(tree: &Tree, path: &str, folder: &str, named: Self) -> bool {
        let has = |name: &str| tree.has_file(&path::child(folder, name));
        let is_rust = path::extension(path) == "rs";
        // `tests/ui.rs` is a crate of its own and has no modules in `tests/ui/`.
        let beside_targets = matches!(path::file_name(path::parent(folder)), "tests" | "benches" | "examples" | "bin");
        if is_rust && (has("mod.rs") || (!beside_targets && tree.has_file(&format!("{folder}.rs")))) {
            return true;
        }
        match named {
            Self::Fixture => false,
            Self::Template => has("Cargo.toml") && SHELVES.contains(&path::file_name(path::parent(folder))),
            _ => has("Cargo.toml") || below_sources(tree, folder),
        }
    }

    /// A folder above which a foreign repository was copied: its own CI came along, or its own licence where nothing
    /// of ours is built.
    fn is_imported(tree: &Tree, path: &str, own: &str) -> bool {
        let prose = matches!(path::extension(path), "md" | "markdown" | "rst");
        let mut folder = path::parent(path);
        while folder.len() > own.len() {
            let counts = |import| !tree.doubts(import, folder);
            if imported::has_workflows(tree, folder) && counts(Import::Workflows) {
                return true;
            }
            if prose && imported::has_licence(tree, folder) && counts(Import::Licence) {
                return true;
            }
            folder = path::parent(folder);
        }
        false
    }
}

/// Says whether a folder lies below the `src` folder of a package.
fn below_sources(tree: &Tree, folder: &str) -> bool {
    let mut folder = path::parent(folder);
    while !folder.is_empty() {
        let parent = path::parent(folder);
        if path::file_name(folder) == "src" && tree.has_file(&path::child(parent, "Cargo.toml")) {
            return true;
        }
        folder = parent;
    }
    false
}

/// Says whether a name begins with a day: `2023-01-02-title.md`, `2023_01_02`, `20230102-run`.
fn begins_with_date(name: &str) -> bool {
    let bytes = name.as_bytes();
    let digits = |from: usize, count: usize| {
        bytes.get(from..from + count).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    if !bytes.starts_with(b"19") && !bytes.starts_with(b"20") {
        return false;
    }
    let dashed = digits(0, 4)
        && digits(5, 2)
        && digits(8, 2)
        && matches!((bytes.get(4), bytes.get(7)), (Some(b'-'), Some(b'-')) | (Some(b'_'), Some(b'_')));
    let packed = digits(0, 8) && matches!(bytes.get(8), None | Some(b'-' | b'_')) && matches!(bytes[4], b'0' | b'1');
    dashed || packed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::tree::Entry;
    use crate::facts::tree::Mode;

    fn tree(paths: &[&str]) -> Tree {
        let entry = |path: &&str| Entry { path: Arc::from(*path), mode: Mode::File, id: None, tracked: true };
        Tree::new(paths.iter().map(entry).collect())
    }

    #[test]
    fn folders_and_names_decide() {
        let paths = [
            ("docs/guide.md", Zone::Own),
            ("vendor/x/README.md", Zone::Vendored),
            ("tests/fixtures/a/Cargo.toml", Zone::Fixture),
            ("tests/ui/a.rs", Zone::Fixture),
            ("sample_files/a.nix", Zone::Fixture),
            ("tests/script/rustc_fixtures/a.rs", Zone::Fixture),
            ("tests/book/src/a.md", Zone::Fixture),
            ("tests/tools/src/lib.rs", Zone::Own),
            ("tests/tools/Cargo.toml", Zone::Own),
            ("data/a.json", Zone::Own),
            ("website/blog/a.md", Zone::Archived),
            ("docs/2023-01-02-news.md", Zone::Archived),
            ("bench/runs/2016-09-17-ec2/raw.txt", Zone::Archived),
            ("docs/2023.md", Zone::Own),
            (".github/ISSUE_TEMPLATE/bug.md", Zone::Template),
        ];
        let tree = tree(&paths.map(|(path, _)| path));
        for (path, zone) in paths {
            assert_eq!(Zone::of(&tree, path), zone, "{path}");
        }
    }

    #[test]
    fn code_is_not_taken_for_what_its_folder_is_called() {
        let paths = [
            "Cargo.toml",
            "src/history/log.rs",
            "src/external.rs",
            "src/external/a.rs",
            "crates/history/Cargo.toml",
            "crates/history/src/lib.rs",
            "examples/templates/Cargo.toml",
            "examples/templates/src/main.rs",
            "tests/pack/data/mod.rs",
            "tests/pack/data/file.rs",
            "tests/testsuite/main.rs",
            "src/corpus/db.rs",
        ];
        let tree = tree(&paths);
        for path in paths {
            assert_eq!(Zone::of(&tree, path), Zone::Own, "{path}");
        }
    }

    #[test]
    fn a_template_of_a_package_and_input_of_tests_stay_what_they_are() {
        let paths = [
            "template/Cargo.toml",
            "template/src/main.rs",
            "tests/pack/data/broken.rs",
            "src/snapshots/a.txt",
            "tests/ui.rs",
            "tests/ui/a.rs",
        ];
        let tree = tree(&paths);
        let zones = paths.map(|path| Zone::of(&tree, path));
        assert_eq!(zones, [Zone::Template, Zone::Template, Zone::Fixture, Zone::Fixture, Zone::Own, Zone::Fixture]);
    }

    #[test]
    fn an_import_brings_its_ci_or_its_licence_along() {
        let paths = [
            "LICENSE",
            "README.md",
            "a/.github/workflows/ci.yml",
            "a/README.md",
            "themes/x/LICENSE",
            "themes/x/README.md",
            "npm/LICENSE",
            "npm/README.md",
            "npm/package.json",
        ];
        let tree = tree(&paths);
        let zones = ["README.md", "a/README.md", "themes/x/README.md", "npm/README.md"].map(|p| Zone::of(&tree, p));
        assert_eq!(zones, [Zone::Own, Zone::Vendored, Zone::Vendored, Zone::Own]);
    }
    #[test]
    fn what_is_our_own_is_imported_only_deeper() {
        let paths = ["c/.github/workflows/ci.yml", "c/x/src/a.rs", "c/x/y/.github/workflows/ci.yml", "c/x/y/a.md"];
        let tree = tree(&paths);
        let zones = ["c/x/src/a.rs", "c/x/y/a.md"].map(|path| Zone::below(&tree, path, "c/x"));
        assert_eq!(zones, [Zone::Own, Zone::Vendored]);
        assert_eq!(Zone::of(&tree, "c/x/src/a.rs"), Zone::Vendored);
    }
}
