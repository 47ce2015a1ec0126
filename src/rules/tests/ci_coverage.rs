//! Which packages the test commands of CI cover, as far as the workflows alone tell.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::cargo_commands;
use crate::facts::shell::lexer::Shell;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script;
use crate::facts::shell::script::Command;
use crate::facts::source::SourceFile;
use crate::facts::workflow::cargo_calls;
use crate::facts::workflow::expand::Rows;
use crate::facts::workflow::job::Job;
use crate::facts::workflow::job::Step;
use crate::facts::workflow::scripts::Script;
use crate::facts::workspace::Cargo;

/// What CI tests.
#[derive(Default)]
pub(super) struct Coverage {
    /// The packages, as indices into [`Cargo::packages`].
    pub(super) packages: BTreeSet<usize>,
    /// The packages that a test command leaves out by name.
    pub(super) left_out: BTreeSet<String>,
    /// The first test command.
    pub(super) first: Option<Place>,
    /// Whether something may run tests that the workflows do not show: a task runner, a script, another repository.
    pub(super) hidden: bool,
}

/// Reads the workflows.
pub(super) fn of(facts: &Facts) -> Coverage {
    let mut coverage = Coverage::default();
    for (file, workflow) in facts.workflows() {
        let elsewhere = workflow.jobs.iter().any(|job| job.uses.as_ref().is_some_and(|uses| uses.local().is_none()));
        let local = workflow
            .jobs
            .iter()
            .flat_map(|job| &job.steps)
            .any(|step| step.uses.as_ref().is_some_and(|uses| uses.local().is_some()));
        coverage.hidden |= elsewhere || local;
        for (script, calls) in cargo_calls::of(file, workflow) {
            coverage.hidden |= script.commands().iter().any(|command| hides(facts, &script, command));
            coverage.hidden |= calls.iter().any(|call| is_own_subcommand(&call.cargo.subcommand));
            for call in calls.iter().filter(|call| call.cargo.runs_tests()) {
                if coverage.first.is_none() {
                    let span = script.span(call.command.span);
                    coverage.first = Some(facts.place(&file.path, span, "tests other packages"));
                }
                let texts = |text: &str| script.texts(text);
                coverage.take(&facts.cargo, &texts, &call.cargo, call.folders.as_ref());
            }
        }
        for job in &workflow.jobs {
            for step in &job.steps {
                coverage.action(facts, file, job, step);
            }
        }
    }
    coverage
}

/// Gives the texts that a word with `${{ }}` becomes; none where only a run knows them.
type Texts<'a> = dyn Fn(&str) -> Option<BTreeSet<String>> + 'a;

impl Coverage {
    /// An action that is given a command of cargo, as `actions-rs/cargo` is.
    fn action(&mut self, facts: &Facts, file: &SourceFile, job: &Job, step: &Step) {
        let (Some(uses), Some(command)) = (&step.uses, step.input("command")) else { return };
        let tested = command.value.split_whitespace().any(|word| matches!(word, "test" | "nextest" | "llvm-cov"));
        if !tested || !uses.target.contains("cargo") {
            return;
        }
        let given = step.input("args").map_or("", |args| args.value.as_str());
        let commands = script::commands(&format!("cargo {} {given}", command.value), Shell::Posix);
        let call = commands.first().and_then(cargo_call::read);
        let known = call.filter(|call| {
            !call.open && call.runs_tests() && call.manifest_path.as_ref().is_none_or(|word| !word.unknown)
        });
        let Some(call) = known else {
            self.hidden = true;
            return;
        };
        if self.first.is_none() {
            self.first = Some(facts.place(&file.path, command.span, "tests other packages"));
        }
        let works_in = step.input("working-directory").map_or("", |folder| folder.value.as_str());
        let manifest = call.manifest_path.as_ref().map_or("Cargo.toml", |word| word.text.as_str());
        let folder = path::join(works_in, manifest).map(|manifest| path::parent(&manifest).to_owned());
        let rows = Rows::of(Some(job));
        let folders = folder.map(|folder| BTreeSet::from([folder]));
        self.take(&facts.cargo, &|text| rows.texts(text, &|_| None), &call, folders.as_ref());
    }

