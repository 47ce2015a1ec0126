//! The JSON document `cargo-governed/plan/1`.

use serde_json::Value;
use serde_json::json;

use crate::render::encode;
use crate::steps::forecast::Forecast;
use crate::steps::forecast::Foreseen;
use crate::steps::reuse::Decision;
use crate::steps::reuse::Why;
use crate::steps::shard::Part;
use crate::steps::step::Origin;

/// Renders a forecast as one document.
pub(super) fn render(forecast: &Forecast) -> String {
    let left_out = forecast.left_out.iter().map(|left| json!({ "step": left.step, "why": left.why }));
    encode::json::document(&json!({
        "schema": "cargo-governed/plan/1",
        "plan": forecast.plan,
        "steps": forecast.steps.iter().map(step).collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
        "queries": forecast.queries,
        "timings": { "known": forecast.timings.known, "total": forecast.timings.ms.len() },
        "shards": forecast.parts.iter().map(part).collect::<Vec<_>>(),
        "summary": {
            "run": forecast.runs(),
            "reused": forecast.reused(),
            "missing": forecast.missing(),
            // A sum with a guess in it is no expectation.
            "expected_ms": match forecast.expected_ms() { (known, 0) => Some(known), _ => None },
        },
    }))
}

fn step(foreseen: &Foreseen) -> Value {
    let Foreseen { step, key, decision, expected_ms } = foreseen;
    let (from, why) = match &step.origin {
        Origin::Declared(place) => ("declared", place),
        Origin::Inferred(why) => ("inferred", why),
    };
    let reused_from = match decision {
        Decision::Reuse(accepted) => Some(json!({ "run": accepted.run, "line": accepted.line, "at": accepted.at })),
        _ => None,
    };
    let changes = match decision {
        Decision::Run(Why::Changed(differences)) => differences.iter().map(|one| json!(one)).collect(),
        _ => Vec::new(),
    };
    let missing: &[String] = if let Decision::Missing(tools) = decision { tools } else { &[] };
    json!({
        "step": step.name,
        "run": step.argv,
        "profile": step.profile,
        "needs": step.needs,
        "inputs": step.inputs,
        "from": from,
        "because": why,
        "key": key,
        "action": match decision {
            Decision::Run(_) => "run",
            Decision::Reuse(_) => "reuse",
            Decision::Missing(_) => "none",
        },
        "reason": decision.code(),
        "why": decision.line(),
        "changes": changes,
        "reused_from": reused_from,
        "missing": missing,
        "expected_ms": expected_ms,
    })
}

fn part(part: &Part) -> Value {
    let shard = format!("{}/{}", part.shard.index, part.shard.total);
    json!({ "shard": shard, "steps": part.steps, "expected_ms": part.expected_ms })
}
