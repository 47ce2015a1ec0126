//! Paths that a manifest names and that are not in the tree.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::Manifest;
use crate::facts::manifest::PackageTable;
use crate::facts::manifest::PathOrFlag;
use crate::facts::manifest::WorkspaceTable;
use crate::facts::path;
use crate::facts::path_pattern::PathPattern;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::source::SourceFile;
use crate::facts::tree::Mode;
use crate::facts::tree::Tree;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::outcome::Unproven;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "manifest-path-missing",
    group: "manifests",
    level: Level::Deny,
    claim: "every path that a manifest names is in the repository",
    page: "\
Manifests name files and folders: READMEs, licences, build scripts, targets, members, path dependencies. One that is
not there breaks the build or the package, at the latest in somebody else's checkout.

## What is compared

`readme`, `license-file`, `build`, the `path` of targets (and the place where cargo looks for a target without one),
`path` of dependencies, `members` and `default-members` without wildcards, and `package.workspace`, with the files of the
tree. Also the other way round: a package below a workspace that does not list it and does not exclude it.

## Example of drift

`readme = \"README.md\"` in a crate whose README moved to the root, or `members = [\"crates/old\"]` after the crate was
removed. The first makes `cargo publish` fail, the second every command.

## How to mend it

Correct the path, or delete the key. For a package that no workspace lists: add it to `members` or to `exclude`.

## When the rule keeps silent

Paths that leave the repository are not judged. A member or a path dependency in a submodule or behind a symbolic link
can't be seen, and what depends on it is not known: the claim is unproven. Other paths there are passed over.
Fixtures, templates, archives and vendored folders are not looked at: tests break manifests on purpose. Nor is a manifest
that no workspace lists, that has no source at all in its folder and the name of another package: readers are to put it
in the place of the other.",
    check,
};

struct Check<'a> {
    context: &'a Context<'a>,
    outcome: Outcome,
}

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    if facts.tree.is_package_archive() {
        return Outcome::default();
    }
    let mut check = Check { context, outcome: Outcome::default() };
    for (file, manifest) in facts.manifests() {
        let to_be_copied = facts.cargo.package_at(&file.path).is_some_and(|package| is_to_be_copied(facts, package));
        if facts.zone(&file.path) == Zone::Own && !to_be_copied {
            check.manifest(file, manifest);
        }
    }
    let own = facts.cargo.packages.iter().filter(|package| package.zone == Zone::Own);
    for package in own.filter(|package| !is_to_be_copied(facts, package)) {
        check.targets(package);
        check.stray(package);
    }
    check.outcome
}

/// Says whether a manifest is there to be put in the place of another one of its name: no workspace lists it, and no
/// source lies in its folder.
fn is_to_be_copied(facts: &Facts, package: &Package) -> bool {
    package.stray.is_some()
        && !facts.tree.within(&package.folder).any(|entry| path::extension(&entry.path) == "rs")
        && facts.cargo.named(&package.name.value).nth(1).is_some()
}

