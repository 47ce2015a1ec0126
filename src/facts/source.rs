//! One file that was read: its text, what its parser made of it, and what was wrong with it.

use std::sync::Arc;

use crate::facts::cargo_config::CargoConfig;
use crate::facts::clippy_config::ClippyConfig;
use crate::facts::kind::Kind;
use crate::facts::lockfile::Lockfile;
use crate::facts::manifest::Manifest;
use crate::facts::markdown::Markdown;
use crate::facts::policy::inline::Marks;
pub use crate::facts::problem::Problem;
use crate::facts::rust_source::Rust;
use crate::facts::text::Text;
use crate::facts::toolchain::Toolchain;
use crate::facts::workflow::action::Action;
use crate::facts::workflow::document::Workflow;

/// What a parser made of a file. Depends on the kind and the bytes alone, so that it can be kept by blob id.
#[derive(Debug)]
pub enum Parsed {
    /// A cargo manifest.
    Manifest(Box<Manifest>),
    /// A `Cargo.lock`.
    Lockfile(Box<Lockfile>),
    /// A `.cargo/config.toml`.
    CargoConfig(Box<CargoConfig>),
    /// A `rust-toolchain.toml`.
    Toolchain(Box<Toolchain>),
    /// A `clippy.toml`.
    ClippyConfig(Box<ClippyConfig>),
    /// A Markdown file; a changelog too.
    Markdown(Box<Markdown>),
    /// A Rust source file.
    Rust(Box<Rust>),
    /// A GitHub workflow.
    Workflow(Box<Workflow>),
    /// A GitHub action.
    Action(Box<Action>),
    /// Text that no parser reads as a whole.
    Text,
    /// Nothing: the bytes could not be read or parsed, and a problem says why.
    Nothing,
}

/// The text of a file and what was read from it: the same bytes of the same kind always give the same content.
#[derive(Debug)]
pub struct Content {
    /// The text; empty where the bytes are no UTF-8.
    pub text: Text,
    /// What the parser made of it.
    pub parsed: Parsed,
    /// What kept it from being read whole.
    pub problems: Vec<Problem>,
    /// What its comments say to us.
    pub marks: Marks,
}

/// A file of the tree with its content.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path from the root of the tree.
    pub path: Arc<str>,
    /// What the path says that the file is.
    pub kind: Kind,
    /// The content, shared by all files with the same bytes.
    pub content: Arc<Content>,
}

impl SourceFile {
    /// The text of the file.
    pub fn text(&self) -> &str {
        self.content.text.as_str()
    }
}
