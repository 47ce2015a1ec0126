//! `[[contract]]`: a value that is declared to stand in several files.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::evidence::Pointer;
use crate::facts::policy::section::Section;

/// The keys of the table.
pub const KEYS: &[&str] = &["name", "truth", "copies"];
/// The keys of `truth` and of each of `copies`.
pub const POINTER_KEYS: &[&str] = &["file", "key", "regex"];

/// One contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// What the value is, for people.
    pub name: Spanned<String>,
    /// Where it is decided.
    pub truth: Pointer,
    /// Where it is repeated.
    pub copies: Vec<Pointer>,
    /// The header of the table.
    pub span: Span,
}

impl Contract {
    /// Reads one table.
    pub fn read(section: Section<'_>) -> Option<Self> {
        let name = section.demanded("name", "say what the value is");
        if !section.has("truth") {
            let help = "add `truth = { file = \"Cargo.toml\", key = \"package.version\" }`".to_owned();
            section.fault(section.span(), "has no `truth`", Some(help));
        }
        let truth = section
            .below("truth", "[[contract]] truth", POINTER_KEYS)
            .and_then(|section| Pointer::read_value(section, "file"));
        let tables = section.each("copies", "[[contract]] copies", POINTER_KEYS);
        if tables.is_empty() {
            let help = "add `copies = [{ file = \"...\", regex = '...' }]`".to_owned();
            section.fault(section.span(), "has no `copies`", Some(help));
        }
        let copies = tables.into_iter().filter_map(|section| Pointer::read_value(section, "file")).collect();
        Some(Self { name: name?, truth: truth?, copies, span: section.span() })
    }
}