impl<'a> Check<'a> {
    fn tree(&self) -> &'a Tree {
        &self.context.facts.tree
    }

    fn manifest(&mut self, file: &SourceFile, manifest: &Manifest) {
        let path = &file.path;
        if let Some(package) = &manifest.package {
            self.package(path, package);
        }
        if let Some(workspace) = &manifest.workspace {
            self.workspace(path, workspace);
        }
        let shared = manifest.workspace.iter().flat_map(|workspace| &workspace.dependencies);
        for dependency in manifest.dependencies.iter().chain(shared) {
            if let Some(target) = &dependency.path {
                let what = format!("the path of `{}`", dependency.key.value);
                self.expect(path, target, Some("Cargo.toml"), &what, Certainty::Certain);
            }
        }
    }

    fn package(&mut self, manifest: &str, package: &PackageTable) {
        if let Some(Inherit::Own(readme)) = &package.keys.readme {
            let named = match &readme.value {
                PathOrFlag::Path(path) => Some(path.clone()),
                PathOrFlag::Flag(true) => Some("README.md".to_owned()),
                PathOrFlag::Flag(false) => None,
            };
            if let Some(named) = named {
                self.expect(manifest, &Spanned::new(named, readme.span), None, "`readme`", Certainty::Certain);
            }
        }
        if let Some(Inherit::Own(file)) = &package.keys.license_file {
            self.expect(manifest, file, None, "`license-file`", Certainty::Probable);
        }
        if let Some(Spanned { value: PathOrFlag::Path(build), span }) = &package.build {
            self.expect(manifest, &Spanned::new(build.clone(), *span), None, "`build`", Certainty::Certain);
        }
        if let Some(root) = package.workspace.as_ref().filter(|root| !root.value.ends_with("Cargo.toml")) {
            self.expect(manifest, root, Some("Cargo.toml"), "`package.workspace`", Certainty::Certain);
        }
    }

    fn workspace(&mut self, manifest: &str, workspace: &WorkspaceTable) {
        for (list, what) in [(&workspace.members, "a member"), (&workspace.default_members, "a default member")] {
            for member in list {
                if member.value.contains(['*', '?', '[']) {
                    self.linked(manifest, member);
                } else {
                    self.expect(manifest, member, Some("Cargo.toml"), what, Certainty::Certain);
                }
            }
        }
        if let Some(Inherit::Own(file)) = &workspace.package.license_file {
            self.expect(manifest, file, None, "`license-file`", Certainty::Probable);
        }
        if let Some(Inherit::Own(Spanned { value: PathOrFlag::Path(readme), span })) = &workspace.package.readme {
            self.expect(manifest, &Spanned::new(readme.clone(), *span), None, "`readme`", Certainty::Certain);
        }
    }

    /// Symbolic links that a pattern of members matches: whether a package is there is not seen.
    fn linked(&mut self, manifest: &str, member: &Spanned<String>) {
        let pattern = path::join(path::parent(manifest), &member.value).and_then(|text| PathPattern::filter(&text));
        let Some(pattern) = pattern else { return };
        let links = self.tree().entries().iter().filter(|entry| entry.mode == Mode::Symlink);
        // A name with an ending is one of a file, and so are those that we know.
        let folders =
            links.filter(|entry| Kind::of(&entry.path) == Kind::Opaque && path::extension(&entry.path).is_empty());
        for link in folders.filter(|entry| pattern.matches(&entry.path)) {
            let why = format!("`{}` fits {}, a symbolic link that is not followed", member.value, link.path);
            let at = Some(self.context.facts.place(manifest, member.span, "may name what is behind it"));
            self.outcome.unproven.push(Unproven { why, at });
        }
    }

    fn targets(&mut self, package: &Package) {
        for target in &package.targets {
            let Some(declared) = target.declared else { continue };
            let table = self.context.facts.manifest(&package.manifest);
            let table = table.and_then(|manifest| manifest.targets.iter().find(|table| table.span == declared));
            // Without a path in the table the file is looked for where its name says.
            let written = table.and_then(|table| table.path.clone());
            let named = written.unwrap_or_else(|| {
                let below = target.path.strip_prefix(package.folder.as_str()).unwrap_or(&target.path);
                let name = table.and_then(|table| table.name.as_ref());
                Spanned::new(below.trim_start_matches('/').to_owned(), name.map_or(declared, |name| name.span))
            });
            let what = format!("the source of target `{}`", target.name);
            self.expect_at(&package.manifest, &target.path, &named, &what, Certainty::Certain);
        }
    }

    /// A package that cargo finds below a workspace, and that the workspace neither lists nor excludes.
    fn stray(&mut self, package: &Package) {
        let Some(root) = &package.stray else { return };
        let facts = self.context.facts;
        // What is copied into a container image is built there, without the workspace around it.
        let beside = path::parent(&package.folder);
        if ["Dockerfile", "Containerfile"].iter().any(|name| facts.tree.has_file(&path::child(beside, name)))
            && !beside.is_empty()
        {
            return;
        }
        self.outcome.look();
        let table = facts.manifest(root).and_then(|manifest| manifest.workspace.as_ref());
        let message = format!("{} lies below the workspace {root}, which does not list it", package.name.value);
        let place = facts.place_of(&package.name, "is no member and is not excluded");
        let span = table.map_or(Span::default(), |table| table.span);
        self.outcome.find(
            Finding::new(message, place)
                .against(facts.place(root, span, "lists other members"))
                .why("cargo refuses to build it")
                .certainty(Certainty::Probable),
        );
    }

    /// Looks for what a manifest names, relative to its folder; `inside` is a file that must be in a named folder.
    fn expect(&mut self, manifest: &str, named: &Spanned<String>, inside: Option<&str>, what: &str, sure: Certainty) {
        let Some(target) = path::join(path::parent(manifest), &named.value) else { return };
        let target = inside.map_or(target.clone(), |file| path::child(&target, file));
        // A README that is not seen is one fact less; a manifest that is not seen is a package less.
        if inside.is_some() && self.tree().hides(&target) {
            let why = format!("{what} is `{}`, in a submodule or behind a symbolic link: it is not read", named.value);
            let at = Some(self.context.facts.place(manifest, named.span, "names this"));
            self.outcome.unproven.push(Unproven { why, at });
        }
        self.expect_at(manifest, &target, named, what, sure);
    }

    /// Looks for a file at a path from the root of the tree, which a manifest names in its own way.
    fn expect_at(&mut self, manifest: &str, target: &str, named: &Spanned<String>, what: &str, sure: Certainty) {
        if self.tree().hides(target) {
            return;
        }
        self.outcome.look();
        if self.tree().has_file(target) {
            return;
        }
        let message = format!("{what} is `{}`, which is not there", named.value);
        let place = self.context.facts.place(manifest, named.span, "names this");
        let missing = Place::whole(target, "is not there");
        self.outcome.find(Finding::new(message, place).against(missing).certainty(sure));
    }
}
