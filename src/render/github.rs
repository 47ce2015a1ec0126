//! Workflow commands that GitHub shows as annotations, within its limits.

use std::fmt::Write as _;

use crate::error::Error;
use crate::facts::place::Place;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::render::encode::annotation;
use crate::render::encode::invisible;
use crate::render::text;
use crate::render::text::count;
use crate::rules::level::Level;

/// GitHub keeps ten annotations of each kind a step and drops the rest without a word.
const PER_KIND: usize = 10;

/// Renders a report as commands, worst first, and a last line with the verdict.
pub fn render(report: &Report) -> String {
    let mut out = listed(report);
    let _ = writeln!(out, "{}: {}", report.verdict.as_str(), text::counts(report));
    out
}

/// The findings of a report as commands, worst first, and what was left out of them.
pub(crate) fn listed(report: &Report) -> String {
    let worst = text::worst_first(report);
    let mut out = String::new();
    let mut left_out = Vec::new();
    for level in [Level::Deny, Level::Warn, Level::Note] {
        let of_level: Vec<&Judged> = worst.iter().copied().filter(|judged| judged.level == level).collect();
        for judged in of_level.iter().take(PER_KIND) {
            out.push_str(&command(judged));
        }
        left_out.extend(of_level.into_iter().skip(PER_KIND));
    }
    let errors = worst.iter().filter(|judged| judged.level == Level::Deny).count();
    unproven(&mut out, report, PER_KIND.saturating_sub(errors));
    for judged in &left_out {
        let line = format!("{} {}: {}", head(judged), text::spot(&judged.finding.at), judged.finding.message);
        let _ = writeln!(out, "{}", annotation::log_line(&line));
    }
    if !left_out.is_empty() {
        let _ = writeln!(
            out,
            "{} above without an annotation: GitHub shows {PER_KIND} of each level a step",
            count(left_out.len(), "finding")
        );
    }
    for note in &report.subject.notes {
        let _ = writeln!(out, "{}", annotation::log_line(&format!("note: {note}")));
    }
    out
}

/// What is demanded and could not be judged: as many errors as there is room for, and lines of the log.
fn unproven(out: &mut String, report: &Report, room: usize) {
    let demanded = report.rules.iter().filter(|rule| rule.demanded);
    let unproven = demanded.flat_map(|rule| rule.unproven.iter().map(move |unproven| (rule.rule, unproven)));
    for (index, (rule, unproven)) in unproven.enumerate() {
        let (title, message) = (format!("unproven[{rule}]"), format!("could not be judged: {}", unproven.why));
        let line = if index < room {
            format!("::error title={}::{}", annotation::property(&title), annotation::message(&message))
        } else {
            annotation::log_line(&format!("{title}: {message}"))
        };
        let _ = writeln!(out, "{line}");
    }
}

/// Renders a failure of ours.
pub fn render_error(error: &Error) -> String {
    error.all().take(PER_KIND).map(fault).collect()
}

fn fault(error: &Error) -> String {
    let mut message = error.to_string();
    if let Some(place) = &error.place {
        let _ = write!(message, " ({place})");
    }
    if let Some(help) = &error.help {
        let _ = write!(message, "\nhelp: {help}");
    }
    let title = annotation::property(&format!("cargo governed: {}", error.code));
    format!("::error title={title}::{}\n", annotation::message(&message))
}

fn head(judged: &Judged) -> String {
    let word = match judged.level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
    };
    format!("{word}[{}]", judged.rule)
}

fn command(judged: &Judged) -> String {
    let kind = match judged.level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "notice",
    };
    let finding = &judged.finding;
    let mut properties = place(&finding.at);
    let _ = write!(properties, "title={}", annotation::property(judged.rule));
    let mut message = finding.message.clone();
    if finding.at.line == 0 || !is_nameable(&finding.at) {
        let _ = write!(message, "\nat {}", beside(&finding.at));
    }
    for against in finding.against.iter().take(4) {
        let _ = write!(message, "\nagainst {}", beside(against));
    }
    if let Some(why) = &finding.why {
        let _ = write!(message, "\nwhy: {why}");
    }
    if let Some(fix) = &finding.fix {
        let _ = write!(message, "\nfix: {} (cargo governed check --fix --rule {})", fix.title, judged.rule);
    }
    let _ = write!(message, "\nmore: cargo governed explain {}", judged.rule);
    format!("::{kind} {properties}::{}\n", annotation::message(&message))
}

fn beside(place: &Place) -> String {
    let spot = text::spot(place);
    if place.label.is_empty() { spot } else { format!("{spot} ({})", place.label) }
}

/// Whether GitHub can find the file: a name inside git is none, and one that deceives is only shown in the message.
fn is_nameable(place: &Place) -> bool {
    !place.path.starts_with("git:") && !place.path.is_empty() && !place.path.chars().any(invisible::is_deceptive)
}

/// The properties of a place; columns only inside one line, as GitHub demands.
fn place(place: &Place) -> String {
    if !is_nameable(place) {
        return String::new();
    }
    let mut properties = format!("file={},", annotation::property(&place.path));
    if place.line > 0 {
        let _ = write!(properties, "line={},endLine={},", place.line, place.end_line);
        if place.line == place.end_line && place.end_column > place.column {
            let _ = write!(properties, "col={},endColumn={},", place.column, place.end_column);
        }
    }
    properties
}
