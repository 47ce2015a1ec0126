//! Passages of documents that readers copy from: code blocks and code in sentences, of Markdown files and of doc comments.

use crate::facts::Facts;
use crate::facts::kind::Kind;
use crate::facts::markdown;
use crate::facts::markdown::Markdown;
use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::rust_source::doc::DocBlock;
use crate::facts::rust_source::doc::DocText;
use crate::facts::source::Parsed;
use crate::facts::source::SourceFile;
use crate::facts::zone::Zone;

/// A passage.
pub(super) struct Passage<'a> {
    /// The file.
    pub(super) file: &'a SourceFile,
    /// Its text.
    pub(super) text: String,
    /// What stands around it: the heading above, the paragraph before a block, the sentence around code.
    pub(super) context: String,
    /// Where the passage begins: in the Markdown that it was read from.
    start: usize,
    /// The way from the Markdown to the file, where they differ.
    map: Option<std::rc::Rc<DocText>>,
}

impl Passage<'_> {
    /// The span in the file of a span in the passage.
    pub(super) fn in_file(&self, span: Span) -> Span {
        let span = span.offset_by(self.start);
        self.map.as_ref().map_or(span, |map| map.span_in_file(span))
    }
}

/// Calls `see` with each passage of the maintainers' own documents for whose text `holds` says yes.
///
/// `holds` is asked for whole documents and doc comments first: it must be quick, and yes for every text around one that it
/// says yes for.
pub(super) fn each<'a>(facts: &'a Facts, holds: &dyn Fn(&str) -> bool, see: &mut dyn FnMut(&Passage<'a>)) {
    for file in facts.files.values() {
        match &file.content.parsed {
            Parsed::Markdown(markdown)
                if file.kind == Kind::Markdown && holds(file.text()) && speaks_of_today(facts, &file.path) =>
            {
                of_markdown(file, file.text(), markdown, None, holds, see);
            }
            Parsed::Rust(rust) => {
                let raw = |block: &DocBlock| file.text().get(block.span.start..block.span.end).unwrap_or_default();
                let mut blocks = rust.docs.iter().filter(|block| holds(raw(block))).peekable();
                if blocks.peek().is_none() || !speaks_of_today(facts, &file.path) {
                    continue;
                }
                for block in blocks {
                    let joined = std::rc::Rc::new(block.join(file.text()));
                    let markdown = markdown::parse(&joined.text);
                    of_markdown(file, &joined.text, &markdown, Some(&joined), holds, see);
                }
            }
            _ => {}
        }
    }
}

fn of_markdown<'a>(
    file: &'a SourceFile,
    text: &str,
    markdown: &Markdown,
    map: Option<&std::rc::Rc<DocText>>,
    holds: &dyn Fn(&str) -> bool,
    see: &mut dyn FnMut(&Passage<'a>),
) {
    let slice = |span: Span| text.get(span.start..span.end).unwrap_or_default();
    let around = |span: Span| {
        let index = markdown.blocks.partition_point(|block| block.span.start <= span.start);
        index.checked_sub(1).map(|index| &markdown.blocks[index])
    };
    for fence in markdown.fences.iter().filter(|fence| holds(slice(fence.content))) {
        let heading = fence.heading.and_then(|index| markdown.headings.get(index)).map_or("", |one| one.text.as_str());
        let before = said_before(text, markdown, fence.span);
        let after = said_after(text, markdown, fence.span);
        let context = format!("{heading}\n{before}\n{}\n{after}", fence.info);
        let passage = Passage {
            file,
            text: slice(fence.content).to_owned(),
            context,
            start: fence.content.start,
            map: map.cloned(),
        };
        see(&passage);
    }
    for code in markdown.codes.iter().filter(|code| holds(&code.value)) {
        // Markup inside the code would move the offsets: then it is passed over.
        let Some(at) = slice(code.span).find(code.value.as_str()) else { continue };
        let block = around(code.span);
        let heading =
            block.and_then(|block| markdown.headings.get(block.heading?)).map_or("", |heading| heading.text.as_str());
        let sentence = block.map_or("", |block| slice(block.span));
        let passage = Passage {
            file,
            text: code.value.clone(),
            context: format!("{heading}\n{sentence}"),
            start: code.span.start + at,
            map: map.cloned(),
        };
        see(&passage);
    }
}

