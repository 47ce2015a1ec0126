//! Reads YAML events into a tree, within limits: aliases are shared, merge keys resolved.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use saphyr_parser::Event;
use saphyr_parser::Parser;
use saphyr_parser::ScalarStyle;

use crate::facts::place::Span;
use crate::facts::problem::Problem;
use crate::facts::yaml::indent::Indented;
use crate::facts::yaml::tree::Kind;
use crate::facts::yaml::tree::Node;
use crate::facts::yaml::tree::Yaml;

/// The deepest nesting that is read, aliases put in their place.
pub const MAX_DEPTH: usize = 64;
/// The most nodes that are read, aliases put in their place.
pub const MAX_NODES: usize = 200_000;

/// Reads a YAML text. What stands before an error is kept; the error is a problem.
pub fn parse(text: &str, problems: &mut Vec<Problem>) -> Yaml {
    let mut indented = Indented::new(text);
    loop {
        let (mut yaml, problem) = attempt(indented.text());
        if let Some(Problem { message, span: Some(span), .. }) = &problem
            && (message.contains("invalid indentation") && indented.move_right(span.start)
                || message.contains("comments must be separated") && indented.part_comment(span.start))
        {
            continue;
        }
        if indented.is_moved() {
            for node in &mut yaml.nodes {
                node.span = indented.original(node.span);
            }
        }
        problems.extend(
            problem.map(|problem| Problem { span: problem.span.map(|span| indented.original(span)), ..problem }),
        );
        return yaml;
    }
}

fn attempt(text: &str) -> (Yaml, Option<Problem>) {
    let mut builder = Builder {
        text,
        offsets: Offsets::new(text),
        yaml: Yaml::default(),
        open: Vec::new(),
        anchors: BTreeMap::new(),
    };
    let mut parser = Parser::new_from_str(text);
    let mut problem = None;
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok(event) => event,
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index());
                let message = format!("invalid YAML: {}", error.info());
                problem = Some(Problem { message, span: Some(Span::new(at, at)), limit: false });
                break;
            }
        };
        let span = Span::new(builder.offsets.byte(span.start.index()), builder.offsets.byte(span.end.index()));
        if let Err(limit) = builder.take(event, span) {
            problem = Some(Problem { message: limit.to_owned(), span: Some(span), limit: true });
            break;
        }
    }
    while !builder.open.is_empty() {
        builder.close(None);
    }
    (builder.yaml, problem)
}

/// The way from character offsets to byte offsets.
struct Offsets {
    /// The byte offset of each character; empty where all are ASCII.
    bytes: Vec<usize>,
    end: usize,
}

impl Offsets {
    fn new(text: &str) -> Self {
        let bytes = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at).collect() };
        Self { bytes, end: text.len() }
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            character.min(self.end)
        } else {
            self.bytes.get(character).copied().unwrap_or(self.end)
        }
    }
}

/// A collection whose end has not been read.
struct Open {
    /// The keys and values in turn, or the items.
    children: Vec<usize>,
    mapping: bool,
    anchor: usize,
    start: usize,
}

struct Builder<'a> {
    text: &'a str,
    offsets: Offsets,
    yaml: Yaml,
    open: Vec<Open>,
    anchors: BTreeMap<usize, usize>,
}

