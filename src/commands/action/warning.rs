//! What is said where a view can't be shown: what is missing, and the lines that give it.

use std::fmt::Write as _;

use crate::error::Error;
use crate::render::encode::annotation;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;

/// A view that could not be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Warning {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// What a view needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Needed {
    /// The stable word: `comment-not-posted`.
    pub(crate) code: &'static str,
    /// What was not done: `comment on the pull request`.
    pub(crate) what: &'static str,
    /// The permission: `pull-requests`.
    pub(crate) permission: &'static str,
}

/// The comment.
pub(crate) const COMMENT: Needed =
    Needed { code: "comment-not-posted", what: "comment on the pull request", permission: "pull-requests" };
/// The check run.
pub(crate) const CHECK_RUN: Needed =
    Needed { code: "check-run-not-made", what: "make the check run", permission: "checks" };

/// The suggestions.
pub(crate) const SUGGESTIONS: Needed =
    Needed { code: "suggestions-not-made", what: "suggest changes on the pull request", permission: "pull-requests" };

impl Warning {
    /// The warning of a file that could not be written.
    pub(crate) fn of_file(code: &'static str, error: &Error) -> Self {
        Self { code, message: format!("{error}; the verdict is unchanged") }
    }

    /// The warning of a request that failed.
    pub(crate) fn of(needed: Needed, failure: &Failure, fork: bool) -> Self {
        let mut message = format!("could not {}: {failure}; the verdict is unchanged", needed.what);
        let lines = match (failure.kind, failure.status) {
            (Kind::Denied, Some(401)) => "\nthe token is not valid: leave the input token to its default".to_owned(),
            (Kind::Denied, _) if fork => {
                "\nthe pull request comes from a fork or from Dependabot, and GitHub gives its jobs a token that may \
                only read: see the job summary, or report from a second workflow as docs/action.md shows"
                    .to_owned()
            }
            (Kind::Denied, _) => {
                let mut lines = String::from("\nadd these lines to the job:");
                let _ = write!(lines, "\npermissions:\n  contents: read\n  {}: write", needed.permission);
                lines
            }
            (Kind::Limited, _) => "\ntoo much was asked of GitHub with this token; the next run tries again".to_owned(),
            (Kind::Unreachable, None) => "\nan enterprise's own API has its address in github-api-url".to_owned(),
            _ => String::new(),
        };
        message.push_str(&lines);
        Self { code: needed.code, message }
    }

    /// The warning where there is no token at all.
    pub(crate) fn without_token(needed: Needed) -> Self {
        let message = format!(
            "could not {}: the input token is empty; the verdict is unchanged\nwrite `token: ${{{{ github.token }}}}`, or \
             leave the input out",
            needed.what
        );
        Self { code: needed.code, message }
    }

    /// The command that shows it.
    pub(crate) fn command(&self) -> String {
        let title = annotation::property(&format!("cargo governed: {}", self.code));
        format!("::warning title={title}::{}\n", annotation::message(&self.message))
    }
}
