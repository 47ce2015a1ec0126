//! What a folder holds that makes its text somebody else's: CI of its own, a licence of its own.

use std::collections::BTreeSet;

use crate::facts::path;
use crate::facts::tree::Import;
use crate::facts::tree::Tree;

/// Manifests of other languages: a folder that holds one is a package of ours, not an import.
const OTHER_MANIFESTS: &[&str] = &["package.json", "pyproject.toml", "setup.py", "go.mod", "CMakeLists.txt"];

/// What a tree claims of its folders to be somebody else's, and an earlier tree with the same folders does not.
///
/// One file would otherwise silence the rules for all that a folder held before. A folder that is new may be what it says.
pub(super) fn claimed_since(tree: &Tree, earlier: &Tree) -> BTreeSet<(Import, Box<str>)> {
    let mut claimed = BTreeSet::new();
    for folder in tree.folders().filter(|folder| earlier.has_folder(folder)) {
        let has = |tree: &Tree, import: Import| match import {
            Import::Workflows => has_workflows(tree, folder),
            Import::Licence => has_licence(tree, folder),
            Import::Library => is_bundled(tree, folder, path::file_name(folder)),
        };
        let all = [Import::Workflows, Import::Licence, Import::Library];
        let new = all.into_iter().filter(|&import| has(tree, import) && !has(earlier, import));
        claimed.extend(new.map(|import| (import, Box::from(folder))));
    }
    claimed
}

/// Says whether a folder has workflows of its own: the forge reads none there.
pub(super) fn has_workflows(tree: &Tree, folder: &str) -> bool {
    tree.has_folder(&path::child(folder, ".github/workflows"))
}

/// Says whether a folder has a licence and a README, and nothing that is built.
pub(super) fn has_licence(tree: &Tree, folder: &str) -> bool {
    let has = |name: &str| tree.has_file(&path::child(folder, name));
    ["LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"].iter().any(|name| has(name))
        && has("README.md")
        && !has("Cargo.toml")
        && !OTHER_MANIFESTS.iter().any(|name| has(name))
}

/// Says whether a folder of a `-sys` package is the library that the package binds: it has a licence file of its own.
pub(super) fn is_bundled(tree: &Tree, folder: &str, part: &str) -> bool {
    let binds = path::file_name(path::parent(folder)).ends_with("-sys");
    let has = |name: &str| tree.has_file(&path::child(folder, name));
    binds
        && part != "src"
        && ["LICENSE", "COPYING", "COPYRIGHT", "LICENSE.md", "LICENSE.txt"].iter().any(|name| has(name))
        && !has("Cargo.toml")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::tree::Entry;
    use crate::facts::tree::Mode;
    use crate::facts::zone::Zone;

    fn tree(paths: &[&str]) -> Tree {
        let entry = |path: &&str| Entry { path: Arc::from(*path), mode: Mode::File, id: None, tracked: true };
        Tree::new(paths.iter().map(entry).collect())
    }

    #[test]
    fn what_a_folder_is_said_to_be_since_an_earlier_tree_counts_only_where_the_folder_is_new() {
        let then = tree(&["docs/a.md", "b/.github/workflows/ci.yml", "b/README.md"]);
        let mut now = tree(&[
            "docs/a.md",
            "docs/.github/workflows/ci.yml",
            "b/.github/workflows/ci.yml",
            "b/README.md",
            "new/.github/workflows/ci.yml",
            "new/a.md",
        ]);
        let zones = |now: &Tree| ["docs/a.md", "b/README.md", "new/a.md"].map(|path| Zone::of(now, path));
        assert_eq!(zones(&now), [Zone::Vendored, Zone::Vendored, Zone::Vendored]);
        now.doubt(claimed_since(&now, &then));
        assert_eq!(zones(&now), [Zone::Own, Zone::Vendored, Zone::Vendored]);
    }
}