const TOO_DEEP: &str = "YAML nested deeper than 64 levels";
const TOO_LARGE: &str = "YAML of more than 200000 nodes, aliases included";

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), &'static str> {
        match event {
            Event::Scalar(value, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let span = self.tight(span, style);
                let node = Node { kind: Kind::Scalar { value: value.into_owned(), plain }, span, size: 1, height: 0 };
                self.add(node, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(false, anchor, span),
            Event::MappingStart(anchor, _) => self.open(true, anchor, span),
            Event::SequenceEnd | Event::MappingEnd => {
                self.close(Some(span.end));
                self.check(self.yaml.nodes.len().saturating_sub(1))
            }
            Event::Alias(anchor) => {
                // An alias inside its own anchor names a node that is not finished: it stands for nothing.
                match self.anchors.get(&anchor) {
                    Some(&index) => {
                        self.check(index)?;
                        self.attach(index);
                        Ok(())
                    }
                    None => self.add(
                        Node { kind: Kind::Scalar { value: String::new(), plain: true }, span, size: 1, height: 0 },
                        0,
                    ),
                }
            }
            _ => Ok(()),
        }
    }

    fn check(&self, index: usize) -> Result<(), &'static str> {
        let node = self.yaml.nodes.get(index);
        let (size, height) = node.map_or((0, 0), |node| (node.size, node.height));
        if self.open.len() + height > MAX_DEPTH {
            return Err(TOO_DEEP);
        }
        if size > MAX_NODES || self.yaml.nodes.len() > MAX_NODES { Err(TOO_LARGE) } else { Ok(()) }
    }

    fn open(&mut self, mapping: bool, anchor: usize, span: Span) -> Result<(), &'static str> {
        if self.open.len() >= MAX_DEPTH {
            return Err(TOO_DEEP);
        }
        self.open.push(Open { children: Vec::new(), mapping, anchor, start: span.start });
        Ok(())
    }

    fn add(&mut self, node: Node, anchor: usize) -> Result<(), &'static str> {
        if self.yaml.nodes.len() >= MAX_NODES {
            return Err(TOO_LARGE);
        }
        let index = self.yaml.nodes.len();
        self.yaml.nodes.push(node);
        if anchor != 0 {
            self.anchors.insert(anchor, index);
        }
        self.attach(index);
        Ok(())
    }

    fn attach(&mut self, index: usize) {
        match self.open.last_mut() {
            Some(open) => open.children.push(index),
            None => self.yaml.roots.push(index),
        }
    }

    /// Ends the innermost collection; a flow one ends where its bracket does, a block one with its last child.
    fn close(&mut self, end: Option<usize>) {
        let Some(open) = self.open.pop() else { return };
        let last = open.children.last().map_or(open.start, |&child| self.yaml.nodes[child].span.end);
        let flow = end.filter(|&end| end > 0 && matches!(self.text.as_bytes().get(end - 1), Some(b']' | b'}')));
        let span = Span::new(open.start, flow.unwrap_or(last).max(open.start));
        let size = open.children.iter().fold(1usize, |sum, &child| sum.saturating_add(self.yaml.nodes[child].size));
        let height = 1 + open.children.iter().map(|&child| self.yaml.nodes[child].height).max().unwrap_or(0);
        let kind = if open.mapping {
            let entries = open.children.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
            Kind::Mapping(if size > MAX_NODES { entries } else { self.merged(entries) })
        } else {
            Kind::Sequence(open.children)
        };
        let index = self.yaml.nodes.len();
        self.yaml.nodes.push(Node { kind, span, size, height });
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, index);
        }
        self.attach(index);
    }

    /// Puts the entries that `<<` names behind the mapping's own ones, which win.
    fn merged(&self, entries: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
        let is_merge =
            |key: usize| matches!(&self.yaml.nodes[key].kind, Kind::Scalar { value, plain: true } if value == "<<");
        if !entries.iter().any(|&(key, _)| is_merge(key)) {
            return entries;
        }
        let (merges, mut own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|&(key, _)| is_merge(key));
        let name = |key: usize| match &self.yaml.nodes[key].kind {
            Kind::Scalar { value, .. } => Some(value.as_str()),
            _ => None,
        };
        let mut known: BTreeSet<&str> = own.iter().filter_map(|&(key, _)| name(key)).collect();
        for (_, value) in merges {
            let sources = match &self.yaml.nodes[value].kind {
                Kind::Sequence(items) => items.clone(),
                _ => vec![value],
            };
            for source in sources {
                if let Kind::Mapping(entries) = &self.yaml.nodes[source].kind {
                    own.extend(entries.iter().filter(|&&(key, _)| name(key).is_some_and(|name| known.insert(name))));
                }
            }
        }
        own
    }

    /// The span of what a reader takes for the value: no quotes, no white space behind it.
    fn tight(&self, span: Span, style: ScalarStyle) -> Span {
        let source = self.text.get(span.start..span.end).unwrap_or_default();
        let quote = match style {
            ScalarStyle::SingleQuoted => '\'',
            ScalarStyle::DoubleQuoted => '"',
            _ => return Span::new(span.start, span.start + source.trim_end().len()),
        };
        let end = closing_quote(source, quote).unwrap_or(source.len());
        Span::new(span.start + 1.min(end), span.start + end)
    }
}

