//! Why the forge did not do what was asked: status, permission, request id, and whether it may have been done after all.

use std::fmt;

use crate::world::forge::answer::Answer;

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The token may not do it (401, 403), or may not even see it (404).
    Denied,
    /// The forge does not take what was sent (422 and other 4xx).
    Invalid,
    /// Too much was asked, and waiting for the end of it takes longer than there is time.
    Limited,
    /// It could not be reached, or did not answer in time.
    Unreachable,
    /// It failed itself (5xx).
    Broken,
    /// It answered with something that can't be read.
    Unreadable,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its kind.
    pub kind: Kind,
    /// What was asked: `POST /repos/o/r/issues/1/comments`.
    pub asked: String,
    /// The status, where there was an answer.
    pub status: Option<u16>,
    /// What the forge or the system says.
    pub message: String,
    /// The permissions that would have been accepted.
    pub accepted: Option<String>,
    /// The id of the request.
    pub request_id: Option<String>,
    /// Whether what was asked may have been done: then nobody may simply ask again.
    pub maybe_done: bool,
}

impl Failure {
    /// The failure that an answer is.
    pub(crate) fn of(asked: &str, answer: &Answer) -> Self {
        let kind = match answer.status {
            _ if answer.is_limited() => Kind::Limited,
            401 | 403 | 404 => Kind::Denied,
            400..500 => Kind::Invalid,
            _ => Kind::Broken,
        };
        Self {
            kind,
            asked: asked.to_owned(),
            status: Some(answer.status),
            message: answer.message(),
            accepted: answer.accepted.clone(),
            request_id: answer.request_id.clone(),
            maybe_done: kind == Kind::Broken,
        }
    }

    /// A failure without an answer.
    pub(crate) fn without_answer(kind: Kind, asked: &str, message: impl Into<String>) -> Self {
        let maybe_done = matches!(kind, Kind::Unreachable | Kind::Unreadable);
        Self {
            kind,
            asked: asked.to_owned(),
            status: None,
            message: message.into(),
            accepted: None,
            request_id: None,
            maybe_done,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.asked)?;
        if let Some(status) = self.status {
            write!(formatter, "{status} ")?;
        }
        formatter.write_str(&self.message)?;
        let accepted = self.accepted.as_ref().map(|accepted| format!("needs {accepted}"));
        let id = self.request_id.as_ref().map(|id| format!("request id {id}"));
        let more: Vec<String> = accepted.into_iter().chain(id).collect();
        if more.is_empty() { Ok(()) } else { write!(formatter, " ({})", more.join("; ")) }
    }
}
