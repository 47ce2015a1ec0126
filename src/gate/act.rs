//! What is to be let through.

/// What is to be let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A commit into the branch of the base.
    Merge,
    /// A commit to whoever uses the packages.
    Release,
}

impl Act {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Release => "release",
        }
    }

    /// The act of a word.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Merge, Self::Release].into_iter().find(|act| act.as_str() == word)
    }
}