/// The offset of the quote that ends a quoted scalar.
fn closing_quote(source: &str, quote: char) -> Option<usize> {
    let mut characters = source.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && quote == '"' {
            characters.next();
        } else if character == quote {
            if quote == '\'' && characters.peek().is_some_and(|&(_, next)| next == quote) {
                characters.next();
            } else {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Yaml, Vec<Problem>) {
        let mut problems = Vec::new();
        let yaml = parse(text, &mut problems);
        (yaml, problems)
    }

    #[test]
    fn spans_are_bytes_and_leave_quotes_out() {
        let text = "ä: ö\nb: \"x \\\" y\" # hi\nc: |\n  echo ü\n\nd: 'it''s' # no\n";
        let (yaml, problems) = read(text);
        assert_eq!(problems, []);
        let root = yaml.root().unwrap();
        let slice = |key: &str| {
            let span = root.get(key).unwrap().span();
            &text[span.start..span.end]
        };
        assert_eq!((slice("ä"), slice("b"), slice("c"), slice("d")), ("ö", "x \\\" y", "echo ü", "it''s"));
        assert_eq!(root.get("c").unwrap().text(), Some("echo ü\n"));
    }

    #[test]
    fn aliases_and_merge_keys_are_put_in_their_place() {
        let (yaml, problems) = read("a: &x {k: 1, l: 2}\nb:\n  <<: *x\n  k: 3\nc: *x\n");
        assert_eq!(problems, []);
        let root = yaml.root().unwrap();
        let b = root.get("b").unwrap();
        assert_eq!(b.get("k").unwrap().text(), Some("3"));
        assert_eq!(b.get("l").unwrap().text(), Some("2"));
        assert_eq!(root.get("c").unwrap().get("l").unwrap().text(), Some("2"));
    }

    #[test]
    fn what_stands_before_an_error_is_kept() {
        let (yaml, problems) = read("a: 1\nb: [x, y\nc: }\n");
        assert_eq!(problems.len(), 1);
        assert!(!problems[0].limit);
        assert_eq!(yaml.root().unwrap().get("a").unwrap().text(), Some("1"));
    }

    #[test]
    fn a_comment_right_behind_a_bracket_is_read_as_github_reads_it() {
        let text = "os: [linux, windows]#, mac]\nrust: \"1.80\"# the oldest\n";
        let (yaml, problems) = read(text);
        assert_eq!(problems, []);
        let root = yaml.root().unwrap();
        let span = root.get("rust").unwrap().span();
        assert_eq!(&text[span.start..span.end], "1.80");
        assert_eq!(root.get("os").unwrap().items().count(), 2);
    }

    #[test]
    fn flow_lines_left_of_their_key_are_read_as_github_reads_them() {
        let text = "a:\n  b: [\n    x,\n  y,\n  ]\nc: {\nk: ö\n}\nd: [1]\n";
        let (yaml, problems) = read(text);
        assert_eq!(problems, []);
        let root = yaml.root().unwrap();
        let y = root.get("a").unwrap().get("b").unwrap().items().nth(1).unwrap();
        assert_eq!(&text[y.span().start..y.span().end], "y");
        let k = root.get("c").unwrap().get("k").unwrap();
        assert_eq!(&text[k.span().start..k.span().end], "ö");
        let d = root.get("d").unwrap();
        assert_eq!(&text[d.span().start..d.span().end], "[1]");
    }

    #[test]
    fn deep_and_laughing_texts_pass_a_limit_and_no_stack() {
        let mut nested = String::new();
        for depth in 0..10_000 {
            nested.push_str(&" ".repeat(depth));
            nested.push_str("a:\n");
        }
        let mut laughs = String::from("a0: &a0 [x, x]\n");
        for level in 1..40 {
            let before = level - 1;
            let _ = writeln!(laughs, "a{level}: &a{level} [*a{before}, *a{before}]");
        }
        for text in [nested, "- ".repeat(10_000), "[".repeat(10_000), "{a: ".repeat(10_000), laughs] {
            let (_, problems) = read(&text);
            assert_eq!(problems.len(), 1, "{}", &text[..20]);
        }
        assert_eq!(read("&a [*a, b]").1, []);
    }

    proptest! {
        #[test]
        fn never_panics(text in "([-a-c:{}\\[\\]&*!|>'\"#%@`,?ä \\n\\t]|<<: |\\*a |&a |  )*") {
            let (yaml, _) = read(&text);
            for root in yaml.documents() {
                for (key, value) in root.entries() {
                    prop_assert!(text.get(key.span().start..key.span().end).is_some());
                    prop_assert!(text.get(value.span().start..value.span().end).is_some());
                }
            }
        }
    }
}
