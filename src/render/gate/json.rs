//! The decision as `cargo-governed/gate/1`.

use serde_json::json;

use crate::render::encode;
use crate::render::gate::Shown;

/// The document.
pub fn render(shown: &Shown<'_>) -> String {
    let decision = shown.decision;
    let because = decision.because.iter().map(|refusal| {
        json!({
            "code": refusal.code.as_str(),
            "message": refusal.message,
            "claim": refusal.claim,
            "remedy": refusal.code.remedy(),
        })
    });
    let rests_on = decision.rests_on.iter().map(|rested| json!({ "claim": rested.claim, "basis": rested.basis }));
    encode::json::document(&json!({
        "schema": "cargo-governed/gate/1",
        "act": shown.act.as_str(),
        "decision": if decision.allows() { "allow" } else { "deny" },
        "because": because.collect::<Vec<_>>(),
        "rests_on": rests_on.collect::<Vec<_>>(),
        "checked": decision.checked,
        "unchecked": decision.unchecked,
        "subject": { "commit": shown.commit, "tree": shown.tree, "dirty": shown.dirty },
        "base": { "revision": shown.base, "tip": shown.tip, "parted": shown.parted },
        "policy": { "path": shown.policy, "sha256": shown.sha256 },
        "proof": shown.proof,
    }))
}
