//! All that is recorded of each step: command, needs, attempts, evidence, isolation, key and output.

use crate::facts::digest::Digest;
use crate::record::report::StepReport;
use crate::render::run::Shown;
use crate::render::run::html::look;
use crate::render::run::html::writer::Writer;
use crate::render::run::words;
use crate::render::text::count;
use crate::steps::event::Kept;

/// The most objects of one stream that are named.
const OBJECTS: usize = 8;

/// Writes the section.
pub(super) fn write(writer: &mut Writer, shown: &Shown) {
    if shown.report.steps.is_empty() {
        return;
    }
    writer.within("section", &[("id", "details"), ("aria-labelledby", "details-title")], |writer| {
        writer.leaf("h2", &[("id", "details-title")], "Each step in detail");
        for (index, step) in shown.report.steps.iter().enumerate() {
            let look = look::of_step(step);
            writer.within("details", &[("class", &format!("step {}", look.class))], |writer| {
                writer.within("summary", &[], |writer| {
                    look::icon(writer, look);
                    writer.leaf("strong", &[], &step.step);
                    writer.text(" ");
                    writer.leaf("span", &[("class", "muted")], look.word);
                });
                // A link to what lies inside opens the details; one to the details itself would not.
                writer.within("dl", &[("id", &format!("step-{index}"))], |writer| {
                    let needs = shown.needs.get(&step.step).map(Vec::as_slice).unwrap_or_default();
                    told(writer, step, needs);
                });
            });
        }
    });
}

fn told(writer: &mut Writer, step: &StepReport, needs: &[String]) {
    let mut pair = |name: &str, text: &str| {
        if !text.is_empty() {
            writer.leaf("dt", &[], name);
            writer.leaf("dd", &[], text);
        }
    };
    pair("command", &words::command(&step.argv));
    pair("needs", &needs.join(", "));
    for doubt in &step.doubts {
        pair(if step.state.is_some() { "unproven" } else { "why" }, &format!("{}: {}", doubt.code, doubt.message));
    }
    for note in &step.notes {
        pair("note", &format!("{}: {}", note.code, note.message));
    }
    if let Some(from) = &step.reused_from {
        pair("reused from", &format!("{}, executed {}, line {} of the ledger", from.run, from.at, from.line));
    }
    pair("began", step.began.as_deref().unwrap_or_default());
    if step.attempts > 0 {
        pair("attempts", &step.attempts.to_string());
    }
    pair("exit", &ended(step));
    pair("evidence", &evidence(step));
    if step.source.is_some() {
        pair("isolation", step.isolation.as_str());
    }
    digest(writer, "key", step.key.as_ref());
    digest(writer, "test results", step.evidence.results.as_ref());
    stream(writer, "standard output", &step.stdout);
    stream(writer, "standard error", &step.stderr);
}

fn ended(step: &StepReport) -> String {
    match (step.exit, step.signal) {
        (_, Some(signal)) => format!("signal {signal}"),
        (Some(exit), None) => exit.to_string(),
        (None, None) => String::new(),
    }
}

fn evidence(step: &StepReport) -> String {
    let mut parts = Vec::new();
    if let Some(tests) = step.evidence.tests {
        let counts = [
            (tests.executed, "executed"),
            (tests.passed, "passed"),
            (tests.failed, "failed"),
            (tests.flaky, "flaky"),
            (tests.ignored, "ignored"),
            (tests.filtered, "filtered out"),
        ];
        let counts: Vec<String> = counts.iter().map(|(number, word)| format!("{number} {word}")).collect();
        parts.push(format!("tests (as the tested code reported them): {}", counts.join(", ")));
    }
    if let Some(files) = step.evidence.files {
        parts.push(count(usize::try_from(files).unwrap_or(usize::MAX), "file"));
    }
    match step.evidence.canary_failed {
        Some(true) => parts.push("the canary failed, as it must".to_owned()),
        Some(false) => parts.push("the canary passed: the environment is forged".to_owned()),
        None => {}
    }
    parts.join("; ")
}

fn digest(writer: &mut Writer, name: &str, digest: Option<&Digest>) {
    if let Some(digest) = digest {
        writer.leaf("dt", &[], name);
        writer.within("dd", &[], |writer| writer.leaf("code", &[("class", "digest")], &digest.to_string()));
    }
}

fn stream(writer: &mut Writer, name: &str, kept: &Kept) {
    if kept.objects.is_empty() {
        return;
    }
    writer.leaf("dt", &[], name);
    writer.within("dd", &[], |writer| {
        let bytes = count(usize::try_from(kept.bytes).unwrap_or(usize::MAX), "byte");
        writer.text(&format!("{bytes} in {}", count(kept.objects.len(), "object")));
        for object in kept.objects.iter().take(OBJECTS) {
            writer.text(" ");
            writer.leaf("code", &[("class", "digest")], &object.to_string());
        }
        if kept.objects.len() > OBJECTS {
            writer.text(" …");
        }
    });
}
