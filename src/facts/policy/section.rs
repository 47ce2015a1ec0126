//! One table of the policy: only known keys, each with its type, everything else a fault.

use jiff::civil::Date;
use toml::de::DeValue;

use crate::facts::place::Span;
use crate::facts::place::Spanned;
use crate::facts::policy::fault::Faults;
use crate::facts::policy::pattern;
use crate::facts::policy::quantity;
use crate::facts::policy::vocabulary::nearest;
use crate::facts::toml::Table;
use crate::facts::toml::Value;

/// A table that is being read.
#[derive(Clone, Copy)]
pub struct Section<'d> {
    table: Table<'d>,
    name: &'static str,
    faults: &'d Faults,
}

impl<'d> Section<'d> {
    /// Opens a table; keys that are not known are faults.
    pub fn open(table: Table<'d>, name: &'static str, keys: &[&str], faults: &'d Faults) -> Self {
        let section = Self::open_free(table, name, faults);
        for (key, _) in table.entries() {
            if !keys.contains(&key.value.as_str()) {
                let help = nearest(&key.value, keys.iter().copied())
                    .map_or_else(|| format!("use one of {}", keys.join(", ")), |near| format!("write `{near}`"));
                faults.add(key.span, format!("{name} has no key `{}`", key.value), Some(help));
            }
        }
        section
    }

    /// Opens a table whose keys are names that the file chooses.
    pub fn open_free(table: Table<'d>, name: &'static str, faults: &'d Faults) -> Self {
        Self { table, name, faults }
    }

    /// The span of the table's header, or of the whole inline table.
    pub fn span(self) -> Span {
        self.table.span
    }

    /// Says whether the key is there.
    pub fn has(self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// The keys and values of the table in order of the text.
    pub fn entries(self) -> Vec<(Spanned<String>, &'d Value<'d>)> {
        self.table.entries()
    }

    /// Adds a fault at a span of this table.
    pub fn fault(self, span: Span, message: impl AsRef<str>, help: Option<String>) {
        self.faults.add(span, format!("{} {}", self.name, message.as_ref()), help);
    }

    /// A table below this one.
    pub fn below(self, key: &str, name: &'static str, keys: &[&str]) -> Option<Self> {
        let value = self.table.get(key)?;
        let table = self.table.as_table(value).or_else(|| self.mismatch(key, value, "a table"))?;
        Some(Self::open(table, name, keys, self.faults))
    }

    /// A table below this one whose keys are names that the file chooses.
    pub fn free(self, key: &str, name: &'static str) -> Option<Self> {
        let value = self.table.get(key)?;
        let table = self.table.as_table(value).or_else(|| self.mismatch(key, value, "a table"))?;
        Some(Self::open_free(table, name, self.faults))
    }

    /// The tables of an array of tables below this one.
    pub fn each(self, key: &str, name: &'static str, keys: &[&str]) -> Vec<Self> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(key, value, "an array of tables").unwrap_or_default();
        };
        let table = |value| self.table.as_table(value).or_else(|| self.mismatch(key, value, "a table"));
        array.iter().filter_map(table).map(|table| Self::open(table, name, keys, self.faults)).collect()
    }

    /// A string that is not empty.
    pub fn string(self, key: &str) -> Option<Spanned<String>> {
        self.as_string(key, self.table.get(key)?)
    }

    /// A string that must be there.
    pub fn demanded(self, key: &str, help: &str) -> Option<Spanned<String>> {
        if !self.has(key) {
            self.fault(self.span(), format!("has no `{key}`"), Some(help.to_owned()));
        }
        self.string(key)
    }

    fn as_string(self, key: &str, value: &'d Value<'d>) -> Option<Spanned<String>> {
        if !matches!(value.get_ref(), DeValue::String(_)) {
            return self.mismatch(key, value, "a string");
        }
        let string = self.table.as_string(value)?;
        if string.value.trim().is_empty() {
            self.fault(value.span().into(), format!("`{key}` is empty"), None);
            return None;
        }
        Some(string)
    }

    /// A list of strings that are not empty; none where the key is missing or no list.
    pub fn strings(self, key: &str) -> Option<Vec<Spanned<String>>> {
        let value = self.table.get(key)?;
        self.as_strings(key, value)
    }

