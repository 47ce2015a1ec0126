//! The forge that a release is about: which repository, by whose token, and what it says of the release of a tag.

use std::env;
use std::time::Duration;

use crate::error::Error;
use crate::proof::repository;
use crate::release::witness::Asked;
use crate::release::witness::ForgeRelease;
use crate::world::forge::access;
use crate::world::forge::access::Access;
/// A file of a release.
pub(crate) use crate::world::forge::assets::Asset;
use crate::world::forge::connection::Connection;
use crate::world::forge::releases;
use crate::world::forge::releases::Release;
/// What a new release says.
pub(crate) use crate::world::forge::releases::Wanted;

/// The server where nothing says another one.
const GITHUB: &str = "https://github.com";
/// How long all questions together may take, waiting included.
const OVERALL: Duration = Duration::from_secs(10 * 60);

/// What is known of a forge before it is asked: from the environment, or from whoever calls.
#[derive(Clone, Default)]
pub(crate) struct Given {
    /// The address of the server: `https://github.com`.
    pub(crate) server: Option<String>,
    /// The address of its API.
    pub(crate) api: Option<String>,
    /// `owner/name`; that of the remote without it.
    pub(crate) repository: Option<String>,
    /// The token.
    pub(crate) token: Option<String>,
}

impl Given {
    /// What GitHub's own variables say.
    pub(crate) fn from_environment() -> Self {
        let variable = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
        Self {
            server: variable("GITHUB_SERVER_URL"),
            api: variable("GITHUB_API_URL"),
            repository: variable("GITHUB_REPOSITORY"),
            token: variable("GITHUB_TOKEN").or_else(|| variable("GH_TOKEN")),
        }
    }
}

/// A forge that can be asked.
pub(crate) struct Forge {
    connection: Connection,
    repository: String,
    has_token: bool,
}

impl Forge {
    /// The forge of a clone whose remote has an address; the reason where none is known. Nothing is sent yet.
    pub(crate) fn of(given: &Given, remote: Option<&str>) -> Result<Self, String> {
        let server = given.server.as_deref().unwrap_or(GITHUB);
        let named = given.repository.clone().or_else(|| slug(remote?, server));
        let repository = named.ok_or_else(|| format!("no remote of this clone is a repository of {server}"))?;
        let token = given.token.as_deref().unwrap_or_default();
        let api = given.api.clone().unwrap_or_else(|| access::api_of(server));
        let access = Access::to(&api, token, OVERALL).map_err(|error| error.to_string())?;
        let connection = Connection::open(&access).map_err(|failure| failure.to_string())?;
        Ok(Self { connection, repository, has_token: !access.token.is_empty() })
    }

    /// Whether anything but reading can be asked of it.
    pub(crate) fn has_token(&self) -> bool {
        self.has_token
    }

    /// What it says of the release of a tag.
    /// A draft that was begun here and whose files are not all there yet is none: who begins again goes on with it.
    pub(crate) fn release(&self, tag: &str) -> Asked<Option<ForgeRelease>> {
        match releases::of_tag(&self.connection, &self.repository, tag) {
            Ok(found) => Asked::Answer(found.filter(|one| !one.draft || one.begun.is_none()).map(told)),
            Err(failure) => Asked::Unknown(failure.to_string()),
        }
    }

    /// Makes the release of a tag, once.
    pub(crate) fn make(&self, wanted: &Wanted) -> Result<ForgeRelease, Error> {
        releases::create(&self.connection, &self.repository, wanted).map(told).map_err(|failure| {
            Error::failed("forge-failed", format!("make the release of {}: {failure}", wanted.tag))
                .help("mend what the forge names (a token needs contents: write), then repeat the command")
        })
    }
}

fn told(release: Release) -> ForgeRelease {
    ForgeRelease { tag: release.tag, draft: release.draft, url: release.url }
}

/// `owner/name` where an address is one of a server.
fn slug(remote: &str, server: &str) -> Option<String> {
    let address = repository::address(remote)?;
    let host = |address: &str| address.split_once("://").map_or(address.to_owned(), |(_, rest)| rest.to_owned());
    let rest = host(&address);
    let rest = rest.strip_prefix(host(server).trim_end_matches('/'))?.strip_prefix('/')?;
    let mut parts = rest.trim_end_matches('/').trim_end_matches(".git").splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(owner), Some(name), None) if !owner.is_empty() && !name.is_empty() => Some(format!("{owner}/{name}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_that_of_the_remote() {
        for (remote, expected) in [
            ("https://github.com/o/r.git", Some("o/r")),
            ("git@github.com:o/r.git", Some("o/r")),
            ("ssh://git@github.com/o/r", Some("o/r")),
            ("https://gitlab.com/o/r", None),
            ("/srv/git/r", None),
        ] {
            assert_eq!(slug(remote, GITHUB).as_deref(), expected, "{remote}");
        }
    }
}
