//! What the pictures and targets of badges speak of.

use crate::rules::manifests::forge_url;
use crate::rules::manifests::forge_url::Repository;

/// What a badge shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// The state of a CI service for a repository.
    Service {
        /// The service, as `[badges]` calls it.
        service: &'static str,
        /// The repository.
        repository: Repository,
    },
    /// A repository, perhaps one workflow of it by file or by name.
    Repository {
        /// The repository.
        repository: Repository,
        /// The workflow.
        workflow: Option<String>,
    },
    /// A package on the registry.
    Package(String),
}

/// The files that configure a CI service; none for services that need none.
pub(super) fn configuration(service: &str) -> Option<&'static [&'static str]> {
    Some(match service {
        "travis-ci" => &[".travis.yml", ".travis.yaml"],
        "appveyor" => &["appveyor.yml", ".appveyor.yml", "appveyor.yaml", ".appveyor"],
        "circle-ci" => &[".circleci/config.yml", ".circleci/config.yaml", "circle.yml"],
        "cirrus-ci" => &[".cirrus.yml", ".cirrus.star"],
        "bitbucket-pipelines" => &["bitbucket-pipelines.yml"],
        _ => return None,
    })
}

/// Where the services keep their pictures: `OWNER/REPOSITORY` follows.
const SERVICES: &[(&str, &str)] = &[
    ("travis-ci.org/", "travis-ci"),
    ("travis-ci.com/", "travis-ci"),
    ("img.shields.io/travis/com/", "travis-ci"),
    ("img.shields.io/travis/", "travis-ci"),
    ("ci.appveyor.com/api/projects/status/github/", "appveyor"),
    ("img.shields.io/appveyor/ci/", "appveyor"),
    ("img.shields.io/appveyor/build/", "appveyor"),
    ("circleci.com/gh/", "circle-ci"),
    ("img.shields.io/circleci/build/github/", "circle-ci"),
    ("img.shields.io/circleci/project/github/", "circle-ci"),
    ("api.cirrus-ci.com/github/", "cirrus-ci"),
];

/// Where shields.io draws facts of a repository on GitHub: `OWNER/REPOSITORY` follows.
const SHIELDS: &[&str] = &[
    "github/v/release/",
    "github/v/tag/",
    "github/release/",
    "github/tag/",
    "github/release-date/",
    "github/license/",
    "github/stars/",
    "github/issues/",
    "github/last-commit/",
    "github/contributors/",
    "github/commit-activity/m/",
    "github/commit-activity/y/",
    "github/downloads/",
];

/// Reads what a picture shows; none for pictures that are no known badges.
pub(super) fn read(picture: &str) -> Option<Subject> {
    let rest = picture.strip_prefix("https://").or_else(|| picture.strip_prefix("http://"))?;
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    for (start, service) in SERVICES {
        if let Some(rest) = rest.strip_prefix(start) {
            let rest = rest.split_once(".svg").map_or(rest, |(rest, _)| rest);
            let (repository, _) = forge_url::of_path("github.com", rest)?;
            return Some(Subject::Service { service, repository });
        }
    }
    if let Some(name) = package(picture) {
        return Some(Subject::Package(name.to_owned()));
    }
    if let Some(rest) = rest.strip_prefix("img.shields.io/") {
        if let Some(rest) = rest.strip_prefix("github/actions/workflow/status/") {
            let (repository, file) = forge_url::of_path("github.com", rest)?;
            return Some(Subject::Repository { repository, workflow: first(file) });
        }
        let rest = SHIELDS.iter().find_map(|start| rest.strip_prefix(start))?;
        let (repository, _) = forge_url::of_path("github.com", rest)?;
        let name = repository.name.trim_end_matches(".svg").to_owned();
        return Some(Subject::Repository { repository: Repository { name, ..repository }, workflow: None });
    }
    let (repository, rest) = forge_url::read(picture)?;
    let rest = rest.strip_suffix("/badge.svg")?;
    let workflow = match rest.strip_prefix("actions/workflows/") {
        Some(file) => first(file),
        None => rest.strip_prefix("workflows/").map(|name| name.replace("%20", " ").replace('+', " ")),
    };
    Some(Subject::Repository { repository, workflow })
}

fn first(path: &str) -> Option<String> {
    path.split('/').next().filter(|file| !file.is_empty() && !file.contains('%')).map(str::to_owned)
}

/// The repository whose workflows, releases or files a target shows.
pub(super) fn repository(target: &str) -> Option<Repository> {
    Some(forge_url::read(target)?.0)
}

/// The package that an address on the registry, docs.rs or shields.io is about.
pub(super) fn package(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let rest = rest.split(['?', '#']).next()?;
    let starts = [
        "crates.io/crates/",
        "img.shields.io/crates/v/",
        "img.shields.io/crates/d/",
        "img.shields.io/crates/l/",
        "img.shields.io/docsrs/",
        "docs.rs/crate/",
        "docs.rs/",
    ];
    let name = starts.iter().find_map(|start| rest.strip_prefix(start))?.split('/').next()?;
    let name = name.strip_suffix(".svg").unwrap_or(name);
    let is_name = !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_'));
    is_name.then_some(name)
}

/// Says whether two names are one package to the registry.
pub(super) fn same_package(one: &str, other: &str) -> bool {
    one.replace('_', "-").eq_ignore_ascii_case(&other.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(picture: &str) -> String {
        match read(picture) {
            Some(Subject::Service { service, repository }) => format!("{service} {}", repository.shown()),
            Some(Subject::Repository { repository, workflow }) => format!("{} {workflow:?}", repository.shown()),
            Some(Subject::Package(name)) => name,
            None => String::new(),
        }
    }

    #[test]
    fn pictures_are_read() {
        for (picture, subject) in [
            ("https://travis-ci.org/o/r.svg?branch=master", "travis-ci github.com/o/r"),
            ("https://github.com/o/r/actions/workflows/CI.yml/badge.svg?x", "github.com/o/r Some(\"CI.yml\")"),
            ("https://github.com/o/r/workflows/Some%20Name/badge.svg", "github.com/o/r Some(\"Some Name\")"),
            ("https://img.shields.io/github/actions/workflow/status/o/r/ci.yml?b", "github.com/o/r Some(\"ci.yml\")"),
            ("https://img.shields.io/github/v/release/o/r.svg", "github.com/o/r None"),
            ("https://img.shields.io/crates/v/a-b.svg", "a-b"),
            ("https://docs.rs/a/badge.svg", "a"),
            ("https://example.org/badge.svg", ""),
            ("https://img.shields.io/badge/rust-1.80-blue", ""),
        ] {
            assert_eq!(shown(picture), subject, "{picture}");
        }
    }
}
