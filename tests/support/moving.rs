//! Moves commits between a clone and `emulate`, which has no git protocol, by the git data that both call by the same ids.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;

use crate::support::acting::GitHub;
use crate::support::checkout::Scratch;

/// Sends every commit of a branch that the forge's main branch lacks, the oldest first, and lets the forge's branch be there.
pub(crate) fn push(place: &Scratch, github: &GitHub, branch: &str) {
    let known = tip(github, "main").filter(|tip| place.holds(tip)).map(|tip| format!("^{tip}"));
    let mut wanted = vec!["rev-list", "--reverse", branch];
    wanted.extend(known.as_deref());
    let commits = place.git(&wanted);
    for commit in commits.lines() {
        let entry = |line: &str| {
            let (head, path) = line.split_once('\t').expect("an entry");
            let mode = head.split(' ').next().expect("a mode");
            let content = place.git(&["show", &format!("{commit}:{path}")]);
            json!({ "path": path, "mode": mode, "type": "blob", "content": content })
        };
        let tree: Vec<Value> = place.git(&["ls-tree", "-r", commit]).lines().map(entry).collect();
        let (status, tree) = github.ask("POST", "/repos/o/r/git/trees", &json!({ "tree": tree }));
        assert_eq!(status, 201, "{tree}");
        let told = |format: &str| place.git(&["show", "-s", &format!("--format={format}"), commit]).trim().to_owned();
        let parents = told("%P");
        let parents: Vec<&str> = parents.split(' ').filter(|parent| !parent.is_empty()).collect();
        let who = |name: &str, email: &str, date: &str| json!({ "name": told(name), "email": told(email), "date": told(date) });
        let sent = json!({ "message": told("%B"), "tree": tree["sha"], "parents": parents,
            "author": who("%an", "%ae", "%aI"), "committer": who("%cn", "%ce", "%cI") });
        let (_, made) = github.ask("POST", "/repos/o/r/git/commits", &sent);
        assert_eq!(made["sha"], commit, "both call it by the same id: {made}");
    }
    let head = place.git(&["rev-parse", branch]).trim().to_owned();
    if tip(github, branch).is_none() {
        let made = json!({ "ref": format!("refs/heads/{branch}"), "sha": head });
        let (status, made) = github.ask("POST", "/repos/o/r/git/refs", &made);
        assert_eq!(status, 201, "{made}");
        return;
    }
    let (status, moved) =
        github.ask("PATCH", &format!("/repos/o/r/git/refs/heads/{branch}"), &json!({ "sha": head, "force": true }));
    assert_eq!(status, 200, "{moved}");
}

/// The commit of a branch of the forge; none where it has no such branch.
pub(crate) fn tip(github: &GitHub, branch: &str) -> Option<String> {
    let (status, found) = github.ask("GET", &format!("/repos/o/r/git/ref/heads/{branch}"), &Value::Null);
    (status == 200).then(|| found["object"]["sha"].as_str().expect("a commit").to_owned())
}

/// Makes here what a branch of the forge has beyond this clone, and checks the branch out.
pub(crate) fn pull(place: &Scratch, github: &GitHub, branch: &str) {
    let head = tip(github, branch).expect("a branch");
    let mut missing = vec![head.clone()];
    let mut found = Vec::new();
    while let Some(commit) = missing.pop() {
        if place.holds(&commit) {
            continue;
        }
        let (status, told) = github.ask("GET", &format!("/repos/o/r/git/commits/{commit}"), &Value::Null);
        assert_eq!(status, 200, "{told}");
        let parents = told["parents"].as_array().into_iter().flatten();
        missing.extend(parents.filter_map(|parent| parent["sha"].as_str().map(str::to_owned)));
        found.push((commit, told));
    }
    for (commit, told) in found.iter().rev() {
        let tree = tree(place, github, told["tree"]["sha"].as_str().expect("a tree"));
        let mut raw = format!("tree {tree}\n");
        for parent in told["parents"].as_array().into_iter().flatten() {
            let _ = writeln!(raw, "parent {}", parent["sha"].as_str().expect("a commit"));
        }
        for who in ["author", "committer"] {
            let text = |name: &str| told[who][name].as_str().expect("a text").to_owned();
            let stamp: jiff::Timestamp = text("date").parse().expect("a date");
            let _ = writeln!(raw, "{who} {} <{}> {} +0000", text("name"), text("email"), stamp.as_second());
        }
        let _ = write!(raw, "\n{}\n", told["message"].as_str().expect("a message").trim_end_matches('\n'));
        let made = place.keep("commit", raw.as_bytes());
        assert_eq!(&made, commit, "both call it by the same id: {raw}");
    }
    place.git(&["reset", "-q", "--hard", &head]);
}

fn tree(place: &Scratch, github: &GitHub, id: &str) -> String {
    let (status, listed) = github.ask("GET", &format!("/repos/o/r/git/trees/{id}?recursive=1"), &Value::Null);
    assert_eq!(status, 200, "{listed}");
    let _ = std::fs::remove_file(place.at(".git/index"));
    for entry in listed["tree"].as_array().into_iter().flatten().filter(|entry| entry["type"] == "blob") {
        let text = |name: &str| entry[name].as_str().expect("a text").to_owned();
        if !place.holds(&text("sha")) {
            let (_, blob) = github.ask("GET", &format!("/repos/o/r/git/blobs/{}", text("sha")), &Value::Null);
            let content: String = blob["content"].as_str().expect("a text").split_whitespace().collect();
            place.keep("blob", &STANDARD.decode(content).expect("base64"));
        }
        place.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            &format!("{},{},{}", text("mode"), text("sha"), text("path")),
        ]);
    }
    place.git(&["write-tree"]).trim().to_owned()
}
