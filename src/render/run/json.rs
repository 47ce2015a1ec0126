//! The JSON document `cargo-governed/run/1`; `schemas/` describes it.

use serde_json::Value;
use serde_json::json;

use crate::record::report::StepReport;
use crate::render::encode;
use crate::render::run::Shown;

/// Renders a run as one document.
pub fn render(shown: &Shown) -> String {
    encode::json::document(&value(shown))
}

/// The document as a value.
pub fn value(shown: &Shown) -> Value {
    let report = &shown.report;
    let began = &report.began;
    json!({
        "schema": "cargo-governed/run/1",
        "tool": { "name": env!("CARGO_PKG_NAME"), "version": began.version },
        "run": began.run,
        "began": report.at,
        "duration_ms": report.duration_ms,
        "state": if report.has_ended() { "ended" } else { "unfinished" },
        "alive": shown.alive,
        "subject": began.subject,
        "base": began.base,
        "policy": began.policy,
        "plan": began.plan,
        "machine": began.machine,
        "shard": began.shard,
        "part": shown.part().map(|part| json!({ "steps": part.steps, "of": part.of })),
        "resumes": began.resumes,
        "joins": began.joins,
        "replays": began.replays,
        "overridden": began.overridden,
        "certifiable": report.certifiable,
        "check": report.check.as_ref().map(|check| json!({
            "verdict": check.verdict,
            "summary": {
                "deny": check.deny,
                "warn": check.warn,
                "note": check.note,
                "waived": check.waived,
                "new": check.new,
            },
            "report": check.report,
        })),
        "steps": report.steps.iter().map(step).collect::<Vec<_>>(),
        "because": report.because,
        "verdict": if report.has_ended() { report.verdict.as_deref() } else { None },
        "ledger": { "entries": shown.ledger.0, "head": shown.ledger.1 },
        "exported": shown.exported,
        "proof": shown.proof,
    })
}

fn step(step: &StepReport) -> Value {
    let doubt = step.doubts.first();
    json!({
        "step": step.step,
        "state": step.state.map_or(if step.in_flight() { "in-flight" } else { "not-begun" }, |state| state.as_str()),
        "source": step.source,
        "argv": step.argv,
        "attempts": step.attempts,
        "exit": step.exit,
        "signal": step.signal,
        "began": step.began,
        "duration_ms": step.duration_ms,
        "cpu_ms": step.cpu_ms,
        "key": step.key,
        "stdout": step.stdout,
        "stderr": step.stderr,
        "why": doubt,
        "unproven": step.doubts,
        "notes": step.notes,
        "reused_from": step.reused_from,
        "joined_from": step.joined_from,
        "isolation": step.isolation.as_str(),
        "evidence": step.evidence,
    })
}
