//! Source files that no target compiles, those left out that are kept, generated from, or tested by other means.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::modules::Modules;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::rust_source::Rust;
use crate::facts::rust_source::item::Within;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Package;
use crate::facts::zone::Zone;
use crate::rules::tests::mention;
use crate::rules::tests::mention::Candidate;

/// A file that no target reaches, though its place says that it is source of a package.
pub(super) struct Orphan<'a> {
    /// The file.
    pub(super) file: &'a SourceFile,
    /// What it says.
    pub(super) rust: &'a Rust,
    /// The package whose folder it lies in.
    pub(super) package: &'a Package,
    /// The file that should declare it.
    pub(super) parent: Place,
    /// Whether its declaration is there, behind `//`.
    pub(super) disabled: bool,
    /// Whether another orphan would reach it.
    pub(super) below_another: bool,
}

/// How deep modules that nothing reaches are followed upwards.
const DEEPEST: usize = 64;

impl Orphan<'_> {
    /// The test functions that a call of the harness would find.
    pub(super) fn tests(&self) -> usize {
        self.rust.tests.iter().filter(|test| test.within != Within::MacroDefinition).count()
    }
}

/// The orphans of a tree in order of their paths.
pub(super) fn orphans(facts: &Facts) -> Vec<Orphan<'_>> {
    let reached = &facts.modules().compiled;
    let links: BTreeSet<&str> = facts
        .tree
        .entries()
        .iter()
        .filter(|entry| entry.mode == crate::facts::tree::Mode::Symlink)
        .map(|entry| path::file_name(&entry.path))
        .collect();
    let mut found: Vec<Orphan<'_>> = facts
        .rust()
        .filter(|(file, _)| !reached.contains_key(&file.path))
        .filter(|(file, _)| !file.path.split('/').any(|part| links.contains(part)))
        .filter_map(|(file, rust)| {
            let package = facts.cargo.owner(&file.path)?;
            (!lost_parent(facts, &file.path)
                && is_source(package, &file.path)
                && is_own(facts, package, file)
                && !is_kept(file.text()))
            .then_some((file, rust, package))
        })
        .map(|(file, rust, package)| {
            let (parent, disabled) = parent(facts, package, &file.path);
            Orphan { file, rust, package, parent, disabled, below_another: false }
        })
        .collect();
    let candidates: Vec<Candidate<'_>> =
        found.iter().map(|orphan| Candidate { path: &orphan.file.path, package: &orphan.package.folder }).collect();
    let mentioned = mention::mentioned(facts, &candidates);
    found.retain(|orphan| !mentioned.contains(orphan.file.path.as_ref()));
    let below = below_others(facts, &found);
    found.retain(|orphan| !below.contains(&orphan.file.path));
    hang_below(facts, &mut found);
    found
}

