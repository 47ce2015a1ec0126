//! Who says that a version is out, and what each of them says: never one alone, and unknown is never yes.

use std::collections::BTreeMap;

use semver::Version;

use crate::facts::policy::release::WITNESSES;
use crate::facts::policy::release::Witness;

/// How a witness stands to a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It says that this very version is out.
    Agrees,
    /// It knows nothing of it.
    Missing,
    /// It says something else.
    Contradicts,
    /// It could not be asked.
    Unknown,
    /// Nobody asks for it.
    NotDemanded,
}

impl Standing {
    /// The word in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Missing => "missing",
            Self::Contradicts => "contradicts",
            Self::Unknown => "unknown",
            Self::NotDemanded => "not-demanded",
        }
    }
}

/// What one witness says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testimony {
    /// Who.
    pub witness: Witness,
    /// How it stands.
    pub standing: Standing,
    /// What was seen: a fragment.
    pub says: String,
}

impl Testimony {
    /// The name of the witness.
    pub fn name(&self) -> &'static str {
        name(self.witness)
    }
}

/// The name of a witness, as policies write it.
pub fn name(witness: Witness) -> &'static str {
    WITNESSES.iter().find(|(_, known)| *known == witness).map_or("", |(name, _)| name)
}

/// What came of asking outside: an answer, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked<T> {
    /// The answer.
    Answer(T),
    /// Why there is none: offline, no connection, no permission.
    Unknown(String),
}

/// A version on a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version.
    pub version: Version,
    /// The SHA-256 of the packed crate, in hexadecimal.
    pub checksum: String,
    /// Whether it was yanked.
    pub yanked: bool,
}

/// Where the crate was packed that a registry hands out for a version, beside the commit that the version's tag names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packed {
    /// From that very commit; `dirty` where files differed from it, as cargo wrote down.
    Here {
        /// Whether files that were packed differed from the commit.
        dirty: bool,
    },
    /// From another commit that has the same files of the package.
    Alike {
        /// The commit.
        commit: String,
    },
    /// From another commit with other files.
    Elsewhere {
        /// The commit.
        commit: String,
        /// The commit of the tag.
        tagged: String,
    },
    /// The packed crate names no commit.
    Unsaid,
    /// What it names is not known.
    Unknown(String),
}

/// A release on a forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgeRelease {
    /// The tag that it is about.
    pub tag: String,
    /// Whether it is a draft, which nobody sees.
    pub draft: bool,
    /// Its address.
    pub url: String,
}

/// What was asked outside of the repository, by the index of the package. What is not in here was not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// All versions of the package on its registry.
    pub registry: BTreeMap<usize, Asked<Vec<Published>>>,
    /// Where the version was packed that the registry has, where a tag names it.
    pub packed: BTreeMap<usize, Packed>,
    /// The remote that tags go to; none where the clone has none.
    pub remote: Option<String>,
    /// The commit that the version's tag names on the remote.
    pub tag: BTreeMap<usize, Asked<Option<String>>>,
    /// The release of the version's tag on the forge.
    pub forge: BTreeMap<usize, Asked<Option<ForgeRelease>>>,
}
