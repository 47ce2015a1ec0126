//! A live replay as `cargo-governed/replay/1`.

use serde_json::Value;
use serde_json::json;

use crate::render::encode;
use crate::render::replay::Live;
use crate::render::replay::LiveStep;
use crate::steps::compare::difference::Difference;
use crate::steps::explain_key;
use crate::steps::key::Layer;

/// The document.
pub fn render(live: &Live) -> String {
    encode::json::document(&value(live))
}

/// The document as a value: what the record keeps of a replay.
pub fn value(live: &Live) -> Value {
    let (budget, used) = live.flaky_tests;
    json!({
        "schema": "cargo-governed/replay/1",
        "run": live.run,
        "live": true,
        "replay": live.replay,
        "tree": { "source": live.tree.source, "revision": live.tree.revision, "dirty": live.tree.dirty },
        "accept": live.accept,
        "budget": { "flaky_tests": budget, "used": used },
        "altered": live.altered.iter().map(|fault| json!({
            "place": fault.place, "code": fault.code, "message": fault.message,
        })).collect::<Vec<_>>(),
        "why": live.why,
        "steps": live.steps.iter().map(step).collect::<Vec<_>>(),
        "checkout_unread": live.checkout_unread,
        "verdict": live.verdict.as_str(),
    })
}

fn step(step: &LiveStep) -> Value {
    let judged = &step.judged;
    json!({
        "step": judged.step,
        "standing": judged.standing,
        "layer": step.layer,
        "differences": judged.differences.iter().map(difference).collect::<Vec<_>>(),
        "healed_by": judged.healed_by,
        "flaky_tests": judged.flaky_tests,
        "normaliser": step.normaliser,
        "checkout": {
            "layer": explain_key::first_layer(&step.checkout).map(Layer::as_str),
            "differences": step.checkout.iter().map(|difference| json!({
                "layer": difference.layer.as_str(), "name": difference.name, "line": difference.line(),
            })).collect::<Vec<_>>(),
        },
    })
}

/// One difference, with its line for people.
pub fn difference(difference: &Difference) -> Value {
    json!({
        "about": difference.about,
        "name": difference.name,
        "old": difference.old,
        "new": difference.new,
        "line": difference.line(),
    })
}