/// What the files declare that nothing reaches and that are no orphans: whatever uses them brings these along.
fn below_others(facts: &Facts, orphans: &[Orphan<'_>]) -> BTreeSet<Arc<str>> {
    let reached = &facts.modules().compiled;
    let known: BTreeSet<&str> = orphans.iter().map(|orphan| orphan.file.path.as_ref()).collect();
    let others = facts.rust().filter(|(file, rust)| {
        !rust.modules.is_empty() && !reached.contains_key(&file.path) && !known.contains(file.path.as_ref())
    });
    let mut rest: Vec<Arc<str>> = others.map(|(file, _)| Arc::clone(&file.path)).collect();
    let mut below = BTreeSet::new();
    while let Some(path) = rest.pop() {
        let package = facts.cargo.owner(&path).map_or("", |package| &package.folder);
        for child in Modules::below(&facts.files, package, &path) {
            if known.contains(child.as_ref()) && below.insert(Arc::clone(&child)) {
                rest.push(child);
            }
        }
    }
    below
}

/// Gives those that another orphan would reach the place where that one is not declared: there the thread is cut.
fn hang_below(facts: &Facts, found: &mut [Orphan<'_>]) {
    let mut declared_by: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for (index, orphan) in found.iter().enumerate() {
        for below in Modules::below(&facts.files, &orphan.package.folder, &orphan.file.path) {
            declared_by.entry(below).or_insert(index);
        }
    }
    let tops: Vec<Option<usize>> = found
        .iter()
        .map(|orphan| {
            let mut top = None;
            let mut path = &orphan.file.path;
            for _ in 0..DEEPEST {
                let Some(&above) = declared_by.get(path) else { break };
                top = Some(above);
                path = &found[above].file.path;
            }
            top
        })
        .collect();
    for (index, top) in tops.into_iter().enumerate() {
        let Some(top) = top else { continue };
        let (parent, disabled) = (found[top].parent.clone(), found[top].disabled);
        found[index].below_another = true;
        found[index].parent = parent;
        found[index].disabled = disabled;
    }
}

/// Says whether a path lies where cargo looks for the sources and tests of a package, and could be a module by its name.
fn is_source(package: &Package, path: &str) -> bool {
    let inside =
        if package.folder.is_empty() { path } else { path.get(package.folder.len() + 1..).unwrap_or_default() };
    let Some(below) = inside.strip_prefix("src/").or_else(|| inside.strip_prefix("tests/")) else { return false };
    let Some(names) = below.strip_suffix(".rs").filter(|names| !is_template(names)) else { return false };
    // Cases of a harness have names such as `ui-stable/size-increase.rs` or `a.expected.rs`. Right below `tests/` a file
    // may be a target, whatever its name.
    let identifier = |name: &str| name.chars().all(|character| character.is_alphanumeric() || character == '_');
    names.split('/').all(identifier) || (inside.starts_with("tests/") && !names.contains(['/', '.']))
}

/// Says whether a file is there to be copied.
fn is_template(names: &str) -> bool {
    path::file_name(names).trim_matches('_') == "template" && path::file_name(names).starts_with('_')
}

/// Says whether cargo alone decides what is compiled, and the file is the maintainers' own.
fn is_own(facts: &Facts, package: &Package, file: &SourceFile) -> bool {
    package.zone == Zone::Own
        && facts.zone(&file.path) == Zone::Own
        && !package.targets.is_empty()
        && package.targets.iter().all(|target| facts.files.contains_key(target.path.as_str()))
        && !["BUILD", "BUILD.bazel", "BUCK", "meson.build", "Android.bp"]
            .iter()
            .any(|name| facts.tree.has_file(&path::child(&package.folder, name)))
        && !has_generated_modules(facts, package)
}

/// Says whether the build script looks through folders, so that it may declare what it finds.
fn has_generated_modules(facts: &Facts, package: &Package) -> bool {
    let Some(text) = facts.text(&path::child(&package.folder, "build.rs")) else { return false };
    ["read_dir", "WalkDir", "glob("].iter().any(|word| text.contains(word)) && text.contains(".rs")
}

/// Says whether the file tells its readers that it is kept on purpose, or that a test compiles it by itself.
fn is_kept(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "experiment",
        "unused",
        "not used",
        "not compiled",
        "not yet",
        "not currently",
        "not part of",
        "not included",
        "kept for",
        "keep this",
        "keep for",
        "for reference",
        "template",
        "generated",
        "disabled",
        "work in progress",
        "wip",
        "deprecated",
        "dead code",
        "auxiliary",
        "aux-build",
        "//~",
    ];
    let mut has_code = false;
    let mut header = 0;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let comment = line.starts_with("//") || line.starts_with("/*") || line.starts_with('*');
        if !comment && !line.starts_with("#![") {
            has_code = true;
            break;
        }
        header += 1;
        if header <= HEADER_LINES && comment {
            let lower = line.to_lowercase();
            if WORDS.iter().any(|word| lower.contains(word)) {
                return true;
            }
        }
    }
    !has_code || text.contains("//~")
}

/// How many lines of the comment at the top may say that a file is kept.
const HEADER_LINES: usize = 20;

/// Says whether the module around a file is declared and not there: something outside of the tree makes it.
fn lost_parent(facts: &Facts, path: &str) -> bool {
    let folder = path::parent(path);
    let around = path::parent(folder);
    let declaration = format!("mod {};", path::file_name(folder));
    let is_there = |path: String| facts.tree.has_file(&path);
    !is_there(path::child(folder, "mod.rs"))
        && !is_there(format!("{folder}.rs"))
        && [
            path::child(around, "mod.rs"),
            format!("{around}.rs"),
            path::child(around, "lib.rs"),
            path::child(around, "main.rs"),
        ]
        .iter()
        .any(|path| facts.text(path).is_some_and(|text| text.contains(&declaration)))
}

/// The file that should declare a module, and whether its declaration is commented out.
fn parent(facts: &Facts, package: &Package, path: &str) -> (Place, bool) {
    let folder = path::parent(path);
    let stem = path::file_name(path).strip_suffix(".rs").unwrap_or_default();
    let (folder, name) = if stem == "mod" { (path::parent(folder), path::file_name(folder)) } else { (folder, stem) };
    let candidates = [
        path::child(folder, "mod.rs"),
        format!("{folder}.rs"),
        path::child(folder, "lib.rs"),
        path::child(folder, "main.rs"),
    ];
    let declaration = format!("mod {name};");
    // Below `tests/` each file is the root of a crate.
    let roots = package.targets.iter().map(|target| &target.path);
    let roots = roots.filter(|root| path::parent(root) == folder && !candidates.contains(root) && *root != path);
    let mut there = candidates.iter().chain(roots).filter_map(|candidate| facts.file(candidate)).peekable();
    let Some(first) = there.peek().copied() else {
        let label = format!("is not there to say `{declaration}`");
        return (Place::whole(candidates[0].clone(), label), false);
    };
    for file in there {
        if let Some(at) = file.text().lines().position(|line| {
            let line = line.trim_start();
            line.starts_with("//") && line.contains(&declaration)
        }) {
            let span = file.content.text.line_span(at + 1);
            return (file.content.text.place(&file.path, span, "declares it in a comment"), true);
        }
    }
    (Place::whole(first.path.as_ref(), format!("has no `{declaration}`")), false)
}
