//! Words that several formats share: places as text, counts with their noun, links, the order of loudness.

use std::cmp::Reverse;

use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::WaiverReport;
use crate::judge::report::WaiverState;
use crate::rules::level::Level;

/// A place as `path:line`, or the path alone. Not encoded.
pub(crate) fn spot(place: &Place) -> String {
    if place.line == 0 { place.path.clone() } else { format!("{}:{}", place.path, place.line) }
}

/// A number with its noun: `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(number)) }
}

/// A number with its thousands apart: `12,345`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Cuts a text that would fill the report alone.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

/// The counts of findings that are not zero, worst first: `2 deny, 1 note, 3 waived`; with `--since` those that are new,
/// and how many are inherited.
pub(crate) fn counts(report: &Report) -> String {
    let of = |level| {
        let kept = |judged: &&Judged| judged.level == level && judged.new && judged.waiver.is_none();
        report.findings.iter().filter(kept).count()
    };
    let inherited = report.findings.iter().filter(|judged| !judged.new && judged.waiver.is_none()).count();
    let compared = report.rules.iter().any(|rule| rule.looked_at > 0);
    let (mark, nothing) = match (report.since.is_some(), compared) {
        (true, true) => (" new", "nothing new"),
        (false, true) => ("", "no findings"),
        (_, false) => ("", "nothing was compared"),
    };
    let levels = [Level::Deny, Level::Warn, Level::Note];
    let loud = levels.map(|level| (of(level), level)).into_iter().filter(|(number, _)| *number > 0);
    let mut parts: Vec<String> = loud.map(|(number, level)| format!("{number}{mark} {}", level.as_str())).collect();
    if parts.is_empty() {
        parts.push(nothing.to_owned());
    }
    for (number, word) in [(inherited, "inherited"), (report.summary().waived, "waived")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    parts.join(", ")
}

/// How many waivers there are and what became of them; none where there is no waiver.
pub(crate) fn waivers(report: &Report) -> Option<String> {
    if report.waivers.is_empty() {
        return None;
    }
    let with = |state: &WaiverState| report.waivers.iter().filter(|waiver| waiver.state == *state).count();
    let unreadable = |waiver: &&WaiverReport| matches!(waiver.state, WaiverState::Unreadable(_));
    let parts = [
        (report.waivers.iter().filter(|waiver| waiver.until.is_none()).count(), "open-ended"),
        (with(&WaiverState::Unused), "unused"),
        (with(&WaiverState::Expired), "expired"),
        (report.waivers.iter().filter(unreadable).count(), "unreadable"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    let covered = count(report.waivers.iter().map(|waiver| waiver.covers).sum(), "finding");
    let parts = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    Some(format!("{} for {covered}{parts}", report.waivers.len()))
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
