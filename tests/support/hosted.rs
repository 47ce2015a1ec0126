//! What the GitHub of the tests does with a request that keeps to the description.

use serde_json::Value;
use serde_json::json;

use crate::support::contract;
use crate::support::contract::Operation;
use crate::support::forge::Kept;
use crate::support::forge::Request;
use crate::support::forge::State;
use crate::support::hosted_git;
use crate::support::hosted_release;

/// Whose token it is.
pub(crate) const US: &str = "github-actions[bot]";
/// The most characters of a text. GitHub's description does not say so, GitHub does.
const LONGEST: usize = 65_536;

/// Status, body, and whether there is another page.
pub(crate) type Done = (u16, Value, bool);

/// Something that is refused.
pub(crate) fn refused(status: u16, message: &str) -> Done {
    (status, json!({ "message": message, "documentation_url": "", "errors": [] }), false)
}

/// Does what a request asks for.
pub(crate) fn done(state: &mut State, operation: &Operation, request: &Request, path: &str, query: &str) -> Done {
    let (method, body) = (request.method.as_str(), &request.body);
    let text = body["body"].as_str().unwrap_or_default();
    if matches!(method, "POST" | "PATCH") && text.chars().count() > LONGEST {
        return refused(422, "Validation Failed: body is too long (maximum is 65536 characters)");
    }
    let parts: Vec<&str> = path.split('/').skip(4).collect();
    match parts.as_slice() {
        [] => (200, operation.answer(200, &json!({ "login": US })), false),
        ["issues", ..] => comments(state, operation, method, path, query, text),
        ["pulls", _, "reviews"] => reviews(state, operation, method, body),
        ["pulls", _, "files"] => {
            let item = |(path, patch): &(String, String)| operation.item(&json!({ "filename": path, "patch": patch }));
            (200, state.files.iter().map(item).collect(), false)
        }
        ["pulls", ..] => pulls(state, operation, method, path, query, body),
        ["git", rest @ ..] => hosted_git::done(state, operation, method, rest, body),
        ["releases", rest @ ..] => hosted_release::done(state, operation, request, rest, query),
        _ => checks(state, operation, method, path, body),
    }
}

/// The value of a query.
pub(crate) fn asked<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn number(path: &str) -> u64 {
    path.rsplit('/').next().and_then(|id| id.parse::<u64>().ok()).unwrap_or_default()
}

fn comments(state: &mut State, operation: &Operation, method: &str, path: &str, query: &str, text: &str) -> Done {
    let shown = |kept: &Kept| {
        json!({ "id": kept.id, "body": kept.body, "user": { "login": kept.author },
            "html_url": format!("https://github.com/o/r/pull/7#issuecomment-{}", kept.id) })
    };
    match method {
        "GET" => {
            let page: usize = asked(query, "page").and_then(|page| page.parse().ok()).unwrap_or(1);
            let items = state.comments.iter().skip((page - 1) * 100).take(100).map(|kept| operation.item(&shown(kept)));
            (200, items.collect(), state.comments.len() > page * 100)
        }
        "POST" => {
            state.store(US, text);
            let kept = state.comments.last().expect("just stored");
            (201, operation.answer(201, &shown(kept)), false)
        }
        "PATCH" => match state.comments.iter_mut().find(|kept| kept.id == number(path)) {
            Some(kept) => {
                text.clone_into(&mut kept.body);
                (200, operation.answer(200, &shown(kept)), false)
            }
            None => refused(404, "Not Found"),
        },
        _ => {
            state.comments.retain(|kept| kept.id != number(path));
            (204, Value::Null, false)
        }
    }
}

fn reviews(state: &mut State, operation: &Operation, method: &str, body: &Value) -> Done {
    let shown =
        |review: &Value| json!({ "id": review["id"], "user": { "login": review["author"] }, "body": review["body"] });
    if method == "GET" {
        return (200, state.reviews.iter().map(|review| operation.item(&shown(review))).collect(), false);
    }
    // GitHub takes comments on lines of the difference alone, and refuses the whole review otherwise.
    for comment in body["comments"].as_array().into_iter().flatten() {
        let lines: Vec<u64> = ["start_line", "line"].iter().filter_map(|name| comment[*name].as_u64()).collect();
        let file = state.files.iter().find(|(path, _)| comment["path"] == path.as_str());
        let known = file.map(|(_, patch)| right_side(patch)).unwrap_or_default();
        if !lines.iter().all(|line| known.contains(line)) || lines.windows(2).any(|pair| pair[0] >= pair[1]) {
            return refused(422, "Unprocessable Entity: line must be part of the diff");
        }
    }
    let mut kept = body.clone();
    (kept["id"], kept["author"]) = (json!(state.next()), json!(US));
    let answer = operation.answer(200, &shown(&kept));
    state.reviews.push(kept);
    (200, answer, false)
}

