//! A declared claim with what it is bound to: the sentences that bear its name, and its evidence.

use crate::facts::digest::Digest;
use crate::facts::place::Place;

/// What a claim rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The outcome of a step: only a run tells.
    Step,
    /// A file, or a value in it.
    File,
    /// A kept output of a step, or a value in it: only a run tells.
    Output,
}

impl Kind {
    /// The word in reports and proofs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::File => "file",
            Self::Output => "output",
        }
    }
}

/// The evidence of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// What it is.
    pub kind: Kind,
    /// The step, or the path from the root.
    pub name: String,
    /// The key path of a value.
    pub key: Option<String>,
    /// The regular expression of a value.
    pub regex: Option<String>,
    /// The digest that the policy demands.
    pub demanded: Option<Digest>,
    /// The digest of what is there: of the value, or of the whole file. None for what only a run tells.
    pub found: Option<Digest>,
}

/// A sentence that bears the name of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Where it stands.
    pub at: Place,
    /// Its words, each run of white space as one blank.
    pub words: String,
    /// The digest of the words.
    pub digest: Digest,
}

/// A declared claim, as far as the tree tells how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The name.
    pub name: String,
    /// What speaks against it: the messages of the findings.
    pub against: Vec<String>,
    /// Why it could not be judged.
    pub unproven: Vec<String>,
    /// What it rests on.
    pub ground: Ground,
    /// What says so, in order of path and place.
    pub sentences: Vec<Said>,
}