    fn take(&mut self, cargo: &Cargo, texts: &Texts<'_>, call: &CargoCall, folders: Option<&BTreeSet<String>>) {
        let (Some(folders), false) = (folders, call.open) else {
            self.hidden = true;
            return;
        };
        for folder in folders {
            let Some(workspace) = workspace_around(cargo, folder) else {
                self.hidden = true;
                continue;
            };
            let members = &cargo.workspaces[workspace].members;
            if !call.packages.is_empty() {
                let names = self.names(texts, &call.packages);
                let chosen = |index: &usize| names.contains(cargo.packages[*index].name.value.as_str());
                self.packages.extend(members.iter().copied().filter(chosen));
            } else if call.workspace {
                let excluded = self.names(texts, &call.excluded);
                let stays = |index: &usize| !excluded.contains(cargo.packages[*index].name.value.as_str());
                self.packages.extend(members.iter().copied().filter(stays));
                self.left_out.extend(excluded);
            } else if *folder == cargo.workspaces[workspace].folder {
                self.packages.extend(&cargo.workspaces[workspace].default_members);
            } else if let Some(owner) = cargo.owner(&path::child(folder, "Cargo.toml")) {
                let position = members.iter().copied().find(|&index| cargo.packages[index].manifest == owner.manifest);
                self.packages.extend(position);
            }
        }
    }

    /// The names that words stand for in any row of the job; a word that only a run knows hides what is tested.
    fn names(&mut self, texts: &Texts<'_>, words: &[Word]) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for word in words {
            match texts(&word.text) {
                Some(found) if found.iter().all(|text| !text.contains(['*', '?', '[', '$'])) => {
                    names.extend(found.iter().filter_map(|text| text.split('@').next()).map(str::to_owned));
                }
                _ => self.hidden = true,
            }
        }
        names
    }
}

/// The workspace that cargo finds from a folder.
fn workspace_around(cargo: &Cargo, folder: &str) -> Option<usize> {
    let by_root = cargo.workspaces.iter().position(|workspace| workspace.folder == folder);
    by_root.or_else(|| cargo.owner(&path::child(folder, "Cargo.toml")).map(|package| package.workspace))
}

fn is_open(word: &Word) -> bool {
    word.unknown || word.text.contains(['*', '?', '[', '$'])
}

/// Says whether a cargo subcommand is the repository's own: an alias or a program that may do anything.
fn is_own_subcommand(subcommand: &str) -> bool {
    const TOOLS: &[&str] = &[
        "",
        "audit",
        "component",
        "deny",
        "fuzz",
        "binstall",
        "kani",
        "machete",
        "msrv",
        "outdated",
        "semver-checks",
        "shear",
        "sort",
        "udeps",
        "vet",
        "nextest",
        "llvm-cov",
        "tarpaulin",
        "hack",
        "deb",
        "wix",
        "dist",
        "release",
        "codspeed",
        "spellcheck",
        "public-api",
        "rdme",
        "readme",
        "deadlinks",
        "docs-rs",
        "list",
        "archive",
        "setup",
    ];
    let of_rust = cargo_commands::OWN.contains(&subcommand) || cargo_commands::DISTRIBUTED.contains(&subcommand);
    !of_rust && !TOOLS.contains(&subcommand)
}

/// Says whether a command may run tests that it does not show: a task runner, or a script of the tree.
fn hides(facts: &Facts, script: &Script<'_>, command: &Command) -> bool {
    const RUNNERS: &[&str] = &[
        "just",
        "make",
        "gmake",
        "task",
        "tox",
        "nox",
        "nix",
        "nix-shell",
        "nix-build",
        "bazel",
        "bazelisk",
        "buck2",
        "earthly",
        "docker",
        "podman",
        "mask",
        "invoke",
        "npm",
        "yarn",
        "pnpm",
        "wasm-pack",
        "maturin",
        "vagrant",
        "dagger",
        "meson",
        "ninja",
        "cmake",
        "source",
        ".",
        "eval",
        "moon",
        "pixi",
        "devenv",
    ];
    let program = command.program();
    if program.is_empty() || RUNNERS.contains(&program) {
        return true;
    }
    let in_tree = |text: &str| {
        let text = text.trim_start_matches("./");
        let folders = script.folders_of(command).unwrap_or_default();
        !text.is_empty()
            && text.contains(['/', '.'])
            && folders.iter().any(|folder| path::join(folder, text).is_some_and(|path| facts.tree.has_file(&path)))
    };
    let runs =
        matches!(program, "bash" | "sh" | "zsh" | "python" | "python3" | "pwsh" | "nu" | "node" | "ruby" | "perl");
    in_tree(command.word(0)) || (runs && command.words.iter().skip(1).any(|word| is_open(word) || in_tree(&word.text)))
}

/// The workflows that could not be read.
pub(super) fn unread(facts: &Facts) -> impl Iterator<Item = &str> {
    facts
        .of_kind(Kind::Workflow)
        .filter(|file| matches!(file.content.parsed, crate::facts::source::Parsed::Nothing))
        .map(|file| file.path.as_ref())
}
