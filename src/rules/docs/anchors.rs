//! The anchors of a page, and whether one of them is meant.

use std::collections::HashSet;

use memchr::memmem;

use crate::facts::markdown::Markdown;
use crate::rules::docs::renderer::Renderer;

/// The anchors of one page.
#[derive(Debug)]
pub(super) struct Anchors {
    /// As GitHub writes them, in lower case, without variation selectors.
    exact: HashSet<String>,
    /// Letters and digits alone: what all generators agree on.
    loose: HashSet<String>,
    /// Those that the text gives itself in the ways of site generators: `{#id}`, and `[[id]]` behind a heading.
    given: HashSet<String>,
    /// Whether mdBook puts other text into the page, so that anchors may be missing here.
    book_includes: bool,
    /// Whether a site generator may.
    site_includes: bool,
}

/// Marks of text that mdBook puts in when the page is rendered.
const BOOK_INCLUDES: &[&str] = &["{{#include", "{{#rustdoc_include", "{{#template"];

/// Marks of text that site generators put in, or of anchors that they make in other ways.
const SITE_INCLUDES: &[&str] = &[
    "--8<--",
    "{{ ",
    "{{<",
    "{{%",
    "{%",
    "::: ",
    "include{",
    "{include",
    "@include",
    "!include",
    "<!-- include",
    "<!--include",
    "\nimport ",
    "{: #",
    "{ #",
    "[TOC]",
];

impl Anchors {
    /// Reads the anchors of a page.
    pub(super) fn of(text: &str, markdown: &Markdown) -> Self {
        let names = || {
            let headings = markdown.headings.iter().map(|heading| heading.slug.as_str());
            headings.chain(markdown.anchors.iter().map(|anchor| anchor.value.as_str()))
        };
        // What is put into a code block makes no heading.
        let in_code = |at: usize| {
            let before = markdown.fences.partition_point(|fence| fence.span.start <= at);
            before > 0 && markdown.fences[before - 1].span.contains(at)
        };
        let holds =
            |marks: &[&str]| marks.iter().any(|mark| memmem::find_iter(text.as_bytes(), mark).any(|at| !in_code(at)));
        Self {
            exact: names().map(exact).chain(terms(text)).collect(),
            loose: names().map(loose).collect(),
            given: given(text),
            book_includes: holds(BOOK_INCLUDES),
            site_includes: holds(SITE_INCLUDES) || text.starts_with("import "),
        }
    }

    /// Says whether a link to the anchor arrives, or may arrive, when the page is shown by a renderer.
    ///
    /// The anchors of GitHub and mdBook are known to the letter, and they are the same.
    pub(super) fn admit(&self, anchor: &str, renderer: Renderer<'_>) -> bool {
        let anchor = anchor.strip_prefix("user-content-").unwrap_or(anchor);
        let of_the_page = matches!(anchor, "top" | "readme") || anchor.ends_with("-ov-file");
        let of_the_forge = anchor.starts_with("fn") || anchor.starts_with(":~:");
        let included = match renderer {
            Renderer::Forge => false,
            Renderer::Book(_) => self.book_includes,
            Renderer::Plain | Renderer::Site => self.book_includes || self.site_includes,
        };
        included
            || of_the_page
            || of_the_forge
            || self.exact.contains(&exact(anchor))
            || (!matches!(renderer, Renderer::Forge) && self.given.contains(anchor))
            || (matches!(renderer, Renderer::Plain | Renderer::Site) && self.loose.contains(&loose(anchor)))
    }
}

/// Says whether a place stands in the list that all-contributors writes: its links to `#ideas-NAME` carry a text that the
/// reader sees in passing, and lead nowhere by design.
pub(super) fn is_of_contributors(markdown: &Markdown, at: usize) -> bool {
    let before = markdown.comments.partition_point(|comment| comment.span.start < at);
    markdown.comments[..before]
        .iter()
        .rev()
        .find(|comment| comment.value.contains("ALL-CONTRIBUTORS-LIST:"))
        .is_some_and(|comment| comment.value.contains("ALL-CONTRIBUTORS-LIST:START"))
}

/// The terms of definition lists, which mdBook gives anchors too: a line, and below it one that begins with `: `.
fn terms(text: &str) -> impl Iterator<Item = String> + '_ {
    let pairs = text.lines().zip(text.lines().skip(1));
    let defined = pairs.filter(|(_, below)| below.trim_start().starts_with(": "));
    defined.map(|(term, _)| {
        let plain: String =
            term.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect();
        exact(&plain.replace(' ', "-"))
    })
}

/// The names in `{#name}`, and in `[[name]]` behind a heading.
fn given(text: &str) -> HashSet<String> {
    let bytes = text.as_bytes();
    let braced = memmem::find_iter(bytes, "{#").filter_map(|at| {
        let rest = &text[at + 2..];
        let end = rest.find(|one: char| one == '}' || one.is_whitespace())?;
        Some(rest[..end].to_owned())
    });
    let lines = memmem::find_iter(bytes, "[[").filter_map(|at| {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let rest = text[at..].trim_start_matches('[');
        text[start..].starts_with('#').then(|| rest.split(']').next().unwrap_or_default().to_owned())
    });
    braced.chain(lines).filter(|name| !name.is_empty() && name.len() < 128).collect()
}

fn exact(name: &str) -> String {
    name.chars().filter(|character| !matches!(character, '\u{fe00}'..='\u{fe0f}')).collect::<String>().to_lowercase()
}

fn loose(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
