//! A SHA-256 digest: the name of bytes in the record, and the key of a step.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use serde::de::Visitor;
use sha2::Digest as _;
use sha2::Sha256;

/// The prefix that says which function made the digest.
const PREFIX: &str = "sha256:";
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A SHA-256 digest, written as `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest that stands where there is nothing before: in the first line of a ledger.
    pub const ZERO: Self = Self([0; 32]);

    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 hexadecimal digits alone.
    pub fn hex(&self) -> String {
        let mut hex = String::with_capacity(64);
        self.put_hex(&mut hex);
        hex
    }

    /// Adds the 64 hexadecimal digits to a text.
    pub fn put_hex(&self, text: &mut String) {
        self.with_hex(|hex| text.push_str(hex));
    }

    /// Hands on the 64 hexadecimal digits alone, without memory of their own.
    pub fn with_hex<T>(&self, then: impl FnOnce(&str) -> T) -> T {
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        // Digits are text: no other one is ever put in its place.
        then(std::str::from_utf8(&digits).unwrap_or_default())
    }

    /// Reads 64 hexadecimal digits alone.
    pub fn of_hex(digits: &str) -> Result<Self, NoDigest> {
        let digits = digits.as_bytes();
        if digits.len() != 64 {
            return Err(NoDigest);
        }
        let value = |digit: u8| match digit {
            b'0'..=b'9' => Ok(digit - b'0'),
            b'a'..=b'f' => Ok(digit - b'a' + 10),
            _ => Err(NoDigest),
        };
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = value(pair[0])? << 4 | value(pair[1])?;
        }
        Ok(Self(bytes))
    }

    /// Reads a digest from a text where it stands, without a copy of it.
    pub fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        parse: fn(&str) -> Result<Self, NoDigest>,
    ) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(parse))
    }

    fn text(&self) -> String {
        let mut text = String::with_capacity(PREFIX.len() + 64);
        text.push_str(PREFIX);
        self.put_hex(&mut text);
        text
    }

    /// The first twelve digits, for people.
    pub fn short(&self) -> String {
        self.hex()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// A text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDigest;

impl fmt::Display for NoDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no digest: `sha256:` and 64 lower-case hexadecimal digits are expected")
    }
}

impl std::error::Error for NoDigest {}

impl FromStr for Digest {
    type Err = NoDigest;

    /// Reads just the form that [`Digest`] writes: one text a digest, so that texts can be compared.
    fn from_str(text: &str) -> Result<Self, NoDigest> {
        Self::of_hex(text.strip_prefix(PREFIX).ok_or(NoDigest)?)
    }
}

/// The text of a digest in any format.
struct Text(fn(&str) -> Result<Digest, NoDigest>);

impl Visitor<'_> for Text {
    type Value = Digest;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a digest")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Digest, E> {
        self.0(text).map_err(E::custom)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer, str::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_digest() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!(digest.short(), "ba7816bf8f01");
        assert_eq!(digest.to_string().to_uppercase().parse::<Digest>(), Err(NoDigest));
        assert_eq!("sha256:abc".parse::<Digest>(), Err(NoDigest));
        assert_eq!(digest.hex().parse::<Digest>(), Err(NoDigest));
    }
}
