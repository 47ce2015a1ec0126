//! From the parser's events to the parts of a document, in one pass.

use std::ops::Range;

use pulldown_cmark::BrokenLink;
use pulldown_cmark::CodeBlockKind;
use pulldown_cmark::CowStr;
use pulldown_cmark::Event;
use pulldown_cmark::LinkType;
use pulldown_cmark::Options;
use pulldown_cmark::Parser;
use pulldown_cmark::Tag;
use pulldown_cmark::TagEnd;

use crate::facts::markdown::definitions;
use crate::facts::markdown::document::Block;
use crate::facts::markdown::document::BlockKind;
use crate::facts::markdown::document::Fence;
use crate::facts::markdown::document::Heading;
use crate::facts::markdown::document::Link;
use crate::facts::markdown::document::LinkKind;
use crate::facts::markdown::document::Markdown;
use crate::facts::markdown::front;
use crate::facts::markdown::html;
use crate::facts::markdown::shift;
use crate::facts::markdown::slug::Slugs;
use crate::facts::markdown::target;
use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// The most bytes that are kept of the text of one link: nested images would copy theirs again and again.
const LINK_TEXT: usize = 500;

/// Reads a Markdown text. Never fails: everything is Markdown.
pub fn parse(text: &str) -> Markdown {
    let front_matter = front::matter(text);
    let bom = text.len() - text.trim_start_matches('\u{feff}').len();
    let base = front_matter.map_or(bom, |span| span.end);
    let mut document = read(&text[base..]);
    document.front_matter = front_matter;
    document.shrink();
    if base > 0 {
        shift::move_by(&mut document, base);
    }
    document
}

fn read(text: &str) -> Markdown {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    let mut broken: Vec<(Range<usize>, String)> = Vec::new();
    let mut reader = Reader::of(text);
    let mut definitions = Vec::new();
    {
        let mut note = |link: BrokenLink<'_>| {
            broken.push((link.span, link.reference.into_string()));
            None::<(CowStr<'_>, CowStr<'_>)>
        };
        let mut events = Parser::new_with_broken_link_callback(text, options, Some(&mut note)).into_offset_iter();
        while let Some((event, range)) = events.next() {
            let defined = match &event {
                Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. })
                    if matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut) =>
                {
                    events.reference_definitions().get(id).map(|definition| definition.span.clone())
                }
                _ => None,
            };
            reader.take(event, range, defined);
        }
        definitions.extend(events.reference_definitions().iter().map(|(_, definition)| definition.span.clone()));
    }
    reader.close_block();
    reader.leaves.sort_by_key(|leaf| leaf.start);
    let mut document = reader.document;
    document.definitions = definitions::list(text, definitions, &reader.leaves);
    document.undefined = undefined(broken);
    document.links.sort_by_key(|link| (link.span.start, link.span.end));
    document.codes.sort_by_key(|code| code.span.start);
    document
}

/// The brackets without a definition, the inner attempts of the parser at the same brackets left out.
fn undefined(mut broken: Vec<(Range<usize>, String)>) -> Vec<Spanned<String>> {
    broken.sort_by(|(one, _), (other, _)| (one.start, other.end).cmp(&(other.start, one.end)));
    let mut passed = 0;
    let mut undefined = Vec::new();
    for (range, label) in broken {
        let marks_else = label.trim().is_empty() || label.starts_with('^') || label.starts_with('!') || label == "x";
        if range.start >= passed && !marks_else {
            passed = range.end;
            undefined.push(Spanned::new(label, Span::from(range)));
        }
    }
    undefined
}

/// A link whose end was not reached yet.
struct OpenLink {
    kind: LinkKind,
    image: bool,
    value: String,
    /// The span of its definition, for references.
    defined: Option<Range<usize>>,
    span: Range<usize>,
    /// Where its text begins in [`Reader::words`].
    words: usize,
    /// The end of the last thing inside it.
    inner_end: usize,
}

