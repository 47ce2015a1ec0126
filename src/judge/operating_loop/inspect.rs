//! Inspect: what a run left is kept where it can be looked at, or it is written down how one looks.

use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Place;
use crate::facts::place::Span;
use crate::facts::zone::Zone;
use crate::judge::operating_loop::documents;
use crate::judge::operating_loop::documents::words;
use crate::judge::operating_loop::live::LiveStep;

/// Actions that keep or show results.
const KEEPERS: &[&str] = &[
    "codecov/codecov-action",
    "coverallsapp/github-action",
    "github/codeql-action/upload-sarif",
    "dorny/test-reporter",
    "enricomi/publish-unit-test-result-action",
    "mikepenz/action-junit-report",
    "test-summary/action",
    "benchmark-action/github-action-benchmark",
    "codspeedhq/action",
    "bencherdev/bencher",
];
/// Words in the name or path of an artifact that say that it holds results, not what is released.
const RESULTS: &[&str] = &[
    "test",
    "tests",
    "report",
    "reports",
    "result",
    "results",
    "log",
    "logs",
    "junit",
    "coverage",
    "lcov",
    "cobertura",
    "sarif",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "criterion",
    "timings",
    "trace",
    "traces",
    "snapshot",
    "snapshots",
    "diff",
    "diffs",
    "failures",
    "failure",
    "crash",
    "crashes",
    "profile",
    "proof",
    "core",
    "dump",
    "miri",
    "semver",
    "corpus",
];

/// The file whose text a workflow shows.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// A workflow that keeps results, else a configuration that writes them, else a page that says how one looks.
pub(super) fn source(facts: &Facts, live: &[LiveStep<'_>]) -> Option<Place> {
    live.iter().find_map(|step| keeps(facts, step)).or_else(|| junit(facts)).or_else(|| written(facts))
}

fn keeps(facts: &Facts, step: &LiveStep<'_>) -> Option<Place> {
    if let Some(uses) = step.uses() {
        let known =
            KEEPERS.iter().any(|keeper| uses.is(keeper)) || (uses.is("actions/upload-artifact") && holds_results(step));
        return if known { step.place_of_uses(facts, "keeps results") } else { None };
    }
    let call = step.cargo().into_iter().find(|(_, call)| {
        let flag = |name: &str| call.operands.iter().chain(&call.other).any(|word| word.text == name);
        call.subcommand == "governed" && (flag("--emit") || flag("inspect"))
    });
    if let Some((_, call)) = call {
        return step.place(facts, call.span, "keeps a report");
    }
    let named = says_results(step.name()) || says_results(path::file_name(&step.file.path));
    let at = step.script().filter(|_| named)?.value.find(SUMMARY)?;
    step.place(facts, Span::new(at, at + SUMMARY.len()), "shows a summary")
}

fn holds_results(step: &LiveStep<'_>) -> bool {
    let inputs = ["name", "path"].into_iter().filter_map(|name| step.step?.input(name));
    inputs.map(|input| input.value.as_str()).any(says_results)
}

fn says_results(text: &str) -> bool {
    words(text).iter().any(|word| RESULTS.contains(&word.as_str()))
}

/// A profile of nextest that writes JUnit.
fn junit(facts: &Facts) -> Option<Place> {
    let file = facts.file(".config/nextest.toml").filter(|file| facts.zone(&file.path) == Zone::Own)?;
    let mut start = 0;
    for line in file.text().split_inclusive('\n') {
        let head = line.trim_start();
        if head.starts_with("[profile.") && head.contains("junit]")
            || head.starts_with("junit = {")
            || head.starts_with("junit.path")
        {
            return Some(facts.place(&file.path, Span::new(start, start + line.trim_end().len()), "writes results"));
        }
        start += line.len();
    }
    None
}

fn written(facts: &Facts) -> Option<Place> {
    let documents = documents::of(facts);
    documents::heading(facts, &documents, "says how to look", |words| {
        let begins = |start: &str| words.iter().any(|word| word.starts_with(start));
        begins("diagnos") || begins("debugging") || begins("troubleshoot") || begins("observab") || words == ["debug"]
    })
}
