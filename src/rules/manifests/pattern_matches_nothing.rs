//! Patterns of `include` and `exclude` that match no file of the package, and excluded folders that are not there.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::ignored::Ignored;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::Manifest;
use crate::facts::manifest::PathOrFlag;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Spanned;
use crate::facts::zone::Zone;
use crate::rules::finding::Finding;
use crate::rules::level::Level;
use crate::rules::outcome::Outcome;
use crate::rules::rule::Context;
use crate::rules::rule::Rule;

/// The rule.
pub const RULE: Rule = Rule {
    name: "pattern-matches-nothing",
    group: "manifests",
    level: Level::Warn,
    claim: "every path that a manifest includes or excludes is in the repository",
    page: "\
`include` and `exclude` of a package say what its users download; `exclude` of a workspace says what stands apart. A
pattern whose folder was moved or removed does nothing: what it kept out may be published now, what it kept in is missing.

## What is compared

The patterns of `package.include`, `package.exclude` and `workspace.exclude` with the files of the tree. Of a pattern with
wildcards the part before the first wildcard is looked up.

## Example of drift

`exclude = [\"/benchmarks/*\"]` after the folder `benchmarks` was removed or renamed.

## How to mend it

Correct the path or delete the pattern; `cargo package --list` shows what is published.

## When the rule keeps silent

Negated patterns, and patterns that begin with a wildcard, are written for what may come. So are the names of build
output and editors (`target`, `.idea`), whatever a `.gitignore` of the repository names, and a pattern that several
manifests repeat if it matches in one of them. Submodules and fixtures are not looked at, nor is an unpacked
package of a registry, which lacks by nature what it excludes.",
    check,
};

/// What tools leave behind, and nobody checks in.
const LEFT_BEHIND: &[&str] = &[
    "target",
    "node_modules",
    ".idea",
    ".vscode",
    ".vs",
    ".zed",
    ".DS_Store",
    ".direnv",
    ".envrc",
    "Cargo.lock",
    ".cargo-ok",
];

fn check(context: &Context<'_>) -> Outcome {
    let facts = context.facts;
    let mut outcome = Outcome::default();
    if facts.tree.is_package_archive() {
        return outcome;
    }
    let manifests: Vec<_> = facts.manifests().filter(|(file, _)| facts.zone(&file.path) == Zone::Own).collect();
    let ignored = Ignored::of(facts);
    let mut names = Names { facts, by_folder: BTreeMap::new() };
    let mut matching: BTreeMap<&str, bool> = BTreeMap::new();
    for (file, manifest) in &manifests {
        for (_, pattern) in patterns(manifest) {
            let known = matching.entry(pattern.value.as_str()).or_insert(false);
            *known = *known || missing(&mut names, path::parent(&file.path), &pattern.value).is_none();
        }
    }
    for (file, manifest) in &manifests {
        let folder = path::parent(&file.path);
        let in_workspace = manifest.workspace.iter().flat_map(|workspace| &workspace.exclude);
        let excluded = in_workspace.filter(|one| !one.value.contains(['*', '?', '['])).map(|one| (Key::Members, one));
        for (key, pattern) in patterns(manifest).chain(excluded) {
            if pattern.value.starts_with('!') || pattern.value.is_empty() {
                continue;
            }
            outcome.look();
            let gone = match key {
                Key::Members => path::join(folder, &pattern.value).filter(|path| is_gone(facts, path)),
                _ => missing(&mut names, folder, &pattern.value),
            };
            let Some(gone) = gone else { continue };
            // Cargo puts a README or a licence from another folder beside the manifest, under its own name.
            if key == Key::Include && is_brought(manifest, &pattern.value) {
                continue;
            }
            let is_repeated = key != Key::Members && matching.get(pattern.value.as_str()) == Some(&true);
            let is_defensive = gone.split('/').any(|part| LEFT_BEHIND.contains(&part))
                || ignored.names(&gone)
                || ignored.ending(&gone);
            if is_repeated || is_defensive {
                continue;
            }
            let message = format!("`{}` of `{}` matches nothing in the repository", pattern.value, key.name());
            outcome.find(
                Finding::new(message, facts.place(&file.path, pattern.span, "matches nothing"))
                    .against(Place::whole(gone, "is not there")),
            );
        }
    }
    outcome
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Include,
    Exclude,
    Members,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Include => "package.include",
            Self::Exclude => "package.exclude",
            Self::Members => "workspace.exclude",
        }
    }
}

