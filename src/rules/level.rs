//! How loud a finding is.

/// The level of a finding, from quiet to loud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth a look; never fails.
    Note,
    /// Very probably stale.
    Warn,
    /// Breaks a build, publish, gate or test promise, or a reader acts on a false fact for certain.
    Deny,
}

impl Level {
    /// The word in policies and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// How sure a rule is of one finding. It lowers the level that the rule has by default or by policy, never raises it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Worth a look: at most a note.
    Unsure,
    /// Very probably: at most a warning.
    Probable,
    /// Certain: the level of the rule.
    #[default]
    Certain,
}

impl Certainty {
    /// The level of a finding of this certainty by a rule of a level.
    pub fn cap(self, level: Level) -> Level {
        match self {
            Self::Unsure => Level::Note,
            Self::Probable => level.min(Level::Warn),
            Self::Certain => level,
        }
    }
}
