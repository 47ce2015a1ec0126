//! The JSON document of a check: `cargo-governed/check/1`.

use serde_json::Value;
use serde_json::json;

use crate::facts::place::Place;
use crate::judge::report::Report;

/// Renders a report.
pub fn render(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|judged| {
            json!({
                "rule": judged.rule,
                "level": judged.level.as_str(),
                "message": judged.finding.message,
                "at": place(&judged.finding.at),
                "against": judged.finding.against.iter().map(place).collect::<Vec<_>>(),
                "why": judged.finding.why,
                "fingerprint": judged.fingerprint,
                "new": judged.new,
                "waiver": null,
            })
        })
        .collect();
    json!({ "schema": "cargo-governed/check/1", "findings": findings, "verdict": report.verdict.as_str() })
}

fn place(place: &Place) -> Value {
    json!({
        "path": place.path, "line": place.line, "column": place.column,
        "end_line": place.end_line, "end_column": place.end_column, "excerpt": place.excerpt, "label": place.label,
    })
}
