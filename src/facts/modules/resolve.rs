//! Where the declarations of one file lead: the rules of rustc for paths of modules.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::facts::path;
use crate::facts::rust_source::Rust;
use crate::facts::rust_source::item::IncludeBase;
use crate::facts::rust_source::item::IncludeKind;
use crate::facts::rust_source::item::Within;
use crate::facts::source::SourceFile;

/// The longest path that is followed: deeply nested inline modules must not make long work.
const LONGEST: usize = 1_024;

/// A file as a module: the folder of its child modules depends on how it was reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// The file.
    pub path: Arc<str>,
    /// The folder in which `mod name;` is looked for.
    pub folder: String,
}

impl Node {
    /// The root of a target: its modules lie beside it.
    pub fn root(path: Arc<str>) -> Self {
        let folder = path::parent(&path).to_owned();
        Self { path, folder }
    }

    /// A file that nothing reaches, as the module that its name says.
    pub fn by_name(path: Arc<str>) -> Self {
        let folder = match path::file_name(&path) {
            "mod.rs" | "lib.rs" | "main.rs" => path::parent(&path).to_owned(),
            _ => path.strip_suffix(".rs").unwrap_or(&path).to_owned(),
        };
        Self { path, folder }
    }
}

/// Where the items at one nesting level of a file look for theirs.
#[derive(Clone)]
struct Level {
    /// The base of `#[path]`.
    base: String,
    /// The folder of `mod name;`.
    folder: String,
}

fn append(folder: &str, name: &str) -> Option<String> {
    path::join(folder, name).filter(|joined| joined.len() <= LONGEST)
}

/// The levels of the inline modules of a file; none where one leaves the tree or is too deep.
fn levels(rust: &Rust, top: &Level) -> Vec<Option<Level>> {
    let mut levels: Vec<Option<Level>> = Vec::with_capacity(rust.inline.len());
    for module in &rust.inline {
        let around = match module.inside {
            Some(index) => levels.get(index).cloned().flatten(),
            None => Some(top.clone()),
        };
        levels.push(around.and_then(|around| {
            let folder = match module.paths.first() {
                Some(path) => append(&around.base, &path.value)?,
                None => append(&around.folder, &module.name.value)?,
            };
            Some(Level { base: folder.clone(), folder })
        }));
    }
    levels
}

/// The files that a file makes part of its crate; `package` is the folder of the package of the walk.
pub fn children(files: &BTreeMap<Arc<str>, SourceFile>, package: &str, node: &Node, rust: &Rust) -> Vec<Node> {
    let mut found = Vec::new();
    let top = Level { base: path::parent(&node.path).to_owned(), folder: node.folder.clone() };
    // Most inline modules hold tests and declare nothing.
    let nested = rust.modules.iter().any(|module| module.inside.is_some());
    let levels = if nested { levels(rust, &top) } else { Vec::new() };
    for module in rust.modules.iter().filter(|module| module.within != Within::MacroDefinition) {
        let level = match module.inside {
            Some(index) => levels.get(index).and_then(Option::as_ref),
            None => Some(&top),
        };
        let Some(level) = level else { continue };
        for path in &module.paths {
            found.extend(append(&level.base, &path.value).and_then(|path| file(files, &path)).map(Node::root));
        }
        if !module.always_by_path {
            named(files, &level.folder, &module.name.value, &mut found);
        }
    }
    for include in rust.includes.iter().filter(|include| include.kind == IncludeKind::Code) {
        let base = match include.base {
            IncludeBase::File => &top.base,
            IncludeBase::Package => package,
            IncludeBase::Unknown => continue,
        };
        let relative = include.path.value.trim_start_matches(match include.base {
            IncludeBase::Package => '/',
            _ => '\0',
        });
        found.extend(append(base, relative).and_then(|path| file(files, &path)).map(Node::root));
    }
    for folder in &rust.module_folders {
        let Some(folder) = append(package, &folder.value) else { continue };
        found.extend(files_in(files, &folder).map(Node::by_name));
    }
    found
}

/// Adds the files of `mod name;` in a folder.
pub fn named(files: &BTreeMap<Arc<str>, SourceFile>, folder: &str, name: &str, found: &mut Vec<Node>) {
    let inside = path::child(folder, name);
    for candidate in [format!("{inside}.rs"), format!("{inside}/mod.rs")] {
        found.extend(file(files, &candidate).map(|path| Node { path, folder: inside.clone() }));
    }
}

fn file(files: &BTreeMap<Arc<str>, SourceFile>, path: &str) -> Option<Arc<str>> {
    files.get_key_value(path).map(|(path, _)| Arc::clone(path))
}

/// The Rust files right in a folder.
fn files_in<'a>(files: &'a BTreeMap<Arc<str>, SourceFile>, folder: &str) -> impl Iterator<Item = Arc<str>> + 'a {
    let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
    below(files, folder)
        .map(|(path, _)| path)
        .filter(move |path| !path[skip..].contains('/') && path.ends_with(".rs"))
        .map(Arc::clone)
}

/// The files below a folder, in order.
pub fn below<'a>(
    files: &'a BTreeMap<Arc<str>, SourceFile>,
    folder: &str,
) -> impl Iterator<Item = (&'a Arc<str>, &'a SourceFile)> + use<'a> {
    let prefix: Arc<str> = if folder.is_empty() { Arc::from("") } else { Arc::from(format!("{folder}/")) };
    files.range(Arc::clone(&prefix)..).take_while(move |(path, _)| path.starts_with(prefix.as_ref()))
}