#[derive(Default)]
struct Reader<'a> {
    text: &'a str,
    document: Markdown,
    slugs: Slugs,
    /// The text block that is open: its kind, its span, and whether the parser opened it (a tight list item has no paragraph).
    block: Option<(BlockKind, Range<usize>, bool)>,
    links: Vec<OpenLink>,
    /// The text inside open links, outermost first.
    words: String,
    /// The text of the open heading.
    heading: Option<String>,
    code: Option<Fence>,
    in_html: bool,
    quotes: usize,
    /// The spans in which nothing is a definition.
    leaves: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    /// Makes room as dense documents need it: growing lists are copied again and again.
    fn of(text: &'a str) -> Self {
        let room = text.len() / 128;
        let document =
            Markdown { blocks: Vec::with_capacity(room), links: Vec::with_capacity(room), ..Markdown::default() };
        Self { text, document, leaves: Vec::with_capacity(room), ..Self::default() }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>, defined: Option<Range<usize>>) {
        match event {
            Event::Start(tag) => self.start(tag, range, defined),
            Event::End(tag) => self.end(tag, &range),
            Event::Text(text) => self.words(&text, range),
            Event::Code(text) => {
                let inner = code_span(self.text, range.clone());
                self.document.codes.push(Spanned::new(text.to_string(), inner));
                self.words(&text, range);
            }
            Event::SoftBreak | Event::HardBreak => self.words(" ", range),
            Event::InlineHtml(_) => {
                self.html(range.clone());
                self.words("", range);
            }
            Event::Html(_) if !self.in_html => self.html(range),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => self.words("", range),
            Event::Rule => self.close_block(),
            Event::Html(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>, defined: Option<Range<usize>>) {
        match tag {
            Tag::Link { link_type, dest_url, .. } => self.open_link(link_type, &dest_url, false, range, defined),
            Tag::Image { link_type, dest_url, .. } => self.open_link(link_type, &dest_url, true, range, defined),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough => self.words("", range),
            Tag::TableCell => {}
            Tag::Paragraph => self.open_block(BlockKind::Paragraph, range),
            Tag::TableHead | Tag::TableRow => self.open_block(BlockKind::TableRow, range),
            Tag::Heading { level, id, .. } => {
                self.open_block(BlockKind::Heading, range.clone());
                self.heading = Some(String::new());
                if let Some(id) = id {
                    self.document.anchors.push(Spanned::new(id.to_string(), Span::from(range.clone())));
                }
                self.document.headings.push(Heading {
                    level: level as u8,
                    text: String::new(),
                    slug: String::new(),
                    span: Span::from(range),
                });
            }
            Tag::CodeBlock(kind) => {
                self.close_block();
                self.leaves.push(range.clone());
                self.code = Some(self.open_code(&kind, range));
            }
            Tag::HtmlBlock => {
                self.close_block();
                self.leaves.push(range.clone());
                self.in_html = true;
                self.html(range);
            }
            Tag::BlockQuote(_) => {
                self.close_block();
                self.quotes += 1;
            }
            _ => self.close_block(),
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Link | TagEnd::Image => self.close_link(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::TableCell => self.reach(range.end),
            TagEnd::Heading(_) => {
                let text = self.heading.take().unwrap_or_default().trim().to_owned();
                let slug = self.slugs.next(&text);
                if let Some(heading) = self.document.headings.last_mut() {
                    heading.text = text;
                    heading.slug = slug;
                }
                self.close_block();
            }
            TagEnd::CodeBlock => self.document.fences.extend(self.code.take()),
            TagEnd::HtmlBlock => self.in_html = false,
            TagEnd::BlockQuote(_) => {
                self.close_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            _ => self.close_block(),
        }
    }

    fn open_block(&mut self, kind: BlockKind, range: Range<usize>) {
        self.close_block();
        self.block = Some((kind, range, true));
    }

    fn close_block(&mut self) {
        let Some((kind, range, _)) = self.block.take() else { return };
        self.leaves.push(range.clone());
        // A heading stands below the one before it, not below itself.
        let before = self.document.headings.len() - usize::from(kind == BlockKind::Heading);
        self.document.blocks.push(Block {
            kind,
            span: Span::from(range),
            heading: before.checked_sub(1),
            quoted: self.quotes > 0,
        });
    }

    /// Takes a piece of inline text.
    fn words(&mut self, text: &str, range: Range<usize>) {
        if let Some(code) = &mut self.code {
            if code.content.start == code.content.end {
                code.content.start = range.start;
            }
            code.content.end = range.end;
            return;
        }
        match &mut self.block {
            Some((_, block, given)) if !*given => block.end = block.end.max(range.end),
            Some(_) => {}
            None => self.block = Some((BlockKind::Paragraph, range.clone(), false)),
        }
        if !self.links.is_empty() {
            self.words.push_str(text);
        }
        if let Some(heading) = self.heading.as_mut().filter(|_| !self.links.iter().any(|link| link.image)) {
            heading.push_str(text);
        }
        self.reach(range.end);
    }

    /// Notes how far the innermost open link has been read.
    fn reach(&mut self, end: usize) {
        if let Some(link) = self.links.last_mut() {
            link.inner_end = link.inner_end.max(end);
        }
    }

    fn open_link(
        &mut self,
        link_type: LinkType,
        value: &str,
        image: bool,
        span: Range<usize>,
        defined: Option<Range<usize>>,
    ) {
        let kind = match link_type {
            LinkType::Inline => LinkKind::Inline,
            LinkType::Autolink | LinkType::Email => LinkKind::Autolink,
            _ => LinkKind::Reference,
        };
        self.words("", span.clone());
        let inner_end = span.start + 1 + usize::from(image);
        self.links.push(OpenLink {
            kind,
            image,
            value: value.to_owned(),
            defined,
            words: self.words.len(),
            inner_end,
            span,
        });
    }

    fn close_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        let target = match link.kind {
            LinkKind::Inline => target::inline(self.text, link.inner_end.min(link.span.end), link.span.end),
            LinkKind::Reference => link.defined.and_then(|span| target::definition(self.text, span)).map(|(_, at)| at),
            LinkKind::Autolink => Some(link.span.start + 1..link.span.end - 1),
            LinkKind::Html => None,
        };
        let mut words = &self.words[link.words..];
        if words.len() > LINK_TEXT {
            words = &words[..(0..=LINK_TEXT).rev().find(|&at| words.is_char_boundary(at)).unwrap_or_default()];
        }
        self.document.links.push(Link {
            kind: link.kind,
            image: link.image,
            target: Spanned::new(link.value, Span::from(target.unwrap_or_else(|| link.span.clone()))),
            text: words.to_owned(),
            span: Span::from(link.span.clone()),
        });
        if self.links.is_empty() {
            self.words.clear();
        }
        self.reach(link.span.end);
    }

    fn open_code(&self, kind: &CodeBlockKind<'_>, range: Range<usize>) -> Fence {
        let (info, fenced) = match kind {
            CodeBlockKind::Fenced(info) => (info.to_string(), true),
            CodeBlockKind::Indented => (String::new(), false),
        };
        let first_line = memchr::memchr(b'\n', &self.text.as_bytes()[range.clone()]);
        let begin = first_line.filter(|_| fenced).map_or(range.end, |at| range.start + at + 1);
        Fence {
            info,
            fenced,
            content: Span::new(begin, begin),
            span: Span::from(range),
            heading: self.document.headings.len().checked_sub(1),
        }
    }

    fn html(&mut self, range: Range<usize>) {
        let Self { text, document, slugs, .. } = self;
        let spanned = |range: Range<usize>| Spanned::new(text[range.clone()].to_owned(), Span::from(range));
        html::scan(text, range, |item| match item {
            html::Item::Comment(range) => document.comments.push(spanned(range)),
            html::Item::Anchor(range) => document.anchors.push(spanned(range)),
            html::Item::Link { image, tag, target, text } => document.links.push(Link {
                kind: LinkKind::Html,
                image,
                target: spanned(target),
                text,
                span: Span::from(tag),
            }),
            html::Item::Heading(tag, words) if !words.is_empty() => {
                document.anchors.push(Spanned::new(slugs.next(&words), Span::from(tag)));
            }
            html::Item::Heading(..) => {}
        });
    }
}

/// The inside of a code span: without the backticks, and without the one space that Markdown takes away at both ends.
fn code_span(text: &str, range: Range<usize>) -> Span {
    let whole = &text[range.clone()];
    let ticks = whole.bytes().take_while(|&byte| byte == b'`').count();
    let (mut start, mut end) = (range.start + ticks, range.end.saturating_sub(ticks));
    if start >= end {
        return Span::from(range);
    }
    let inner = &text[start..end];
    let blank = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_whitespace());
    if !inner.trim().is_empty() && blank(inner.bytes().next()) && blank(inner.bytes().last()) {
        start += 1;
        end -= 1;
    }
    Span::new(start, end)
}
