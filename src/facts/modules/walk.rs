//! The walk from the roots of the targets to every file that they compile.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::collections::VecDeque;
use std::sync::Arc;

use crate::facts::modules::Modules;
use crate::facts::modules::TargetRef;
use crate::facts::modules::resolve;
use crate::facts::modules::resolve::Node;
use crate::facts::path;
use crate::facts::rust_source::Rust;
use crate::facts::rust_source::item::Within;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::workspace::Cargo;
use crate::facts::workspace::Target;

impl Modules {
    /// Follows the modules of all targets.
    pub fn follow(files: &BTreeMap<Arc<str>, SourceFile>, cargo: &Cargo) -> Self {
        let macros = module_macros(files);
        let walk = |wanted: fn(&Target) -> bool| Walk::new(files, cargo, &macros).run(wanted);
        Self { compiled: walk(|_| true), tested: walk(|target| target.test) }
    }

    /// The Rust files that a file would make part of a crate, if it were the module that its name says.
    pub fn below(files: &BTreeMap<Arc<str>, SourceFile>, package: &str, path: &Arc<str>) -> Vec<Arc<str>> {
        let node = Node::by_name(Arc::clone(path));
        let Some(rust) = rust_of(files, path) else { return Vec::new() };
        resolve::children(files, package, &node, rust).into_iter().map(|node| node.path).collect()
    }
}

fn rust_of<'a>(files: &'a BTreeMap<Arc<str>, SourceFile>, path: &str) -> Option<&'a Rust> {
    match &files.get(path)?.content.parsed {
        Parsed::Rust(rust) => Some(rust),
        _ => None,
    }
}

/// The macros whose calls turn names into modules.
fn module_macros(files: &BTreeMap<Arc<str>, SourceFile>) -> Vec<String> {
    let mut names: Vec<String> = files
        .values()
        .filter_map(|file| match &file.content.parsed {
            Parsed::Rust(rust) => Some(rust),
            _ => None,
        })
        .flat_map(|rust| &rust.macros)
        .filter(|definition| definition.declares_modules)
        .map(|definition| format!("{}!", definition.name.value))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// How often the names of macro definitions are looked for: a file found so may define further macros, but not for ever.
const LOOSE_ROUNDS: usize = 3;

struct Walk<'a> {
    files: &'a BTreeMap<Arc<str>, SourceFile>,
    cargo: &'a Cargo,
    macros: &'a [String],
    seen: HashSet<Node>,
    queue: VecDeque<(Node, TargetRef)>,
    reached: BTreeMap<Arc<str>, TargetRef>,
    /// Names that macro definitions declare, with the package: they count wherever the macro may be called.
    loose: Vec<(String, TargetRef)>,
}

impl<'a> Walk<'a> {
    fn new(files: &'a BTreeMap<Arc<str>, SourceFile>, cargo: &'a Cargo, macros: &'a [String]) -> Self {
        Self {
            files,
            cargo,
            macros,
            seen: HashSet::new(),
            queue: VecDeque::new(),
            reached: BTreeMap::new(),
            loose: Vec::new(),
        }
    }

    fn run(mut self, wanted: fn(&Target) -> bool) -> BTreeMap<Arc<str>, TargetRef> {
        for (package, facts) in self.cargo.packages.iter().enumerate() {
            for (target, root) in facts.targets.iter().enumerate() {
                if wanted(root)
                    && let Some((path, _)) = self.files.get_key_value(root.path.as_str())
                {
                    let node = Node::root(Arc::clone(path));
                    self.queue.push_back((node, TargetRef { package, target }));
                }
            }
        }
        self.drain();
        for _ in 0..LOOSE_ROUNDS {
            self.queue_loose();
            self.drain();
        }
        self.reached
    }

    fn drain(&mut self) {
        while let Some((node, by)) = self.queue.pop_front() {
            if !self.seen.insert(node.clone()) {
                continue;
            }
            self.reached.entry(Arc::clone(&node.path)).or_insert(by);
            let Some(rust) = rust_of(self.files, &node.path) else { continue };
            let package = &self.cargo.packages[by.package].folder;
            let children = resolve::children(self.files, package, &node, rust);
            self.queue.extend(children.into_iter().map(|child| (child, by)));
            self.queue_called(&node, by);
            for module in rust.modules.iter().filter(|module| module.within == Within::MacroDefinition) {
                self.loose.push((module.name.value.clone(), by));
                for path in &module.paths {
                    let file = path::join(path::parent(&node.path), &path.value);
                    let file = file.and_then(|file| self.files.get_key_value(file.as_str()));
                    self.queue.extend(file.map(|(path, _)| (Node::root(Arc::clone(path)), by)));
                }
            }
        }
    }

    /// Queues the names in calls of macros that turn names into modules.
    fn queue_called(&mut self, node: &Node, by: TargetRef) {
        let text = self.files[&node.path].text();
        let mut found = Vec::new();
        for name in self.macros {
            for at in memchr::memmem::find_iter(text.as_bytes(), name.as_bytes()) {
                let rest = text[at + name.len()..].trim_start();
                let close = if rest.starts_with('(') { ')' } else { '}' };
                let end = rest.find(close).unwrap_or(rest.len());
                for word in rest[..end].split(|character: char| !(character.is_alphanumeric() || character == '_')) {
                    if !word.is_empty() {
                        resolve::named(self.files, &node.folder, word, &mut found);
                    }
                }
            }
        }
        self.queue.extend(found.into_iter().map(|child| (child, by)));
    }

    /// Queues each file of a package whose name a macro definition of the package declares: the call may stand anywhere.
    fn queue_loose(&mut self) {
        let mut by_package: BTreeMap<usize, (TargetRef, HashSet<String>)> = BTreeMap::new();
        for (name, by) in std::mem::take(&mut self.loose) {
            by_package.entry(by.package).or_insert_with(|| (by, HashSet::new())).1.insert(name);
        }
        for (package, (by, declared)) in by_package {
            let folder = &self.cargo.packages[package].folder;
            for (path, file) in resolve::below(self.files, folder) {
                let node = Node::by_name(Arc::clone(path));
                if matches!(file.content.parsed, Parsed::Rust(_)) && declared.contains(path::file_name(&node.folder)) {
                    self.queue.push_back((node, by));
                }
            }
        }
    }
}
