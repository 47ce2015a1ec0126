//! The JSON document `cargo-governed/release-prepare/1`.

use serde_json::Value;
use serde_json::json;

use crate::facts::digest::Digest;
use crate::release::edit::set::Change;
use crate::release::plan::Plan;
use crate::render::encode;
use crate::render::human::look::Look;
use crate::render::release::diff;
use crate::render::release::plan_json;
use crate::render::release::prepare_human;
use crate::render::release::prepare_human::Report;

/// Renders what was prepared of a plan as one document.
pub fn render(plan: &Plan, report: &Report<'_>) -> String {
    let blockers = plan.blockers.iter().chain(&report.prepared.blockers);
    let released = plan.released().map(|planned| {
        json!({
            "name": planned.name,
            "current": planned.current.to_string(),
            "next": planned.next.as_ref().map(ToString::to_string),
            "tag": planned.tag,
        })
    });
    let is_written = report.execute && !report.prepared.changes.is_empty() && report.prepared.blockers.is_empty();
    encode::json::document(&json!({
        "schema": "cargo-governed/release-prepare/1",
        "execute": report.execute,
        "packages": released.collect::<Vec<_>>(),
        "blockers": blockers.map(plan_json::blocker).collect::<Vec<_>>(),
        "changes": report.prepared.changes.iter().map(change).collect::<Vec<_>>(),
        "left": report.prepared.left,
        "packed": report.packed,
        "unpacked": report.unpacked,
        "unlocked": report.unlocked,
        "written": report.written,
        "undo": is_written.then(|| prepare_human::undo(&report.prepared.changes)),
        "notes": plan.notes,
    }))
}

fn change(change: &Change) -> Value {
    json!({
        "path": change.path,
        "before": Digest::of(change.before.as_bytes()).to_string(),
        "after": Digest::of(change.after.as_bytes()).to_string(),
        "diff": diff::render(std::slice::from_ref(change), Look::plain()),
    })
}
