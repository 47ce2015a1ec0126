//! Why bytes are no proof.

use std::fmt;

/// Bytes that are not what they should be. A proof that can't be read to the last byte proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What is wrong: a sentence without its stop.
    pub message: String,
}

impl Malformed {
    /// Says what is wrong.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// Says where.
    #[must_use]
    pub fn within(self, place: impl fmt::Display) -> Self {
        Self { message: format!("{place}: {}", self.message) }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Malformed {}
