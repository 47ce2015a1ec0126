//! Reviews of a pull request: listed, and made once.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::connection::Connection;
use crate::world::forge::failure::Failure;
use crate::world::forge::retry::Method;

/// The most pages of reviews or files that are looked through.
const PAGES: u32 = 30;

/// A review, as far as anybody here asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub author: String,
}

/// A comment of a review on lines of the new side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLines {
    /// The file.
    pub path: String,
    /// The first line and the last one.
    pub lines: (usize, usize),
    /// The text.
    pub body: String,
}

impl OnLines {
    fn value(&self) -> Value {
        let (first, last) = self.lines;
        let mut value = json!({ "path": self.path, "line": last, "side": "RIGHT", "body": self.body });
        if let Some(fields) = value.as_object_mut().filter(|_| first < last) {
            fields.insert("start_line".to_owned(), json!(first));
            fields.insert("start_side".to_owned(), json!("RIGHT"));
        }
        value
    }
}

/// The reviews of a pull request, the oldest first.
pub fn list(forge: &Connection, repository: &str, number: u64) -> Result<Vec<Review>, Failure> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = forge.pages(&format!("/repos/{repository}/pulls/{number}/reviews"), PAGES)?;
    let review = |value: &Value| Review { body: text(&value["body"]), author: text(&value["user"]["login"]) };
    Ok(found.iter().map(review).collect())
}

/// The files of a pull request, each with its difference; without one where GitHub shows none.
pub fn files(forge: &Connection, repository: &str, number: u64) -> Result<Vec<(String, String)>, Failure> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let found = forge.pages(&format!("/repos/{repository}/pulls/{number}/files"), PAGES)?;
    Ok(found.iter().map(|file| (text(&file["filename"]), text(&file["patch"]))).collect())
}

/// Makes a review that neither approves nor requests anything, once: if the forge failed after it may have stored it,
/// `is_there` looks before anything is sent again.
pub fn create(
    forge: &Connection,
    (repository, number): (&str, u64),
    commit: &str,
    (body, comments): (&str, &[OnLines]),
    is_there: &dyn Fn() -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let path = format!("/repos/{repository}/pulls/{number}/reviews");
    let comments: Vec<Value> = comments.iter().map(OnLines::value).collect();
    let sent = json!({ "commit_id": commit, "event": "COMMENT", "body": body, "comments": comments });
    match forge.ask(Method::Post, &path, Some(&sent)) {
        Err(failure) if failure.maybe_done => {
            if is_there()? {
                return Ok(());
            }
            forge.ask(Method::Post, &path, Some(&sent)).map(|_| ())
        }
        done => done.map(|_| ()),
    }
}
