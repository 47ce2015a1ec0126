//! TOML tables with the span of each key and value: the one way from the `toml` crate to our parsers.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::de::DeTable;
use toml::de::DeValue;
use toml_parser::lexer::TokenKind;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::problem::Problem;

/// A value as the `toml` crate gives it.
pub type Value<'t> = toml::Spanned<DeValue<'t>>;

/// A parsed TOML text and the complaints about it.
pub struct Document<'t> {
    text: &'t str,
    root: DeTable<'t>,
    complaints: RefCell<Vec<Problem>>,
}

/// A table of a document.
#[derive(Clone, Copy)]
pub struct Table<'d> {
    text: &'d str,
    entries: &'d DeTable<'d>,
    complaints: &'d RefCell<Vec<Problem>>,
    /// The header, or the whole inline table; the key of a table that is only implied.
    pub span: Span,
}

impl<'t> Document<'t> {
    /// Parses a text as far as it can be parsed.
    pub fn parse(text: &'t str) -> Self {
        if is_too_deep(text) {
            let problem = Problem { message: "tables are nested too deep".to_owned(), span: None, limit: true };
            return Self { text, root: DeTable::new(), complaints: RefCell::new(vec![problem]) };
        }
        let (root, errors) = DeTable::parse_recoverable(text);
        let complaints = errors.iter().map(|error| Problem {
            message: format!("invalid TOML: {}", error.message()),
            // The parser may end its span inside a character.
            span: error.span().map(|span| Span::from(span).whole_in(text)),
            limit: error.message().contains("recurs"),
        });
        let complaints = RefCell::new(complaints.collect());
        Self { text, root: root.into_inner(), complaints }
    }

    /// The table that the document is.
    pub fn root(&self) -> Table<'_> {
        Table { text: self.text, entries: &self.root, complaints: &self.complaints, span: Span::default() }
    }

    /// What was wrong, in order of the text.
    pub fn into_problems(self) -> Vec<Problem> {
        let mut problems = self.complaints.into_inner();
        problems.sort_by_key(|problem| problem.span);
        // The parser says once for each level of nesting that the same bracket is missing.
        let mut told = BTreeSet::new();
        problems.retain(|problem| told.insert((problem.span, problem.message.clone())));
        problems
    }
}

impl<'d> Table<'d> {
    /// The value of a key.
    pub fn get(self, key: &str) -> Option<&'d Value<'d>> {
        self.entries.get(key)
    }

    /// The keys and values in order of the text.
    pub fn entries(self) -> Vec<(Spanned<String>, &'d Value<'d>)> {
        let mut entries: Vec<_> = self.entries.iter().map(|(key, value)| (self.key(key), value)).collect();
        entries.sort_by_key(|(key, _)| key.span);
        entries
    }

    fn key(self, key: &toml::Spanned<toml::de::DeString<'d>>) -> Spanned<String> {
        Spanned::new(key.get_ref().clone().into_owned(), unquoted(self.text, key.span().into()))
    }

    /// The string of a key; a value of another type is a complaint.
    pub fn string(self, key: &str) -> Option<Spanned<String>> {
        self.as_string(self.get(key)?)
    }

    /// The boolean of a key; a value of another type is a complaint.
    pub fn flag(self, key: &str) -> Option<Spanned<bool>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(Spanned::new(*flag, value.span().into())),
            _ => self.complain(value, "expected true or false"),
        }
    }

    /// The strings of a key; none where the key is missing.
    pub fn strings(self, key: &str) -> Option<Vec<Spanned<String>>> {
        self.get(key).map(|value| self.as_strings(value))
    }

    /// The table of a key; a value of another type is a complaint.
    pub fn table(self, key: &str) -> Option<Table<'d>> {
        let value = self.get(key)?;
        self.as_table(value).or_else(|| self.complain(value, "expected a table"))
    }

    /// The tables of an array of tables; a value of another type is a complaint.
    pub fn tables(self, key: &str) -> Vec<Table<'d>> {
        match self.get(key).map(|value| (value, value.get_ref())) {
            Some((_, DeValue::Array(array))) => array.iter().filter_map(|value| self.as_table(value)).collect(),
            Some((value, _)) => self.complain(value, "expected an array of tables").unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// A value as a table.
    pub fn as_table(self, value: &'d Value<'d>) -> Option<Table<'d>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Table { entries: table, span: value.span().into(), ..self }),
            _ => None,
        }
    }

    /// A value as a string without its quotes; another type is a complaint.
    pub fn as_string(self, value: &'d Value<'d>) -> Option<Spanned<String>> {
        match value.get_ref() {
            DeValue::String(string) => {
                Some(Spanned::new(string.clone().into_owned(), unquoted(self.text, value.span().into())))
            }
            _ => self.complain(value, "expected a string"),
        }
    }

    /// A value as a list of strings; anything else in it is a complaint.
    pub fn as_strings(self, value: &'d Value<'d>) -> Vec<Spanned<String>> {
        match value.get_ref() {
            DeValue::Array(array) => array.iter().filter_map(|value| self.as_string(value)).collect(),
            _ => self.complain(value, "expected an array of strings").unwrap_or_default(),
        }
    }

    /// Notes that a value can't be what it is.
    pub fn complain<T>(self, value: &Value<'d>, message: &str) -> Option<T> {
        let problem =
            Problem { message: message.to_owned(), span: Some(unquoted(self.text, value.span().into())), limit: false };
        self.complaints.borrow_mut().push(problem);
        None
    }
}

