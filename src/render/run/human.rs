//! The report of a run for people: a line a step, the end of what failed, what decided, and what to do next.

use annotate_snippets::renderer::DEFAULT_EMPHASIS_STYLE;
use annotate_snippets::renderer::DEFAULT_ERROR_STYLE;
use annotate_snippets::renderer::DEFAULT_NOTE_STYLE;
use annotate_snippets::renderer::DEFAULT_WARNING_STYLE;
use annotate_snippets::renderer::Style;
use unicode_width::UnicodeWidthStr;

use crate::record::report::RunReport;
use crate::record::report::Source;
use crate::record::report::StepReport;
use crate::render::human::look::Detail;
use crate::render::human::look::Look;
use crate::render::human::page::Page;
use crate::render::human::wrap::tied;
use crate::render::run::Shown;
use crate::render::run::words;
use crate::render::text::count;
use crate::render::text::shortened;
use crate::steps::outcome::State;
use crate::steps::verdict;

/// The most characters of a note that are shown without `-v`.
const NOTE: usize = 240;

/// Renders a run.
pub fn render(shown: &Shown, look: Look) -> String {
    let mut page = Page::new(look);
    let report = &shown.report;
    if look.detail != Detail::Quiet {
        head(&mut page, report);
        steps(&mut page, report);
    }
    for step in report.steps.iter().filter(|step| shown.tails.contains_key(&step.step)) {
        tail(&mut page, step, &shown.tails[&step.step]);
    }
    page.gap();
    for doubt in &report.because {
        page.headed(style_of(report.verdict.as_deref()), &format!("{}:", doubt.code), &doubt.message);
    }
    if look.detail != Detail::Quiet {
        notes(&mut page, report);
    }
    closing(&mut page, shown);
    page.text
}

fn head(page: &mut Page, report: &RunReport) {
    let subject = &report.began.subject;
    let revision = subject.revision.as_deref().map_or("no commit", |revision| revision.get(..12).unwrap_or(revision));
    let dirty = if subject.dirty { " with changes" } else { "" };
    let policy = report.began.policy.path.as_deref().unwrap_or("the built-in policy");
    let base =
        report.began.base.as_deref().map_or(String::new(), |base| format!(" of {}", base.get(..12).unwrap_or(base)));
    let what = format!("{}: {} at {revision}{dirty}, under {policy}{base}", report.began.run, subject.source);
    page.headed(DEFAULT_EMPHASIS_STYLE, "run", &what);
    if let Some(shard) = report.began.shard {
        let what = format!(
            "shard {} of {}; `cargo governed prove --merge` joins it with the others",
            shard.index, shard.total
        );
        page.headed(DEFAULT_EMPHASIS_STYLE, "part:", &what);
    }
    if !report.began.joins.is_empty() {
        page.headed(DEFAULT_EMPHASIS_STYLE, "joins:", &report.began.joins.join(", "));
    }
    if let Some(reason) = &report.began.overridden {
        page.headed(DEFAULT_WARNING_STYLE, "overridden:", &format!("{reason} (this run can never be certified)"));
    }
}

/// A line a step: name, state, how long, what it left. The columns are as wide as their longest word.
fn steps(page: &mut Page, report: &RunReport) {
    let wide = report.steps.iter().map(|step| page.look.charset.line(&step.step).width()).max().unwrap_or(0).max(5);
    let mut line = |style: Style, name: &str, state: &str, rest: &str| {
        let name = page.look.charset.line(name);
        let gap = " ".repeat(wide - name.width().min(wide));
        page.headed(style, &format!("  {name}{gap}  {state:<11}"), rest);
    };
    if let Some(check) = &report.check {
        let counts = [(check.deny, "deny"), (check.warn, "warn"), (check.note, "note"), (check.waived, "waived")];
        let counts: Vec<_> =
            counts.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
        let style = style_of(Some(&check.verdict));
        let counts = if counts.is_empty() { "no findings".to_owned() } else { counts.join(", ") };
        line(style, "rules", &check.verdict, &counts);
    }
    for step in &report.steps {
        line(style_of_step(step), &step.step, words::state(step), &about(step));
    }
}

fn about(step: &StepReport) -> String {
    let mut parts = Vec::new();
    match (&step.reused_from, step.state) {
        (Some(from), _) => parts.push(format!("from {} of {}", from.run, words::minute(&from.at))),
        (None, Some(State::NotRun) | None) => {}
        (None, Some(_)) => parts.push(words::took(step)),
    }
    if let Some(run) = &step.joined_from {
        parts.push(format!("in {run}"));
    }
    let evidence = words::evidence(step);
    if !evidence.is_empty() {
        parts.push(evidence);
    }
    if step.state != Some(State::Failed) {
        parts.extend(step.doubts.first().map(|doubt| doubt.message.clone()));
    }
    parts.join(", ")
}

fn tail(page: &mut Page, step: &StepReport, tail: &str) {
    page.gap();
    page.headed(
        DEFAULT_ERROR_STYLE,
        &format!("{}:", step.step),
        &format!("the end of its output ({})", words::state(step)),
    );
    for line in tail.lines() {
        let line = format!("  | {}\n", page.look.charset.line(line));
        page.text.push_str(&line);
    }
}

