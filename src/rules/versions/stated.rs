//! Versions of packages as instructions state them: dependency tables, `cargo add`, `cargo install`.

use crate::facts::place::Span;

/// A version that a passage tells the reader to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stated {
    /// The package.
    pub(super) package: String,
    /// The requirement as written.
    pub(super) requirement: String,
    /// Where the requirement stands in the passage.
    pub(super) span: Span,
    /// The line that it stands in.
    pub(super) line: String,
}

/// The versions that a passage states, in order.
pub(super) fn all(text: &str) -> Vec<Stated> {
    let mut found = Vec::new();
    let mut table = Table::Dependencies;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let base = at;
        at += line.len();
        let line = line.trim_end();
        let trimmed = line.trim_start();
        if trimmed.starts_with('[') && trimmed.ends_with(']') {
            table = Table::of(trimmed);
            continue;
        }
        if trimmed.starts_with('#') || trimmed.starts_with("//") || trimmed.starts_with('-') {
            continue;
        }
        let stated = match &table {
            Table::Other => None,
            Table::One(package) => key_value(line)
                .filter(|&(key, _)| key == "version")
                .and_then(|(_, value)| quoted(line, value))
                .map(|(requirement, span)| (package.clone(), requirement, span)),
            Table::Dependencies => entry(line),
        };
        let stated = stated.or_else(|| command(line));
        if let Some((package, requirement, span)) = stated {
            found.push(Stated { package, requirement, span: span.offset_by(base), line: line.to_owned() });
        }
    }
    found
}

/// The table that the lines of a manifest stand in.
enum Table {
    /// `[dependencies]` and its kin, or no header at all.
    Dependencies,
    /// `[dependencies.NAME]`.
    One(String),
    /// Any other.
    Other,
}

impl Table {
    fn of(header: &str) -> Self {
        let name = header.trim_matches(['[', ']']).trim();
        match name.rsplit_once("dependencies") {
            Some((_, "")) => Self::Dependencies,
            Some((_, rest)) => match rest.strip_prefix('.') {
                Some(package) => Self::One(package.trim_matches(['"', '\'']).to_owned()),
                None => Self::Other,
            },
            None => Self::Other,
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The key of `key = value` and the offset of the value.
fn key_value(line: &str) -> Option<(&str, usize)> {
    let (key, value) = line.split_once('=')?;
    let offset = line.len() - value.trim_start().len();
    let key = key.trim().trim_matches('"');
    is_name(key).then_some((key, offset))
}

/// The text of the quoted string that begins at an offset, and its span.
fn quoted(line: &str, at: usize) -> Option<(String, Span)> {
    let quote = line[at..].chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let end = line[at + 1..].find(quote)? + at + 1;
    Some((line[at + 1..end].to_owned(), Span::new(at + 1, end)))
}

/// `name = "1.2"` and `name = { version = "1.2", package = "other" }`.
fn entry(line: &str) -> Option<(String, String, Span)> {
    let (key, at) = key_value(line)?;
    if let Some((requirement, span)) = quoted(line, at) {
        return Some((key.to_owned(), requirement, span));
    }
    let inside = line[at..].starts_with('{').then_some(at + 1)?;
    let value = |wanted: &str| {
        let mut from = inside;
        while let Some(found) = line[from..].find(wanted) {
            let start = from + found;
            from = start + wanted.len();
            let before = line[..start].trim_end();
            let after = line[from..].trim_start();
            if (before.ends_with(['{', ',']) || before.is_empty()) && after.starts_with('=') {
                let at = line.len() - after[1..].trim_start().len();
                return quoted(line, at);
            }
        }
        None
    };
    let package = value("package").map_or_else(|| key.to_owned(), |(package, _)| package);
    let (requirement, span) = value("version")?;
    Some((package, requirement, span))
}

/// `cargo add name@1.2`, `cargo install name --version 1.2`.
fn command(line: &str) -> Option<(String, String, Span)> {
    let start = line.find("cargo ")?;
    let mut words = Vec::new();
    let mut at = start;
    for word in line[start..].split(' ') {
        words.push((word, at));
        at += word.len() + 1;
    }
    let mut words = words.into_iter().filter(|(word, _)| !word.is_empty()).skip(1);
    if !matches!(words.next()?.0, "add" | "install" | "binstall") {
        return None;
    }
    let mut package = None;
    let mut version = None;
    while let Some((word, at)) = words.next() {
        if matches!(word, "&&" | "|" | ";" | "#") {
            break;
        }
        if let Some((name, requirement)) = word.split_once('@').filter(|(name, _)| is_name(name)) {
            let start = at + name.len() + 1;
            return Some((name.to_owned(), requirement.to_owned(), Span::new(start, start + requirement.len())));
        }
        if matches!(word, "--version" | "--vers") {
            version = words.next().map(|(word, at)| (word.to_owned(), Span::new(at, at + word.len())));
        } else if let Some(value) = word.strip_prefix("--version=").or_else(|| word.strip_prefix("--vers=")) {
            version = Some((value.to_owned(), Span::new(at + word.len() - value.len(), at + word.len())));
        } else if word.starts_with("--git") || word.starts_with("--path") {
            return None;
        } else if package.is_none() && is_name(word) && !word.starts_with('-') {
            package = Some(word.to_owned());
        }
    }
    let (requirement, span) = version?;
    Some((package?, requirement, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_statement() {
        let text = "[package]\nversion = \"9\"\n[dependencies]\na = \"0.1\"\n# b = \"0.1\"\nc = { features = [\"x\"], version = \"^0.2\" }\n\
                    d = { package = \"e\", version = '1' }\n[dev-dependencies.f]\nfeatures = []\nversion = \"2\"\n[features]\ng = \"3\"\n\
                    $ cargo add h@0.3 --features x\ncargo install --locked i --version 0.4.0\ncargo install --git x j --version 1\n";
        let found: Vec<_> = all(text)
            .into_iter()
            .map(|stated| {
                assert_eq!(&text[stated.span.start..stated.span.end], stated.requirement);
                format!("{} {}", stated.package, stated.requirement)
            })
            .collect();
        assert_eq!(found, ["a 0.1", "c ^0.2", "e 1", "f 2", "h 0.3", "i 0.4.0"]);
    }
}
