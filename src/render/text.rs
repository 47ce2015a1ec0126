//! Words that several formats share: places as text, counts with their noun, links, the order of loudness.

use std::cmp::Reverse;

use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::summary::Summary;

/// A place as `path:line`, or the path alone. Not encoded.
pub(crate) fn spot(place: &Place) -> String {
    if place.line == 0 { place.path.clone() } else { format!("{}:{}", place.path, place.line) }
}

/// A number with its noun: `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// The counts of findings that are not zero, worst first: `2 deny, 1 note, 3 waived`.
pub(crate) fn counts(summary: Summary) -> String {
    let parts = [(summary.deny, "deny"), (summary.warn, "warn"), (summary.note, "note"), (summary.waived, "waived")];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// The page of a rule in the project's documentation.
pub(crate) fn rule_url(rule: &str) -> String {
    format!("{}/blob/main/docs/rules.md#{rule}", env!("CARGO_PKG_REPOSITORY"))
}

/// The findings that are not waived, worst first: new before inherited, then by level, then in the report's order.
pub(crate) fn worst_first(report: &Report) -> Vec<&Judged> {
    let mut findings: Vec<&Judged> = report.findings.iter().filter(|judged| judged.waiver.is_none()).collect();
    findings.sort_by_key(|judged| (!judged.new, Reverse(judged.level)));
    findings
}
