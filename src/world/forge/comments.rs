//! Comments on a pull request: listed, made once, changed, removed.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::answer::Answer;
use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry::Method;

/// The most pages of comments that are looked through.
const PAGES: u32 = 50;

/// A comment, as far as anybody here asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comment {
    /// Its number.
    pub id: u64,
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
    /// Its page.
    pub url: String,
}

impl Comment {
    /// Reads a comment; none without a number. A field that is missing is empty: a forge may leave out what it likes.
    fn read(value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(Self {
            id: value["id"].as_u64()?,
            body: text(&value["body"]),
            author: text(&value["user"]["login"]),
            url: text(&value["html_url"]),
        })
    }
}

/// The comments of a pull request, the oldest first.
pub fn list(forge: &Connection, repository: &str, number: u64) -> Result<Vec<Comment>, Failure> {
    let found = forge.pages(&format!("/repos/{repository}/issues/{number}/comments"), PAGES)?;
    let mut comments: Vec<Comment> = found.iter().filter_map(Comment::read).collect();
    comments.sort_by_key(|comment| comment.id);
    Ok(comments)
}

/// Makes a comment, once: if the forge failed after it may have stored it, it is looked for with `find` before anything
/// is sent again.
pub fn create(
    forge: &Connection,
    repository: &str,
    number: u64,
    body: &str,
    find: &dyn Fn() -> Result<Option<Comment>, Failure>,
) -> Result<Comment, Failure> {
    let path = format!("/repos/{repository}/issues/{number}/comments");
    let sent = json!({ "body": body });
    for last in [false, true] {
        match forge.ask(Method::Post, &path, Some(&sent)) {
            Ok(answer) => match Comment::read(&answer.body) {
                Some(comment) => return Ok(comment),
                // It was made, and the answer can't be read: to send it again would make two.
                None => return find()?.ok_or_else(|| unreadable("POST", &path)),
            },
            Err(failure) if failure.maybe_done => match find()? {
                Some(comment) => return Ok(comment),
                None if last => return Err(failure),
                None => {}
            },
            Err(failure) => return Err(failure),
        }
    }
    Err(unreadable("POST", &path))
}

/// Gives a comment another text. octocrab's own call posts, which no other server takes; the documented verb is PATCH.
pub fn update(forge: &Connection, repository: &str, id: u64, body: &str) -> Result<Comment, Failure> {
    let path = format!("/repos/{repository}/issues/comments/{id}");
    let answer = forge.ask(Method::Patch, &path, Some(&json!({ "body": body })))?;
    Ok(Comment::read(&answer.body).unwrap_or_else(|| Comment { id, body: body.to_owned(), ..Comment::default() }))
}

/// Removes a comment.
pub fn delete(forge: &Connection, repository: &str, id: u64) -> Result<(), Failure> {
    forge.ask(Method::Delete, &format!("/repos/{repository}/issues/comments/{id}"), None).map(|_| ())
}

/// Who writes with this token: the viewer, else the user; none where the token may ask for neither. Where the forge fails,
/// nobody knows, and that is a failure: who guesses would not find what is ours.
pub fn author(forge: &Connection) -> Result<Option<String>, Failure> {
    let login = |value: &Value| value.as_str().filter(|login| !login.is_empty()).map(str::to_owned);
    if let Some(answer) = unless_denied(forge.query("query { viewer { login } }"))?
        && let Some(viewer) = login(&answer.body["data"]["viewer"]["login"])
    {
        return Ok(Some(viewer));
    }
    Ok(unless_denied(forge.ask(Method::Get, "/user", None))?.and_then(|user| login(&user.body["login"])))
}

fn unless_denied(answer: Result<Answer, Failure>) -> Result<Option<Answer>, Failure> {
    match answer {
        Err(failure) if failure.kind == Kind::Denied => Ok(None),
        answer => answer.map(Some),
    }
}

fn unreadable(method: &str, path: &str) -> Failure {
    Failure::without_answer(Kind::Unreadable, &format!("{method} {path}"), "the answer names no comment")
}
