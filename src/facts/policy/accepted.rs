//! All exceptions that a tree accepts: the waivers of its policy and those in comments, as one list with one text.

use std::sync::Arc;

use jiff::civil::Date;

use crate::facts::Facts;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::facts::zone::Zone;

/// One accepted exception, for one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Accepted {
    /// The file that it stands in.
    pub file: Arc<str>,
    /// The rule.
    pub rule: String,
    /// The glob over paths of one in the policy; none for all of them.
    pub path: Option<String>,
    /// The last day on which it covers anything.
    pub until: Option<Date>,
    /// The reason that it gives.
    pub reason: String,
    /// Of one in a comment the lines that it stands in and covers.
    pub lines: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// All of them, in order. What can't be read covers nothing and is none of them.
pub fn of(facts: &Facts, policy: &Policy) -> Vec<Accepted> {
    let file: Arc<str> = policy.path.clone().unwrap_or_default();
    let declared = policy.waivers.iter().map(|waiver| Accepted {
        file: Arc::clone(&file),
        rule: waiver.rule.value.clone(),
        path: waiver.path.as_ref().map(|path| path.value.clone()),
        until: waiver.until.as_ref().map(|until| until.value),
        reason: waiver.reason.value.clone(),
        lines: None,
        span: waiver.rule.span,
    });
    let mut all: Vec<Accepted> = declared.collect();
    for file in facts.files.values() {
        if file.content.marks.waivers.is_empty() || facts.zone(&file.path) != Zone::Own {
            continue;
        }
        for waiver in file.content.marks.waivers.iter().filter(|waiver| waiver.unread.is_none()) {
            let covered = waiver.last_line.saturating_sub(waiver.first_line) + 1;
            let lines = file.text().lines().skip(waiver.first_line.saturating_sub(1)).take(covered);
            let lines: Vec<&str> = lines.map(str::trim).collect();
            all.extend(waiver.rules.iter().map(|rule| Accepted {
                file: Arc::clone(&file.path),
                rule: rule.clone(),
                path: None,
                until: waiver.until,
                reason: waiver.reason.clone(),
                lines: Some(lines.join("\n")),
                span: waiver.span,
            }));
        }
    }
    all.sort();
    all
}

/// The list as text, a line each: what a signature over waivers is about.
pub fn text(accepted: &[Accepted]) -> String {
    let mut lines: Vec<String> = accepted.iter().map(|one| format!("{}\n", line(one))).collect();
    lines.sort();
    lines.concat()
}

/// One line: JSON, so that no reason can look like another waiver.
fn line(one: &Accepted) -> String {
    serde_json::json!({
        "file": one.file.as_ref(),
        "rule": one.rule,
        "path": one.path,
        "until": one.until.map(|until| until.to_string()),
        "reason": one.reason,
        "lines": one.lines,
    })
    .to_string()
}
