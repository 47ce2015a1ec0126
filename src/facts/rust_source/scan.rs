//! One pass over the bytes of a Rust file.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::rust_source::Rust;
use crate::facts::rust_source::attribute::Attributes;
use crate::facts::rust_source::doc::DocBlock;
use crate::facts::rust_source::doc::DocStyle;
use crate::facts::rust_source::include;
use crate::facts::rust_source::item::IncludeKind;
use crate::facts::rust_source::item::InlineModule;
use crate::facts::rust_source::item::MacroDefinition;
use crate::facts::rust_source::item::ModuleDeclaration;
use crate::facts::rust_source::item::TestFunction;
use crate::facts::rust_source::item::Within;
use crate::facts::rust_source::skip;
use crate::facts::rust_source::skip::CLASS;
use crate::facts::rust_source::skip::class;

/// Reads a Rust file. Never fails: what is broken is rustc's to say.
pub fn scan(text: &str) -> Rust {
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: 0,
        depth: 0,
        frames: Vec::new(),
        pending: Attributes::default(),
        has_pending: false,
        rust: Rust::default(),
    };
    scanner.run();
    scanner.rust
}

/// The length of the longest word below that means something without a `!` behind it.
const LONGEST_KEYWORD: usize = 3;

/// The bytes that such words begin with.
const FIRST_OF_KEYWORD: [bool; 256] = {
    let mut table = [false; 256];
    let firsts = b"bcfmpr";
    let mut at = 0;
    while at < firsts.len() {
        table[firsts[at] as usize] = true;
        at += 1;
    }
    table
};

/// A remembered open brace, with what is around everything in it: nothing walks up the braces.
#[derive(Clone, Copy)]
struct Frame {
    depth: usize,
    inside: Option<usize>,
    within: Within,
    /// Whether each function directly in it is a test.
    tests: bool,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    frames: Vec<Frame>,
    pending: Attributes,
    has_pending: bool,
    rust: Rust,
}

