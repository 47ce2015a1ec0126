//! The JSON document `cargo-governed/release-plan/1`.

use serde_json::Value;
use serde_json::json;

use crate::release::plan::Baseline;
use crate::release::plan::Because;
use crate::release::plan::Blocker;
use crate::release::plan::Plan;
use crate::release::plan::Planned;
use crate::render::encode;

/// Renders a plan as one document.
pub fn render(plan: &Plan) -> String {
    encode::json::document(&value(plan))
}

/// The document as a value.
pub fn value(plan: &Plan) -> Value {
    json!({
        "schema": "cargo-governed/release-plan/1",
        "packages": plan.packages.iter().map(package).collect::<Vec<_>>(),
        "blockers": plan.blockers.iter().map(blocker).collect::<Vec<_>>(),
        "notes": plan.notes,
    })
}

fn package(planned: &Planned) -> Value {
    json!({
        "name": planned.name,
        "current": planned.current.to_string(),
        "next": planned.next.as_ref().map(ToString::to_string),
        "bump": planned.bump.as_str(),
        "tag": planned.tag,
        "baseline": planned.baseline.as_ref().map(baseline),
        "because": planned.because.iter().map(because).collect::<Vec<_>>(),
        "unproven": planned.unproven,
    })
}

fn baseline(baseline: &Baseline) -> Value {
    json!({
        "version": baseline.version.to_string(),
        "source": baseline.source.as_str(),
        "ref": baseline.reference,
        "commit": baseline.commit.0.to_string(),
        "why": baseline.why,
    })
}

fn because(because: &Because) -> Value {
    json!({
        "kind": because.kind.as_str(),
        "asks": because.weight.as_str(),
        "detail": because.detail,
        "commit": because.commit.as_ref().map(|commit| commit.0.to_string()),
    })
}

/// One blocker, as the documents of all verbs of releases have it.
pub fn blocker(blocker: &Blocker) -> Value {
    json!({
        "code": blocker.code,
        "package": blocker.package,
        "message": blocker.message,
        "remedy": blocker.remedy,
        "unproven": blocker.unproven,
    })
}
