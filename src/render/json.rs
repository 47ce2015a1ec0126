//! The JSON documents `cargo-governed/check/1` and `cargo-governed/error/1`; `schemas/` describes them.

use serde_json::Value;
use serde_json::json;

use crate::error::Error;
use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::RuleReport;
use crate::judge::report::WaiverReport;
use crate::judge::report::WaiverState;
use crate::render::encode;
use crate::rules::claims::bound::Bound;
use crate::rules::claims::bound::Said;
use crate::rules::finding::Fix;

/// Renders a report as one document.
pub fn render(report: &Report) -> String {
    let subject = &report.subject;
    let summary = report.summary();
    encode::json::document(&json!({
        "schema": "cargo-governed/check/1",
        "tool": { "name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION") },
        "subject": {
            "source": subject.source.as_str(),
            "revision": subject.revision,
            "tree": subject.tree,
            "dirty": subject.dirty,
            "notes": subject.notes,
        },
        "policy": { "path": report.policy.path, "sha256": report.policy.sha256, "fail_on": report.fail_on.as_str() },
        "since": report.since,
        "files_read": report.files_read,
        "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
        "waivers": report.waivers.iter().map(waiver).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(|judged| finding(report, judged)).collect::<Vec<_>>(),
        "claims": report.claims.iter().map(claim).collect::<Vec<_>>(),
        "fixed": report.fixed,
        "summary": {
            "deny": summary.deny,
            "warn": summary.warn,
            "note": summary.note,
            "waived": summary.waived,
            "new": summary.new,
            "fixable": summary.fixable,
            "deciding": summary.deciding,
        },
        "verdict": report.verdict.as_str(),
    }))
}

/// Renders a failure of ours.
pub fn render_error(error: &Error) -> String {
    let mut document = json!({ "schema": "cargo-governed/error/1" });
    if let (Some(fields), Value::Object(more)) = (document.as_object_mut(), fault(error)) {
        fields.extend(more);
        fields.insert("also".to_owned(), error.also.iter().map(fault).collect());
    }
    encode::json::document(&document)
}

/// Renders a failure in one line, for readers of one document a line.
pub fn render_error_line(error: &Error) -> String {
    let document: Value = serde_json::from_str(&render_error(error)).unwrap_or_default();
    format!("{document}\n")
}

fn fault(error: &Error) -> Value {
    json!({ "code": error.code, "message": error.to_string(), "place": error.place, "help": error.help })
}

fn rule(rule: &RuleReport) -> Value {
    let unproven: Vec<Value> = rule
        .unproven
        .iter()
        .map(|unproven| json!({ "why": unproven.why, "at": unproven.at.as_ref().map(place) }))
        .collect();
    json!({
        "rule": rule.rule,
        "group": rule.group,
        "level": rule.level.as_str(),
        "claim": rule.claim,
        "standing": rule.standing.as_str(),
        "demanded": rule.demanded,
        "looked_at": rule.looked_at,
        "findings": rule.findings,
        "unproven": unproven,
    })
}

fn waiver(waiver: &WaiverReport) -> Value {
    let why = match &waiver.state {
        WaiverState::Unreadable(why) => Some(why),
        _ => None,
    };
    json!({
        "rules": waiver.rules,
        "path": waiver.path,
        "reason": waiver.reason,
        "until": waiver.until,
        "at": place(&waiver.at),
        "covers": waiver.covers,
        "state": waiver.state.as_str(),
        "why": why,
    })
}

fn claim(bound: &Bound) -> Value {
    let ground = &bound.ground;
    let sentence = |said: &Said| {
        json!({
            "path": said.at.path,
            "line": said.at.line,
            "start": said.at.span.start,
            "end": said.at.span.end,
            "words": said.words,
            "sha256": said.digest.hex(),
        })
    };
    json!({
        "claim": bound.name,
        "against": bound.against,
        "unproven": bound.unproven,
        "evidence": {
            "kind": ground.kind.as_str(),
            "name": ground.name,
            "key": ground.key,
            "regex": ground.regex,
            "demanded": ground.demanded.map(|digest| digest.hex()),
            "sha256": ground.found.map(|digest| digest.hex()),
        },
        "sentences": bound.sentences.iter().map(sentence).collect::<Vec<_>>(),
    })
}

fn finding(report: &Report, judged: &Judged) -> Value {
    let finding = &judged.finding;
    let waiver = judged
        .waiver
        .as_ref()
        .map(|waiver| json!({ "reason": waiver.reason, "until": waiver.until, "at": place(&waiver.at) }));
    json!({
        "rule": judged.rule,
        "level": judged.level.as_str(),
        "message": finding.message,
        "at": place(&finding.at),
        "against": finding.against.iter().map(place).collect::<Vec<_>>(),
        "why": finding.why,
        "fix": finding.fix.as_ref().map(fix),
        "fingerprint": judged.fingerprint,
        "new": judged.new,
        "decides": report.decides(judged),
        "waiver": waiver,
    })
}

fn fix(fix: &Fix) -> Value {
    let edits: Vec<Value> = fix
        .edits
        .iter()
        .map(|edit| json!({ "path": edit.path, "start": edit.span.start, "end": edit.span.end, "text": edit.text }))
        .collect();
    json!({ "title": fix.title, "edits": edits })
}

fn place(place: &Place) -> Value {
    json!({
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "excerpt": place.excerpt,
        "label": place.label,
    })
}
