//! Why a registry did not say what was asked: never the same as a crate that is not there.

use std::fmt;
use std::time::Duration;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It could not be reached, or ended the connection.
    Unreachable,
    /// It did not answer in time.
    Silent,
    /// It does not let us read: 401, and what it withdrew: 410, 451.
    Denied,
    /// It does not let us read what may not be there at all: 403, and 405 of stores of files.
    Forbidden,
    /// Too much was asked; how long to wait, where it says so.
    Limited(Option<Duration>),
    /// It failed itself: 5xx.
    Broken,
    /// It answered with something that can't be read.
    Unreadable,
    /// It was not asked, because its token would have travelled in clear text.
    Unasked,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its kind.
    pub kind: Kind,
    /// What was asked, without user and password: `GET https://index.crates.io/se/rd/serde`.
    pub asked: String,
    /// What the registry or the system says, in one line.
    pub message: String,
}

impl Failure {
    /// A failure to get something.
    pub(super) fn new(kind: Kind, asked: impl Into<String>, message: impl Into<String>) -> Self {
        let message: String = message.into();
        let line: Vec<&str> = message.split_whitespace().collect();
        Self { kind, asked: asked.into(), message: line.join(" ").chars().take(300).collect() }
    }

    /// Whether asking again may help.
    pub fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::Unreachable | Kind::Silent | Kind::Limited(_) | Kind::Broken)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.asked, self.message)
    }
}

/// An address without user and password.
pub(super) fn without_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let host = rest.split('/').next().unwrap_or_default();
    match host.rsplit_once('@') {
        Some((user, _)) => format!("{scheme}://{}", &rest[user.len() + 1..]),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_never_shown() {
        assert_eq!(without_user("https://u:p@host/a@b"), "https://host/a@b");
        assert_eq!(without_user("https://host/a"), "https://host/a");
        assert_eq!(without_user("git@host:a/b"), "git@host:a/b");
    }
}
