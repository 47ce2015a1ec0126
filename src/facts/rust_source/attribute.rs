//! What the attributes before an item say of it.

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::rust_source::skip;

/// Attribute macros beside `...::test` that make a function a test.
const TEST_MACROS: &[&str] = &[
    "test",
    "rstest",
    "test_case",
    "test_matrix",
    "parameterized",
    "gtest",
    "quickcheck",
    "proptest",
    "wasm_bindgen_test",
    "apply_test",
    "serial_test",
    "traced_test",
    "test_casing",
    "async_test",
    "test_log",
    "sqlx_test",
];

/// What the attributes before the next item say.
#[derive(Clone, Debug, Default)]
pub(super) struct Attributes {
    /// The attribute that makes it a test.
    pub(super) test: Option<Span>,
    /// `#[ignore]`, conditional or not.
    pub(super) ignored: bool,
    /// The text inside the first `#[cfg(...)]`.
    pub(super) cfg: Option<Span>,
    /// The values of `path`.
    pub(super) paths: Vec<Spanned<String>>,
    /// Whether one of them is unconditional.
    pub(super) always_by_path: bool,
    /// `pub`.
    pub(super) public: bool,
}

impl Attributes {
    /// Takes an outer attribute: `content` is the text between the brackets, `span` the whole of it.
    pub(super) fn take(&mut self, text: &str, content: Span, span: Span) {
        let Some(body) = text.get(content.start..content.end) else { return };
        let (name, rest) = split_name(body);
        match name {
            "path" => {
                self.take_path(text, content.start + (body.len() - rest.len()));
                self.always_by_path |= !self.paths.is_empty();
            }
            "ignore" => self.ignored = true,
            "cfg" => {
                self.cfg.get_or_insert(inside_parentheses(content, body));
            }
            "cfg_attr" => self.take_conditional(text, content, span, rest),
            name if makes_a_test(name) => {
                self.test.get_or_insert(span);
            }
            _ => {}
        }
    }

    fn take_conditional(&mut self, text: &str, content: Span, span: Span, rest: &str) {
        let base = content.end - rest.len();
        // What stands behind the condition: each part begins behind a comma that no parenthesis encloses.
        let mut depth = 0_usize;
        let mut begins = Vec::new();
        let bytes = rest.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                b',' if depth == 1 => begins.push(at + 1),
                b'"' => {
                    at = skip::string(bytes, at + 1);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        for begin in begins {
            let part = &rest[begin..];
            let (name, value) = split_name(part);
            match name {
                "path" => self.take_path(text, base + begin + (part.len() - value.len())),
                "ignore" => self.ignored = true,
                name if makes_a_test(name) => {
                    self.test.get_or_insert(span);
                }
                _ => {}
            }
        }
    }

    /// Takes `= "value"` at an offset.
    fn take_path(&mut self, text: &str, at: usize) {
        let bytes = text.as_bytes();
        let at = skip::blank(bytes, at);
        if bytes.get(at) != Some(&b'=') {
            return;
        }
        if let Some((range, _)) = skip::literal(bytes, skip::blank(bytes, at + 1)) {
            self.paths.push(Spanned::new(text[range.clone()].to_owned(), range.into()));
        }
    }
}

/// The last name of the path at the beginning of an attribute, and what follows it.
fn split_name(body: &str) -> (&str, &str) {
    let trimmed = body.trim_start();
    let trimmed = trimmed.strip_prefix("unsafe(").unwrap_or(trimmed).trim_start();
    let end = trimmed
        .find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | ':')))
        .unwrap_or(trimmed.len());
    let path = &trimmed[..end];
    (path.rsplit(':').next().unwrap_or(path), &trimmed[end..])
}

fn makes_a_test(name: &str) -> bool {
    TEST_MACROS.contains(&name)
}

fn inside_parentheses(content: Span, body: &str) -> Span {
    let start = body.find('(').map_or(0, |at| at + 1);
    let end = body.rfind(')').unwrap_or(body.len()).max(start);
    Span::new(content.start + start, content.start + end)
}
