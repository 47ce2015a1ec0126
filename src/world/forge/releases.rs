//! Releases on the forge: looked for by their tag, and made once.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::assets;
use crate::world::forge::assets::Asset;
use crate::world::forge::assets::Draft;
use crate::world::forge::connection::Connection;
use crate::world::forge::escape::escaped;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry::Method;

/// The most pages that are looked through for a draft, which has no address of its own.
const PAGES: u32 = 3;

/// A release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// Whether it is a draft.
    pub draft: bool,
    /// Its page.
    pub url: String,
    /// Its number, and where its files are sent to.
    pub(crate) id: u64,
    pub(crate) uploads: String,
    /// The commit that its hidden line says it was begun for, where it is one of ours.
    pub begun: Option<String>,
}

/// How the hidden line of a release begins that is published once all its files are there.
const BEGUN: &str = "<!-- cargo-governed:release:v1 commit=";
/// How it ends.
const END: &str = " -->";

impl Release {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            tag: value["tag_name"].as_str()?.to_owned(),
            draft: value["draft"].as_bool().unwrap_or(false),
            url: value["html_url"].as_str().unwrap_or_default().to_owned(),
            id: value["id"].as_u64().unwrap_or_default(),
            uploads: value["upload_url"].as_str().unwrap_or_default().to_owned(),
            begun: begun(value["body"].as_str().unwrap_or_default()),
        })
    }
}

/// What a new release says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its tag, which is there.
    pub tag: String,
    /// The commit of the tag.
    pub commit: String,
    /// Its title.
    pub title: String,
    /// Its notes, Markdown.
    pub notes: String,
    /// Whether its version is a pre-release.
    pub pre: bool,
    /// The files that it carries: with any, it is a draft until all are there, because what is published may take no more.
    pub assets: Vec<Asset>,
}

/// The commit of the hidden line of a text.
fn begun(body: &str) -> Option<String> {
    let line = body.trim_end().lines().next_back()?.trim_end();
    line.strip_prefix(BEGUN)?.strip_suffix(END).map(str::to_owned)
}

/// The release of a tag; none where the repository can be seen and has none.
pub fn of_tag(forge: &Connection, repository: &str, tag: &str) -> Result<Option<Release>, Failure> {
    let path = format!("/repos/{repository}/releases/tags/{}", escaped(tag));
    match forge.ask(Method::Get, &path, None) {
        Ok(answer) => Release::read(&answer.body).map(Some).ok_or_else(|| unreadable("GET", &path)),
        // It says so too where it does not show the repository: the list of all releases is then not there either.
        Err(failure) if failure.status == Some(404) => {
            let all = forge.pages(&format!("/repos/{repository}/releases"), PAGES)?;
            Ok(all.iter().filter_map(Release::read).find(|release| release.tag == tag))
        }
        Err(failure) => Err(failure),
    }
}

/// Makes the release of a tag, once: if the forge failed after it may have stored it, it is looked for before anything is
/// sent again.
pub fn create(forge: &Connection, repository: &str, wanted: &Wanted) -> Result<Release, Failure> {
    if wanted.assets.is_empty() {
        return made(forge, repository, wanted);
    }
    let drafted = match of_tag(forge, repository, &wanted.tag)? {
        Some(draft) if draft.draft && draft.begun.as_ref() == Some(&wanted.commit) => draft,
        _ => made(forge, repository, wanted)?,
    };
    let draft = Draft { id: drafted.id, uploads: &drafted.uploads };
    assets::bring(forge, repository, &draft, &wanted.assets)?;
    let path = format!("/repos/{repository}/releases/{}", drafted.id);
    let answer = forge.ask(Method::Patch, &path, Some(&json!({ "draft": false })))?;
    Release::read(&answer.body).ok_or_else(|| unreadable("PATCH", &path))
}

fn made(forge: &Connection, repository: &str, wanted: &Wanted) -> Result<Release, Failure> {
    let is_draft = !wanted.assets.is_empty();
    let mark = if is_draft { format!("\n\n{BEGUN}{}{END}\n", wanted.commit) } else { String::new() };
    let path = format!("/repos/{repository}/releases");
    let sent = json!({
        "tag_name": wanted.tag,
        "target_commitish": wanted.commit,
        "name": wanted.title,
        "body": format!("{}{mark}", wanted.notes),
        "draft": is_draft,
        "prerelease": wanted.pre,
    });
    for last in [false, true] {
        match forge.ask(Method::Post, &path, Some(&sent)) {
            Ok(answer) => match Release::read(&answer.body) {
                Some(release) => return Ok(release),
                None => return of_tag(forge, repository, &wanted.tag)?.ok_or_else(|| unreadable("POST", &path)),
            },
            Err(failure) if failure.maybe_done || failure.kind == Kind::Invalid => {
                // 422 says also that another one has made it meanwhile.
                match of_tag(forge, repository, &wanted.tag)? {
                    Some(release) => return Ok(release),
                    None if last || failure.kind == Kind::Invalid => return Err(failure),
                    None => {}
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    Err(unreadable("POST", &path))
}

fn unreadable(method: &str, path: &str) -> Failure {
    Failure::without_answer(Kind::Unreadable, &format!("{method} {path}"), "the answer names no release")
}
