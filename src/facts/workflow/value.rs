//! Values that a workflow can calculate with: what stands in a matrix, typed as YAML types it.

use crate::facts::place::Spanned;
use crate::facts::yaml::tree::YamlNode;

/// A variable of an `env` block or an input of a `with` block.
pub type Pair = (Spanned<String>, Spanned<String>);

/// A value. Two values are equal where GitHub's `==` of the same types says so, but for the case of texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A text.
    Text(String),
    /// Something with `${{ }}` in it: known at run time only.
    Unknown(String),
    /// A sequence.
    List(Vec<Value>),
    /// A mapping, in order.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// Reads a node; the tree's own limit bounds the depth.
    pub fn read(node: YamlNode<'_>) -> Self {
        if node.is_sequence() {
            return Self::List(node.items().map(Self::read).collect());
        }
        if node.is_mapping() {
            return Self::Map(
                node.entries().filter_map(|(key, value)| Some((key.text()?.to_owned(), Self::read(value)))).collect(),
            );
        }
        let text = node.text().unwrap_or_default();
        match text {
            _ if text.contains("${{") => Self::Unknown(text.to_owned()),
            _ if node.is_null() => Self::Null,
            "true" | "True" | "TRUE" if node.is_plain() => Self::Bool(true),
            "false" | "False" | "FALSE" if node.is_plain() => Self::Bool(false),
            _ if node.is_plain() && text.parse::<f64>().is_ok_and(f64::is_finite) => Self::Number(text.to_owned()),
            _ => Self::Text(text.to_owned()),
        }
    }

    /// The value of a scalar as it reads in a text; none where it is no known scalar. A number reads as GitHub prints it.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Self::Null => Some(String::new()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(text) => Some(text.parse::<f64>().map_or_else(|_| text.clone(), |number| number.to_string())),
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The value of a key of a mapping; keys are found whatever their case, as GitHub finds them.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }
}

/// The names of the entries of a mapping.
pub fn keys(node: YamlNode<'_>) -> Vec<Spanned<String>> {
    node.entries().filter_map(|(key, _)| key.scalar()).collect()
}

/// The entries of a mapping whose values are scalars: `env`, `with`.
pub fn pairs(node: YamlNode<'_>) -> Vec<Pair> {
    node.entries().filter_map(|(key, value)| Some((key.scalar()?, value.scalar()?))).collect()
}
