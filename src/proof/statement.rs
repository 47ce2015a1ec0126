//! The statement: in-toto Statement v1, subjects with a predicate of a type.

use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::facts::digest::Digest;
use crate::proof::canonical;
use crate::proof::malformed::Malformed;
use crate::proof::names;
use crate::proof::resource::Digests;
use crate::proof::resource::GitId;
use crate::proof::resource::Resource;

/// A predicate of a constant type.
pub trait Predicate: Serialize + DeserializeOwned + Send + Sync {
    /// The type.
    const TYPE: &'static str;
}

/// What every statement of a proof is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The digest of the listing that `sha256sum -c` accepts.
    pub listing: Digest,
    /// Git's id of the tree, modes and links with it; none where the files differ from every commit.
    pub tree: Option<GitId>,
    /// The commit; none where the files differ from it.
    pub commit: Option<GitId>,
}

impl Subject {
    /// The subjects, each alone: a verifier must find all of them.
    fn resources(&self) -> Vec<Resource> {
        let listing = Resource::named(names::SUBJECT_LISTING, Digests::sha256(self.listing));
        let tree = self.tree.clone().map(|id| Resource::named(names::SUBJECT_TREE, Digests::tree(id)));
        let commit = self.commit.clone().map(|id| Resource::named(names::SUBJECT_COMMIT, Digests::commit(id)));
        [Some(listing), tree, commit].into_iter().flatten().collect()
    }

    fn of(resources: &[Resource]) -> Result<Self, Malformed> {
        let find = |name: &str| resources.iter().find(|one| one.name.as_deref() == Some(name))?.digest.clone();
        let listing = find(names::SUBJECT_LISTING).and_then(|digest| digest.sha256);
        let listing = listing.ok_or_else(|| Malformed::new("no subject is a listing with its SHA-256"))?.0;
        let tree = find(names::SUBJECT_TREE).and_then(|digest| digest.git_tree);
        let commit = find(names::SUBJECT_COMMIT).and_then(|digest| digest.git_commit);
        let subject = Self { listing, tree, commit };
        // What else stands there (more subjects, several digests in one, another order) would be somebody else's claim.
        if subject.resources() == resources { Ok(subject) } else { Err(Malformed::new("the subjects are not ours")) }
    }
}

/// A statement as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[serde(bound(serialize = "P: Serialize", deserialize = "P: DeserializeOwned"))]
struct Written<P> {
    #[serde(rename = "_type")]
    kind: String,
    predicate: P,
    predicate_type: String,
    subject: Vec<Resource>,
}

/// A statement as it is written, of values that stay where they are. The fields stand in the order of their names.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Borrowed<'a, P> {
    #[serde(rename = "_type")]
    kind: &'a str,
    predicate: &'a P,
    predicate_type: &'a str,
    subject: Vec<Resource>,
}

/// Just the type of a statement.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Typed {
    predicate_type: String,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement<P> {
    /// What it is about.
    pub subject: Subject,
    /// What it says.
    pub predicate: P,
}

/// The type of the predicate in the bytes of a statement.
pub fn predicate_type(bytes: &[u8]) -> Result<String, Malformed> {
    let typed: Typed = serde_json::from_slice(bytes).map_err(|error| Malformed::new(error.to_string()))?;
    Ok(typed.predicate_type)
}

impl<P: Predicate> Statement<P> {
    /// The canonical bytes.
    pub fn bytes(&self) -> Vec<u8> {
        canonical::bytes_of(&Borrowed {
            kind: names::STATEMENT,
            predicate: &self.predicate,
            predicate_type: P::TYPE,
            subject: self.subject.resources(),
        })
    }

    /// Says whether the canonical bytes of this statement are read back as it.
    pub(crate) fn is_read_from(&self, bytes: &[u8]) -> Result<bool, Malformed>
    where
        P: PartialEq,
    {
        // What is read from them as this very value is written as them again: no second text need be made to see it.
        let read = canonical::read_own::<Written<P>>(bytes).map_or_else(|| Self::parse(bytes), Self::of)?;
        Ok(read == *self)
    }

    /// Reads just the bytes that [`Statement::bytes`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::of(canonical::read(bytes)?)
    }

    fn of(written: Written<P>) -> Result<Self, Malformed> {
        if written.kind != names::STATEMENT {
            return Err(Malformed::new(format!("the statement is {:?}, not {:?}", written.kind, names::STATEMENT)));
        }
        if written.predicate_type != P::TYPE {
            return Err(Malformed::new(format!("the predicate is {:?}, not {:?}", written.predicate_type, P::TYPE)));
        }
        Ok(Self { subject: Subject::of(&written.subject)?, predicate: written.predicate })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}

    impl Predicate for Nothing {
        const TYPE: &'static str = "https://example.com/nothing/v1";
    }

    fn subject() -> Subject {
        Subject {
            listing: Digest::of(b"listing"),
            tree: Some("1".repeat(40).parse().unwrap()),
            commit: Some("2".repeat(40).parse().unwrap()),
        }
    }

    #[test]
    fn three_subjects_stand_alone_in_their_order() {
        let statement = Statement { subject: subject(), predicate: Nothing {} };
        let bytes = statement.bytes();
        assert_eq!(Statement::<Nothing>::parse(&bytes), Ok(statement));
        assert_eq!(predicate_type(&bytes).unwrap(), Nothing::TYPE);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{},"), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["subject"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn other_subjects_are_refused() {
        let text = String::from_utf8(Statement { subject: subject(), predicate: Nothing {} }.bytes()).unwrap();
        let both = "\"digest\":{\"gitCommit\":\"2222222222222222222222222222222222222222\"}";
        assert!(text.contains(both));
        let cases = [
            // A tree and a commit in one set would let another commit with the same tree pass.
            (both.to_owned(), both.replace("\"}", &format!("\",\"gitTree\":\"{}\"}}", "1".repeat(40)))),
            ("\"name\":\"commit\"".to_owned(), "\"name\":\"comit\"".to_owned()),
            ("\"name\":\"tree.sha256\"".to_owned(), "\"name\":\"tree.sha512\"".to_owned()),
            ("Statement/v1".to_owned(), "Statement/v0.1".to_owned()),
            ("nothing/v1".to_owned(), "nothing/v2".to_owned()),
        ];
        for (from, to) in cases {
            let other = text.replace(&from, &to);
            assert_ne!(other, text);
            assert!(Statement::<Nothing>::parse(other.as_bytes()).is_err(), "{to}");
        }
    }

    #[test]
    fn what_names_no_commit_has_one_subject() {
        let subject = Subject { tree: None, commit: None, ..subject() };
        let bytes = Statement { subject: subject.clone(), predicate: Nothing {} }.bytes();
        assert_eq!(Statement::<Nothing>::parse(&bytes).unwrap().subject, subject);
    }
}
