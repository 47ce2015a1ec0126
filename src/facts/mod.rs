//! What the tree says, as plain data.
//!
//! Nothing here does I/O, reads a clock or an environment variable. A parsed file depends only on its kind and bytes.

pub mod cargo_config;
pub mod changelog;
pub mod changelog_title;
pub mod clippy_config;
pub mod commit_log;
pub mod digest;
pub mod history;
pub mod ignored;
mod imported;
pub mod kept_changelog;
pub mod kind;
pub mod limits;
pub mod lockfile;
pub mod lookup;
pub mod loose_version;
pub mod manifest;
pub mod markdown;
pub mod modules;
pub mod parse;
pub mod path;
pub mod path_pattern;
pub mod place;
pub mod policy;
pub mod problem;
pub mod releases;
pub mod retagged;
pub mod rust_source;
pub mod shell;
pub mod source;
pub mod stands_in;
pub mod tag_line;
pub mod text;
pub mod toml;
pub mod toolchain;
pub mod tree;
pub mod workflow;
pub mod workspace;
pub mod written_date;
pub mod yaml;
pub mod zone;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::OnceLock;

use crate::facts::cargo_config::CargoConfig;
use crate::facts::clippy_config::ClippyConfig;
use crate::facts::kept_changelog::Kept;
use crate::facts::kind::Kind;
use crate::facts::lockfile::Lockfile;
use crate::facts::manifest::Manifest;
use crate::facts::markdown::Markdown;
use crate::facts::modules::Modules;
use crate::facts::place::Located;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::problem::Unread;
use crate::facts::rust_source::Rust;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::toolchain::Toolchain;
use crate::facts::tree::Tree;
use crate::facts::workflow::action::Action;
use crate::facts::workflow::document::Workflow;
use crate::facts::workspace::Cargo;
use crate::facts::zone::Zone;

/// All facts of one tree.
#[derive(Debug)]
pub struct Facts {
    /// The listing.
    pub tree: Tree,
    /// The files that were read, by path.
    pub files: BTreeMap<Arc<str>, SourceFile>,
    /// The packages and workspaces that the manifests make.
    pub cargo: Cargo,
    modules: OnceLock<Modules>,
    changelogs: OnceLock<Vec<Kept>>,
    /// What is in the tree and was not read, in order of path.
    pub unread: Vec<Unread>,
}

impl Facts {
    /// Puts the facts of a tree together from its listing and the files that were read, in any order.
    pub fn assemble(tree: Tree, files: impl IntoIterator<Item = SourceFile>) -> Self {
        let files: BTreeMap<Arc<str>, SourceFile> =
            files.into_iter().map(|file| (Arc::clone(&file.path), file)).collect();
        let cargo = Cargo::resolve(&tree, &files);
        Self { tree, files, cargo, modules: OnceLock::new(), changelogs: OnceLock::new(), unread: Vec::new() }
    }

    /// The same facts, where what a folder of an earlier tree holds only now makes its text nobody else's.
    #[must_use]
    pub fn since(mut self, earlier: &Tree) -> Self {
        let claimed = imported::claimed_since(&self.tree, earlier);
        if !claimed.is_empty() {
            self.tree.doubt(claimed);
            self.cargo = Cargo::resolve(&self.tree, &self.files);
            (self.modules, self.changelogs) = (OnceLock::new(), OnceLock::new());
        }
        self
    }

    /// Adds what was not read.
    #[must_use]
    pub fn with_unread(mut self, unread: impl IntoIterator<Item = Unread>) -> Self {
        self.unread.extend(unread);
        self.unread.sort_by(|one, other| (&one.path, &one.problem.message).cmp(&(&other.path, &other.problem.message)));
        self
    }