/// The lines of the new side that a patch shows, told in the plainest way.
fn right_side(patch: &str) -> Vec<u64> {
    let (mut lines, mut next) = (Vec::new(), 0_u64);
    for line in patch.lines() {
        if let Some(rest) = line.strip_prefix("@@ ") {
            let new = rest.split('+').nth(1).and_then(|new| new.split([',', ' ']).next());
            next = new.and_then(|new| new.parse().ok()).expect("a hunk");
        } else if line.starts_with(['+', ' ']) {
            lines.push(next);
            next += 1;
        }
    }
    lines
}

fn pulls(state: &mut State, operation: &Operation, method: &str, path: &str, query: &str, body: &Value) -> Done {
    let shown = |pull: &Value| {
        let base = json!({ "ref": pull["base"] });
        let head = json!({ "ref": pull["head"], "sha": "a".repeat(40) });
        json!({ "number": pull["number"], "title": pull["title"], "body": pull["body"], "state": pull["state"],
            "merged_at": pull["merged_at"], "base": base, "head": head, "user": { "login": US },
            "html_url": format!("https://github.com/o/r/pull/{}", pull["number"]) })
    };
    match method {
        "GET" => {
            let head = asked(query, "head").unwrap_or_default().replace("%26", "&").replace("%3D", "=");
            let open = asked(query, "state") != Some("all");
            let found = state.pulls.iter().filter(|(_, known, _)| *known == head);
            let others = found.map(|(number, _, sha)| json!({ "number": number, "head": { "sha": sha } }));
            let branch = head.split_once(':').map(|(_, branch)| branch).unwrap_or_default();
            let made = state.made.iter().filter(|pull| pull["head"] == branch && (!open || pull["state"] == "open"));
            let items = others.chain(made.rev().map(shown)).map(|pull| operation.item(&pull));
            (200, items.collect(), false)
        }
        "POST" => {
            let head = body["head"].as_str().unwrap_or_default();
            if state.made.iter().any(|pull| pull["head"] == head && pull["state"] == "open") {
                return refused(422, "A pull request already exists for o:x");
            }
            let mut pull = body.clone();
            (pull["number"], pull["state"], pull["merged_at"]) = (json!(state.next()), json!("open"), Value::Null);
            let answer = operation.answer(201, &shown(&pull));
            state.made.push(pull);
            (201, answer, false)
        }
        _ => {
            let Some(pull) = state.made.iter_mut().find(|pull| pull["number"] == number(path)) else {
                return refused(404, "Not Found");
            };
            for (name, value) in body.as_object().into_iter().flatten() {
                pull[name] = value.clone();
            }
            (200, operation.answer(200, &shown(pull)), false)
        }
    }
}

fn checks(state: &mut State, operation: &Operation, method: &str, path: &str, body: &Value) -> Done {
    match method {
        "GET" => {
            let one = |run: &Value| json!({ "id": run["id"], "external_id": run["external_id"] });
            let runs: Vec<Value> = state.checks.iter().map(one).collect();
            let maker = contract::operation(state.document, "POST", "/repos/o/r/check-runs").expect("there is one");
            let runs: Vec<Value> = runs.iter().map(|run| maker.answer(201, run)).collect();
            (200, json!({ "total_count": runs.len(), "check_runs": runs }), false)
        }
        "POST" => {
            let mut run = body.clone();
            run["id"] = json!(state.next());
            let answer = operation.answer(201, &json!({ "id": run["id"], "external_id": body["external_id"] }));
            state.checks.push(run);
            (201, answer, false)
        }
        _ => {
            let run = state.checks.iter_mut().find(|run| run["id"] == number(path)).expect("a run that was made");
            let more = body["output"]["annotations"].as_array().cloned().unwrap_or_default();
            run["output"]["annotations"].as_array_mut().expect("a list").extend(more);
            (200, operation.answer(200, &json!({ "id": number(path) })), false)
        }
    }
}