/// What is said before a code block: the paragraph above it, and above labels like `Windows:` the one that they belong to.
fn said_before(text: &str, markdown: &Markdown, fence: Span) -> String {
    let end = markdown.blocks.partition_point(|block| block.span.start <= fence.start);
    let mut said = String::new();
    for block in markdown.blocks[..end].iter().rev().take(4) {
        let own = text.get(block.span.start..block.span.end).unwrap_or_default().trim();
        said.insert_str(0, &format!("{own}\n"));
        if !own.ends_with(':') || own.split_whitespace().count() > 2 {
            break;
        }
    }
    said
}

/// What is said behind a code block, where it asks to put something else into it.
fn said_after<'t>(text: &'t str, markdown: &Markdown, fence: Span) -> &'t str {
    let next = markdown.blocks.partition_point(|block| block.span.start < fence.end);
    let said =
        markdown.blocks.get(next).and_then(|block| text.get(block.span.start..block.span.end)).unwrap_or_default();
    if said.to_ascii_lowercase().starts_with("replace ") { said } else { "" }
}

/// Says whether a document speaks of the packages as they are now, by its path.
pub(super) fn speaks_of_today(facts: &Facts, path: &str) -> bool {
    const DATED: &[&str] = &[
        "migrat",
        "upgrad",
        "breaking",
        "changelog",
        "history",
        "release",
        "porting",
        "roadmap",
        "announc",
        "postmortem",
        "rfc",
    ];
    let name = path::file_name(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    let dated = path::extension(path) != "rs" && DATED.iter().any(|word| stem.contains(word));
    !dated && !is_of_a_version(path) && facts.zone(path) == Zone::Own
}

/// Says whether a document lies in a folder that bears a version: `docs/v1/guide.md`, `site/0.2/index.md`.
fn is_of_a_version(path: &str) -> bool {
    path::extension(path) != "rs"
        && path::parent(path).split('/').any(|part| {
            let bare = part.strip_prefix("version-").or(part.strip_prefix('v')).unwrap_or(part);
            let numbers = bare.split('.').all(|number| number == "x" || number.parse::<u32>().is_ok());
            numbers && (bare.len() < part.len() || bare.contains('.')) && bare.starts_with(|c: char| c.is_ascii_digit())
        })
}

/// Says whether the words around a stated version take it back: an old series on purpose, a place to fill in.
pub(super) fn is_excused(context: &str, line: &str) -> bool {
    const WORDS: &[&str] = &["lts", "eol", "old", "older", "legacy", "previous", "previously", "earlier", "prior"];
    const PARTS: &[&str] = &[
        "long-term",
        "long term",
        "deprecated",
        "adapt",
        "choose",
        "preferred",
        "placeholder",
        "hypothetical",
        "historical",
        "backport",
        "maintenance",
        "imagine",
        "suppose",
        "pinned",
        "your version",
        "whatever version",
        "desired version",
        "specific version",
        "in this case",
        "latest version",
        "current version",
        "no longer",
        "used to",
    ];
    let lower = without_code(&format!("{context}\n{}", comment(line))).to_lowercase();
    let replaces =
        lower.contains("replace") && ["version", "release", "filename"].iter().any(|what| lower.contains(what));
    // Moving from one version to another, not from another crate to this one.
    let moves = (lower.contains("migrat") || lower.contains("upgrad")) && lower.contains(|c: char| c.is_ascii_digit());
    // What a comment in another script says can't be read: it may well say that the number is to be changed.
    let unreadable = comment(line).chars().any(|c| c.is_alphabetic() && !c.is_ascii() && !is_latin(c));
    replaces
        || moves
        || unreadable
        || PARTS.iter().any(|part| lower.contains(part))
        || lower.split(|character: char| !character.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// What a line of code says to its reader: the comment in it. A line of prose is all comment.
fn comment(line: &str) -> &str {
    let code = line.contains(['=', '"', '/']);
    match line.find('#') {
        Some(at) => &line[at..],
        None if code => "",
        None => line,
    }
}

/// Letters of the Latin script with marks.
fn is_latin(character: char) -> bool {
    character < '\u{250}'
}

/// A text without what stands between backticks.
fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect()
}
