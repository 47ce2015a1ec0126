//! The tree of a YAML text: the nodes lie in one list and name each other by index, so that nothing here recurses.

use crate::facts::place::Span;
use crate::facts::place::Spanned;

/// The documents of one YAML file.
#[derive(Clone, Debug, Default)]
pub struct Yaml {
    pub(in crate::facts::yaml) nodes: Vec<Node>,
    pub(in crate::facts::yaml) roots: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(in crate::facts::yaml) struct Node {
    pub(in crate::facts::yaml) kind: Kind,
    pub(in crate::facts::yaml) span: Span,
    /// The number of nodes and the height below, aliases put in their place.
    pub(in crate::facts::yaml) size: usize,
    pub(in crate::facts::yaml) height: usize,
}

#[derive(Clone, Debug)]
pub(in crate::facts::yaml) enum Kind {
    Scalar { value: String, plain: bool },
    Sequence(Vec<usize>),
    Mapping(Vec<(usize, usize)>),
}

/// One node of a tree.
#[derive(Clone, Copy, Debug)]
pub struct YamlNode<'a> {
    yaml: &'a Yaml,
    index: usize,
}

impl Yaml {
    /// The root nodes of the documents that are not empty, in order.
    pub fn documents(&self) -> impl Iterator<Item = YamlNode<'_>> {
        self.roots.iter().map(|&index| YamlNode { yaml: self, index }).filter(|root| !root.is_null())
    }

    /// The root node of the first document.
    pub fn root(&self) -> Option<YamlNode<'_>> {
        self.documents().next()
    }
}

impl<'a> YamlNode<'a> {
    fn node(self) -> &'a Node {
        &self.yaml.nodes[self.index]
    }

    /// Where the node stands: of a quoted scalar what the quotes hold, of a block scalar its lines.
    pub fn span(self) -> Span {
        self.node().span
    }

    /// The value of a scalar, as text whatever YAML takes it for.
    pub fn text(self) -> Option<&'a str> {
        match &self.node().kind {
            Kind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The value of a scalar and its span.
    pub fn scalar(self) -> Option<Spanned<String>> {
        self.text().map(|text| Spanned::new(text.to_owned(), self.span()))
    }

    /// Says whether the node is a scalar without quotes, which YAML may take for a number, a bool or nothing.
    pub fn is_plain(self) -> bool {
        matches!(&self.node().kind, Kind::Scalar { plain: true, .. })
    }

    /// Says whether YAML takes the node for nothing.
    pub fn is_null(self) -> bool {
        matches!(&self.node().kind, Kind::Scalar { value, plain: true } if matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// Says whether the node is a mapping.
    pub fn is_mapping(self) -> bool {
        matches!(&self.node().kind, Kind::Mapping(_))
    }

    /// Says whether the node is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(&self.node().kind, Kind::Sequence(_))
    }

    /// The entries of a mapping in order, merged ones last; none of anything else.
    pub fn entries(self) -> impl Iterator<Item = (YamlNode<'a>, YamlNode<'a>)> {
        let entries: &[(usize, usize)] = match &self.node().kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        };
        let yaml = self.yaml;
        entries.iter().map(move |&(key, value)| (YamlNode { yaml, index: key }, YamlNode { yaml, index: value }))
    }

    /// The items of a sequence; none of anything else.
    pub fn items(self) -> impl Iterator<Item = YamlNode<'a>> {
        let items: &[usize] = match &self.node().kind {
            Kind::Sequence(items) => items,
            _ => &[],
        };
        let yaml = self.yaml;
        items.iter().map(move |&index| YamlNode { yaml, index })
    }

    /// The scalars of a sequence, or the one scalar that stands in its place.
    pub fn scalars(self) -> Vec<Spanned<String>> {
        if self.is_null() {
            return Vec::new();
        }
        self.scalar().map_or_else(|| self.items().filter_map(YamlNode::scalar).collect(), |one| vec![one])
    }

    /// The entry of a mapping: its key and its value.
    pub fn entry(self, key: &str) -> Option<(YamlNode<'a>, YamlNode<'a>)> {
        self.entries().find(|(name, _)| name.text() == Some(key))
    }

    /// The value of a key that is not null.
    pub fn get(self, key: &str) -> Option<YamlNode<'a>> {
        self.entry(key).map(|(_, value)| value).filter(|value| !value.is_null())
    }
}
