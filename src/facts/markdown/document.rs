//! The parts of one Markdown text as plain data, each with its span.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// A Markdown text in parts, each list in order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markdown {
    /// The headings.
    pub headings: Vec<Heading>,
    /// The fenced and indented code blocks.
    pub fences: Vec<Fence>,
    /// The links and images, HTML ones among them.
    pub links: Vec<Link>,
    /// The link reference definitions, those that Markdown ignores (a second one of a label) too.
    pub definitions: Vec<Definition>,
    /// The inline code spans, without the backticks.
    pub codes: Vec<Spanned<String>>,
    /// The prose: each text block (paragraph, list item, table row, heading) with its whole span.
    pub blocks: Vec<Block>,
    /// The anchors made by HTML (`id=`, `name=`, and the slugs of `<h1>` to `<h6>`) or by `{#id}`.
    pub anchors: Vec<Spanned<String>>,
    /// The HTML comments, without `<!--` and `-->`.
    pub comments: Vec<Spanned<String>>,
    /// Brackets that look like a reference but have no definition: `[0.2.5]` (code, tasks and footnotes left out). The value
    /// is the label, the span that of the whole `[text][label]`.
    pub undefined: Vec<Spanned<String>>,
    /// The front matter (`---` or `+++` at the top), if there is one.
    pub front_matter: Option<Span>,
}

impl Markdown {
    /// Gives back what the lists took in advance: a parsed document is kept to the end.
    pub(super) fn shrink(&mut self) {
        self.headings.shrink_to_fit();
        self.fences.shrink_to_fit();
        self.links.shrink_to_fit();
        self.definitions.shrink_to_fit();
        self.blocks.shrink_to_fit();
        for list in [&mut self.codes, &mut self.anchors, &mut self.comments, &mut self.undefined] {
            list.shrink_to_fit();
        }
    }
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// The text as a reader sees it, without markup.
    pub text: String,
    /// The anchor that GitHub makes of it, `-1`, `-2` added to later ones of the same name.
    pub slug: String,
    /// The whole heading.
    pub span: Span,
}

/// A code block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The info string; empty where there is none or the block is indented.
    pub info: String,
    /// Whether fences stand around it.
    pub fenced: bool,
    /// The code between the fences.
    pub content: Span,
    /// The whole block.
    pub span: Span,
    /// The index into [`Markdown::headings`] of the nearest heading before it.
    pub heading: Option<usize>,
}

/// How a link is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// `[text](target)`.
    Inline,
    /// `[text][label]`, `[label][]` or `[label]` with a definition.
    Reference,
    /// `<https://...>`.
    Autolink,
    /// `<a href="target">` or `<img src="target">`.
    Html,
}

/// A link or an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// How it is written.
    pub kind: LinkKind,
    /// Whether it is an image.
    pub image: bool,
    /// The target, where it stands (in the definition for references; the whole link where it can't be told).
    pub target: Spanned<String>,
    /// The text as a reader sees it (of an image: the alternative text).
    pub text: String,
    /// The whole link.
    pub span: Span,
}

/// A link reference definition: `[label]: target`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The label as written.
    pub label: Spanned<String>,
    /// The target.
    pub target: Spanned<String>,
    /// Whether an earlier definition of the same label makes Markdown ignore this one.
    pub shadowed: bool,
}

/// What kind of text block it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockKind {
    /// A paragraph, also inside a list item or a quote.
    Paragraph,
    /// The row of a table.
    TableRow,
    /// A heading.
    Heading,
}

/// A block of prose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The kind.
    pub kind: BlockKind,
    /// The whole span, markup included.
    pub span: Span,
    /// The index into [`Markdown::headings`] of the nearest heading before it.
    pub heading: Option<usize>,
    /// Whether it stands in a block quote.
    pub quoted: bool,
}
