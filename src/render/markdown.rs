//! The text of a job summary or a pull-request comment, in GitHub's Markdown.

use std::fmt::Write as _;

use crate::error::Error;
use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::Standing;
use crate::judge::report::Verdict;
use crate::render::encode::markdown;
use crate::render::text;
use crate::render::text::count;
use crate::rules::level::Level;

/// GitHub refuses comments above 65,536 characters; what surrounds our text needs room too.
const LIMIT: usize = 60_000;
/// The most rows of the table.
const ROWS: usize = 20;
/// The most findings whose places are shown as text.
const DETAILS: usize = 20;
/// The most characters of one message, line or label.
const CUT: usize = 300;

/// Renders a report: verdict first, then a table worst first, then the places, as far as the limit of 60,000 characters allows.
pub fn render(report: &Report) -> String {
    let worst = text::worst_first(report);
    let mut out = heading(report);
    if !worst.is_empty() {
        table(&mut out, &worst);
    }
    unproven(&mut out, report);
    for note in &report.subject.notes {
        let _ = writeln!(out, "Note: {}\n", markdown::message(&text::shortened(note, CUT)));
    }
    if let Some(waivers) = text::waivers(report) {
        let _ = writeln!(out, "Waivers: {}\n", markdown::plain(&waivers));
    }
    let closing = closing(report, &worst);
    let mut hidden = worst.len().saturating_sub(DETAILS);
    for (index, judged) in worst.iter().take(DETAILS).enumerate() {
        let details = details(judged);
        if out.len() + details.len() + closing.len() + 200 > LIMIT {
            hidden = worst.len() - index;
            break;
        }
        out.push_str(&details);
    }
    if hidden > 0 {
        let _ = writeln!(out, "The places of {} are left out here.\n", count(hidden, "more finding"));
    }
    out.push_str(&closing);
    out
}

/// Renders a failure of ours as a short section.
pub fn render_error(error: &Error) -> String {
    let mut out = String::from("## \u{274c} Not checked\n\n");
    for error in error.all().take(ROWS) {
        let place = error.place.as_ref().map(|place| format!(" at {}", markdown::code(place))).unwrap_or_default();
        let message = markdown::message(&text::shortened(&error.to_string(), CUT));
        let help = error.help.as_ref().map(|help| format!("; help: {}", markdown::message(help))).unwrap_or_default();
        let _ = writeln!(out, "* {message}{place}{help}");
    }
    out
}

fn heading(report: &Report) -> String {
    let summary = report.summary();
    let counts = text::counts(report);
    let facts: usize = report.rules.iter().map(|rule| rule.looked_at).sum();
    let (mark, word) = match report.verdict {
        Verdict::Accepted => ("\u{2705}", "Accepted"),
        Verdict::Refused => ("\u{274c}", "Refused"),
        Verdict::Unproven => ("\u{26a0}\u{fe0f}", "Unproven"),
    };
    let mut out = format!("## {mark} {word}: {counts}\n\n");
    let commit = match &report.subject.revision {
        Some(revision) => format!("{} \u{b7} ", markdown::code(revision.get(..9).unwrap_or(revision))),
        None => String::new(),
    };
    let since = match &report.since {
        Some(since) => {
            format!(" \u{b7} {} new since {}, {} mended", summary.new, markdown::code(since), report.fixed.len())
        }
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "{commit}{} compared in {} \u{b7} {} hold, {} refuted, {} unproven{since}\n",
        count(facts, "fact"),
        count(report.files_read, "file"),
        count(report.claims(Standing::Holds), "claim"),
        report.claims(Standing::Refuted),
        report.claims(Standing::Unproven),
    );
    out
}

/// Two cells only, so that a phone shows both sides without being pushed about.
fn table(out: &mut String, worst: &[&Judged]) {
    out.push_str("| | What disagrees |\n|---|---|\n");
    for judged in worst.iter().take(ROWS) {
        let finding = &judged.finding;
        let mark = match judged.level {
            Level::Deny => "\u{1f534}\u{a0}deny",
            Level::Warn => "\u{1f7e1}\u{a0}warn",
            Level::Note => "\u{26aa}\u{a0}note",
        };
        let inherited = if judged.new { "" } else { "<br>inherited" };
        let against: Vec<String> = finding.against.iter().take(3).map(spot).collect();
        let against = if against.is_empty() { String::new() } else { format!(" \u{2194} {}", against.join(" ")) };
        let _ = writeln!(
            out,
            "| {mark}{inherited} | {}<br>{} \u{b7} [{}]({}) |",
            markdown::cell(&text::shortened(&finding.message, CUT)),
            markdown::in_cell(&format!("{}{against}", spot(&finding.at))),
            judged.rule,
            text::rule_url(judged.rule),
        );
    }
    if let Some(more) = worst.len().checked_sub(ROWS).filter(|&more| more > 0) {
        let _ = writeln!(out, "\n\u{2026} and {more} more in the report.");
    }
    out.push('\n');
}

fn unproven(out: &mut String, report: &Report) {
    let mut any = false;
    for rule in report.rules.iter().filter(|rule| !rule.unproven.is_empty()) {
        if !any {
            out.push_str("**Could not be judged:**\n\n");
            any = true;
        }
        let why = rule.unproven.first().map(|unproven| text::shortened(&unproven.why, CUT)).unwrap_or_default();
        let more = rule.unproven.len() - 1;
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        let demanded = if rule.demanded { " (demanded)" } else { "" };
        let _ = writeln!(out, "* {}{demanded}: {}{more}", rule.rule, markdown::message(&why));
    }
    if any {
        out.push('\n');
    }
}

/// The places of one finding, folded.
fn details(judged: &Judged) -> String {
    let finding = &judged.finding;
    let message = markdown::in_summary(&text::shortened(&finding.message, CUT));
    let mut out = format!("<details><summary>{}: {message}</summary>\n\n", judged.rule);
    for place in std::iter::once(&finding.at).chain(finding.against.iter().take(4)) {
        let label =
            if place.label.is_empty() { String::new() } else { format!(": {}", markdown::message(&place.label)) };
        let _ = writeln!(out, "{}{label}\n", spot(place));
        if place.line > 0 {
            let _ = writeln!(out, "{}", markdown::fenced("text", &numbered(place)));
        }
    }
    if let Some(why) = &finding.why {
        let _ = writeln!(out, "Why: {}\n", markdown::message(why));
    }
    if let Some(fix) = &finding.fix {
        let command = format!("cargo governed check --fix --rule {}", judged.rule);
        let _ = writeln!(out, "Fix: {}: {}\n", markdown::message(&fix.title), markdown::code(&command));
    }
    out.push_str("</details>\n\n");
    out
}

fn closing(report: &Report, worst: &[&Judged]) -> String {
    let since = report.since.as_ref().map(|since| format!(" --since {since}")).unwrap_or_default();
    let mut out = format!("**Reproduce:** {}", markdown::code(&format!("cargo governed check{since}")));
    if let Some(first) = worst.first() {
        let explain = format!("cargo governed explain {}", first.rule);
        let _ = write!(out, " \u{b7} **Why?** {}", markdown::code(&explain));
    }
    let _ = writeln!(out, "\n\n<sub>{} {}</sub>", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    out
}

fn spot(place: &Place) -> String {
    markdown::code(&text::shortened(&text::spot(place), CUT))
}

/// The excerpt with line numbers, each line cut to a readable length.
fn numbered(place: &Place) -> String {
    let lines = place.excerpt.lines().enumerate();
    lines.map(|(index, line)| format!("{:>4} | {}\n", place.line + index, text::shortened(line, CUT))).collect()
}
