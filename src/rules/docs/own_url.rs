//! Links by the full address of the repository: `https://github.com/OWNER/REPOSITORY/blob/main/PATH`.

use crate::facts::Facts;
use crate::facts::markdown::Link;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::source::SourceFile;
use crate::rules::docs::link_target;
use crate::rules::finding::Finding;
use crate::rules::level::Certainty;
use crate::rules::manifests::forge_url;
use crate::rules::manifests::forge_url::Repository;
use crate::rules::manifests::home;
use crate::rules::outcome::Outcome;

/// Branches that may be the one that everybody sees; others (`v1.x`, `gh-pages`) hold other files.
const DEFAULT: &[&str] = &["master", "main", "HEAD"];

/// Pages of a repository on a forge that are no files, beside those that show one.
const PAGES: &[&str] = &[
    "issues",
    "pulls",
    "pull",
    "discussions",
    "releases",
    "actions",
    "wiki",
    "commit",
    "commits",
    "tags",
    "compare",
    "labels",
    "security",
    "graphs",
    "milestones",
    "milestone",
    "projects",
    "stargazers",
    "network",
    "contributors",
    "workflows",
    "badge",
    "badges",
    "archive",
    "blame",
    "edit",
    "search",
    "branches",
    "packages",
    "deployments",
    "settings",
    "new",
];

/// What documents of this repository call it.
pub(super) struct OwnUrl(Option<Repository>);

impl OwnUrl {
    /// Reads the manifests.
    pub(super) fn of(facts: &Facts) -> Self {
        Self(home::of(facts).map(|home| home.repository))
    }

    /// Judges a link that leads out of the document by its scheme.
    pub(super) fn judge(
        &self,
        facts: &Facts,
        file: &SourceFile,
        link: &Link,
        outcome: &mut Outcome,
    ) -> Option<Finding> {
        let url = link.target.value.trim();
        if url.contains(['{', '<', '$', '*', '|', '…']) || url.contains("...") {
            return None;
        }
        let led = self.led(url)?;
        let (Led::File(path) | Led::Page(path) | Led::Elsewhere(path, _)) = &led;
        if path.is_empty() || facts.tree.hides(path) {
            return None;
        }
        let is_there = facts.tree.exists(path);
        let at = || facts.place(&file.path, link.target.span, "leads nowhere");
        match led {
            Led::File(_) if is_there => {
                outcome.look();
                None
            }
            Led::File(path) => {
                outcome.look();
                let message = format!("the link leads to `{path}` of this repository, which is not in the tree");
                let finding = Finding::new(message, at()).against(Place::whole(path.as_str(), "is not there"));
                let name = path::file_name(&path);
                let mut same =
                    facts.tree.entries().iter().filter(|entry| path::file_name(&entry.path).eq_ignore_ascii_case(name));
                Some(match (same.next(), same.next()) {
                    (Some(only), None) => finding.why(format!("a file of this name is at {}", only.path)),
                    _ => finding,
                })
            }
            // The forge shows `owner/repository/src/x.rs` as a page that it does not have.
            Led::Page(path) if is_there && path.contains('/') => {
                outcome.look();
                let message = format!("the link to `{path}` of this repository names no branch");
                let there = Place::whole(path, "is what it means");
                Some(Finding::new(message, at()).against(there).certainty(Certainty::Probable))
            }
            // A file of the repository as it was when somebody else owned it; a fork speaks of its origin so.
            Led::Elsewhere(path, other) if is_there && !speaks_of_origin(file, link) => {
                outcome.look();
                let ours = self.0.as_ref().map(Repository::shown).unwrap_or_default();
                let message = format!("the link leads to `{path}` of {}, the manifests name {ours}", other.shown());
                let there = Place::whole(path, "is what it means");
                let at = facts.place(&file.path, link.target.span, "names another owner");
                Some(Finding::new(message, at).against(there).certainty(Certainty::Probable))
            }
            Led::Page(_) | Led::Elsewhere(..) => None,
        }
    }

    fn led(&self, url: &str) -> Option<Led> {
        let ours = self.0.as_ref()?;
        let raw = ["https://raw.githubusercontent.com/", "http://raw.githubusercontent.com/"];
        if let Some(rest) = raw.iter().find_map(|start| url.strip_prefix(start)) {
            let (repository, rest) = forge_url::of_path("github.com", rest)?;
            return on_default(rest).filter(|_| repository == *ours).map(Led::File);
        }
        let (repository, rest) = forge_url::read(url)?;
        if ours.host == "bitbucket.org" {
            return None;
        }
        if repository != *ours {
            let moved = repository.host == ours.host && repository.name == ours.name;
            let behind = rest.strip_prefix("blob/").or_else(|| rest.strip_prefix("tree/")).filter(|_| moved)?;
            return on_default(behind).map(|path| Led::Elsewhere(path, repository));
        }
        let rest = rest.strip_prefix("-/").unwrap_or(rest);
        let (page, behind) = rest.split_once('/').unwrap_or((rest, ""));
        match page {
            "blob" | "tree" | "raw" => on_default(behind).map(Led::File),
            _ if PAGES.contains(&page) || url.contains('?') => None,
            _ => path::join("", &link_target::decode(rest.trim_end_matches('/'))).map(Led::Page),
        }
    }
}

/// What the address of a page of the repository leads to.
enum Led {
    /// A file or a folder on the default branch.
    File(String),
    /// A page of the forge, or a path without its branch.
    Page(String),
    /// A file of a repository of this name that belongs to somebody else.
    Elsewhere(String, Repository),
}

/// Says whether the lines around a link speak of where the project came from.
fn speaks_of_origin(file: &SourceFile, link: &Link) -> bool {
    let text = file.text();
    let start = text.get(..link.span.start).and_then(|before| before.rfind("\n\n")).unwrap_or_default();
    let end =
        text.get(link.span.end..).and_then(|after| after.find("\n\n")).map_or(text.len(), |at| link.span.end + at);
    let around = text.get(start..end).unwrap_or_default().to_ascii_lowercase();
    [
        "fork", "original", "upstream", "former", "based on", "derived", "ported", "port of", "inspired", "moved",
        "unlike",
    ]
    .iter()
    .any(|word| around.contains(word))
}

/// The path behind a branch that everybody sees.
fn on_default(rest: &str) -> Option<String> {
    let (branch, path) = rest.split_once('/')?;
    let path = link_target::decode(path.trim_end_matches('/'));
    path::join("", &path).filter(|_| DEFAULT.contains(&branch))
}