/// Says whether dotted keys in inline tables nest so deep that dropping what the parser makes would overflow the stack.
///
/// The parser bounds dotted keys and inline tables by 80 each, not their product.
fn is_too_deep(text: &str) -> bool {
    const FEW: usize = 12;
    const DEEPEST: usize = 500;
    if memchr::memchr_iter(b'{', text.as_bytes()).take(FEW + 1).count() <= FEW {
        return false;
    }
    // The open brackets, each with the parts of dotted keys that led to it; brackets that don't match stay open.
    let mut open: Vec<(TokenKind, usize)> = Vec::new();
    let (mut depth, mut dots) = (0, 0);
    for token in toml_parser::Source::new(text).lex() {
        let kind = token.kind();
        match kind {
            TokenKind::Dot => dots += 1,
            TokenKind::Comma | TokenKind::Newline => dots = 0,
            TokenKind::LeftCurlyBracket | TokenKind::LeftSquareBracket => {
                depth += dots + 1;
                open.push((kind, dots + 1));
                dots = 0;
            }
            TokenKind::RightCurlyBracket | TokenKind::RightSquareBracket => {
                let opened = if kind == TokenKind::RightCurlyBracket {
                    TokenKind::LeftCurlyBracket
                } else {
                    TokenKind::LeftSquareBracket
                };
                if let Some((_, parts)) = open.pop_if(|(last, _)| *last == opened) {
                    depth -= parts;
                }
                dots = 0;
            }
            _ => {}
        }
        if depth + dots > DEEPEST {
            return true;
        }
    }
    false
}

/// The span of a string or key without the quotes around it.
fn unquoted(text: &str, span: Span) -> Span {
    let span = span.whole_in(text);
    let raw = text.get(span.start..span.end).unwrap_or_default();
    let marks = ["\"\"\"", "'''", "\"", "'"];
    let Some(mark) = marks.into_iter().find(|mark| raw.starts_with(mark)) else { return span };
    // Of a string without an end the parser makes a value too.
    let closed = raw.len() >= 2 * mark.len() && raw.ends_with(mark);
    Span::new(span.start + mark.len(), if closed { span.end - mark.len() } else { span.end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_never_cuts_a_character() {
        let long = "a = '''\u{1f30c}''\u{fe0f}";
        for text in ["version = '\u{eeff}\u{feff}", "a = \"x \u{1f30c}\u{fe0f}\n\"\"\"\n", long] {
            let document = Document::parse(text);
            for (_, value) in document.root().entries() {
                document.root().complain::<()>(value, "something else is expected");
            }
            let problems = document.into_problems();
            assert!(!problems.is_empty());
            for span in problems.iter().filter_map(|problem| problem.span) {
                assert!(text.get(span.start..span.end).is_some(), "{span:?} of {text:?}");
            }
        }
    }

    #[test]
    fn spans_leave_quotes_and_byte_order_marks_out() {
        let text = "\u{feff}a = \"x\"\r\n'b c' = '''y'''\r\nd.e = \"\"\r\n";
        let document = Document::parse(text);
        let root = document.root();
        for (key, value) in [("a", "x"), ("b c", "y")] {
            let found = root.string(key).unwrap();
            assert_eq!((&text[found.span.start..found.span.end], found.value.as_str()), (value, value));
        }
        let keys: Vec<_> =
            root.entries().iter().map(|(key, _)| text[key.span.start..key.span.end].to_owned()).collect();
        assert_eq!(keys, ["a", "b c", "d"]);
        assert_eq!(root.table("d").unwrap().string("e").unwrap().value, "");
        assert!(document.into_problems().is_empty());
    }

    #[test]
    fn depth_is_bounded_by_the_parser() {
        let nested = |open: &str, middle: &str, close: &str, times: usize| {
            format!("a = {}{middle}{}", open.repeat(times), close.repeat(times))
        };
        let path = vec!["a"; 79].join(".");
        for text in [
            nested("[", "", "]", 10_000),
            nested("{a=", "1", "}", 10_000),
            nested(&format!("{{{path}="), "1", "}", 10_000),
            format!("[{}]\nx = 1", vec!["a"; 10_000].join(".")),
            format!("{} = 1", vec!["a"; 10_000].join(".")),
        ] {
            let problems = Document::parse(&text).into_problems();
            assert!(problems.iter().any(|problem| problem.limit), "{problems:?}");
        }
    }

    #[test]
    fn what_is_broken_has_a_place() {
        let document = Document::parse("a = 1\nb = \nc = \"x\"\n");
        assert_eq!(document.root().string("c").unwrap().value, "x");
        assert!(document.root().string("a").is_none());
        let problems = document.into_problems();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.span.is_some()));
    }
}
