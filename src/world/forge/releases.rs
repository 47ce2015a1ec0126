//! Releases on the forge: looked for by their tag, and made once.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::connection::Connection;
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
}

impl Release {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            tag: value["tag_name"].as_str()?.to_owned(),
            draft: value["draft"].as_bool().unwrap_or(false),
            url: value["html_url"].as_str().unwrap_or_default().to_owned(),
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
    let path = format!("/repos/{repository}/releases");
    let sent = json!({
        "tag_name": wanted.tag,
        "target_commitish": wanted.commit,
        "name": wanted.title,
        "body": wanted.notes,
        "draft": false,
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

/// A tag in a path: it may hold a slash or a plus.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn unreadable(method: &str, path: &str) -> Failure {
    Failure::without_answer(Kind::Unreadable, &format!("{method} {path}"), "the answer names no release")
}
