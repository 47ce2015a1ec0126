//! What the forge refused where it is the work itself and no view: an error with the permission and the lines to paste.

use std::fmt::Write as _;
use std::time::Duration;

use crate::commands::action::inputs::Inputs;
use crate::commands::action::runner::Runner;
use crate::error::Error;
use crate::world::forge::access::Access;
use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;

/// How long all requests together may take, waiting included.
pub(crate) const OVERALL: Duration = Duration::from_secs(180);

/// Opens the door for what can't be left out.
pub(crate) fn open(inputs: &Inputs, runner: &Runner) -> Result<Connection, Error> {
    if inputs.token.0.is_empty() {
        return Err(Error::usage("no-token", "reach the forge: the input token is empty")
            .help("write `token: ${{ github.token }}`, or leave the input out"));
    }
    if runner.repository.is_empty() {
        return Err(Error::usage("no-repository", "reach the forge: GITHUB_REPOSITORY names no repository"));
    }
    let base = inputs.api_url.as_deref().unwrap_or(&runner.api);
    let access = Access::to(base, &inputs.token.0, OVERALL)?;
    Connection::open(&access).map_err(|failure| of(&failure, "reach the forge", &[]))
}

/// The error of a request that failed.
pub(crate) fn of(failure: &Failure, what: &str, needed: &[&str]) -> Error {
    let error = Error::failed("forge-refused", format!("{what}: {failure}"));
    let setting = "not permitted to create or approve pull requests";
    match failure.kind {
        _ if failure.message.contains(setting) => error.help(
            "Settings, Actions, General, Workflow permissions: allow GitHub Actions to create and approve pull requests",
        ),
        Kind::Denied if failure.status == Some(401) => {
            error.help("the token is not valid: leave the input token to its default")
        }
        Kind::Denied => {
            let mut lines = String::from("add these lines to the job:\npermissions:");
            for permission in needed {
                let _ = write!(lines, "\n  {permission}: write");
            }
            error.help(lines)
        }
        Kind::Limited => error.help("too much was asked of GitHub with this token; run it again later"),
        Kind::Unreachable if failure.status.is_none() => {
            error.help("an enterprise's own API has its address in github-api-url")
        }
        _ => error.help("run it again: what was done already is found and not done twice"),
    }
}
