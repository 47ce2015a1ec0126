//! A token. It is sent to the index that asks for it and told to nobody: it has no text form, and is in no error.

/// A token.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// What a variable, a file or a program gave.
    pub(super) fn given(token: String) -> Self {
        Self(token)
    }

    /// The token, for a header.
    pub(super) fn header(&self) -> &str {
        &self.0
    }
}
