//! The key of a step: the digest of a text that lists every ingredient, so that an explanation can't disagree with it.
//!
//! ```text
//! governed-step/1
//! policy 9f86d0… step
//! source 2cf24d… listing<tab>41 files
//! ```
//!
//! One line an ingredient: layer, digest in hexadecimal, name, and behind a tab what of it may be shown. Sorted.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use serde::Serialize;

use crate::error::Error;
use crate::facts::digest::Digest;

/// The first line of a pre-image: its format.
pub const HEADER: &str = "governed-step/1";
/// The name of the ingredient that names the listing of the inputs.
pub const LISTING: &str = "listing";
/// The name of the ingredient that names the bytes of the lock file.
pub const LOCKFILE: &str = "Cargo.lock";

/// What an ingredient is that was looked for and is not there.
pub const ABSENT: &str = "absent";

/// What an ingredient belongs to, in the order in which a difference is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// The definition of the step, the policy file where it is an input, the keys of the needs.
    Policy,
    /// The files that the step reads.
    Source,
    /// The lock file.
    Dependencies,
    /// The compiler and cargo.
    Toolchain,
    /// Other programs.
    Tools,
    /// Configuration of cargo and its tools, in the tree and around it.
    Configuration,
    /// Variables.
    Environment,
    /// The system.
    Platform,
}

impl Layer {
    /// All layers in order.
    pub const ALL: [Self; 8] = [
        Self::Policy,
        Self::Source,
        Self::Dependencies,
        Self::Toolchain,
        Self::Tools,
        Self::Configuration,
        Self::Environment,
        Self::Platform,
    ];

    /// The word in pre-images and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Source => "source",
            Self::Dependencies => "dependencies",
            Self::Toolchain => "toolchain",
            Self::Tools => "tools",
            Self::Configuration => "configuration",
            Self::Environment => "environment",
            Self::Platform => "platform",
        }
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layer| layer.as_str() == word)
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One thing that a result depends on. Its texts are shared: the keys of many steps name the same tool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ingredient {
    /// The layer.
    pub layer: Layer,
    /// The name, once in its layer.
    pub name: Arc<str>,
    /// The digest of what it is.
    pub digest: Digest,
    /// What of it may be shown; never a secret.
    pub shown: Option<Arc<str>>,
}

impl Ingredient {
    /// An ingredient whose value is a short text that may be shown.
    pub fn shown(layer: Layer, name: impl Into<Arc<str>>, value: &str) -> Self {
        Self { layer, name: name.into(), digest: Digest::of(value.as_bytes()), shown: Some(value.into()) }
    }

    /// An ingredient of which only the digest is kept.
    pub fn hidden(layer: Layer, name: impl Into<Arc<str>>, digest: Digest) -> Self {
        Self { layer, name: name.into(), digest, shown: None }
    }
}

/// All ingredients of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preimage {
    ingredients: Vec<Ingredient>,
}

impl Preimage {
    /// Puts ingredients in order.
    pub fn new(mut ingredients: Vec<Ingredient>) -> Self {
        ingredients.sort();
        ingredients.dedup();
        Self { ingredients }
    }

    /// The ingredients in order of layer and name.
    pub fn ingredients(&self) -> &[Ingredient] {
        &self.ingredients
    }

    /// The ingredient of a name in a layer.
    pub fn get(&self, layer: Layer, name: &str) -> Option<&Ingredient> {
        self.ingredients.iter().find(|one| one.layer == layer && *one.name == *name)
    }

    /// The canonical text: what the key is the digest of, and what the record keeps as an object of that name.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = String::with_capacity(96 * (self.ingredients.len() + 1));
        text.push_str(HEADER);
        text.push('\n');
        for Ingredient { layer, name, digest, shown } in &self.ingredients {
            text.push_str(layer.as_str());
            text.push(' ');
            digest.put_hex(&mut text);
            text.push(' ');
            escape(&mut text, name);
            if let Some(shown) = shown {
                text.push('\t');
                escape(&mut text, shown);
            }
            text.push('\n');
        }
        text.into_bytes()
    }

    /// The key.
    pub fn key(&self) -> Digest {
        Digest::of(&self.bytes())
    }

    /// Reads the canonical text back.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let wrong = |why: &str| Error::failed("preimage", format!("read the ingredients of a step: {why}"));
        let text = std::str::from_utf8(bytes).map_err(|_| wrong("they are no text"))?;
        let mut lines = text.lines();
        match lines.next() {
            Some(HEADER) => {}
            Some(other) if other.starts_with("governed-step/") => {
                return Err(wrong(&format!("the format is `{other}`")).help("use a newer cargo-governed"));
            }
            _ => return Err(wrong("the first line names no format")),
        }
        let read = |line: &str| {
            let (layer, rest) = line.split_once(' ')?;
            let (digits, rest) = rest.split_once(' ')?;
            let (name, shown) = rest.split_once('\t').map_or((rest, None), |(name, shown)| (name, Some(shown)));
            Some(Ingredient {
                layer: Layer::named(layer)?,
                name: plain(name)?.into(),
                digest: Digest::of_hex(digits).ok()?,
                shown: shown.map_or(Some(None), |shown| plain(shown).map(|shown| Some(shown.into())))?,
            })
        };
        let ingredients: Option<Vec<Ingredient>> = lines.map(read).collect();
        ingredients.map(|ingredients| Self { ingredients }).ok_or_else(|| wrong("a line is none"))
    }
}

/// Writes a text on one line: what ends a line or a field stands as `\` and two digits.
fn escape(text: &mut String, value: &str) {
    if !value.contains(['\n', '\r', '\t', '\\']) {
        return text.push_str(value);
    }
    for character in value.chars() {
        match character {
            '\n' | '\r' | '\t' | '\\' => {
                let _ = write!(text, "\\{:02x}", u32::from(character));
            }
            plain => text.push(plain),
        }
    }
}

fn plain(value: &str) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3)?;
        text.push(char::from(u8::from_str_radix(code, 16).ok()?));
        rest = &rest[at + 3..];
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_says_all_of_it_in_one_order() {
        let one = Ingredient::shown(Layer::Toolchain, "release", "1.95.0");
        let odd = Ingredient::shown(Layer::Configuration, "a\tb\\c", "x\ny");
        let hidden = Ingredient::hidden(Layer::Source, LISTING, Digest::of(b"files"));
        let preimage = Preimage::new(vec![one.clone(), odd.clone(), hidden.clone()]);
        assert_eq!(preimage, Preimage::new(vec![hidden, one, odd]));
        assert_eq!(Preimage::parse(&preimage.bytes()).unwrap(), preimage);
        assert!(preimage.bytes().starts_with(b"governed-step/1\nsource "));
        assert_eq!(preimage.key(), Digest::of(&preimage.bytes()));
        assert!(Preimage::parse(b"governed-step/2\n").unwrap_err().help.is_some());
        assert!(Preimage::parse(b"governed-step/1\nsource zz listing\n").is_err());
    }
}
