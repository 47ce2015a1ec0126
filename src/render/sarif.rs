//! SARIF 2.1.0 (OASIS standard; the sections are named below).

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::error::Error;
use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::RuleReport;
use crate::judge::report::Verdict;
use crate::render::encode;
use crate::render::encode::uri;
use crate::render::text;
use crate::rules::finding::Edit;
use crate::rules::finding::Finding;
use crate::rules::finding::Fix;
use crate::rules::level::Level;

/// The name under which our fingerprint stands; the number changes with the way it is made.
const FINGERPRINT: &str = "cargoGoverned/v1";

/// Renders a report as one log with one run.
pub fn render(report: &Report) -> String {
    let unproven: Vec<Value> = report
        .rules
        .iter()
        .flat_map(|rule| rule.unproven.iter().map(move |unproven| (rule, unproven)))
        .map(|(rule, unproven)| {
            let text = format!("unproven: {}", unproven.why);
            let mut notification = json!({
                "level": if rule.demanded { "error" } else { "warning" },
                "message": { "text": text },
                "associatedRule": { "id": rule.rule },
            });
            if let Some(at) = &unproven.at {
                notification["locations"] = json!([location(at)]);
            }
            notification
        })
        .collect();
    let note = |note: &String| json!({ "level": "note", "message": { "text": note } });
    let notifications: Vec<Value> = unproven.into_iter().chain(report.subject.notes.iter().map(note)).collect();
    let exit = match report.verdict {
        Verdict::Accepted => 0,
        Verdict::Refused => 1,
        Verdict::Unproven => 3,
    };
    let invocation = json!({
        "executionSuccessful": true,
        "exitCode": exit,
        "exitCodeDescription": report.verdict.as_str(),
        "toolExecutionNotifications": notifications,
    });
    let rules: Vec<Value> = report.rules.iter().map(rule).collect();
    let mut run = run(&rules, &invocation);
    run["results"] = report.findings.iter().map(|judged| result(report, judged)).collect();
    log(&run)
}

/// Renders a failure of ours: no results, and an invocation that did not succeed.
pub fn render_error(error: &Error) -> String {
    let notifications: Vec<Value> = error
        .all()
        .map(|error| {
            let help = error.help.as_ref().map(|help| format!("; help: {help}")).unwrap_or_default();
            let place = error.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            json!({
                "level": "error",
                "descriptor": { "id": error.code },
                "message": { "text": format!("{error}{place}{help}") },
            })
        })
        .collect();
    let invocation = json!({
        "executionSuccessful": false,
        "exitCode": error.exit,
        "toolExecutionNotifications": notifications,
    });
    log(&run(&[], &invocation))
}

fn log(run: &Value) -> String {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    encode::json::document(&log)
}

fn run(rules: &[Value], invocation: &Value) -> Value {
    json!({
        "tool": { "driver": {
            "name": env!("CARGO_PKG_NAME"),
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "informationUri": env!("CARGO_PKG_REPOSITORY"),
            "rules": rules,
        } },
        "invocations": [invocation],
        // Section 3.14.17: our columns count characters, not UTF-16 code units.
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the repository." } } },
        "results": [],
    })
}

fn rule(rule: &RuleReport) -> Value {
    json!({
        "id": rule.rule,
        "shortDescription": { "text": format!("{}.", capitalised(rule.claim)) },
        "fullDescription": { "text": format!("Claim: {}.", rule.claim) },
        "help": { "text": rule.page, "markdown": rule.page },
        "helpUri": text::rule_url(rule.rule),
        "defaultConfiguration": { "level": level(rule.level) },
        "properties": { "tags": [rule.group], "standing": rule.standing.as_str(), "lookedAt": rule.looked_at },
    })
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
    }
}

fn result(report: &Report, judged: &Judged) -> Value {
    let finding = &judged.finding;
    let why = finding.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    let mut result = json!({
        "ruleId": judged.rule,
        "level": level(judged.level),
        "message": { "text": format!("{}{why}", finding.message) },
        "locations": [primary(finding)],
        "partialFingerprints": { FINGERPRINT: judged.fingerprint },
    });
    if let Some(index) = report.rules.iter().position(|rule| rule.rule == judged.rule) {
        result["ruleIndex"] = json!(index);
    }
    if !finding.against.is_empty() {
        let related = finding.against.iter().enumerate().map(|(index, place)| {
            let mut location = location(place);
            location["id"] = json!(index);
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &finding.fix {
        result["fixes"] = json!([self::fix(fix)]);
    }
    if let Some(waiver) = &judged.waiver {
        result["suppressions"] = json!([{
            "kind": if waiver.at.path == finding.at.path { "inSource" } else { "external" },
            "status": "accepted",
            "justification": waiver.reason,
            "location": location(&waiver.at),
        }]);
    }
    if report.since.is_some() {
        result["baselineState"] = json!(if judged.new { "new" } else { "unchanged" });
    }
    result
}

/// The stale side. GitHub takes no result without a file: a name inside git borrows the first file it contradicts.
fn primary(finding: &Finding) -> Value {
    let mut primary = location(&finding.at);
    if primary.get("physicalLocation").is_none() {
        let file = finding.against.iter().map(location).find_map(|place| place.get("physicalLocation").cloned());
        if let Some(file) = file {
            primary["physicalLocation"] = file;
        }
    }
    primary
}

/// Section 3.28. A name inside git is no artifact of the run: it stands as a logical location.
fn location(place: &Place) -> Value {
    let mut location = Map::new();
    if place.path.starts_with("git:") {
        location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": place.path }]));
    } else {
        let mut physical = json!({ "artifactLocation": artifact(&place.path) });
        if place.line > 0 {
            physical["region"] = region(place);
        }
        location.insert("physicalLocation".to_owned(), physical);
    }
    if !place.label.is_empty() {
        location.insert("message".to_owned(), json!({ "text": place.label }));
    }
    Value::Object(location)
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri::relative(path), "uriBaseId": "SRCROOT" })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column.max(1),
        "endLine": place.end_line,
        "endColumn": place.end_column.max(1),
        "byteOffset": place.span.start,
        "byteLength": place.span.end.saturating_sub(place.span.start),
    })
}

/// Section 3.55: the edits by file, in bytes.
fn fix(fix: &Fix) -> Value {
    let mut changes: Vec<Value> = Vec::new();
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort();
    for file in edits.chunk_by(|one, other| one.path == other.path) {
        let replacements: Vec<Value> = file
            .iter()
            .map(|edit| {
                let length = edit.span.end.saturating_sub(edit.span.start);
                json!({
                    "deletedRegion": { "byteOffset": edit.span.start, "byteLength": length },
                    "insertedContent": { "text": edit.text },
                })
            })
            .collect();
        changes.push(json!({ "artifactLocation": artifact(&file[0].path), "replacements": replacements }));
    }
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}