    /// The file at a path, if it was read.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.get(path)
    }

    /// The text of the file at a path, if it was read.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.file(path).map(SourceFile::text)
    }

    /// The files of a kind in order of their paths.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &SourceFile> {
        self.files.values().filter(move |file| file.kind == kind)
    }

    /// The manifests that could be parsed, with their files.
    pub fn manifests(&self) -> impl Iterator<Item = (&SourceFile, &Manifest)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Manifest(manifest) => Some((file, manifest.as_ref())),
            _ => None,
        })
    }

    /// The lock files, with their files.
    pub fn lockfiles(&self) -> impl Iterator<Item = (&SourceFile, &Lockfile)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Lockfile(parsed) => Some((file, parsed.as_ref())),
            _ => None,
        })
    }

    /// The configurations of cargo, with their files.
    pub fn cargo_configs(&self) -> impl Iterator<Item = (&SourceFile, &CargoConfig)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::CargoConfig(parsed) => Some((file, parsed.as_ref())),
            _ => None,
        })
    }

    /// The toolchain files, with their files.
    pub fn toolchains(&self) -> impl Iterator<Item = (&SourceFile, &Toolchain)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Toolchain(parsed) => Some((file, parsed.as_ref())),
            _ => None,
        })
    }

    /// The configurations of clippy, with their files.
    pub fn clippy_configs(&self) -> impl Iterator<Item = (&SourceFile, &ClippyConfig)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::ClippyConfig(parsed) => Some((file, parsed.as_ref())),
            _ => None,
        })
    }

    /// The manifest at a path, if it could be parsed.
    pub fn manifest(&self, path: &str) -> Option<&Manifest> {
        match &self.file(path)?.content.parsed {
            Parsed::Manifest(manifest) => Some(manifest),
            _ => None,
        }
    }

    /// The Markdown files, changelogs among them, with their files.
    pub fn markdown(&self) -> impl Iterator<Item = (&SourceFile, &Markdown)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Markdown(markdown) => Some((file, markdown.as_ref())),
            _ => None,
        })
    }

    /// The Rust files, with what was read from them.
    pub fn rust(&self) -> impl Iterator<Item = (&SourceFile, &Rust)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Rust(rust) => Some((file, rust.as_ref())),
            _ => None,
        })
    }

    /// The workflows of `.github/workflows/` that could be parsed, with their files.
    pub fn workflows(&self) -> impl Iterator<Item = (&SourceFile, &Workflow)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Workflow(workflow) => Some((file, workflow.as_ref())),
            _ => None,
        })
    }

    /// The actions (`action.yml`) that could be parsed, with their files.
    pub fn actions(&self) -> impl Iterator<Item = (&SourceFile, &Action)> {
        self.files.values().filter_map(|file| match &file.content.parsed {
            Parsed::Action(action) => Some((file, action.as_ref())),
            _ => None,
        })
    }

    /// Which files the targets compile. Followed when it is first asked for.
    pub fn modules(&self) -> &Modules {
        self.modules.get_or_init(|| Modules::follow(&self.files, &self.cargo))
    }

    /// The changelogs of the maintainers' own, in order of their paths. Read when they are first asked for.
    pub fn changelogs(&self) -> &[Kept] {
        self.changelogs.get_or_init(|| {
            let own = self.of_kind(Kind::Changelog).filter(|file| self.zone(&file.path) == Zone::Own);
            kept_changelog::all(own, &self.tree, &self.cargo)
        })
    }

    /// The place where a value really stands, with a label to stand beside the carets.
    pub fn place_of<T>(&self, located: &Located<T>, label: impl Into<String>) -> Place {
        self.place(&located.path, located.span, label)
    }

    /// The zone of a path: what the folders' names say, and whether it lies in a package that tests stage.
    pub fn zone(&self, path: &str) -> Zone {
        match self.zone_by_place(path) {
            Zone::Own if self.cargo.owner(path).is_some_and(|package| package.zone == Zone::Fixture) => Zone::Fixture,
            zone => zone,
        }
    }

    /// The zone of a path by the folders that it lies in alone: a package that tests stage is no fixture by that.
    pub fn zone_by_place(&self, path: &str) -> Zone {
        let member = self.cargo.owner(path).filter(|package| self.cargo.is_of_main_workspace(package));
        Zone::below(&self.tree, path, member.map_or("", |package| &package.folder))
    }

    /// The place of a span in a file, with a label to stand beside the carets. A file that was not read gives the whole file.
    pub fn place(&self, path: &str, span: Span, label: impl Into<String>) -> Place {
        match self.file(path) {
            Some(file) => file.content.text.place(path, span, label),
            None => Place::whole(path, label),
        }
    }
}
