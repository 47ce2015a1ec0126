//! Documented commands: their packages, targets, scripts and recipes, and man pages against declared options.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::manifest::TargetKind;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::shell::cargo_call;
use crate::facts::shell::cargo_call::CargoCall;
use crate::facts::shell::lexer::Word;
use crate::facts::shell::script::Command;
use crate::facts::source::Parsed;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::docs::command_site;
use crate::rules::docs::command_text;
use crate::rules::docs::command_text::Shown;
use crate::rules::docs::man_page;
use crate::rules::docs::placeholder::plain_name;
use crate::rules::docs::placeholder::plain_path;
use crate::rules::docs::program;
use crate::rules::docs::script_path;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "doc-command-unknown",
    group: "docs",
    level: Level::Warn,
    claim: "every documented command names packages, targets, scripts and options that are there",
    page: PAGE,
    check,
};

const PAGE: &str = r"
## What is compared

Compares the commands that documents show with the workspace, and man pages with the options that the sources declare.

Looked at are code blocks for a shell, indented blocks, inline code, and the doc comments of Rust files:
`--example`, `--bin`, `--test`, `--bench`, `-p`, `--manifest-path`, `cargo install --path`, `cargo fuzz run`,
`./folder/script`, and recipes of a justfile or Makefile.

A command may be meant for the folder of its document, its package, the workspace or the root: it is enough that it
works in one of them. `cd` is followed.

## Example of drift

```text
examples/serve.rs:1   `cargo run --example server`
                      no package has an example of this name; the nearest is `serve`
README.md:40          ./scripts/check
                      the script is scripts/check.sh
doc/tool.1            lists 30 options, and not `--reference`, which src/cli.rs declares
```

## How to mend it

Write the name that is there. For a man page: add the option.

## When the rule keeps silent

The rule keeps silent on places to fill in (`<name>`, `$NAME`, `my-crate`), packages that are dependencies, blocks that
clone or create another repository, calls of a program that this repository builds (they show projects of its users), hidden options, man pages of subcommands, and man pages that list few options.
";

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    // What stands around a package in its repository is not in the package of a registry.
    if facts.tree.is_package_archive() {
        return Outcome::default();
    }
    let mut outcome = Outcome::default();
    let broken = facts
        .of_kind(Kind::Manifest)
        .find(|file| matches!(file.content.parsed, Parsed::Nothing) && facts.zone(&file.path) == Zone::Own);
    command_text::each(facts, |shown| {
        if command_site::is_of_another_repository(facts, &shown.text) {
            return;
        }
        for command in &shown.commands {
            let Some(folders) = command_site::folders(facts, shown, command) else { continue };
            if let Some(call) = cargo_call::read(command) {
                if broken.is_none() && !program::documents_itself(facts, &call.subcommand) {
                    Call { facts, shown, folders: &folders, outcome: &mut outcome }.judge(&call, command);
                }
            } else {
                script_path::judge(facts, shown, command, &folders, &mut outcome);
            }
        }
    });
    if let Some(broken) = broken {
        outcome
            .unproven(format!("{} can not be read, so the names of packages and targets are not known", broken.path));
    }
    man_page::judge(facts, &mut outcome);
    outcome
}

struct Call<'a, 'b> {
    facts: &'a Facts,
    shown: &'b Shown<'b>,
    folders: &'b [String],
    outcome: &'b mut Outcome,
}

const CHECKED: &[&str] =
    &["build", "check", "clippy", "test", "bench", "run", "doc", "rustdoc", "rustc", "fix", "nextest"];