    fn as_strings(self, key: &str, value: &'d Value<'d>) -> Option<Vec<Spanned<String>>> {
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(key, value, "an array of strings");
        };
        Some(array.iter().filter_map(|value| self.as_string(key, value)).collect())
    }

    /// A list of lists of strings.
    pub fn lists(self, key: &str) -> Vec<Vec<Spanned<String>>> {
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            return self.mismatch(key, value, "an array of arrays of strings").unwrap_or_default();
        };
        array.iter().filter_map(|value| self.as_strings(key, value)).collect()
    }

    /// A boolean.
    pub fn flag(self, key: &str) -> Option<Spanned<bool>> {
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(Spanned::new(*flag, value.span().into())),
            _ => self.mismatch(key, value, "true or false"),
        }
    }

    /// A whole number of at least `least`.
    pub fn count(self, key: &str, least: u32) -> Option<Spanned<u32>> {
        let value = self.table.get(key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            return self.mismatch(key, value, "a whole number");
        };
        match u32::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if number >= least => Some(Spanned::new(number, value.span().into())),
            _ => self.mismatch(key, value, &format!("a whole number from {least} to {}", u32::MAX)),
        }
    }

    /// One of some words, with what it means.
    pub fn choice<T: Copy>(self, key: &str, words: &[(&str, T)]) -> Option<Spanned<T>> {
        self.choice_of(key, self.table.get(key)?, words)
    }

    /// A value as one of some words.
    pub fn choice_of<T: Copy>(self, key: &str, value: &'d Value<'d>, words: &[(&str, T)]) -> Option<Spanned<T>> {
        let meant = match value.get_ref() {
            DeValue::String(string) => words.iter().find(|(word, _)| *word == string.as_ref()),
            _ => None,
        };
        if let Some((_, meaning)) = meant {
            return Some(Spanned::new(*meaning, value.span().into()));
        }
        let all = words.iter().map(|(word, _)| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        self.mismatch(key, value, &format!("one of {all}"))
    }

    /// A day: a TOML date, or a string `YYYY-MM-DD`.
    pub fn date(self, key: &str) -> Option<Spanned<Date>> {
        let value = self.table.get(key)?;
        let written = match value.get_ref() {
            DeValue::Datetime(datetime) if datetime.time.is_none() => datetime.to_string(),
            DeValue::String(string) => string.clone().into_owned(),
            _ => return self.mismatch(key, value, "a date such as 2027-01-31"),
        };
        match pattern::date(&written) {
            Some(date) => Some(Spanned::new(date, value.span().into())),
            None => self.mismatch(key, value, "a date such as 2027-01-31"),
        }
    }

    /// A glob over paths.
    pub fn glob(self, key: &str) -> Option<Spanned<String>> {
        let glob = self.string(key)?;
        self.check_glob(key, &glob).then_some(glob)
    }

    /// Globs over paths.
    pub fn globs(self, key: &str) -> Option<Vec<Spanned<String>>> {
        let globs = self.strings(key)?;
        Some(globs.into_iter().filter(|glob| self.check_glob(key, glob)).collect())
    }

    fn check_glob(self, key: &str, glob: &Spanned<String>) -> bool {
        match pattern::glob(&glob.value) {
            Ok(_) => true,
            Err(error) => {
                self.fault(glob.span, format!("`{key}` is no glob: {error}"), None);
                false
            }
        }
    }

    /// A regular expression.
    pub fn regex(self, key: &str) -> Option<Spanned<String>> {
        let regex = self.string(key)?;
        match pattern::regex(&regex.value) {
            Ok(_) => Some(regex),
            Err(error) => {
                self.fault(regex.span, format!("`{key}` is no regular expression: {error}"), None);
                None
            }
        }
    }

    /// A length of time in seconds.
    pub fn duration(self, key: &str) -> Option<Spanned<u64>> {
        self.quantity(key, quantity::seconds, "a length of time such as \"90s\", \"20m\", \"2h\", \"7d\"")
    }

    /// A size in bytes.
    pub fn size(self, key: &str) -> Option<Spanned<u64>> {
        self.quantity(key, quantity::bytes, "a size such as \"512KiB\", \"64MiB\", \"1GiB\"")
    }

    fn quantity(self, key: &str, read: fn(&str) -> Option<u64>, expected: &str) -> Option<Spanned<u64>> {
        let value = self.table.get(key)?;
        let DeValue::String(string) = value.get_ref() else { return self.mismatch(key, value, expected) };
        match read(string) {
            Some(number) => Some(Spanned::new(number, value.span().into())),
            None => self.mismatch(key, value, expected),
        }
    }

    /// Says that a value is not what is expected.
    pub fn mismatch<T>(self, key: &str, value: &Value<'d>, expected: &str) -> Option<T> {
        let found = match value.get_ref() {
            DeValue::String(string) => format!("\"{string}\""),
            DeValue::Integer(integer) => integer.to_string(),
            DeValue::Float(float) => float.to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(datetime) => datetime.to_string(),
            DeValue::Array(_) => "an array".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.fault(value.span().into(), format!("`{key}` is {found}, expected {expected}"), None);
        None
    }
}
