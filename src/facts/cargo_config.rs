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
    problems.extend(document.into_problems());
    CargoConfig { settings }
}

#[cfg(test)]
mod tests {
    use super::*;

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