/// The patterns that a package gives itself.
fn patterns(manifest: &Manifest) -> impl Iterator<Item = (Key, &Spanned<String>)> {
    let keys = manifest.package.as_ref().map(|package| &package.keys);
    let include = keys.and_then(|keys| keys.include.as_ref());
    let exclude = keys.and_then(|keys| keys.exclude.as_ref());
    [(Key::Include, include), (Key::Exclude, exclude)].into_iter().flat_map(|(key, list)| {
        let list = match list {
            Some(Inherit::Own(list)) => list.value.as_slice(),
            _ => &[],
        };
        list.iter().map(move |one| (key, one))
    })
}

/// The path that a pattern needs and that is not there; none where the pattern matches or can't be judged.
fn missing<'a>(names: &mut Names<'a>, folder: &'a str, pattern: &str) -> Option<String> {
    let bare = pattern.trim_end_matches('/');
    if !bare.contains('/') {
        let is_plain = !bare.contains(['*', '?', '[', '\\']) && !bare.is_empty();
        let whole = path::child(folder, bare);
        return (is_plain && !names.has(folder, bare) && is_gone(names.facts, &whole)).then_some(whole);
    }
    let literal: Vec<&str> = bare.split('/').take_while(|part| !part.contains(['*', '?', '[', '\\'])).collect();
    let literal = literal.join("/");
    // Patterns count from the folder of the manifest, a slash at their beginning too.
    let literal = literal.trim_start_matches('/');
    if literal.is_empty() {
        return None;
    }
    path::join(folder, literal).filter(|path| is_gone(names.facts, path))
}

/// Says whether a pattern is the name of a README or licence file that lies in another folder.
fn is_brought(manifest: &Manifest, pattern: &str) -> bool {
    let keys = manifest.package.as_ref().map(|package| &package.keys);
    let readme = keys.and_then(|keys| match keys.readme.as_ref()? {
        Inherit::Own(readme) => match &readme.value {
            PathOrFlag::Path(path) => Some(path.as_str()),
            PathOrFlag::Flag(_) => None,
        },
        Inherit::Workspace(_) => None,
    });
    let licence = keys.and_then(|keys| match keys.license_file.as_ref()? {
        Inherit::Own(file) => Some(file.value.as_str()),
        Inherit::Workspace(_) => None,
    });
    let bare = pattern.trim_start_matches('/');
    let mut named = readme.into_iter().chain(licence);
    named.any(|written| written.contains('/') && path::file_name(written) == bare)
}

fn is_gone(facts: &Facts, path: &str) -> bool {
    !facts.tree.exists(path) && !facts.tree.hides(path)
}

/// The names of the files and folders of each package, collected where a pattern asks for one.
struct Names<'a> {
    facts: &'a Facts,
    by_folder: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Names<'a> {
    /// Says whether a file or folder of a name is anywhere in the package in a folder.
    fn has(&mut self, folder: &'a str, name: &str) -> bool {
        let facts = self.facts;
        let names = self.by_folder.entry(folder).or_insert_with(|| {
            let own = facts
                .tree
                .within(folder)
                .filter(|entry| facts.cargo.owner(&entry.path).is_none_or(|owner| owner.folder == folder));
            own.flat_map(|entry| entry.path.get(folder.len()..).unwrap_or_default().split('/')).collect()
        });
        names.contains(name)
    }
}
