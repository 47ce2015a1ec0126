//! The documents of a tree as pages of Markdown: Markdown files, and the doc comments that stand at the top of Rust files.

use memchr::memmem;

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown;
use crate::facts::markdown::Markdown;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::rust_source::doc::DocText;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;

/// One document.
pub(super) struct Page<'a> {
    /// The file it stands in.
    pub(super) file: &'a SourceFile,
    /// The Markdown.
    pub(super) text: &'a str,
    /// Its parts; their spans count in [`Page::text`].
    pub(super) document: &'a Markdown,
    doc: Option<&'a DocText>,
}

impl Page<'_> {
    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The place of a span in the file.
    pub(super) fn place(&self, facts: &Facts, span: Span, label: impl Into<String>) -> Place {
        facts.place(&self.file.path, self.doc.map_or(span, |doc| doc.span_in_file(span)), label)
    }
}

/// Calls a function with every document of the maintainers that holds a word: Markdown files that are no changelogs, and
/// the doc comments of crates and modules (`//!`).
pub(super) fn each(facts: &Facts, word: &str, mut found: impl FnMut(&Page<'_>)) {
    let word = memmem::Finder::new(word);
    let own = |file: &SourceFile| facts.zone(&file.path) == Zone::Own;
    for file in facts.files.values() {
        match &file.content.parsed {
            Parsed::Markdown(document)
                if file.kind == Kind::Markdown && word.find(file.text().as_bytes()).is_some() && own(file) =>
            {
                found(&Page { file, text: file.text(), document, doc: None });
            }
            Parsed::Rust(rust) => {
                for block in rust.docs.iter().filter(|block| block.inner) {
                    let slice = file.content.text.slice(block.span);
                    if word.find(slice.as_bytes()).is_none() || !own(file) {
                        continue;
                    }
                    let doc = block.join(file.text());
                    let document = markdown::parse(&doc.text);
                    found(&Page { file, text: &doc.text, document: &document, doc: Some(&doc) });
                }
            }
            _ => {}
        }
    }
}
