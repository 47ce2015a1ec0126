//! Which part of the repository a path lies in: the maintainers' own, or text that says nothing about today.

use crate::facts::path;
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

const FIXTURE_FOLDERS: &[&str] = &[
    "fixtures",
    "fixture",
    "testdata",
    "test_data",
    "test-data",
    "testfiles",
    "snapshots",
    "goldens",
    "golden",
    "test_fixtures",
    "test-fixtures",
    "__fixtures__",
    "corpus",
    "testcases",
    "test-cases",
    "baseline",
    "mock",
    "mocks",
    "testsuite",
];
const VENDORED_FOLDERS: &[&str] =
    &["vendor", "vendored", "third_party", "third-party", "thirdparty", "node_modules", "external", "deps"];
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
    "releases",
    "announcements",
];
const TEMPLATE_FOLDERS: &[&str] = &[
    "templates",
    "template",
    "_templates",
    "ISSUE_TEMPLATE",
    "PULL_REQUEST_TEMPLATE",
    "skeleton",
    "scaffold",
    "boilerplate",
];

impl Zone {
    /// The zone of a path in a tree.
    pub fn of(tree: &Tree, path: &str) -> Self {
        let folder = path::parent(path);
        let mut parts = folder.split('/').filter(|part| !part.is_empty());
        let mut zone = Self::Own;
        let mut below_tests = false;
        for part in &mut parts {
            if VENDORED_FOLDERS.contains(&part) {
                return Self::Vendored;
            }
            let found = if FIXTURE_FOLDERS.contains(&part) || (below_tests && Self::holds_cases(part)) {
                Self::Fixture
            } else if ARCHIVED_FOLDERS.contains(&part) {
                Self::Archived
            } else if TEMPLATE_FOLDERS.contains(&part) {
                Self::Template
            } else {
                Self::Own
            };
            below_tests |= matches!(part, "tests" | "test");
            if zone == Self::Own {
                zone = found;
            }
        }
        if zone == Self::Own && Self::is_imported(tree, folder) { Self::Vendored } else { zone }
    }

    fn holds_cases(part: &str) -> bool {
        matches!(
            part,
            "ui" | "cases"
                | "inputs"
                | "input"
                | "data"
                | "expected"
                | "samples"
                | "resources"
                | "compile-fail"
                | "compile_fail"
                | "trybuild"
        )
    }

    /// A folder without a manifest above which a foreign repository was copied: its own CI or code owners came along.
    fn is_imported(tree: &Tree, folder: &str) -> bool {
        let mut folder = folder;
        while !folder.is_empty() {
            if tree.has_folder(&path::child(folder, ".github/workflows")) {
                return true;
            }
            folder = path::parent(folder);
        }
        false
    }
}
