//! What the built-in steps are inferred from: the main workspace of a tree, its lock file, and what its CI runs.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::workspace::Package;
use crate::facts::workspace::Workspace;
use crate::facts::zone::Zone;
use crate::steps::catalog::ci_command;
use crate::steps::catalog::ci_command::CiCommand;

/// The ground of inference in one tree.
pub struct Ground<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// The workspace at the root, or the first one by path.
    pub workspace: &'a Workspace,
    /// Whether its `Cargo.lock` is checked in.
    pub locked: bool,
    /// The cargo commands of the workflows that could be run here word for word.
    pub ci: Vec<CiCommand>,
}

impl<'a> Ground<'a> {
    /// The ground of a tree; none where it holds no package of its own.
    pub fn of(facts: &'a Facts) -> Option<Self> {
        let workspace = facts.cargo.main_workspace()?;
        let own = |index: &usize| facts.cargo.packages.get(*index).is_some_and(|package| package.zone == Zone::Own);
        if !workspace.members.iter().any(own) {
            return None;
        }
        let ci = ci_command::of(facts, &workspace.folder);
        Some(Self { facts, workspace, locked: is_checked_in(facts, workspace), ci })
    }

    /// The members of the workspace in order of their manifests.
    pub fn members(&self) -> impl Iterator<Item = &'a Package> {
        self.workspace.members.iter().filter_map(|&index| self.facts.cargo.packages.get(index))
    }

    /// `--workspace`, unless the workspace itself names fewer default members.
    pub fn whole(&self) -> Option<&'static str> {
        let all = self.workspace.default_members.len() >= self.workspace.members.len()
            || self.facts.manifest(&self.workspace.manifest).is_some_and(|manifest| {
                manifest.workspace.as_ref().is_some_and(|workspace| workspace.default_members.is_empty())
            });
        (all && self.workspace.declared).then_some("--workspace")
    }

    /// A command of cargo: the words, then the manifest where it is not at the root, then `--locked` where that holds.
    pub fn cargo(&self, words: &[&str]) -> Vec<String> {
        let mut argv = vec!["cargo".to_owned()];
        argv.extend(words.iter().map(|word| (*word).to_owned()));
        if !self.workspace.folder.is_empty() {
            argv.push("--manifest-path".to_owned());
            argv.push(self.workspace.manifest.to_string());
        }
        argv
    }

    /// Adds `--locked` in front of `--` where the lock file is checked in: a step must not write it anew.
    pub fn lock(&self, argv: &mut Vec<String>) {
        let end = argv.iter().position(|word| word == "--").unwrap_or(argv.len());
        let said = argv[..end].iter().any(|word| matches!(word.as_str(), "--locked" | "--frozen"));
        if self.locked && !said {
            argv.insert(end, "--locked".to_owned());
        }
    }

    /// The best command of CI that is fit, and how good it is; the first one of equals.
    pub fn best(&self, score: impl Fn(&CiCommand) -> Option<i32>) -> Option<&CiCommand> {
        let mut best: Option<(i32, &CiCommand)> = None;
        for command in &self.ci {
            if let Some(score) = score(command)
                && best.is_none_or(|(least, _)| score > least)
            {
                best = Some((score, command));
            }
        }
        best.map(|(_, command)| command)
    }
}

fn is_checked_in(facts: &Facts, workspace: &Workspace) -> bool {
    let Some(entry) = facts.tree.get(&path::child(&workspace.folder, "Cargo.lock")) else { return false };
    // In a plain folder nothing is tracked: what is there was put there.
    entry.tracked || !facts.tree.entries().iter().any(|entry| entry.tracked)
}