fn notes(page: &mut Page, report: &RunReport) {
    let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
    for step in &report.steps {
        for note in &step.notes {
            match notes.iter_mut().find(|(message, _)| *message == note.message) {
                Some((_, steps)) => steps.push(&step.step),
                None => notes.push((&note.message, vec![&step.step])),
            }
        }
    }
    for (message, steps) in notes {
        let message = if page.look.detail == Detail::Full { message.to_owned() } else { shortened(message, NOTE) };
        page.headed(DEFAULT_NOTE_STYLE, "note:", &format!("{}: {message}", steps.join(", ")));
    }
    let open: Vec<&str> = report
        .steps
        .iter()
        .filter(|step| step.source == Some(Source::Executed))
        .map(|step| step.isolation.as_str())
        .collect();
    if open.contains(&"none") {
        page.headed(DEFAULT_NOTE_STYLE, "note:", "steps ran without isolation on this machine");
    }
}

fn closing(page: &mut Page, shown: &Shown) {
    let report = &shown.report;
    let with = |source| report.steps.iter().filter(|step| step.source == Some(source)).count();
    let mut parts = vec![count(report.steps.len(), "step")];
    for (number, word) in [(with(Source::Executed), "executed"), (with(Source::Reused), "reused")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    let took = report.duration_ms.map(|duration| format!(" in {}", words::duration(duration))).unwrap_or_default();
    let head = shown.ledger.1.short();
    page.headed(
        DEFAULT_EMPHASIS_STYLE,
        "recorded:",
        &format!(
            "{}{took}; ledger {} at {head}",
            parts.join(", "),
            count(usize::try_from(shown.ledger.0).unwrap_or(usize::MAX), "entry").replace("entrys", "entries")
        ),
    );
    if let Some(folder) = shown.exported.as_ref().filter(|_| page.look.detail != Detail::Quiet) {
        page.headed(DEFAULT_EMPHASIS_STYLE, "exported:", folder);
    }
    let Some(verdict) = report.verdict.as_deref().filter(|_| report.has_ended()) else {
        let state = match shown.alive {
            Some(true) => "its engine still runs",
            Some(false) => "its engine is gone",
            None => "whether its engine still runs is not known",
        };
        let next = tied("`cargo governed recover`");
        let rest = format!(
            "{state}; the last it recorded is line {} of {}; {next} tells what to do",
            report.last.0, report.last.1
        );
        page.headed(DEFAULT_WARNING_STYLE, "unfinished:", &rest);
        return;
    };
    let (exit, style) = match verdict {
        "accepted" | "stands" => (0, DEFAULT_NOTE_STYLE),
        "refused" | "differs" => (1, DEFAULT_ERROR_STYLE),
        _ => (3, DEFAULT_WARNING_STYLE),
    };
    let agreement = shown.agreement(verdict, tied);
    let head =
        if report.because.is_empty() && report.began.replays.is_none() { agreement.0 } else { verdict.to_owned() };
    let why = match report.because.len() {
        _ if report.began.replays.is_some() => {
            format!("a replay of run {}", report.began.replays.as_deref().unwrap_or_default())
        }
        0 => agreement.1,
        number => format!("because of {}", count(number, "reason")),
    };
    let is_told = |state| !matches!(state, State::Passed | State::NotRun | State::Interrupted);
    let next = match report.steps.iter().find(|step| step.state.is_some_and(is_told)) {
        Some(step) => {
            format!("; {} shows all of it", tied(&format!("`{}`", words::inspect_step(&report.began.run, &step.step))))
        }
        None if report.because.iter().any(|doubt| doubt.code == verdict::INTERRUPTED) => {
            format!("; the same command with {} goes on from here", tied("`--resume`"))
        }
        // Nothing else of the report says which findings they are.
        None if report.because.iter().any(|doubt| doubt.code == verdict::CHECK_REFUSED) => {
            format!("; {} shows the findings", tied(&format!("`{}`", check_again(report))))
        }
        None => String::new(),
    };
    page.headed(style, &format!("{head}:"), &format!("{why} (exit {exit}){next}"));
}

/// The check that the run made.
fn check_again(report: &RunReport) -> String {
    let subject = &report.began.subject;
    let revision = subject.revision.as_deref().filter(|_| subject.source == "revision");
    let option = |name: &str, value: Option<&str>| value.map_or_else(String::new, |value| format!(" {name} {value}"));
    format!("cargo governed check{}{}", option("--rev", revision), option("--since", report.began.base.as_deref()))
}

fn style_of(verdict: Option<&str>) -> Style {
    match verdict {
        Some("accepted") => DEFAULT_NOTE_STYLE,
        Some("refused") => DEFAULT_ERROR_STYLE,
        _ => DEFAULT_WARNING_STYLE,
    }
}

fn style_of_step(step: &StepReport) -> Style {
    match words::state(step) {
        "passed" | "reused" => DEFAULT_NOTE_STYLE,
        "failed" | "timed-out" => DEFAULT_ERROR_STYLE,
        _ => DEFAULT_WARNING_STYLE,
    }
}
