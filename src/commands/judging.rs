//! The verdict of a run from its report: what `run` records and what `replay` makes again.

use serde_json::Value;

use crate::judge::report::Verdict;
use crate::record::objects::Objects;
use crate::record::report::RunReport;
use crate::steps::event::CheckSummary;
use crate::steps::event::Doubt;
use crate::steps::outcome::State;
use crate::steps::replaced::RULES;
use crate::steps::replaced::Replaced;
use crate::steps::verdict;
use crate::steps::verdict::Ended;

/// Judges a run.
pub(crate) fn of(check: Verdict, replaced: &[Replaced], report: &RunReport) -> (Verdict, Vec<Doubt>) {
    let ended: Vec<Ended<'_>> = report
        .steps
        .iter()
        .map(|step| Ended {
            step: &step.step,
            // What began and did not end was interrupted; what never began was not run.
            state: step.state.unwrap_or(if step.in_flight() { State::Interrupted } else { State::NotRun }),
            exit: step.exit,
            signal: step.signal,
            doubts: &step.doubts,
        })
        .collect();
    if report.began.shard.is_some() && ended.is_empty() {
        return verdict::of_empty_part(check, replaced);
    }
    verdict::with(verdict::judge(check, replaced, &ended), &report.doubts)
}

/// The verdict that a word of the record names; an unknown word proves nothing.
pub(crate) fn verdict(word: &str) -> Verdict {
    match word {
        "accepted" => Verdict::Accepted,
        "refused" => Verdict::Refused,
        _ => Verdict::Unproven,
    }
}

/// The verdict of a check by its own report, which must say the same as its summary; and the replaced programs in it.
pub(crate) fn checked(objects: &Objects, summary: Option<&CheckSummary>) -> (Verdict, Vec<Replaced>) {
    let Some(summary) = summary else { return (verdict(""), Vec::new()) };
    let document = objects.read(&summary.report).ok();
    let document: Value = document.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let word = document["verdict"].as_str().unwrap_or_default();
    let findings = document["findings"].as_array().into_iter().flatten();
    let word_of = |finding: &Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    let one = |finding: &Value| Replaced { rule: word_of(finding, "rule"), message: word_of(finding, "message") };
    let of = |finding: &&Value| RULES.contains(&word_of(finding, "rule").as_str()) && finding["waiver"].is_null();
    let replaced = findings.filter(of).map(one).collect();
    (verdict(if word == summary.verdict { word } else { "" }), replaced)
}
