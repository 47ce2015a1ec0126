//! Words of runs that several formats share: durations, tests, where a result comes from.

use crate::record::report::Source;
use crate::record::report::StepReport;
use crate::render::text::count;
use crate::steps::outcome::State;

/// A duration for people: `12 ms`, `3.4 s`, `2 min 05 s`.
pub(crate) fn duration(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        1_000..60_000 => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
        _ => format!("{} min {:02} s", milliseconds / 60_000, milliseconds % 60_000 / 1_000),
    }
}

/// How long a step took, and how much of the processor, where that is another number: `12.0 s (31.5 s of cpu)`.
pub(crate) fn took(step: &StepReport) -> String {
    let took = duration(step.duration_ms);
    match step.cpu_ms.filter(|&cpu| cpu >= 1_000) {
        Some(cpu) => format!("{took} ({} of cpu)", duration(cpu)),
        None => took,
    }
}

/// The state in one word: that of a step that stands on a kept result is `reused`.
pub(crate) fn state(step: &StepReport) -> &'static str {
    match (step.state, step.source) {
        (Some(State::Passed), _) if !step.doubts.is_empty() => "unproven",
        (Some(State::Passed), Some(Source::Reused)) => "reused",
        (Some(state), _) => state.as_str(),
        (None, _) if step.in_flight() => "in flight",
        (None, _) => "not begun",
    }
}

/// What the step left as evidence: `411 tests passed, 1 failed`, `exit 101`.
pub(crate) fn evidence(step: &StepReport) -> String {
    let mut parts = Vec::new();
    if let Some(tests) = step.evidence.tests {
        let executed = count(usize::try_from(tests.executed).unwrap_or(usize::MAX), "test");
        parts.push(format!("{executed} run"));
        let counted = [
            (tests.failed, "failed"),
            (tests.flaky, "flaky"),
            (tests.ignored, "ignored"),
            (tests.filtered, "filtered out"),
        ];
        parts.extend(counted.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")));
    }
    if let Some(files) = step.evidence.files.filter(|&files| files > 0) {
        parts.push(count(usize::try_from(files).unwrap_or(usize::MAX), "file"));
    }
    match (step.exit, step.signal) {
        (_, Some(signal)) => parts.push(format!("signal {signal}")),
        (Some(exit), None) if exit != 0 => parts.push(format!("exit {exit}")),
        _ => {}
    }
    if step.attempts > 1 {
        parts.push(format!("{} attempts", step.attempts));
    }
    parts.join(", ")
}

/// A time without its seconds: `2026-11-22 05:01`.
pub(crate) fn minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

/// A command of ours on one thing: `cargo governed replay RUN`.
pub(crate) fn verb(verb: &str, operand: &str) -> String {
    format!("cargo governed {verb} {}", quoted(operand))
}

/// The command that shows all of a step.
pub(crate) fn inspect_step(run: &str, step: &str) -> String {
    format!("{} --step {}", verb("inspect", run), quoted(step))
}

/// A program and its arguments as one would type them.
pub(crate) fn command(argv: &[String]) -> String {
    argv.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it: names of steps are free, and what a report prints is copied.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_into_a_shell_stays_one_word() {
        assert_eq!(inspect_step("r-1", "test"), "cargo governed inspect r-1 --step test");
        assert_eq!(verb("verify", "a b; rm 'x'"), r"cargo governed verify 'a b; rm '\''x'\'''");
    }

    #[test]
    fn durations_are_short() {
        assert_eq!([duration(7), duration(3_456), duration(125_000)], ["7 ms", "3.4 s", "2 min 05 s"]);
    }
}
