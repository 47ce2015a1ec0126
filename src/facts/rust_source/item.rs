//! The items of a Rust file that rules ask for.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// In what kind of text an item stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// Plain code.
    #[default]
    Code,
    /// The braces of a macro call: `cfg_if! { ... }`.
    MacroCall,
    /// The body of a `macro_rules!`: it says nothing until the macro is called, perhaps in another file.
    MacroDefinition,
}

/// `mod name;`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleDeclaration {
    /// The name, without `r#`.
    pub name: Spanned<String>,
    /// The values of `#[path = "..."]`, those inside `cfg_attr` too: each of them may be the file.
    pub paths: Vec<Spanned<String>>,
    /// Whether a `#[path]` stands outside of any `cfg_attr`, so that the plain name is never the file.
    pub always_by_path: bool,
    /// The text inside the first `#[cfg(...)]`.
    pub cfg: Option<Span>,
    /// Whether `pub` stands before it.
    pub public: bool,
    /// The inline module around it, as an index into [`super::Rust::inline`].
    pub inside: Option<usize>,
    /// What kind of text it stands in.
    pub within: Within,
    /// From `mod` to the semicolon.
    pub span: Span,
}

/// `mod name { ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineModule {
    /// The name, without `r#`.
    pub name: Spanned<String>,
    /// The values of `#[path = "..."]`: the folder of the modules inside.
    pub paths: Vec<Spanned<String>>,
    /// The text inside the first `#[cfg(...)]`.
    pub cfg: Option<Span>,
    /// The inline module around it.
    pub inside: Option<usize>,
}

/// What an include is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IncludeKind {
    /// `include!`: Rust code.
    Code,
    /// `include_str!` or `include_bytes!`: data.
    Data,
    /// `doc = include_str!(...)`: documentation.
    Doc,
}

/// What an included path counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IncludeBase {
    /// The folder of the file itself.
    File,
    /// `CARGO_MANIFEST_DIR`: the folder of the package.
    Package,
    /// Something that only a build knows: `OUT_DIR`, another variable, a macro argument.
    Unknown,
}

/// An `include!`, `include_str!` or `include_bytes!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// What it is for.
    pub kind: IncludeKind,
    /// What the path counts from.
    pub base: IncludeBase,
    /// The literals of the path joined, and the span of the argument; empty where there is none.
    pub path: Spanned<String>,
}

/// A test function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFunction {
    /// The name.
    pub name: Spanned<String>,
    /// The attribute that makes it a test, with `#[` and `]`; the name where a macro (`quickcheck!`) makes it one.
    pub attribute: Span,
    /// Whether `#[ignore]` stands before it.
    pub ignored: bool,
    /// The text inside the first `#[cfg(...)]` of its own.
    pub cfg: Option<Span>,
    /// The inline module around it, as an index into [`super::Rust::inline`].
    pub inside: Option<usize>,
    /// What kind of text it stands in.
    pub within: Within,
}

/// `macro_rules! name { ... }`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroDefinition {
    /// The name.
    pub name: Spanned<String>,
    /// Whether its body has `mod $name;`: a call turns its arguments into modules.
    pub declares_modules: bool,
}
