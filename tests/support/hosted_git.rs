//! The git data of the GitHub of the tests: a real bare repository, made and read by git itself.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;

use crate::support::contract::Operation;
use crate::support::forge::State;
use crate::support::hosted::Done;
use crate::support::hosted::refused;

/// Runs git on the bare repository; none where it refuses.
fn git(repository: &Path, arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new("git")
        .arg("--git-dir")
        .arg(repository)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_INDEX_FILE", repository.join("scratch-index"))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "github-actions[bot]")))
        .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "bot@example.com")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("git runs");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("git reads");
    let output = child.wait_with_output().expect("git ends");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Does what a request asks for.
pub(crate) fn done(state: &State, operation: &Operation, method: &str, parts: &[&str], body: &Value) -> Done {
    let repository = state.repository.as_deref().expect("a test that hosts git data says where");
    let run = |arguments: &[&str]| git(repository, arguments, "");
    let reference = |status: u16, name: &str, sha: &str| {
        let answer = operation.answer(status, &json!({ "ref": name, "object": { "sha": sha, "type": "commit" } }));
        (status, answer, false)
    };
    match (method, parts) {
        ("GET", ["ref", name @ ..]) => {
            let name = format!("refs/{}", name.join("/"));
            match run(&["rev-parse", "--verify", "--quiet", &name]) {
                Some(sha) => reference(200, &name, &sha),
                None => refused(404, "Not Found"),
            }
        }
        ("POST", ["refs"]) => {
            let (name, sha) = (text(&body["ref"]), text(&body["sha"]));
            match run(&["update-ref", name, sha, &"0".repeat(40)]) {
                Some(_) => reference(201, name, sha),
                None => refused(422, "Reference already exists"),
            }
        }
        ("PATCH", ["refs", name @ ..]) => {
            let (name, sha) = (format!("refs/{}", name.join("/")), text(&body["sha"]));
            let old = run(&["rev-parse", "--verify", "--quiet", &name]).expect("a reference that is there");
            let forward = run(&["merge-base", "--is-ancestor", &old, sha]).is_some();
            if !forward && body["force"] != true {
                return refused(422, "Update is not a fast forward");
            }
            run(&["update-ref", &name, sha]).expect("a commit");
            reference(200, &name, sha)
        }
        ("GET", ["commits", sha]) => {
            let Some(told) = run(&["show", "-s", "--format=%T%n%P%n%B", sha]) else { return refused(404, "Not Found") };
            let mut lines = told.splitn(3, '\n');
            let (tree, parents) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
            let parents: Vec<Value> = parents
                .split(' ')
                .filter(|parent| !parent.is_empty())
                .map(|parent| json!({ "sha": parent, "url": "https://example.com/", "html_url": "https://example.com/" }))
                .collect();
            let told = json!({ "sha": sha, "tree": { "sha": tree }, "parents": parents,
                "message": lines.next().unwrap_or_default() });
            (200, operation.answer(200, &told), false)
        }
        ("POST", ["trees"]) => tree(repository, operation, body),
        ("POST", ["commits"]) => {
            let mut arguments = vec!["commit-tree", text(&body["tree"])];
            for parent in body["parents"].as_array().into_iter().flatten() {
                arguments.extend(["-p", text(parent)]);
            }
            match git(repository, &arguments, text(&body["message"])) {
                Some(sha) => {
                    (201, operation.answer(201, &json!({ "sha": sha, "tree": { "sha": body["tree"] } })), false)
                }
                None => refused(422, "Tree SHA does not exist"),
            }
        }
        _ => refused(404, "Not Found"),
    }
}

fn tree(repository: &Path, operation: &Operation, body: &Value) -> Done {
    let _ = std::fs::remove_file(repository.join("scratch-index"));
    if git(repository, &["read-tree", text(&body["base_tree"])], "").is_none() {
        return refused(422, "base_tree is not a valid tree oid");
    }
    for entry in body["tree"].as_array().into_iter().flatten() {
        let blob = git(repository, &["hash-object", "-w", "--stdin"], text(&entry["content"])).expect("a blob");
        let line = format!("{},{blob},{}", text(&entry["mode"]), text(&entry["path"]));
        git(repository, &["update-index", "--add", "--cacheinfo", &line], "").expect("an entry");
    }
    let sha = git(repository, &["write-tree"], "").expect("a tree");
    (201, operation.answer(201, &json!({ "sha": sha })), false)
}
