//! Resource descriptors and digest sets of in-toto, with just the algorithms that our proofs use.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

use crate::facts::digest::Digest;
use crate::proof::annotations::Annotations;

/// A SHA-256 digest in hexadecimal alone, as in-toto writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub Digest);

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.with_hex(|hex| serializer.serialize_str(hex))
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Digest::read(deserializer, Digest::of_hex).map(Self)
    }
}

/// An id of git: 40 lower-case hexadecimal digits, or 64 in a repository of SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct GitId(String);

impl GitId {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A text that is no id of git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoGitId;

impl fmt::Display for NoGitId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no id of git: 40 or 64 lower-case hexadecimal digits are expected")
    }
}

impl FromStr for GitId {
    type Err = NoGitId;

    fn from_str(text: &str) -> Result<Self, NoGitId> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex && matches!(text.len(), 40 | 64) { Ok(Self(text.to_owned())) } else { Err(NoGitId) }
    }
}

impl<'de> Deserialize<'de> for GitId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The digests of one thing. Two sets of in-toto agree where any field does, so what must agree by itself stands alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Digests {
    /// A commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<GitId>,
    /// A tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_tree: Option<GitId>,
    /// SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

impl Digests {
    /// A SHA-256 digest.
    pub fn sha256(digest: Digest) -> Self {
        Self { sha256: Some(Sha256(digest)), ..Self::default() }
    }

    /// A commit.
    pub fn commit(id: GitId) -> Self {
        Self { git_commit: Some(id), ..Self::default() }
    }

    /// A tree.
    pub fn tree(id: GitId) -> Self {
        Self { git_tree: Some(id), ..Self::default() }
    }
}

/// A resource descriptor: what something is, and its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Resource {
    /// What else is known of it.
    #[serde(default, skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
    /// Its digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digests>,
    /// What its bytes are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The name, for this statement only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is, or what it is called everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

impl Resource {
    /// A thing of a name with a digest.
    pub fn named(name: impl Into<String>, digest: Digests) -> Self {
        Self { name: Some(name.into()), digest: Some(digest), ..Self::default() }
    }

    /// A thing of an address with a digest.
    pub fn at(uri: impl Into<String>, digest: Digests) -> Self {
        Self { uri: Some(uri.into()), digest: Some(digest), ..Self::default() }
    }

    /// Bytes of a kind, kept as an object of the record.
    pub fn object(name: impl Into<String>, media_type: &str, digest: Digest) -> Self {
        Self { media_type: Some(media_type.to_owned()), ..Self::named(name, Digests::sha256(digest)) }
    }

    /// Its SHA-256 digest.
    pub fn sha256(&self) -> Option<Digest> {
        Some(self.digest.as_ref()?.sha256?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::canonical;

    #[test]
    fn digests_have_one_text() {
        let resource = Resource::object("log", "text/plain", Digest::of(b""));
        let bytes = canonical::bytes_of(&resource);
        assert_eq!(
            String::from_utf8(bytes.clone()).unwrap(),
            "{\"digest\":{\"sha256\":\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"},\
             \"mediaType\":\"text/plain\",\"name\":\"log\"}"
        );
        assert_eq!(canonical::read::<Resource>(&bytes), Ok(resource));
        for (key, text) in [
            ("sha256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855".to_owned()),
            ("sha256", "e3b0".to_owned()),
            ("sha1", "0".repeat(40)),
            ("gitCommit", "0".repeat(39)),
            ("gitTree", "G".repeat(40)),
            ("gitTree", "A".repeat(40)),
        ] {
            let bytes = format!("{{\"{key}\":\"{text}\"}}");
            assert!(canonical::read::<Digests>(bytes.as_bytes()).is_err(), "{bytes}");
        }
    }
}
