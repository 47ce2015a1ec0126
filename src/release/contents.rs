//! What cargo packages of a tree, and which of it is built by those who use the package.

use std::collections::BTreeSet;
use std::sync::Arc;

use ignore::gitignore::Gitignore;
use ignore::gitignore::GitignoreBuilder;

use crate::facts::Facts;
use crate::facts::manifest::Inherit;
use crate::facts::manifest::PackageKeys;
use crate::facts::manifest::TargetKind;
use crate::facts::path;
use crate::facts::place::Spanned;
use crate::facts::rust_source::item::IncludeBase;
use crate::facts::source::Parsed;
use crate::facts::workspace::Package;

/// The contents of one package.
pub struct Contents<'a> {
    facts: &'a Facts,
    index: usize,
    package: &'a Package,
    /// `include`, else `exclude`.
    listed: Option<(Gitignore, bool)>,
    /// The folders of the sources: those of the library's and the binaries' roots.
    sources: Vec<&'a str>,
    included: BTreeSet<String>,
}

/// What a path is to those who use a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// It is not packaged.
    Outside,
    /// It is packaged, and nothing of it is built: a test, a document.
    Beside,
    /// It is part of what they build.
    Built,
}

impl<'a> Contents<'a> {
    /// The contents of a package of the tree.
    pub fn of(facts: &'a Facts, index: usize) -> Self {
        let package = &facts.cargo.packages[index];
        let roots = package.targets.iter().filter(|target| is_built(target.kind) && target.kind != TargetKind::Build);
        let mut sources: Vec<&str> = roots.map(|target| path::parent(&target.path)).collect();
        // A root beside the manifest says nothing of what lies around it.
        sources.retain(|folder| *folder != package.folder);
        sources.sort_unstable();
        sources.dedup();
        let listed = listed(facts, package);
        Self { facts, index, package, listed, sources, included: included(facts, index) }
    }

    /// What a path of the tree, or of an earlier one, is to the package.
    pub fn part(&self, file: &str) -> Part {
        if !self.is_packaged(file) {
            return Part::Outside;
        }
        if self.is_built(file) { Part::Built } else { Part::Beside }
    }

    fn is_packaged(&self, file: &str) -> bool {
        if !path::is_within(file, &self.package.folder) || file == "Cargo.lock" && self.package.folder.is_empty() {
            return false;
        }
        if self.facts.cargo.owner(file).is_some_and(|owner| owner.folder != self.package.folder) {
            return false;
        }
        let relative = relative(file, &self.package.folder);
        if relative.starts_with("target/") || relative == "Cargo.lock" {
            return false;
        }
        match &self.listed {
            _ if relative == "Cargo.toml" => true,
            None => true,
            Some((rules, includes)) => rules.matched_path_or_any_parents(relative, false).is_ignore() == *includes,
        }
    }

    fn is_built(&self, file: &str) -> bool {
        if file == self.package.manifest.as_ref() {
            return false;
        }
        if let Some(by) = self.facts.modules().compiled.get(file) {
            return by.package == self.index && is_built(self.package.targets[by.target].kind);
        }
        if self.included.contains(file) {
            return true;
        }
        let extension = path::extension(file);
        let in_sources = self.sources.iter().any(|folder| path::is_within(file, folder));
        // A source that nothing reaches today was built while it was there.
        let is_text = matches!(extension, "md" | "txt") || path::file_name(file).starts_with('.');
        in_sources && !is_text && (extension != "rs" || !self.facts.tree.has_file(file))
    }
}

fn is_built(kind: TargetKind) -> bool {
    matches!(kind, TargetKind::Lib | TargetKind::Bin | TargetKind::Build)
}

fn relative<'p>(file: &'p str, folder: &str) -> &'p str {
    if folder.is_empty() { file } else { file.get(folder.len() + 1..).unwrap_or_default() }
}

type List = Option<Inherit<Vec<Spanned<String>>>>;

/// The rules of `include` or `exclude`, and which of the two they are.
fn listed(facts: &Facts, package: &Package) -> Option<(Gitignore, bool)> {
    let keys = &facts.manifest(&package.manifest)?.package.as_ref()?.keys;
    let root = &facts.cargo.workspace_of(package).manifest;
    let shared = facts.manifest(root).and_then(|manifest| manifest.workspace.as_ref()).map(|table| &table.package);
    let own = |select: fn(&PackageKeys) -> &List| match select(keys) {
        Some(Inherit::Own(list)) => Some(list.value.clone()),
        Some(Inherit::Workspace(_)) => match select(shared?) {
            Some(Inherit::Own(list)) => Some(list.value.clone()),
            _ => None,
        },
        None => None,
    };
    let include = own(|keys| &keys.include).filter(|list| !list.is_empty());
    let includes = include.is_some();
    let list = include.or_else(|| own(|keys| &keys.exclude))?;
    let mut builder = GitignoreBuilder::new("");
    for rule in &list {
        // A rule that can't be read is cargo's to complain of.
        let _ = builder.add_line(None, &rule.value);
    }
    Some((builder.build().ok()?, includes))
}

/// The files that what is compiled of a package includes.
fn included(facts: &Facts, index: usize) -> BTreeSet<String> {
    let package = &facts.cargo.packages[index];
    let mut found = BTreeSet::new();
    let compiled = facts.modules().compiled.iter().filter(|(_, by)| by.package == index);
    let built = compiled.filter(|(_, by)| is_built(package.targets[by.target].kind));
    for (file, _) in built {
        let Some(Parsed::Rust(rust)) = facts.file(file).map(|file| &file.content.parsed) else { continue };
        for include in &rust.includes {
            let base = match include.base {
                IncludeBase::File => path::parent(file),
                IncludeBase::Package => &package.folder,
                IncludeBase::Unknown => continue,
            };
            let joined = path::join(base, include.path.value.trim_start_matches('/'));
            // What documents the items is built with them; a README or a changelog that is shown there stands for itself.
            let apart = |joined: &String| path::extension(joined) == "md" && path::parent(joined) == package.folder;
            found.extend(joined.filter(|joined| !apart(joined)));
        }
    }
    found
}

/// The paths that differ, by what they are to a package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Those that are built.
    pub built: Vec<Arc<str>>,
    /// Those that are only packaged.
    pub beside: Vec<Arc<str>>,
}