impl Scanner<'_> {
    fn run(&mut self) {
        if self.text.starts_with("#!") && !self.text[2..].trim_start().starts_with('[') {
            self.at = skip::line(self.bytes, 0);
        }
        // Most of a file is words that say nothing: they are passed without a step of the scanner itself.
        let bytes = self.bytes;
        let mut at = self.at;
        while let Some(&byte) = bytes.get(at) {
            match CLASS[byte as usize] {
                class::PLAIN => at += 1,
                class::WORD => {
                    let end = skip::word(bytes, at);
                    let may_be_keyword = end - at <= LONGEST_KEYWORD && FIRST_OF_KEYWORD[byte as usize];
                    if may_be_keyword || bytes.get(end) == Some(&b'!') {
                        self.word(at, end);
                        at = self.at;
                    } else {
                        at = end;
                    }
                }
                class::DIGIT => at = skip::word(bytes, at),
                class::LINE_END => at = skip::spaces(bytes, at + 1),
                _ => {
                    self.at = at;
                    self.punctuation(byte);
                    at = self.at;
                }
            }
        }
        self.at = at;
    }

    fn punctuation(&mut self, byte: u8) {
        match byte {
            b'"' => self.at = skip::string(self.bytes, self.at + 1),
            b'\'' => self.at = skip::tick(self.text, self.at),
            b'/' => self.slash(),
            b'#' => self.hash(),
            b'{' => {
                self.depth += 1;
                self.at += 1;
                self.forget();
            }
            b'}' => {
                while self.frames.last().is_some_and(|frame| frame.depth >= self.depth) {
                    self.frames.pop();
                }
                self.depth = self.depth.saturating_sub(1);
                self.at += 1;
                self.forget();
            }
            _ => {
                self.at += 1;
                self.forget();
            }
        }
    }

    fn forget(&mut self) {
        if self.has_pending {
            self.pending = Attributes::default();
            self.has_pending = false;
        }
    }

    fn taken(&mut self) -> Attributes {
        self.has_pending = false;
        std::mem::take(&mut self.pending)
    }

    fn slash(&mut self) {
        let start = self.at;
        match self.bytes.get(start + 1) {
            Some(b'/') => {
                let end = skip::line(self.bytes, start);
                let inner = self.bytes.get(start + 2) == Some(&b'!');
                let outer = self.bytes.get(start + 2) == Some(&b'/') && self.bytes.get(start + 3) != Some(&b'/');
                if inner || outer {
                    self.doc_line(inner, Span::new(start, end));
                }
                self.at = end;
            }
            Some(b'*') => {
                let end = skip::block_comment(self.bytes, start + 2);
                let inner = self.bytes.get(start + 2) == Some(&b'!');
                let outer = self.bytes.get(start + 2) == Some(&b'*')
                    && !matches!(self.bytes.get(start + 3), Some(b'*' | b'/') | None);
                if inner || outer {
                    self.rust.docs.push(DocBlock { inner, style: DocStyle::Block, span: Span::new(start, end) });
                }
                self.at = end;
            }
            _ => self.at += 1,
        }
    }

    fn doc_line(&mut self, inner: bool, span: Span) {
        if let Some(last) = self.rust.docs.last_mut()
            && (last.inner, last.style) == (inner, DocStyle::Lines)
            && self.bytes[last.span.end..span.start].iter().all(u8::is_ascii_whitespace)
            && memchr::memchr_iter(b'\n', &self.bytes[last.span.end..span.start]).count() == 1
        {
            last.span.end = span.end;
            return;
        }
        self.rust.docs.push(DocBlock { inner, style: DocStyle::Lines, span });
    }

    fn hash(&mut self) {
        let start = self.at;
        let mut open = start + 1;
        let inner = self.bytes.get(open) == Some(&b'!');
        if inner {
            open += 1;
        }
        if self.bytes.get(open) != Some(&b'[') {
            self.at += 1;
            return;
        }
        let end = skip::brackets(self.text, open + 1);
        self.at = end;
        let closed = end > open + 1 && self.bytes.get(end - 1) == Some(&b']');
        let content = Span::new(open + 1, if closed { end - 1 } else { end });
        if self.text[content.start..content.end].contains("doc") {
            self.documentation(inner, content);
        }
        if !inner {
            self.pending.take(self.text, content, Span::new(start, end));
            self.has_pending = true;
        }
    }

    /// `doc = "..."`, `doc = include_str!(...)` and `doc(html_root_url = "...")`, inside `cfg_attr` too.
    fn documentation(&mut self, inner: bool, content: Span) {
        let body = &self.text[content.start..content.end];
        if let Some(found) = body.find("html_root_url") {
            let at = skip::blank(self.bytes, content.start + found + "html_root_url".len());
            if self.bytes.get(at) == Some(&b'=')
                && let Some((range, _)) = skip::literal(self.bytes, skip::blank(self.bytes, at + 1))
            {
                self.rust.html_root_url = Some(Spanned::new(self.text[range.clone()].to_owned(), range.into()));
            }
        }
        let Some(equals) = body.strip_prefix("doc").map(str::trim_start).filter(|rest| rest.starts_with('=')) else {
            if let Some(found) = body.find("include_str!") {
                self.rust.includes.extend(include::read(
                    self.text,
                    IncludeKind::Doc,
                    content.start + found + "include_str!".len(),
                ));
            }
            return;
        };
        let at = skip::blank(self.bytes, content.end - equals.len() + 1);
        if let Some((range, _)) = skip::literal(self.bytes, at) {
            self.rust.docs.push(DocBlock { inner, style: DocStyle::Attribute, span: range.into() });
        } else if self.text[at..content.end.max(at)].starts_with("include_str!") {
            self.rust.includes.extend(include::read(self.text, IncludeKind::Doc, at + "include_str!".len()));
        }
    }

    fn word(&mut self, start: usize, end: usize) {
        self.at = end;
        match &self.bytes[start..end] {
            b"mod" => self.module(start),
            b"fn" => self.function(),
            b"pub" => {
                self.pending.public = true;
                self.has_pending = true;
            }
            b"r" | b"br" | b"cr" => {
                if let Some(end) = skip::raw_string(self.bytes, end) {
                    self.at = end;
                } else if self.bytes.get(end) == Some(&b'#') {
                    self.at = skip::word(self.bytes, end + 1);
                }
            }
            _ if self.bytes.get(end) == Some(&b'!') && self.bytes.get(end + 1) != Some(&b'=') => {
                self.macro_call(start, end);
            }
            _ => {}
        }
    }

    /// Where the identifier at the next token stands, without `r#`.
    fn identifier(&self, at: usize) -> Option<Span> {
        let at = skip::blank(self.bytes, at);
        let start = if self.bytes[at..].starts_with(b"r#") { at + 2 } else { at };
        let end = skip::word(self.bytes, start);
        let first = *self.bytes.get(start)?;
        (end > start && !first.is_ascii_digit()).then(|| Span::new(start, end))
    }

    /// The identifier at the next token, without `r#`.
    fn name(&self, at: usize) -> Option<Spanned<String>> {
        self.identifier(at).map(|span| self.named(span))
    }

    fn named(&self, span: Span) -> Spanned<String> {
        Spanned::new(self.text[span.start..span.end].to_owned(), span)
    }

    /// The inline module and the kind of text around the scanner.
    fn around(&self) -> (Option<usize>, Within) {
        self.frames.last().map_or((None, Within::Code), |frame| (frame.inside, frame.within))
    }

    fn module(&mut self, start: usize) {
        let Some(name) = self.name(self.at) else {
            let next = skip::blank(self.bytes, self.at);
            if self.bytes.get(next) == Some(&b'$')
                && let Some(last) = self.rust.macros.last_mut()
            {
                last.declares_modules = true;
            }
            return;
        };
        let next = skip::blank(self.bytes, name.span.end);
        let (inside, within) = self.around();
        // In a macro call the last declaration may end with the call: `experimental!(pub(crate) mod a);`.
        let ends_with_call = match self.bytes.get(next) {
            Some(b')' | b']') => true,
            Some(b'}') => within == Within::MacroCall,
            _ => false,
        };
        let within = if ends_with_call { within.max(Within::MacroCall) } else { within };
        match self.bytes.get(next) {
            Some(end) if *end == b';' || ends_with_call => {
                self.at = next + usize::from(!ends_with_call);
                let attributes = self.taken();
                self.rust.modules.push(ModuleDeclaration {
                    name,
                    paths: attributes.paths,
                    always_by_path: attributes.always_by_path,
                    cfg: attributes.cfg,
                    public: attributes.public,
                    inside,
                    within,
                    span: Span::new(start, next + 1),
                });
            }
            Some(b'{') => {
                let attributes = self.taken();
                self.enter(next, Some(self.rust.inline.len()), within, false);
                self.rust.inline.push(InlineModule { name, paths: attributes.paths, cfg: attributes.cfg, inside });
            }
            _ => {}
        }
    }

    fn function(&mut self) {
        let Some(span) = self.identifier(self.at) else { return };
        self.at = span.end;
        let attributes = if self.has_pending { self.taken() } else { Attributes::default() };
        if self.depth == 0 && self.frames.is_empty() && &self.bytes[span.start..span.end] == b"main" {
            self.rust.main = Some(span);
        }
        let by_macro = self.frames.last().is_some_and(|frame| frame.depth == self.depth && frame.tests);
        if let Some(attribute) = attributes.test.or(by_macro.then_some(span)) {
            let (inside, within) = self.around();
            let (ignored, cfg) = (attributes.ignored, attributes.cfg);
            let name = self.named(span);
            self.rust.tests.push(TestFunction { name, attribute, ignored, cfg, inside, within });
        }
    }

    fn macro_call(&mut self, start: usize, end: usize) {
        let word = &self.text[start..end];
        let mut open = skip::blank(self.bytes, end + 1);
        self.at = end + 1;
        match word {
            "macro_rules" => {
                let Some(name) = self.name(open) else { return };
                open = skip::blank(self.bytes, name.span.end);
                self.at = name.span.end;
                self.rust.macros.push(MacroDefinition { name, declares_modules: false });
                if self.bytes.get(open) == Some(&b'{') {
                    self.enter(open, self.around().0, Within::MacroDefinition, false);
                }
            }
            "include" => self.rust.includes.extend(include::read(self.text, IncludeKind::Code, end + 1)),
            "include_str" | "include_bytes" => {
                self.rust.includes.extend(include::read(self.text, IncludeKind::Data, end + 1));
            }
            _ => {
                if word == "dir" && self.text[..start].ends_with("automod::") {
                    self.module_folder(open);
                }
                if self.bytes.get(open) == Some(&b'{') {
                    let (inside, around) = self.around();
                    self.enter(open, inside, around.max(Within::MacroCall), word == "quickcheck");
                }
            }
        }
    }

    fn enter(&mut self, open: usize, inside: Option<usize>, within: Within, tests: bool) {
        self.at = open + 1;
        self.depth += 1;
        self.frames.push(Frame { depth: self.depth, inside, within, tests });
        self.forget();
    }

    /// `automod::dir!(pub "path")`, where `open` is at the bracket.
    fn module_folder(&mut self, open: usize) {
        let from = (open + 1).min(self.bytes.len());
        let Some(quote) = memchr::memchr3(b'"', b')', b';', &self.bytes[from..]) else { return };
        if let Some((range, _)) = skip::literal(self.bytes, from + quote) {
            self.rust.module_folders.push(Spanned::new(self.text[range.clone()].to_owned(), range.into()));
        }
    }
}
