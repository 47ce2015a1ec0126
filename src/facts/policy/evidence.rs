//! Where a value stands: a key or a regular expression in a file. Contracts and claims point with it.

use crate::facts::digest::Digest;
use crate::facts::lookup;
use crate::facts::lookup::NoValue;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::section::Section;

/// How a value is found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A key path in TOML, JSON or YAML: `package.version`.
    Key(Spanned<String>),
    /// A regular expression whose first group (or whole match) is the value.
    Regex(Spanned<String>),
}

impl Selector {
    /// The values in the text of a file; none where there is none of them.
    pub fn values(&self, path: &str, text: &str) -> Result<Vec<Spanned<String>>, NoValue> {
        match self {
            Self::Key(key) => match lookup::value(path, text, &lookup::parts(&key.value).unwrap_or_default()) {
                Ok(value) => Ok(vec![value]),
                Err(NoValue::Missing) => Ok(Vec::new()),
                Err(reason) => Err(reason),
            },
            Self::Regex(regex) => Ok(lookup::matches(&regex.value, text)),
        }
    }
}

/// The digest of the values of a selector: a line each, the last one without an end.
pub fn digest(values: &[Spanned<String>]) -> Digest {
    Digest::of(values.iter().map(|value| value.value.as_str()).collect::<Vec<_>>().join("\n").as_bytes())
}

/// A value in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer {
    /// The path from the root of the tree.
    pub file: Spanned<String>,
    /// How the value is found; none where the whole file is meant.
    pub selector: Option<Selector>,
    /// The whole inline table.
    pub span: Span,
}

impl Pointer {
    /// Reads a table with `file` and one of `key` and `regex`.
    pub fn read(section: Section<'_>, file_key: &str) -> Option<Self> {
        let file = section.demanded(file_key, "name the file, from the root of the repository");
        let key = section.string("key");
        let regex = section.regex("regex");
        if section.has("key") && section.has("regex") {
            section.fault(section.span(), "has both `key` and `regex`", Some("keep one of them".to_owned()));
        }
        if let Some(key) = &key
            && crate::facts::lookup::parts(&key.value).is_none()
        {
            let help = "write the names with dots between them, odd ones in quotes: package.\"a.b\"".to_owned();
            section.fault(key.span, "`key` is no key path", Some(help));
        }
        let selector = key.map(Selector::Key).or(regex.map(Selector::Regex));
        let file = file?;
        if crate::facts::path::join("", &file.value).is_none() {
            let help = "name a file inside the repository, from its root".to_owned();
            section.fault(file.span, format!("`{file_key}` leaves the repository"), Some(help));
            return None;
        }
        Some(Self { file, selector, span: section.span() })
    }

    /// Reads a table that must say how the value is found.
    pub fn read_value(section: Section<'_>, file_key: &str) -> Option<Self> {
        if !section.has("key") && !section.has("regex") {
            let help = "add `key = \"package.version\"` or `regex = '...'`".to_owned();
            section.fault(section.span(), "has neither `key` nor `regex`", Some(help));
        }
        Self::read(section, file_key)
    }
}
