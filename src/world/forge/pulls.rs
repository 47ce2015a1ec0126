//! Pull requests: found again by their head, opened once, brought up to date.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::connection::Connection;
use crate::world::forge::escape::escaped;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry::Method;

/// The most pages that are looked through.
const PAGES: u32 = 3;

/// The number of the open pull request whose head is this very commit of this branch of this owner; none where there is
/// none any more, because it was closed or has moved on.
pub fn of_head(
    forge: &Connection,
    repository: &str,
    owner: &str,
    branch: &str,
    commit: &str,
) -> Result<Option<u64>, Failure> {
    let head = format!("{}:{}", escaped(owner), escaped(branch));
    let found = forge.pages(&format!("/repos/{repository}/pulls?state=open&head={head}"), PAGES)?;
    let is_it = |pull: &&Value| pull["head"]["sha"].as_str() == Some(commit);
    Ok(found.iter().find(is_it).and_then(|pull| pull["number"].as_u64()))
}

/// A pull request, as far as anybody here asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
    /// Whether it is open.
    pub open: bool,
    /// Whether it was merged.
    pub merged: bool,
    /// Its page.
    pub url: String,
}

impl Opened {
    fn read(value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Self {
            number: value["number"].as_u64()?,
            title: text(&value["title"]),
            body: text(&value["body"]),
            open: value["state"] == "open",
            merged: value["merged_at"].is_string(),
            url: text(&value["html_url"]),
        })
    }
}

/// The newest pull requests of a branch of the repository itself against another one, open ones and closed ones.
pub fn of_branch(forge: &Connection, repository: &str, branch: &str, base: &str) -> Result<Vec<Opened>, Failure> {
    let owner = repository.split('/').next().unwrap_or_default();
    let (head, base) = (format!("{}:{}", escaped(owner), escaped(branch)), escaped(base));
    let path = format!("/repos/{repository}/pulls?state=all&sort=created&direction=desc&head={head}&base={base}");
    Ok(forge.pages(&path, 1)?.iter().filter_map(Opened::read).collect())
}

/// Opens a pull request, once: if the forge failed after it may have stored it, it is looked for before anything is sent
/// again.
pub fn open(
    forge: &Connection,
    repository: &str,
    (branch, base): (&str, &str),
    (title, body): (&str, &str),
) -> Result<Opened, Failure> {
    let path = format!("/repos/{repository}/pulls");
    let sent = json!({ "title": title, "body": body, "head": branch, "base": base });
    let find = || Ok(of_branch(forge, repository, branch, base)?.into_iter().find(|pull| pull.open));
    let unreadable = || {
        let asked = format!("POST {path}");
        Failure::without_answer(Kind::Unreadable, &asked, "the answer names no pull request")
    };
    for last in [false, true] {
        match forge.ask(Method::Post, &path, Some(&sent)) {
            Ok(answer) => return Opened::read(&answer.body).map_or_else(|| find()?.ok_or_else(unreadable), Ok),
            Err(failure) if failure.maybe_done => match find()? {
                Some(pull) => return Ok(pull),
                None if last => return Err(failure),
                None => {}
            },
            Err(failure) => return Err(failure),
        }
    }
    Err(unreadable())
}

/// Gives a pull request another title, another text, or both.
pub fn change(
    forge: &Connection,
    repository: &str,
    number: u64,
    title: Option<&str>,
    body: Option<&str>,
) -> Result<(), Failure> {
    let fields = [("title", title), ("body", body)];
    let sent: Value = fields.iter().filter_map(|(name, text)| Some(((*name).to_owned(), json!((*text)?)))).collect();
    forge.ask(Method::Patch, &format!("/repos/{repository}/pulls/{number}"), Some(&sent)).map(|_| ())
}
