//! The findings: one row each, the worst first; below them both sides of each, with the change that mends it.

use std::fmt::Write as _;

use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::render::comment::case::Around;
use crate::render::comment::change;
use crate::render::comment::links;
use crate::render::encode::markdown;
use crate::render::text;
use crate::render::text::count;
use crate::rules::level::Level;

/// The most characters of one message, line or label.
const CUT: usize = 300;
/// The most places that a finding contradicts and that are shown.
const AGAINST: usize = 4;

/// The rows of a table for findings of one standing.
pub(crate) fn table(findings: &[&Judged], around: &Around, room: usize) -> String {
    let mut out = String::from("| | What disagrees |\n|---|---|\n");
    let mut told = 0;
    for judged in findings.iter().take(around.rows) {
        let row = row(judged, around);
        if out.len() + row.len() + 100 > room {
            break;
        }
        out.push_str(&row);
        told += 1;
    }
    if findings.len() > told {
        let _ = writeln!(out, "\n\u{2026} and {} more, none worse; the job has them all.", findings.len() - told);
    }
    out.push('\n');
    out
}

/// Two cells only, so that a phone shows both sides without being pushed about.
fn row(judged: &Judged, around: &Around) -> String {
    let finding = &judged.finding;
    let against = finding.against.first().map(|place| format!(" \u{2194} {}", spot(place, around)));
    let places = format!("{}{}", spot(&finding.at, around), against.unwrap_or_default());
    let mend =
        finding.fix.as_ref().map(|fix| format!(" \u{b7} mend: {}", markdown::cell(&text::shortened(&fix.title, CUT))));
    format!(
        "| {} | {}<br>{} \u{b7} [{}]({}){} |\n",
        mark(judged.level),
        markdown::cell(&text::shortened(&finding.message, CUT)),
        markdown::in_cell(&places),
        judged.rule,
        text::rule_url(judged.rule),
        mend.unwrap_or_default(),
    )
}

fn mark(level: Level) -> &'static str {
    match level {
        Level::Deny => "\u{1f534}\u{a0}deny",
        Level::Warn => "\u{1f7e1}\u{a0}warn",
        Level::Note => "\u{26aa}\u{a0}note",
    }
}

/// Whether there is more to tell than the row has.
pub(crate) fn has_details(judged: &Judged) -> bool {
    let finding = &judged.finding;
    !finding.against.is_empty() || finding.why.is_some() || finding.fix.is_some()
}

/// Both sides of a finding, folded.
pub(crate) fn details(judged: &Judged, around: &Around) -> String {
    let finding = &judged.finding;
    let message = markdown::in_summary(&text::shortened(&finding.message, CUT));
    let change = change::difference(judged);
    let offers = if change.is_some() { " (suggested change)" } else { "" };
    let mut out = format!("<details><summary>{}: {message}{offers}</summary>\n\n", judged.rule);
    for place in std::iter::once(&finding.at).chain(finding.against.iter().take(AGAINST)) {
        let label = markdown::message(&text::shortened(&place.label, CUT));
        let label = if label.is_empty() { label } else { format!(": {label}") };
        let _ = writeln!(out, "{}{label}\n", spot(place, around));
        if place.line > 0 {
            let _ = writeln!(out, "{}", markdown::fenced("text", &numbered(place)));
        }
    }
    if let Some(why) = &finding.why {
        let _ = writeln!(out, "Why: {}\n", markdown::message(&text::shortened(why, CUT)));
    }
    if let Some(change) = change {
        let _ = writeln!(out, "{}", markdown::fenced("diff", &change));
    }
    out.push_str("</details>\n\n");
    out
}

/// The findings that the base has too: they decide nothing.
pub(crate) fn inherited(findings: &[&Judged], around: &Around, room: usize) -> String {
    let title = format!("{} inherited from the base, which decide nothing", count(findings.len(), "finding"));
    let frame = title.len() + 80;
    let table = table(findings, around, room.saturating_sub(frame));
    format!("<details><summary>{title}</summary>\n\n{table}</details>\n\n")
}

fn spot(place: &Place, around: &Around) -> String {
    links::place(around.links.as_ref(), place)
}

/// The excerpt with line numbers, each line cut to a readable length.
fn numbered(place: &Place) -> String {
    let lines = place.excerpt.lines().enumerate();
    lines.map(|(index, line)| format!("{:>4} | {}\n", place.line + index, text::shortened(line, CUT))).collect()
}
