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
    if let Some(files) = step.evidence.files {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!([duration(7), duration(3_456), duration(125_000)], ["7 ms", "3.4 s", "2 min 05 s"]);
    }
}