impl Call<'_, '_> {
    fn judge(&mut self, call: &CargoCall, command: &Command) {
        self.path_of_install(call, command);
        self.fuzz(call);
        if !CHECKED.contains(&call.subcommand.as_str()) || call.folder.is_some() {
            return;
        }
        if let Some(manifest) = call.manifest_path.as_ref() {
            self.manifest(manifest);
            return;
        }
        let mut scope: Vec<&Package> = Vec::new();
        for word in &call.packages {
            let Some(name) = plain_name(word) else { return };
            let before = scope.len();
            scope.extend(self.facts.cargo.named(name));
            if scope.len() == before {
                self.package(name, word.span, call);
                return;
            }
            self.outcome.look();
        }
        let open = call.packages.is_empty();
        let targets = [
            (TargetKind::Example, "example", &call.examples),
            (TargetKind::Bin, "binary", &call.bins),
            (TargetKind::Test, "test", &call.tests),
            (TargetKind::Bench, "benchmark", &call.benches),
        ];
        for (kind, what, words) in targets {
            for word in words {
                let Some(name) = plain_name(word) else { continue };
                self.outcome.look();
                let is_one = |package: &&Package| {
                    package.targets.iter().any(|target| target.kind == kind && target.name == name)
                };
                let found =
                    if open { self.facts.cargo.packages.iter().any(|p| is_one(&p)) } else { scope.iter().any(is_one) };
                if !found {
                    self.target(kind, what, name, word.span, &scope);
                }
            }
        }
    }

    fn package(&mut self, name: &str, span: Span, call: &CargoCall) {
        let cargo = &self.facts.cargo;
        let dependency = cargo
            .packages
            .iter()
            .any(|package| package.dependencies.iter().any(|edge| edge.package == name || edge.key.value == name));
        if dependency && call.subcommand != "run" {
            return;
        }
        let near = cargo
            .packages
            .iter()
            .filter(|package| package.zone == Zone::Own)
            .map(|package| (strsim::jaro_winkler(&package.name.value, name), package))
            .max_by(|(one, _), (other, _)| one.total_cmp(other));
        let Some((similarity, near)) = near else { return };
        self.outcome.look();
        // A member was renamed or removed; a package with nothing in common may be the reader's own.
        let family = name.split(['-', '_']).next().unwrap_or_default();
        let related = similarity > 0.84
            || cargo
                .packages
                .iter()
                .filter(|package| package.name.value.split(['-', '_']).next() == Some(family))
                .count()
                > 2;
        if !related || self.speaks_of_readers_project() {
            return;
        }
        let at = self.facts.place(&self.shown.file.path, self.shown.span(span), "no package of this name");
        let place = self.facts.place(&near.name.path, near.name.span, "the nearest name");
        let message = format!("the command names the package `{name}`, and no manifest here has this name");
        self.outcome.find(Finding::new(message, at).against(place).why("cargo refuses the command"));
    }

