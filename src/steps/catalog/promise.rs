//! Whether a repository promises a tool's verdict anywhere: in CI, in a task runner, in a configuration of the tool.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;

/// Files in which people keep the commands of a repository.
const RECIPES: &[&str] = &[
    "Makefile",
    "makefile",
    "GNUmakefile",
    "Makefile.toml",
    "justfile",
    "Justfile",
    ".justfile",
    "Taskfile.yml",
    "lefthook.yml",
    ".pre-commit-config.yaml",
    ".travis.yml",
    ".gitlab-ci.yml",
    ".cirrus.yml",
    "bors.toml",
    "xtask.rs",
];

/// Says whether the tree has a CI at all; one that is not read (not GitHub's) counts.
pub(super) fn has_ci(facts: &Facts) -> bool {
    facts.of_kind(Kind::Workflow).next().is_some()
        || [".travis.yml", ".gitlab-ci.yml", ".cirrus.yml", "appveyor.yml", ".circleci/config.yml", "Jenkinsfile"]
            .iter()
            .any(|path| facts.tree.has_file(path))
}

/// Says whether a workflow, an action, a task runner, an alias, a script or a code task names one of the words.
pub(super) fn is_named(facts: &Facts, words: &[&str]) -> bool {
    facts.files.values().any(|file| {
        let speaks = match file.kind {
            Kind::Workflow | Kind::Action | Kind::CargoConfig => true,
            Kind::Rust => file.path.split('/').any(|part| matches!(part, "xtask" | "ci" | "tasks")),
            Kind::Text => {
                RECIPES.contains(&path::file_name(&file.path))
                    || matches!(path::extension(&file.path), "sh" | "just" | "mk" | "ps1" | "nu" | "bash")
                    || file.path.starts_with(".github/")
                    || file.path.starts_with(".circleci/")
                    || file.path.starts_with("ci/")
            }
            _ => false,
        };
        speaks && words.iter().any(|word| memchr::memmem::find(file.text().as_bytes(), word.as_bytes()).is_some())
    })
}

/// Says whether a file of one of the names is anywhere in the tree.
pub(super) fn has_file_named(facts: &Facts, names: &[&str]) -> Option<String> {
    let entries = facts.tree.entries();
    entries.iter().find(|entry| names.contains(&path::file_name(&entry.path))).map(|entry| entry.path.to_string())
}
