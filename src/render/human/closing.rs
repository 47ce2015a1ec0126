//! The end of the report: what could not be judged, what was looked at, the verdict, and what to do next.

use annotate_snippets::renderer::DEFAULT_EMPHASIS_STYLE;
use annotate_snippets::renderer::DEFAULT_ERROR_STYLE;
use annotate_snippets::renderer::DEFAULT_NOTE_STYLE;
use annotate_snippets::renderer::DEFAULT_WARNING_STYLE;

use crate::judge::report::Report;
use crate::judge::report::Source;
use crate::judge::report::Standing;
use crate::judge::report::Verdict;
use crate::judge::summary::Summary;
use crate::render::human::look::Detail;
use crate::render::human::page::Page;
use crate::render::human::wrap::tied;
use crate::render::text;
use crate::render::text::count;
use crate::rules::level::Level;

/// The most reasons that are shown of one unproven claim.
const REASONS: usize = 3;

/// Adds everything that follows the findings.
pub(crate) fn close(page: &mut Page, report: &Report) {
    if page.look.detail != Detail::Quiet {
        unproven(page, report);
        if page.look.detail == Detail::Full {
            waived(page, report);
            absent(page, report);
        }
        for note in &report.subject.notes {
            page.gap();
            page.headed(DEFAULT_NOTE_STYLE, "note:", note);
        }
    }
    page.gap();
    since(page, report);
    if let Some(waivers) = text::waivers(report) {
        page.headed(DEFAULT_EMPHASIS_STYLE, "waivers:", &waivers);
    }
    page.headed(DEFAULT_EMPHASIS_STYLE, "checked:", &looked_at(report));
    verdict(page, report);
}

fn unproven(page: &mut Page, report: &Report) {
    for rule in report.rules.iter().filter(|rule| !rule.unproven.is_empty()) {
        page.gap();
        let head = format!("unproven[{}]:", rule.rule);
        for unproven in rule.unproven.iter().take(REASONS) {
            page.headed(DEFAULT_WARNING_STYLE, &head, &unproven.why);
            if let Some(at) = &unproven.at {
                page.places(&[(text::spot(at), at.label.as_str())]);
            }
        }
        if let Some(more) = rule.unproven.len().checked_sub(REASONS).filter(|&more| more > 0) {
            page.headed(DEFAULT_WARNING_STYLE, &head, &format!("{more} more"));
        }
    }
}

fn waived(page: &mut Page, report: &Report) {
    for judged in &report.findings {
        let Some(waiver) = &judged.waiver else { continue };
        let until = waiver.until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default();
        page.gap();
        page.headed(DEFAULT_NOTE_STYLE, &format!("waived[{}]:", judged.rule), &judged.finding.message);
        page.place(&text::spot(&judged.finding.at));
        page.places(&[(text::spot(&waiver.at), &format!("waived{until}: {}", waiver.reason))]);
    }
}

fn absent(page: &mut Page, report: &Report) {
    page.gap();
    for rule in report.rules.iter().filter(|rule| rule.standing == Standing::Absent) {
        page.headed(DEFAULT_NOTE_STYLE, &format!("absent[{}]:", rule.rule), &format!("no fact for: {}", rule.claim));
    }
}

fn since(page: &mut Page, report: &Report) {
    let Some(since) = &report.since else { return };
    let inherited: Vec<Level> = report
        .findings
        .iter()
        .filter(|judged| !judged.new && judged.waiver.is_none())
        .map(|judged| judged.level)
        .collect();
    if !inherited.is_empty() {
        let levels = [Level::Deny, Level::Warn, Level::Note]
            .map(|level| (inherited.iter().filter(|&&other| other == level).count(), level))
            .into_iter()
            .filter(|(number, _)| *number > 0);
        let levels: Vec<String> = levels.map(|(number, level)| format!("{number} {}", level.as_str())).collect();
        let total = count(inherited.len(), "finding");
        let rest = format!("{total} in {since} too: {} (shown without --since)", levels.join(", "));
        page.headed(DEFAULT_EMPHASIS_STYLE, "inherited:", &rest);
    }
    if !report.fixed.is_empty() {
        let rest = format!("{} of {since} gone", count(report.fixed.len(), "finding"));
        page.headed(DEFAULT_EMPHASIS_STYLE, "mended:", &rest);
    }
}

fn looked_at(report: &Report) -> String {
    let facts: usize = report.rules.iter().map(|rule| rule.looked_at).sum();
    let standings = [
        (Standing::Holds, "held"),
        (Standing::Refuted, "refuted"),
        (Standing::Waived, "waived"),
        (Standing::Unproven, "unproven"),
        (Standing::Absent, "without facts"),
    ];
    let parts: Vec<String> = standings
        .iter()
        .map(|(standing, word)| (report.claims(*standing), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let claims = count(report.rules.len(), "claim");
    let revision = match (&report.subject.source, &report.subject.revision) {
        (Source::Revision, Some(revision)) => format!(" of {}", revision.get(..12).unwrap_or(revision)),
        _ => String::new(),
    };
    let policy = report.policy.path.as_ref().map(|path| format!(" under {path}")).unwrap_or_default();
    let parts = parts.join(", ");
    format!("{} in {}{revision}{policy}; {claims}: {parts}", count(facts, "fact"), count(report.files_read, "file"))
}

fn verdict(page: &mut Page, report: &Report) {
    let summary = report.summary();
    let counts = text::counts(report);
    match report.verdict {
        Verdict::Accepted => {
            page.headed(DEFAULT_NOTE_STYLE, "accepted:", &format!("{counts} (exit 0){}", next(report, summary)));
        }
        Verdict::Refused => {
            page.headed(DEFAULT_ERROR_STYLE, "refused:", &format!("{counts} (exit 1){}", next(report, summary)));
        }
        Verdict::Unproven => {
            let demanded = report.rules.iter().filter(|rule| rule.demanded && !rule.unproven.is_empty()).count();
            let rest = match demanded {
                0 => format!("{counts}: the tree holds no fact of a Rust package (exit 3)"),
                _ => format!("{} could not be judged; {counts} (exit 3)", count(demanded, "demanded claim")),
            };
            page.headed(DEFAULT_WARNING_STYLE, "unproven:", &rest);
        }
    }
}

/// The command that a reader runs next.
fn next(report: &Report, summary: Summary) -> String {
    if summary.fixable > 0 && report.subject.source != Source::Revision {
        return format!("; {} mends {}", tied("`cargo governed check --fix`"), summary.fixable);
    }
    match text::worst_first(report).first().filter(|worst| worst.new) {
        Some(worst) => format!("; {} tells more", tied(&format!("`cargo governed explain {}`", worst.rule))),
        None => String::new(),
    }
}
