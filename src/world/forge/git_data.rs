//! Commits and branches made on the forge itself, which signs them where it signs for the token. What is made twice by a
//! request that was answered badly is the same object, so that asking again is safe.

use serde_json::Value;
use serde_json::json;

use crate::world::forge::connection::Connection;
use crate::world::forge::escape::escaped;
use crate::world::forge::failure::Failure;
use crate::world::forge::failure::Kind;
use crate::world::forge::retry::Method;
use crate::world::git::merging::Joined;
use crate::world::git::merging::Told;

/// The commit that a branch is at; none where there is no such branch.
pub fn branch(forge: &Connection, repository: &str, branch: &str) -> Result<Option<String>, Failure> {
    let path = format!("/repos/{repository}/git/ref/heads/{}", escaped(branch));
    match forge.ask(Method::Get, &path, None) {
        Ok(answer) => sha(&answer.body["object"], "GET", &path).map(Some),
        Err(failure) if failure.status == Some(404) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// A commit.
pub fn commit(forge: &Connection, repository: &str, id: &str) -> Result<Told, Failure> {
    let path = format!("/repos/{repository}/git/commits/{id}");
    let answer = forge.ask(Method::Get, &path, None)?;
    let parents = answer.body["parents"].as_array().into_iter().flatten();
    Ok(Told {
        id: id.to_owned(),
        message: answer.body["message"].as_str().unwrap_or_default().to_owned(),
        tree: sha(&answer.body["tree"], "GET", &path)?,
        parents: parents.filter_map(|parent| parent["sha"].as_str().map(str::to_owned)).collect(),
    })
}

/// Makes a tree: another one with some files changed.
pub fn make_tree(forge: &Connection, repository: &str, base: &str, files: &[Joined]) -> Result<String, Failure> {
    let path = format!("/repos/{repository}/git/trees");
    let entry = |file: &Joined| {
        let mode = if file.executable { "100755" } else { "100644" };
        match &file.text {
            Some(text) => json!({ "path": file.path, "mode": mode, "type": "blob", "content": text }),
            None => json!({ "path": file.path, "mode": mode, "type": "blob", "sha": Value::Null }),
        }
    };
    let sent = json!({ "base_tree": base, "tree": files.iter().map(entry).collect::<Vec<_>>() });
    sha(&made(forge, &path, &sent)?, "POST", &path)
}

/// Makes a commit. Whose it is the forge says by the token.
pub fn make_commit(
    forge: &Connection,
    repository: &str,
    message: &str,
    tree: &str,
    parents: &[&str],
) -> Result<String, Failure> {
    let path = format!("/repos/{repository}/git/commits");
    sha(&made(forge, &path, &json!({ "message": message, "tree": tree, "parents": parents }))?, "POST", &path)
}

/// Sends what is no harm to send twice: an object that nothing names yet.
fn made(forge: &Connection, path: &str, sent: &Value) -> Result<Value, Failure> {
    match forge.ask(Method::Post, path, Some(sent)) {
        Err(failure) if failure.maybe_done => forge.ask(Method::Post, path, Some(sent)).map(|answer| answer.body),
        done => done.map(|answer| answer.body),
    }
}

/// Lets a branch begin at a commit.
pub fn begin_branch(forge: &Connection, repository: &str, name: &str, commit: &str) -> Result<(), Failure> {
    let path = format!("/repos/{repository}/git/refs");
    let sent = json!({ "ref": format!("refs/heads/{name}"), "sha": commit });
    match forge.ask(Method::Post, &path, Some(&sent)) {
        Err(failure) if failure.maybe_done => match branch(forge, repository, name)? {
            Some(at) if at == commit => Ok(()),
            Some(_) => Err(failure),
            None => forge.ask(Method::Post, &path, Some(&sent)).map(|_| ()),
        },
        done => done.map(|_| ()),
    }
}

/// Moves a branch to a commit; `leaving` what it had, where that is not part of the commit.
pub fn move_branch(
    forge: &Connection,
    repository: &str,
    name: &str,
    commit: &str,
    leaving: bool,
) -> Result<(), Failure> {
    let path = format!("/repos/{repository}/git/refs/heads/{}", escaped(name));
    forge.ask(Method::Patch, &path, Some(&json!({ "sha": commit, "force": leaving }))).map(|_| ())
}

fn sha(value: &Value, method: &str, path: &str) -> Result<String, Failure> {
    let unreadable =
        || Failure::without_answer(Kind::Unreadable, &format!("{method} {path}"), "the answer names no object");
    value["sha"].as_str().map(str::to_owned).ok_or_else(unreadable)
}
