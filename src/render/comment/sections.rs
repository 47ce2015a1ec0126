//! What stands beside the findings: what could not be judged, steps, other jobs, the reasons of a gate.

use std::fmt::Write as _;

use crate::judge::jobs::Job;
use crate::judge::report::Report;
use crate::judge::report::Standing;
use crate::render::comment::case::Reason;
use crate::render::comment::case::Step;
use crate::render::comment::head;
use crate::render::comment::marker::State;
use crate::render::encode::markdown;
use crate::render::text;
use crate::render::text::count;

/// The most characters of one message.
const CUT: usize = 300;
/// The most things that are named one by one.
const NAMED: usize = 20;

/// Why a gate refuses.
pub(crate) fn reasons(because: &[Reason]) -> String {
    let mut out = String::new();
    for reason in because.iter().take(NAMED) {
        let remedy = reason.remedy.as_ref().map(|remedy| markdown::message(&text::shortened(remedy, CUT)));
        let remedy = remedy.map(|remedy| format!("; {remedy}")).unwrap_or_default();
        let message = markdown::message(&text::shortened(&reason.message, CUT));
        let _ = writeln!(out, "* {}: {message}{remedy}", markdown::code(&reason.code));
    }
    ended(out, because.len(), "reason")
}

/// What could not be judged, what is demanded first.
pub(crate) fn unproven(report: &Report) -> String {
    let mut rules: Vec<_> = report.rules.iter().filter(|rule| !rule.unproven.is_empty()).collect();
    rules.sort_by_key(|rule| !rule.demanded);
    if rules.is_empty() {
        return String::new();
    }
    let mut out = String::from("**Could not be judged:**\n\n");
    for rule in rules.iter().take(NAMED) {
        let why = rule.unproven.first().map(|unproven| text::shortened(&unproven.why, CUT)).unwrap_or_default();
        let more = rule.unproven.len() - 1;
        let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        let demanded = if rule.demanded { " (demanded)" } else { "" };
        let _ = writeln!(out, "* {}{demanded}: {}{more}", rule.rule, markdown::message(&why));
    }
    ended(out, rules.len(), "rule")
}

/// The steps of a run, folded where all passed.
pub(crate) fn steps(steps: &[Step]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let failed = steps.iter().filter(|step| !step.passed).count();
    let told = if failed > 0 { format!("{failed} did not pass") } else { "all passed".to_owned() };
    let open = if failed > 0 { " open" } else { "" };
    let mut out = format!("<details{open}><summary>{}: {told}</summary>\n\n", count(steps.len(), "step"));
    out.push_str("| Step | Result | Time | Kept under |\n|---|---|---:|---|\n");
    let mut worst: Vec<&Step> = steps.iter().collect();
    worst.sort_by_key(|step| step.passed);
    for step in worst.iter().take(NAMED * 3) {
        let mark = if step.passed { "\u{2705}" } else { "\u{274c}" };
        let key = step.key.as_deref().map(|key| markdown::code(head::short(key))).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {mark} {} | {} | {key} |",
            markdown::in_cell(&markdown::code(&text::shortened(&step.name, 60))),
            markdown::cell(&text::shortened(&step.result, CUT)),
            markdown::cell(&step.time),
        );
    }
    out.push_str("\n</details>\n\n");
    out
}

/// Other jobs, as the forge reports them.
pub(crate) fn jobs(jobs: &[Job]) -> String {
    if jobs.is_empty() {
        return String::new();
    }
    let failed = jobs.iter().filter(|job| job.standing() != Standing::Holds).count();
    let told = if failed > 0 { format!("{failed} did not pass") } else { "all passed".to_owned() };
    let open = if failed > 0 { " open" } else { "" };
    let count = count(jobs.len(), "other job");
    let mut out = format!("<details{open}><summary>{count} by GitHub's report: {told}</summary>\n\n");
    out.push_str("| Job | Result |\n|---|---|\n");
    let mut worst: Vec<&Job> = jobs.iter().collect();
    worst.sort_by_key(|job| job.standing() == Standing::Holds);
    for job in worst.iter().take(NAMED * 3) {
        let (mark, proves) = match job.standing() {
            Standing::Holds => ("\u{2705}", ""),
            Standing::Refuted => ("\u{274c}", ""),
            _ => ("\u{26a0}\u{fe0f}", ": proves nothing"),
        };
        let name = markdown::in_cell(&markdown::code(&text::shortened(&job.name, 60)));
        let _ = writeln!(out, "| {name} | {mark} {}{proves} |", markdown::cell(&text::shortened(&job.result, 60)));
    }
    out.push_str("\n</details>\n\n");
    out
}

/// What the last push still had.
pub(crate) fn gone(before: &State, report: &Report) -> String {
    let gone = before.gone(report);
    let named: Vec<String> = gone
        .iter()
        .take(NAMED)
        .map(|(rule, path)| format!("{} in {}", markdown::plain(rule), markdown::code(&text::shortened(path, 120))))
        .collect();
    if named.is_empty() {
        return String::new();
    }
    let more = gone.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("\u{2705} Gone since the last push: {}{more}\n\n", named.join(", "))
}

fn ended(mut list: String, all: usize, noun: &str) -> String {
    if all > NAMED {
        let _ = writeln!(list, "* \u{2026} and {}", count(all - NAMED, &format!("more {noun}")));
    }
    if !list.is_empty() {
        list.push('\n');
    }
    list
}
