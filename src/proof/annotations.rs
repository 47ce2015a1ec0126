//! The annotations of a resource: few, with short texts, on many resources.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::MapAccess;
use serde::de::Visitor;
use serde::ser::SerializeMap;

/// Texts by name, sorted. A proof has thousands of them with one entry each: a list is a tenth of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Annotations(Vec<(String, String)>);

impl Annotations {
    /// One text.
    pub fn one(name: &str, text: impl Into<String>) -> Self {
        Self(vec![(name.to_owned(), text.into())])
    }

    /// The text of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.find(name).ok()?;
        Some(&self.0[at].1)
    }

    /// Gives a name a text, in place of the one that it had.
    pub fn insert(&mut self, name: impl Into<String>, text: impl Into<String>) {
        let (name, text) = (name.into(), text.into());
        match self.find(&name) {
            Ok(at) => self.0[at].1 = text,
            Err(at) => self.0.insert(at, (name, text)),
        }
    }

    /// Says whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(one, _)| one.as_str().cmp(name))
    }
}

impl Serialize for Annotations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, text) in &self.0 {
            map.serialize_entry(name, text)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Annotations {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Texts)
    }
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Annotations;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("texts by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Annotations, A::Error> {
        let mut entries: Vec<(String, String)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        // In what we write they stand in order; in what others wrote there may be any number, in any order.
        entries.sort();
        if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(serde::de::Error::custom("a name stands twice"));
        }
        Ok(Annotations(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_an_object_in_order_of_names_with_each_once() {
        let mut annotations = Annotations::one("start", "1");
        annotations.insert("end", "2");
        annotations.insert("start", "3");
        let text = serde_json::to_string(&annotations).unwrap();
        assert_eq!(text, "{\"end\":\"2\",\"start\":\"3\"}");
        assert_eq!(serde_json::from_str::<Annotations>(&text).unwrap(), annotations);
        assert_eq!(serde_json::from_str::<Annotations>("{\"start\":\"3\",\"end\":\"2\"}").unwrap(), annotations);
        assert_eq!((annotations.get("end"), annotations.get("e")), (Some("2"), None));
        assert!(serde_json::from_str::<Annotations>("{\"a\":\"1\",\"a\":\"1\"}").is_err());
        assert!(Annotations::default().is_empty());
    }
}
