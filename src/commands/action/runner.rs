//! What the runner says in its own variables, and the files that it reads afterwards.

use std::path::PathBuf;

use serde_json::Value;

use crate::commands::action::event;
use crate::commands::action::event::Event;
use crate::error::Error;
use crate::render::comment::case::Links;
use crate::world::forge::access;
use crate::world::given;

/// The most bytes of an event.
const MOST_EVENT: u64 = 32 << 20;

/// The surroundings of a step of a workflow.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runner {
    pub(crate) event: Event,
    /// `owner/name`; empty where it is none.
    pub(crate) repository: String,
    pub(crate) server: String,
    pub(crate) api: String,
    /// The number of the run, and its attempt.
    pub(crate) run: (u64, u64),
    /// Who began the run.
    pub(crate) actor: String,
    /// The job, which tells check runs apart.
    pub(crate) job: String,
    /// The path of the workflow's file.
    pub(crate) workflow: Option<String>,
    /// The branch that the workflow runs on; none for a tag or a pull request.
    pub(crate) branch: Option<String>,
    /// The commit that the workflow runs on.
    pub(crate) commit: Option<String>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) summary: Option<PathBuf>,
}

impl Runner {
    /// Reads the variables, and the event that one of them names.
    pub(crate) fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let text = |name: &str| variable(name).unwrap_or_default();
        let file = |name: &str| variable(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        let number = |name: &str| text(name).parse().unwrap_or_default();
        let payload: Value = match file("GITHUB_EVENT_PATH") {
            Some(path) => {
                let bytes = given::document(&path, MOST_EVENT)?;
                serde_json::from_slice(&bytes).map_err(|error| {
                    Error::usage("bad-event", format!("read the event: {error}")).at(path.display().to_string())
                })?
            }
            None => Value::Null,
        };
        let or = |value: String, usual: &str| if value.is_empty() { usual.to_owned() } else { value };
        let server = or(text("GITHUB_SERVER_URL"), "https://github.com").trim_end_matches('/').to_owned();
        Ok(Self {
            event: Event::read(&text("GITHUB_EVENT_NAME"), &payload),
            repository: Some(text("GITHUB_REPOSITORY")).filter(|name| is_repository(name)).unwrap_or_default(),
            api: or(text("GITHUB_API_URL"), &access::api_of(&server)),
            server,
            run: (number("GITHUB_RUN_ID"), number("GITHUB_RUN_ATTEMPT").max(1)),
            actor: text("GITHUB_ACTOR"),
            job: text("GITHUB_JOB"),
            workflow: workflow(&text("GITHUB_WORKFLOW_REF"), &text("GITHUB_REPOSITORY")),
            branch: text("GITHUB_REF").strip_prefix("refs/heads/").map(str::to_owned),
            commit: Some(text("GITHUB_SHA")).filter(|id| event::is_commit(id)),
            output: file("GITHUB_OUTPUT"),
            summary: file("GITHUB_STEP_SUMMARY"),
        })
    }

    /// Where files are shown: at the head of the pull request, else at the commit of the workflow.
    pub(crate) fn links(&self) -> Option<Links> {
        let commit = self.event.head.clone().or_else(|| self.commit.clone())?;
        let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._~:/[]".contains(sign);
        let is_server = self.server.starts_with("https://") || self.server.starts_with("http://");
        let is_plain = is_server && self.server.chars().all(plain) && !self.repository.is_empty();
        is_plain.then(|| Links { server: self.server.clone(), repository: self.repository.clone(), commit })
    }

    /// Whether GitHub gives the job a token that may only read, whatever the workflow asks for.
    pub(crate) fn reads_only(&self) -> bool {
        self.event.pull.as_ref().is_some_and(|pull| pull.fork) || self.actor == "dependabot[bot]"
    }

    /// The page of the run.
    pub(crate) fn page(&self) -> Option<String> {
        let links = self.links()?;
        (self.run.0 > 0).then(|| format!("{}/{}/actions/runs/{}", links.server, links.repository, self.run.0))
    }
}

fn is_repository(name: &str) -> bool {
    let plain = |part: &str| {
        let fits = part.chars().all(|sign| sign.is_ascii_alphanumeric() || "-._".contains(sign));
        fits && !part.is_empty() && part != "." && part != ".."
    };
    name.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

/// `owner/name/.github/workflows/ci.yml@refs/heads/main` names a file of this repository.
fn workflow(reference: &str, repository: &str) -> Option<String> {
    let path = reference.strip_prefix(repository)?.strip_prefix('/')?.split_once('@')?.0;
    path.starts_with(".github/workflows/").then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_go_into_requests() {
        assert!(is_repository("o/r.rs") && is_repository("a-b/c_d"));
        for bad in ["", "o", "o/r/x", "o/..", "o/r?x", "o /r"] {
            assert!(!is_repository(bad), "{bad}");
        }
        assert_eq!(workflow("o/r/.github/workflows/ci.yml@refs/x", "o/r").as_deref(), Some(".github/workflows/ci.yml"));
        assert_eq!(workflow("x/y/.github/workflows/ci.yml@refs/x", "o/r"), None);
    }
}
