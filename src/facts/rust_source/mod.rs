//! What one Rust file says, as far as rules ask: modules, includes, tests, documentation, macros.
//!
//! It is read by an own scanner that knows tokens, not grammar: rules need a handful of facts of megabytes of sources,
//! and rustc is the judge of what is broken. Nothing here fails: a broken file gives what could be read of it.

pub mod attribute;
pub mod doc;
pub mod include;
pub mod item;
pub mod scan;
#[cfg(test)]
mod scan_tests;
pub mod skip;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::rust_source::doc::DocBlock;
use crate::facts::rust_source::item::Include;
use crate::facts::rust_source::item::InlineModule;
use crate::facts::rust_source::item::MacroDefinition;
use crate::facts::rust_source::item::ModuleDeclaration;
use crate::facts::rust_source::item::TestFunction;

/// The facts of a Rust file, each list in order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rust {
    /// `mod name;`
    pub modules: Vec<ModuleDeclaration>,
    /// `mod name { ... }`
    pub inline: Vec<InlineModule>,
    /// `include!`, `include_str!`, `include_bytes!`, those in attributes too.
    pub includes: Vec<Include>,
    /// The folders that `automod::dir!` turns into modules, as written.
    pub module_folders: Vec<Spanned<String>>,
    /// The test functions.
    pub tests: Vec<TestFunction>,
    /// The doc comments.
    pub docs: Vec<DocBlock>,
    /// The value of `#![doc(html_root_url = "...")]`.
    pub html_root_url: Option<Spanned<String>>,
    /// The name of `fn main` outside of any module in the file.
    pub main: Option<Span>,
    /// The macros that the file defines by `macro_rules!`.
    pub macros: Vec<MacroDefinition>,
}
