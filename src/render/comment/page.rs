//! The page as a whole: what decides comes first, and what does not fit is left out from the end, and said so.

use std::fmt::Write as _;

use crate::judge::report::Judged;
use crate::judge::report::Verdict;
use crate::render::comment::case::Case;
use crate::render::comment::findings;
use crate::render::comment::head;
use crate::render::comment::marker::State;
use crate::render::comment::sections;
use crate::render::encode::markdown;
use crate::render::text;
use crate::render::text::count;

/// The room that is kept for what is said of things left out.
const SPARE: usize = 300;

/// Renders the page. It never is longer than the limit.
pub fn render(case: &Case<'_>) -> String {
    let worst = case.report.map(text::worst_first).unwrap_or_default();
    let (new, inherited): (Vec<&Judged>, Vec<&Judged>) = worst.into_iter().partition(|judged| judged.new);
    let mut page = head::heading(case, &new);
    let hidden = hidden(case);
    if is_quiet(case, &new) {
        let inherited = inherited.len();
        let decides = format!("{inherited} inherited, which decide nothing");
        let inherited = if inherited > 0 { decides } else { String::new() };
        let front: Vec<String> = [head::second(case), inherited].into_iter().filter(|part| !part.is_empty()).collect();
        page.push_str(&head::last(case, &front.join(" \u{b7} ")));
        page.push_str(&hidden);
        return page;
    }
    let second = head::second(case);
    let _ = writeln!(page, "{}{second}", if second.is_empty() { "" } else { "\n" });
    let closing = format!("{}\n{}{hidden}", head::reproduce(case, &new), head::last(case, ""));
    let limit = case.around.limit.saturating_sub(closing.len() + SPARE);
    let mut left_out = Vec::new();
    page.push('\n');
    for (name, section) in sections(case, &new, limit.saturating_sub(page.len())) {
        push(&mut page, &section, name, limit, &mut left_out);
    }
    push_details(&mut page, case, &new, limit, &mut left_out);
    if !inherited.is_empty() {
        let section = findings::inherited(&inherited, case.around, limit.saturating_sub(page.len()));
        push(&mut page, &section, "inherited findings", limit, &mut left_out);
    }
    if !left_out.is_empty() {
        let _ = writeln!(page, "Left out here, because GitHub takes no longer text: {}.\n", left_out.join(", "));
    }
    page.push_str(&closing);
    page
}

/// The passing state has two lines: nothing new was found, and nothing that was demanded is unproven.
fn is_quiet(case: &Case<'_>, new: &[&Judged]) -> bool {
    case.verdict == Verdict::Accepted && new.is_empty() && case.around.notes.is_empty()
}

fn hidden(case: &Case<'_>) -> String {
    let Some(marker) = &case.around.marker else { return String::new() };
    let head = head::head(case);
    // What is said of another commit is another text, whatever it says.
    let state = case.report.map_or_else(|| State::at(&head), |report| State::after(report, &head));
    format!("\n{}\n{}\n", state.line(), marker.line())
}

/// The sections that stand above the details, in the order in which they matter.
fn sections(case: &Case<'_>, new: &[&Judged], room: usize) -> Vec<(&'static str, String)> {
    let notes = case.around.notes.iter().chain(case.report.iter().flat_map(|report| &report.subject.notes));
    let notes: String =
        notes.take(10).map(|note| format!("> {}\n\n", markdown::message(&text::shortened(note, 500)))).collect();
    let mut sections = vec![("notes", notes), ("reasons", sections::reasons(case.because))];
    if !new.is_empty() {
        sections.push(("findings", findings::table(new, case.around, room / 2)));
    }
    sections.push(("jobs", sections::jobs(case.jobs)));
    sections.push(("steps", sections::steps(case.steps)));
    if let Some(report) = case.report {
        sections.push(("what could not be judged", sections::unproven(report)));
        let before = case.around.before.as_ref().filter(|before| before.head != head::head(case));
        sections.push(("what is gone", before.map(|before| sections::gone(before, report)).unwrap_or_default()));
    }
    sections
}

fn push(page: &mut String, section: &str, name: &str, limit: usize, left_out: &mut Vec<String>) {
    if page.len() + section.len() > limit {
        left_out.push(name.to_owned());
    } else {
        page.push_str(section);
    }
}

fn push_details(page: &mut String, case: &Case<'_>, new: &[&Judged], limit: usize, left_out: &mut Vec<String>) {
    let new: Vec<&Judged> = new.iter().copied().filter(|judged| findings::has_details(judged)).collect();
    let shown = new.len().min(case.around.rows);
    for (index, judged) in new.iter().take(shown).enumerate() {
        let details = findings::details(judged, case.around);
        if page.len() + details.len() > limit {
            left_out.push(format!("both sides of {}", count(new.len() - index, "finding")));
            return;
        }
        page.push_str(&details);
    }
    if new.len() > shown {
        left_out.push(format!("both sides of {}", count(new.len() - shown, "finding")));
    }
}
