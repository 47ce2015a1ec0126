//! A value by its key path in a TOML, JSON or YAML text, with its span.

use toml::de::DeValue;

use crate::facts::path;
use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::pattern;
use crate::facts::toml::Document;
use crate::facts::toml::Table;
use crate::facts::toml::Value;
use crate::facts::yaml::parse as yaml;

/// Why a key path leads to no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoValue {
    /// The format of the file is none that can be looked into.
    Format,
    /// The text could not be parsed.
    Broken,
    /// The text has no such key.
    Missing,
    /// The key leads to a table or an array.
    NotScalar,
}

impl NoValue {
    /// The reason as a fragment.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Format => "only TOML, JSON and YAML files have keys",
            Self::Broken => "the file can't be parsed",
            Self::Missing => "there is no such key",
            Self::NotScalar => "it is a table or a list",
        }
    }
}

/// The names of a key path: dots between them, odd ones in quotes, numbers for the entries of arrays.
pub fn parts(path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = path.trim();
    loop {
        let quote = rest.chars().next()?;
        if quote == '"' || quote == '\'' {
            let end = rest[1..].find(quote)? + 1;
            parts.push(rest[1..end].to_owned());
            rest = &rest[end + 1..];
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            let name = &rest[..end];
            if name.is_empty()
                || name.contains(|character: char| character.is_whitespace() || "\"'#".contains(character))
            {
                return None;
            }
            parts.push(name.to_owned());
            rest = &rest[end..];
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

/// The scalar at a key path in the text of a file; the file's name says how to read it.
pub fn value(file: &str, text: &str, key: &[String]) -> Result<Spanned<String>, NoValue> {
    match path::extension(file) {
        "toml" => in_toml(text, key),
        _ if matches!(path::file_name(file), "Cargo.lock" | "Pipfile") => in_toml(text, key),
        "yml" | "yaml" | "cff" | "json" => in_yaml(text, key),
        _ => Err(NoValue::Format),
    }
}

/// The first group of each match of a regular expression, or the whole match of one without groups.
pub fn matches(regex: &str, text: &str) -> Vec<Spanned<String>> {
    let Ok(regex) = pattern::regex(regex) else { return Vec::new() };
    regex
        .captures_iter(text)
        .filter_map(|captures| captures.get(1).or_else(|| captures.get(0)))
        .map(|found| Spanned::new(found.as_str().to_owned(), found.range().into()))
        .collect()
}

/// JSON is read as YAML, which holds all of it.
fn in_yaml(text: &str, key: &[String]) -> Result<Spanned<String>, NoValue> {
    let mut problems = Vec::new();
    let yaml = yaml::parse(text, &mut problems);
    if !problems.is_empty() {
        return Err(NoValue::Broken);
    }
    let mut node = yaml.root().ok_or(NoValue::Missing)?;
    for part in key {
        node = match part.parse::<usize>() {
            Ok(index) if node.is_sequence() => node.items().nth(index),
            _ => node.get(part),
        }
        .ok_or(NoValue::Missing)?;
    }
    node.scalar().ok_or(NoValue::NotScalar)
}

fn in_toml(text: &str, key: &[String]) -> Result<Spanned<String>, NoValue> {
    let document = Document::parse(text);
    let found = descend(document.root(), key).and_then(|(table, value)| scalar(text, table, value));
    let broken = document.into_problems().iter().any(|problem| problem.limit || problem.message.starts_with("invalid"));
    if broken { Err(NoValue::Broken) } else { found }
}

fn descend<'d>(root: Table<'d>, key: &[String]) -> Result<(Table<'d>, &'d Value<'d>), NoValue> {
    let (first, rest) = key.split_first().ok_or(NoValue::Missing)?;
    let mut table = root;
    let mut value = root.get(first).ok_or(NoValue::Missing)?;
    for part in rest {
        value = match value.get_ref() {
            DeValue::Table(_) => {
                table = table.as_table(value).ok_or(NoValue::Missing)?;
                table.get(part).ok_or(NoValue::Missing)?
            }
            DeValue::Array(array) => {
                let index: usize = part.parse().map_err(|_| NoValue::Missing)?;
                array.get(index).ok_or(NoValue::Missing)?
            }
            _ => return Err(NoValue::Missing),
        };
    }
    Ok((table, value))
}

fn scalar<'d>(text: &str, table: Table<'d>, value: &'d Value<'d>) -> Result<Spanned<String>, NoValue> {
    match value.get_ref() {
        DeValue::String(_) => table.as_string(value).ok_or(NoValue::Missing),
        DeValue::Array(_) | DeValue::Table(_) => Err(NoValue::NotScalar),
        _ => {
            let span = Span::from(value.span());
            let written = text.get(span.start..span.end).unwrap_or_default();
            Ok(Spanned::new(written.to_owned(), span))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_paths() {
        let names = |path: &str| parts(path).map(|parts| parts.join("|"));
        assert_eq!(names("package.version").as_deref(), Some("package|version"));
        assert_eq!(names("a.\"b.c\".0").as_deref(), Some("a|b.c|0"));
        for wrong in ["", ".", "a.", ".a", "a..b", "a b", "\"a"] {
            assert_eq!(names(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_of_json_and_yaml() {
        let json = "{\n\t\"a\": {\"version\": \"1.2\", \"list\": [1, {\"x\": true}]}\n}\n";
        let at = |file: &str, text: &str, key: &str| {
            value(file, text, &parts(key).unwrap()).map(|found| {
                assert_eq!(&text[found.span.start..found.span.end], found.value);
                found.value
            })
        };
        assert_eq!(at("package.json", json, "a.version").as_deref(), Ok("1.2"));
        assert_eq!(at("package.json", json, "a.list.1.x").as_deref(), Ok("true"));
        assert_eq!(at("x.yml", "a:\n  b: '1.0'\n", "a.b").as_deref(), Ok("1.0"));
        assert_eq!(at("x.yml", "a:\n  b: '1.0'\n", "a"), Err(NoValue::NotScalar));
        assert_eq!(at("x.txt", "a = 1", "a"), Err(NoValue::Format));
    }

    #[test]
    fn values_of_toml() {
        let text = "[package]\nversion = \"1.2\" # x\nn = 7\n[[bin]]\nname = 'b'\n";
        let at = |key: &str| {
            value("Cargo.toml", text, &parts(key).unwrap()).map(|found| {
                assert_eq!(&text[found.span.start..found.span.end], found.value);
                found.value
            })
        };
        assert_eq!(at("package.version").as_deref(), Ok("1.2"));
        assert_eq!(at("package.n").as_deref(), Ok("7"));
        assert_eq!(at("bin.0.name").as_deref(), Ok("b"));
        assert_eq!(at("bin.1.name"), Err(NoValue::Missing));
        assert_eq!(at("package"), Err(NoValue::NotScalar));
        assert_eq!(value("a.toml", "a = ", &["a".to_owned()]), Err(NoValue::Broken));
    }
}
