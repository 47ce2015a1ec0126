//! What a `.cargo/config.toml` says: every setting with its path, its value and where it stands.

use toml::de::DeValue;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::problem::Problem;
use crate::facts::toml::Document;
use crate::facts::toml::Table;

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// A string.
    Text(String),
    /// A boolean.
    Flag(bool),
    /// A list of strings; what is no string in it is left out.
    List(Vec<Spanned<String>>),
    /// A number, a date, or a list of tables.
    Other,
}

impl SettingValue {
    /// The value in one line.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(list) => list.iter().map(|one| one.value.as_str()).collect::<Vec<_>>().join(" "),
            Self::Flag(_) | Self::Other => String::new(),
        }
    }
}

/// One setting: `build.rustc = "x"`, `alias.ci = ["test", "--all"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The keys that lead to it: `["target", "cfg(unix)", "runner"]`.
    pub path: Vec<String>,
    /// The last key.
    pub key: Span,
    /// The value.
    pub value: SettingValue,
    /// The value, without quotes where it is a string.
    pub span: Span,
}

/// A `.cargo/config.toml` or `.cargo/config`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CargoConfig {
    /// The settings in order of the text, those in nested tables too.
    pub settings: Vec<Setting>,
    /// The files that it includes, as written, in order.
    pub includes: Vec<Spanned<String>>,
}

impl CargoConfig {
    /// The setting at a path of keys.
    pub fn get(&self, path: &[&str]) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.path == path)
    }

    /// The settings below a path of keys: all aliases below `["alias"]`.
    pub fn below<'a>(&'a self, path: &'a [&str]) -> impl Iterator<Item = &'a Setting> {
        self.settings.iter().filter(move |setting| {
            setting.path.len() > path.len() && setting.path.iter().zip(path).all(|(one, other)| one == other)
        })
    }
}

/// Reads a configuration of cargo. What can't be read is a problem.
pub fn parse(text: &str, problems: &mut Vec<Problem>) -> CargoConfig {
    let document = Document::parse(text);
    let mut settings = Vec::new();
    let mut rest: Vec<(Vec<String>, Table<'_>)> = vec![(Vec::new(), document.root())];
    while let Some((path, table)) = rest.pop() {
        for (key, value) in table.entries() {
            let mut path = path.clone();
            path.push(key.value);
            if let Some(inner) = table.as_table(value) {
                rest.push((path, inner));
                continue;
            }
            let span = Span::from(value.span());
            let (value, span) = match value.get_ref() {
                DeValue::String(_) => match table.as_string(value) {
                    Some(text) => (SettingValue::Text(text.value), text.span),
                    None => continue,
                },
                DeValue::Boolean(flag) => (SettingValue::Flag(*flag), span),
                DeValue::Array(array) => {
                    let strings = array.iter().filter(|one| matches!(one.get_ref(), DeValue::String(_)));
                    (SettingValue::List(strings.filter_map(|one| table.as_string(one)).collect()), span)
                }
                _ => (SettingValue::Other, span),
            };
            settings.push(Setting { path, key: key.span, value, span });
        }
    }
    settings.sort_by_key(|setting| setting.key);
    let includes = includes(&document);
    problems.extend(document.into_problems());
    CargoConfig { settings, includes }
}

/// The files that a configuration includes: one path, or a list of paths and of tables with a `path`.
pub fn includes(document: &Document<'_>) -> Vec<Spanned<String>> {
    let root = document.root();
    match root.get("include").map(|value| (value, value.get_ref())) {
        Some((value, DeValue::String(_))) => root.as_string(value).into_iter().collect(),
        Some((_, DeValue::Array(array))) => array
            .iter()
            .filter_map(|one| match one.get_ref() {
                DeValue::String(_) => root.as_string(one),
                _ => root.as_table(one)?.string("path"),
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_included_is_one_path_or_several() {
        for (text, expected) in [
            ("include = 'a.toml'\n", &["a.toml"][..]),
            ("include = ['a.toml', { path = 'b.toml', optional = true }]\n", &["a.toml", "b.toml"]),
            ("[[include]]\npath = 'a.toml'\n", &["a.toml"]),
            ("include = 3\n", &[]),
            ("", &[]),
        ] {
            let found = parse(text, &mut Vec::new()).includes;
            assert_eq!(found.iter().map(|path| path.value.as_str()).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn settings_of_nested_tables_are_found_by_path() {
        let text = "[target.'cfg(unix)']\nrunner = ['a', 'b']\n[alias]\nx = \"run -p x\"\n[net]\nretry = 2\n[env]\nA = { value = \"1\", force = true }\n";
        let mut problems = Vec::new();
        let config = parse(text, &mut problems);
        assert!(problems.is_empty());
        let runner = config.get(&["target", "cfg(unix)", "runner"]).unwrap();
        assert!(matches!(&runner.value, SettingValue::List(list) if list.len() == 2));
        let alias = config.get(&["alias", "x"]).unwrap();
        assert_eq!(&text[alias.span.start..alias.span.end], "run -p x");
        assert_eq!(config.get(&["env", "A", "force"]).unwrap().value, SettingValue::Flag(true));
        assert_eq!(config.below(&["env"]).count(), 2);
        assert_eq!(config.get(&["net", "retry"]).unwrap().value, SettingValue::Other);
    }
}
