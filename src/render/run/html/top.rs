//! The head of the page: the verdict, because of what, and what to do next.

use crate::render::run::Shown;
use crate::render::run::html::ground;
use crate::render::run::html::look;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;
use crate::render::text::count;
use crate::steps::outcome::State;

/// The most reasons at the top; all of them stand with their steps.
const REASONS: usize = 12;

/// Writes the head.
pub(super) fn write(writer: &mut Writer, shown: &Shown) {
    let report = &shown.report;
    let look = look::of_run(report);
    writer.within("header", &[], |writer| {
        writer.leaf("p", &[("class", "over")], "cargo governed: report of a run");
        writer.leaf("h1", &[], &format!("Run {}", report.began.run));
        writer.within("div", &[("class", &format!("verdict {}", look.class))], |writer| {
            writer.within("p", &[("class", "word")], |writer| {
                look::icon(writer, look);
                writer.leaf("strong", &[], look.word);
                writer.text(" ");
                writer.leaf("span", &[], &why(shown));
            });
            if let Some(reason) = &report.began.overridden {
                writer.within("p", &[], |writer| {
                    writer.leaf("strong", &[], "overridden");
                    writer.text(&format!(": {reason}. This run can never be certified."));
                });
            } else if !report.certifiable {
                writer.leaf("p", &[], "This run can never be certified.");
            }
            because(writer, shown);
            writer.within("p", &[("class", "next")], |writer| {
                writer.text("Next: ");
                writer.leaf("code", &[], &next(shown));
            });
        });
        ground::summary(writer, shown);
    });
}

fn why(shown: &Shown) -> String {
    let report = &shown.report;
    if !report.has_ended() {
        let engine = match shown.alive {
            Some(true) => "its engine still runs",
            Some(false) => "its engine is gone",
            None => "whether its engine still runs is not known",
        };
        return format!("{engine}; this is what was recorded so far");
    }
    let exit = match report.verdict.as_deref() {
        Some("accepted") => 0,
        Some("refused") => 1,
        _ => 3,
    };
    match report.because.len() {
        0 => format!("{} (exit {exit})", shown.agreement("accepted", str::to_owned).1),
        number => format!("because of {} (exit {exit})", count(number, "reason")),
    }
}

fn because(writer: &mut Writer, shown: &Shown) {
    let because = &shown.report.because;
    if because.is_empty() {
        return;
    }
    writer.within("ul", &[("class", "because")], |writer| {
        for doubt in because.iter().take(REASONS) {
            writer.within("li", &[], |writer| {
                writer.leaf("code", &[], &doubt.code);
                writer.text(" ");
                writer.text(&doubt.message);
            });
        }
        if because.len() > REASONS {
            writer.leaf("li", &[], &format!("and {} more", because.len() - REASONS));
        }
    });
}

/// The command that leads on.
fn next(shown: &Shown) -> String {
    let report = &shown.report;
    let run = &report.began.run;
    match (report.has_ended(), shown.alive) {
        (true, _) => {}
        (false, Some(true)) => return words::verb("inspect", run),
        (false, _) => return "cargo governed recover".to_owned(),
    }
    let told = |state: State| !matches!(state, State::Passed | State::NotRun);
    let failed = report.steps.iter().find(|step| step.state.is_some_and(told));
    let doubted = report.steps.iter().find(|step| !step.doubts.is_empty() && step.attempts > 0);
    let refused = report.check.as_ref().is_some_and(|check| check.verdict != "accepted");
    match (failed.or(doubted), refused, &shown.proof) {
        (Some(step), ..) => words::inspect_step(run, &step.step),
        (None, true, _) => "cargo governed check".to_owned(),
        (None, false, Some(proof)) if report.verdict.as_deref() == Some("accepted") => words::verb("verify", proof),
        _ => words::verb("replay", run),
    }
}

/// Writes the links to the sections that are there.
pub(super) fn navigation(writer: &mut Writer, sections: &[(&str, &'static str)]) {
    writer.within("nav", &[("aria-label", "Sections")], |writer| {
        for (target, name) in sections {
            writer.leaf("a", &[("href", target)], name);
        }
    });
}
