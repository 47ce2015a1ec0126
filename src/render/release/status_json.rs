//! The JSON document `cargo-governed/release-status/1`.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::release::status::State;
use crate::render::encode;

/// Renders the states of packages as one document.
pub fn render(states: &[State], notes: &[String]) -> String {
    encode::json::document(&json!({
        "schema": "cargo-governed/release-status/1",
        "packages": states.iter().map(package).collect::<Vec<_>>(),
        "notes": notes,
    }))
}

fn package(state: &State) -> Value {
    let of = |value: fn(&crate::release::witness::Testimony) -> Value| {
        state.testimonies.iter().map(|one| (one.name().to_owned(), value(one))).collect::<Map<_, _>>()
    };
    json!({
        "name": state.name,
        "version": state.version.to_string(),
        "witnesses": of(|one| one.standing.as_str().into()),
        "says": of(|one| one.says.as_str().into()),
        "agree": state.agree(),
    })
}