    fn target(&mut self, kind: TargetKind, what: &str, name: &str, span: Span, scope: &[&Package]) {
        let file = &self.shown.file.path;
        let owner = self.facts.cargo.owner(file);
        let packages: Vec<&Package> = match scope {
            [] => self.facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own).collect(),
            scope => scope.to_vec(),
        };
        let near = packages
            .iter()
            .flat_map(|package| package.targets.iter().filter(|target| target.kind == kind))
            .map(|target| {
                let beside =
                    owner.is_some_and(|owner| !owner.folder.is_empty() && path::is_within(&target.path, &owner.folder));
                let itself = target.path == file.as_ref();
                let named = path::file_name(&target.path).strip_suffix(".rs") == Some(name);
                (
                    strsim::jaro_winkler(&target.name, name)
                        + if named {
                            0.5
                        } else if itself {
                            0.3
                        } else if beside {
                            0.1
                        } else {
                            0.0
                        },
                    target,
                )
            })
            .max_by(|(one, a), (other, b)| one.total_cmp(other).then_with(|| b.path.cmp(&a.path)));
        // What the sources of a library show may be a command in the package of the reader.
        let of_a_library = path::extension(file) == "rs"
            && owner.is_some_and(|owner| path::is_within(file, &path::child(&owner.folder, "src")))
            && scope.is_empty();
        if of_a_library && near.as_ref().is_none_or(|(similarity, _)| *similarity < 0.9) {
            return;
        }
        if scope.is_empty() && self.is_of_a_reader(kind, near.as_ref().map_or(0.0, |(similarity, _)| *similarity)) {
            return;
        }
        let at = self.facts.place(file, self.shown.span(span), format!("no {what} of this name"));
        let message = format!("the command names the {what} `{name}`, and no package here has one of this name");
        let message = match scope {
            [] => message,
            [package, ..] => format!("the command names the {what} `{name}`, which {} has not", package.name.value),
        };
        let finding = Finding::new(message, at).why("cargo refuses the command");
        match near {
            Some((_, target)) => {
                let label = format!("the nearest {what} is `{}`", target.name);
                self.outcome.find(finding.against(Place::whole(&target.path, label)));
            }
            // A tree without any target of the kind: the command may be the reader's.
            None if scope.is_empty() => {}
            None => {
                let package = scope[0];
                let place = self.facts.place(&package.name.path, package.name.span, format!("has no {what} at all"));
                self.outcome.find(finding.against(place));
            }
        }
    }

    /// Says whether a command may be meant for the package of a reader: its page is one of a book, or of a library package
    /// below the root that has no target of the kind.
    fn is_of_a_reader(&self, kind: TargetKind, similarity: f64) -> bool {
        let file = &self.shown.file.path;
        let mut folder = path::parent(file);
        while !folder.is_empty() {
            if self.facts.tree.has_file(&path::child(folder, "book.toml")) {
                return similarity < 0.85;
            }
            folder = path::parent(folder);
        }
        let owner = self.facts.cargo.owner(file).filter(|owner| !owner.folder.is_empty() && owner.library().is_some());
        let nothing = owner.is_some_and(|owner| !owner.targets.iter().any(|target| target.kind == kind));
        nothing && similarity < 0.85 && path::extension(file) != "rs"
    }

    /// Says whether a page tells its readers what to do in a project of theirs, where packages may have any name.
    fn speaks_of_readers_project(&self) -> bool {
        let text = self.shown.file.text();
        ["your project", "your workspace", "your own crate", "your own project"]
            .iter()
            .any(|words| text.contains(words))
    }

    fn manifest(&mut self, word: &Word) {
        let Some(written) = word.known().filter(|written| plain_path(written)) else { return };
        self.path(written, word.span, "the manifest", written);
    }

    fn path_of_install(&mut self, call: &CargoCall, command: &Command) {
        if !matches!(call.subcommand.as_str(), "install") {
            return;
        }
        let Some(index) = command.words.iter().position(|word| word.text == "--path") else { return };
        let Some(word) = command.words.get(index + 1) else { return };
        if let Some(written) = word.known().filter(|written| plain_path(written)) {
            self.path(written, word.span, "the package in", &format!("{}/Cargo.toml", written.trim_end_matches('/')));
        }
    }

    /// A path that must be there in one of the folders of the command.
    fn path(&mut self, written: &str, span: Span, what: &str, file: &str) {
        let file = command_site::inside(self.facts, self.shown, file);
        let paths: Vec<String> = self.folders.iter().filter_map(|folder| path::join(folder, file)).collect();
        let Some(last) = paths.last() else { return };
        self.outcome.look();
        if paths.iter().any(|path| self.facts.tree.exists(path) || self.facts.tree.hides(path)) {
            return;
        }
        let at = self.facts.place(&self.shown.file.path, self.shown.span(span), "is not there");
        let message = format!("the command names {what} `{written}`, which is not in the tree");
        self.outcome.find(Finding::new(message, at).against(Place::whole(last, "is not there")));
    }

    fn fuzz(&mut self, call: &CargoCall) {
        let ["run", ..] = call.operands.iter().map(|word| word.text.as_str()).collect::<Vec<_>>()[..] else { return };
        let Some(word) = call.operands.get(1).filter(|_| call.subcommand == "fuzz") else { return };
        let Some(name) = plain_name(word) else { return };
        let packages: Vec<&Package> = self
            .folders
            .iter()
            .flat_map(|folder| [path::child(folder, "fuzz"), folder.clone()])
            .filter_map(|folder| self.facts.cargo.package_in(&folder))
            .filter(|package| path::file_name(&package.folder) == "fuzz")
            .collect();
        if packages.is_empty() {
            return;
        }
        self.outcome.look();
        let is_one = |package: &&Package| {
            package.targets.iter().any(|target| target.kind == TargetKind::Bin && target.name == name)
        };
        if !packages.iter().any(is_one) {
            self.target(TargetKind::Bin, "fuzz target", name, word.span, &packages);
        }
    }
}
