//! A report that another job wrote, read back for its views alone. Whoever wrote it may have written anything: nothing
//! of it decides, and everything is encoded once more.

use serde_json::Value;

use crate::commands::names;
use crate::error::Error;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::judge::report::Judged;
use crate::judge::report::PolicyUsed;
use crate::judge::report::Report;
use crate::judge::report::RuleReport;
use crate::judge::report::Source;
use crate::judge::report::Standing;
use crate::judge::report::Subject;
use crate::judge::report::Verdict;
use crate::judge::report::WaiverUsed;
use crate::rules::finding::Edit;
use crate::rules::finding::Finding;
use crate::rules::finding::Fix;
use crate::rules::level::Certainty;
use crate::rules::level::Level;
use crate::rules::outcome::Unproven;

/// The most bytes of a report.
pub(crate) const MOST_BYTES: u64 = 8 << 20;
/// The most findings that are read.
const MOST_FINDINGS: usize = 10_000;

/// Reads `cargo-governed/check/1`.
pub(crate) fn report(bytes: &[u8]) -> Result<Report, Error> {
    let refused = |why: &str| {
        Error::usage("bad-report", format!("read the report: {why}"))
            .help("hand over what the input report of the first workflow wrote")
    };
    let document: Value =
        serde_json::from_slice(bytes).map_err(|error| refused(&format!("it is no JSON ({error})")))?;
    if document["schema"] != "cargo-governed/check/1" {
        return Err(refused("it is no cargo-governed/check/1"));
    }
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let rules: Option<Vec<RuleReport>> = list(&document["rules"]).iter().map(rule).collect();
    let findings: Option<Vec<Judged>> = list(&document["findings"]).iter().take(MOST_FINDINGS).map(judged).collect();
    let (Some(rules), Some(findings)) = (rules, findings) else {
        return Err(refused("it names a rule that this version does not have"));
    };
    Ok(Report {
        subject: Subject {
            source: Source::Worktree,
            revision: id(&document["subject"]["revision"]),
            tree: id(&document["subject"]["tree"]),
            dirty: document["subject"]["dirty"].as_bool().unwrap_or_default(),
            notes: list(&document["subject"]["notes"]).iter().map(text).collect(),
        },
        policy: PolicyUsed { path: None, sha256: id(&document["policy"]["sha256"]) },
        since: id(&document["since"]),
        fail_on: level(&document["policy"]["fail_on"]),
        files_read: number(&document["files_read"]),
        rules,
        waivers: Vec::new(),
        findings,
        claims: Vec::new(),
        fixed: list(&document["fixed"]).iter().map(text).collect(),
        verdict: match document["verdict"].as_str() {
            Some("accepted") => Verdict::Accepted,
            Some("refused") => Verdict::Refused,
            _ => Verdict::Unproven,
        },
    })
}

fn rule(value: &Value) -> Option<RuleReport> {
    let rule = names::rule(value["rule"].as_str()?).ok()?;
    let standings = [Standing::Holds, Standing::Refuted, Standing::Waived, Standing::Absent, Standing::Unproven];
    let standing = standings.into_iter().find(|standing| value["standing"] == standing.as_str());
    let unproven = value["unproven"].as_array().into_iter().flatten();
    Some(RuleReport {
        rule: rule.name,
        group: rule.group,
        level: level(&value["level"]),
        claim: rule.claim,
        page: rule.page,
        standing: standing.unwrap_or(Standing::Unproven),
        looked_at: number(&value["looked_at"]),
        findings: number(&value["findings"]),
        unproven: unproven.map(|one| Unproven { why: text(&one["why"]), at: None }).collect(),
        demanded: value["demanded"].as_bool().unwrap_or_default(),
    })
}

fn judged(value: &Value) -> Option<Judged> {
    let rule = names::rule(value["rule"].as_str()?).ok()?;
    let mut at = place(&value["at"]);
    let fix = value["fix"].as_object().map(|fix| Fix {
        title: fix.get("title").map(text).unwrap_or_default(),
        edits: fix.get("edits").and_then(Value::as_array).into_iter().flatten().map(edit).collect(),
    });
    // The document does not say where a place begins in its file, but a fix of this very place does.
    if let Some([edit]) = fix.as_ref().map(|fix| fix.edits.as_slice())
        && edit.path == at.path
    {
        at.span = edit.span;
    }
    let waiver = value["waiver"].as_object().map(|waiver| WaiverUsed {
        reason: waiver.get("reason").map(text).unwrap_or_default(),
        until: None,
        at: Place::default(),
    });
    let finding = Finding {
        message: text(&value["message"]),
        at,
        against: value["against"].as_array().into_iter().flatten().take(8).map(place).collect(),
        why: optional(&value["why"]),
        fix,
        certainty: Certainty::Certain,
    };
    Some(Judged {
        rule: rule.name,
        level: level(&value["level"]),
        finding,
        fingerprint: text(&value["fingerprint"]),
        new: value["new"].as_bool().unwrap_or(true),
        waiver,
    })
}

fn place(value: &Value) -> Place {
    let (line, column) = (number(&value["line"]), number(&value["column"]).max(1));
    let excerpt = text(&value["excerpt"]);
    Place {
        path: text(&value["path"]),
        line,
        column,
        end_line: number(&value["end_line"]).clamp(line, line.saturating_add(Place::EXCERPT_LINES)),
        end_column: number(&value["end_column"]),
        excerpt: excerpt.chars().take(Place::EXCERPT_BYTES).collect(),
        span: Span::default(),
        label: text(&value["label"]),
    }
}

fn edit(value: &Value) -> Edit {
    let (start, end) = (number(&value["start"]), number(&value["end"]));
    Edit { path: text(&value["path"]), span: Span::new(start, end.max(start)), text: text(&value["text"]) }
}

fn level(value: &Value) -> Level {
    match value.as_str() {
        Some("note") => Level::Note,
        Some("warn") => Level::Warn,
        _ => Level::Deny,
    }
}

/// A number that no sum of such numbers can carry over.
fn number(value: &Value) -> usize {
    value.as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default().min(1 << 40)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// An id of an object, and nothing else: it stands in a command that a reader copies.
fn id(value: &Value) -> Option<String> {
    let is_id = |text: &&str| matches!(text.len(), 7..=64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    value.as_str().filter(is_id).map(str::to_owned)
}

fn optional(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
