//! The releases of the GitHub of the tests: drafts, their assets, and what becomes of them when they are published.

use serde_json::Value;
use serde_json::json;

use crate::support::contract::Operation;
use crate::support::forge::Request;
use crate::support::forge::State;
use crate::support::hosted::Done;
use crate::support::hosted::asked;
use crate::support::hosted::refused;

fn shown(state: &State, release: &Value) -> Value {
    let mut shown = release.clone();
    let id = &release["id"];
    shown["html_url"] = json!(format!("https://github.com/o/r/releases/{id}"));
    shown["upload_url"] = json!(format!("{}/repos/o/r/releases/{id}/assets{{?name,label}}", state.url));
    shown["assets"] = json!([]);
    shown
}

/// Does what a request asks for.
pub(crate) fn done(state: &mut State, operation: &Operation, request: &Request, parts: &[&str], query: &str) -> Done {
    let (method, body) = (request.method.as_str(), &request.body);
    let number = |text: &str| text.parse::<u64>().unwrap_or_default();
    match (method, parts) {
        ("GET", []) => {
            let items = state.releases.iter().rev().map(|release| operation.item(&shown(state, release)));
            (200, items.collect(), false)
        }
        // A draft has no tag yet, and is not found by one.
        ("GET", ["tags", tag]) => {
            let fits = |release: &&Value| release["tag_name"] == *tag && release["draft"] == false;
            match state.releases.iter().find(fits) {
                Some(release) => (200, operation.answer(200, &shown(state, release)), false),
                None => refused(404, "Not Found"),
            }
        }
        ("POST", []) => {
            let published = |release: &Value| release["tag_name"] == body["tag_name"] && release["draft"] == false;
            if state.releases.iter().any(published) {
                return refused(422, "Validation Failed: already_exists");
            }
            let mut release = body.clone();
            release["id"] = json!(state.next());
            release["draft"] = json!(body["draft"].as_bool().unwrap_or_default());
            let answer = operation.answer(201, &shown(state, &release));
            state.releases.push(release);
            (201, answer, false)
        }
        ("PATCH", [id]) => {
            let Some(at) = state.releases.iter().position(|release| release["id"] == number(id)) else {
                return refused(404, "Not Found");
            };
            for (name, value) in body.as_object().into_iter().flatten() {
                state.releases[at][name] = value.clone();
            }
            (200, operation.answer(200, &shown(state, &state.releases[at])), false)
        }
        ("GET", [id, "assets"]) => {
            let own = state.assets.iter().filter(|(asset, _)| asset["release"] == number(id));
            let item = |(asset, _): &(Value, Vec<u8>)| {
                operation.item(&json!({ "id": asset["id"], "name": asset["name"], "size": asset["size"],
                    "state": "uploaded" }))
            };
            (200, own.map(item).collect(), false)
        }
        ("POST", [id, "assets"]) => {
            let name = asked(query, "name").unwrap_or_default().to_owned();
            let same = |(asset, _): &(Value, Vec<u8>)| asset["release"] == number(id) && asset["name"] == name.as_str();
            let is_draft = state.releases.iter().any(|release| release["id"] == number(id) && release["draft"] == true);
            if state.assets.iter().any(same) || !is_draft {
                return refused(422, "Validation Failed: already_exists, or the release is published and immutable");
            }
            let size = request.bytes.len();
            let asset = json!({ "id": state.next(), "release": number(id), "name": name, "size": size });
            state.assets.push((asset.clone(), request.bytes.clone()));
            let told = json!({ "id": asset["id"], "name": name, "size": size, "state": "uploaded" });
            (201, operation.answer(201, &told), false)
        }
        ("DELETE", ["assets", id]) => {
            state.assets.retain(|(asset, _)| asset["id"] != number(id));
            (204, Value::Null, false)
        }
        _ => refused(404, "Not Found"),
    }
}
