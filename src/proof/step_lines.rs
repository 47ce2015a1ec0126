//! The lines and the claim of a step, from its part of a run's report and the objects that it names.

use std::borrow::Cow;

use crate::facts::digest::Digest;
use crate::proof::annotations::Annotations;
use crate::proof::link::Byproducts;
use crate::proof::link::Counts;
use crate::proof::link::Environment;
use crate::proof::link::Link;
use crate::proof::link::Reused;
use crate::proof::link::Stream;
use crate::proof::resource::Digests;
use crate::proof::resource::Resource;
use crate::proof::resource::Sha256;
use crate::proof::scai::Basis;
use crate::proof::scai::Standing;
use crate::proof::test_result::TestResult;
use crate::proof::test_result::Tested;
use crate::record::report::StepReport;
use crate::steps::event::Kept;
use crate::steps::key::ABSENT;
use crate::steps::key::Layer;
use crate::steps::key::Preimage;
use crate::steps::outcome::Output;
use crate::steps::outcome::State;
use crate::steps::outcome::TestResult as Named;
use crate::steps::outcome::TestState;

/// The most names of tests that a line holds; the object with all of them is named anyway.
const MOST_NAMES: usize = 20_000;
/// Doubts that refuse although the step passed.
const REFUTING: &[&str] = &["canary-passed", "need-failed"];

/// How the claim of a step stands. What is doubted does not hold, and what has no end has no standing but this.
pub fn standing(step: &StepReport) -> Standing {
    match step.state {
        Some(State::Failed | State::TimedOut) => Standing::Refuted,
        _ if step.doubts.iter().any(|doubt| REFUTING.contains(&doubt.code.as_str())) => Standing::Refuted,
        Some(State::Passed) if step.doubts.is_empty() => Standing::Holds,
        _ => Standing::Unproven,
    }
}

/// How it stands by the words of its line: the same judgement, from what the proof itself holds.
pub fn standing_by(state: &str, doubts: &[String]) -> Standing {
    let refuting = |doubt: &String| REFUTING.iter().any(|code| doubt.split(':').next() == Some(*code));
    match state {
        "failed" | "timed-out" => Standing::Refuted,
        _ if doubts.iter().any(refuting) => Standing::Refuted,
        "passed" if doubts.is_empty() => Standing::Holds,
        _ => Standing::Unproven,
    }
}

/// How it is known: the results of tests are what the tested code said.
pub fn basis(step: &StepReport) -> Basis {
    if step.evidence.tests.is_some() { Basis::Reported } else { Basis::Observed }
}

/// Why the claim of a step does not hold.
pub fn why_not(step: &StepReport) -> Vec<String> {
    let mut why: Vec<String> = step.doubts.iter().map(|doubt| format!("{}: {}", doubt.code, doubt.message)).collect();
    match (step.state, step.exit, step.signal) {
        (Some(State::Failed), _, Some(signal)) => why.push(format!("signal {signal} ended it")),
        (Some(State::Failed), Some(exit), None) => why.push(format!("it exited with {exit}")),
        (Some(State::TimedOut), ..) => why.push("it took longer than it may".to_owned()),
        (Some(State::Interrupted) | None, ..) if step.attempts > 0 => why.push("it was interrupted".to_owned()),
        _ => {}
    }
    if why.is_empty() {
        why.push("it never began".to_owned());
    }
    why
}

/// What is known of a step beside its report.
pub struct Around<'a> {
    /// The run and its machine.
    pub environment: &'a Environment,
    /// The output that counts; for a reused step that of the run that executed it.
    pub streams: (Kept, Kept),
    /// How many executions under the same key did not end well.
    pub failures: u64,
}

/// What a step did.
pub fn link<'a>(step: &StepReport, around: Around<'_>, preimage: &dyn Fn(&Digest) -> Cow<'a, Preimage>) -> Link {
    let state = step.state.map_or(if step.in_flight() { "interrupted" } else { "not-run" }, State::as_str);
    let tests = step.evidence.tests.map(|tests| Counts {
        executed: tests.executed,
        passed: tests.passed,
        failed: tests.failed,
        ignored: tests.ignored,
        filtered: tests.filtered,
        flaky: tests.flaky,
    });
    let reused = |from: &crate::record::report::ReusedFrom| Reused {
        run: from.run.clone(),
        at: from.at.clone(),
        line: from.line,
    };
    Link {
        name: step.step.clone(),
        command: step.argv.clone(),
        materials: materials(step, preimage),
        byproducts: Byproducts {
            state: state.to_owned(),
            exit: step.exit,
            signal: step.signal,
            duration_ms: step.duration_ms,
            attempts: step.attempts,
            failures: around.failures,
            isolation: step.isolation.as_str().to_owned(),
            reused_from: step.reused_from.as_ref().map(reused),
            outputs: step.outputs.iter().map(output).collect(),
            unproven: step.doubts.iter().map(|doubt| format!("{}: {}", doubt.code, doubt.message)).collect(),
            stdout: stream(around.streams.0),
            stderr: stream(around.streams.1),
            tests,
            canary_failed: step.evidence.canary_failed,
        },
        environment: around.environment.clone(),
    }
}

fn output(output: &Output) -> Resource {
    Resource::named(output.path.clone(), Digests::sha256(output.raw))
}

fn stream(kept: Kept) -> Stream {
    Stream { bytes: kept.bytes, sha256: kept.objects.into_iter().map(Sha256).collect() }
}

/// The key, and what of its ingredients another person can find again. The environment is keyed by a secret of the machine.
fn materials<'a>(step: &StepReport, preimage: &dyn Fn(&Digest) -> Cow<'a, Preimage>) -> Vec<Resource> {
    let Some(key) = step.key else { return Vec::new() };
    let mut materials = vec![Resource::object("key", "text/plain", key)];
    let preimage = preimage(&key);
    let counts = |layer: Layer| !matches!(layer, Layer::Policy | Layer::Environment | Layer::Platform);
    for one in preimage.ingredients().iter().filter(|one| counts(one.layer)) {
        if one.shown.as_deref() == Some(ABSENT) {
            continue;
        }
        let name = format!("{}/{}", one.layer, one.name);
        let annotations = one.shown.as_deref().map(|shown| Annotations::one("shown", shown)).unwrap_or_default();
        materials.push(Resource { annotations, ..Resource::named(name, Digests::sha256(one.digest)) });
    }
    materials
}

/// The tests of a step; none where it ran none.
pub fn tests(step: &StepReport, object: &dyn Fn(&Digest) -> Option<Vec<u8>>) -> Option<TestResult> {
    let counts = step.evidence.tests?;
    let mut results = step.evidence.results.map(|digest| Resource::object("results", "application/json", digest));
    let all: Vec<Named> = step
        .evidence
        .results
        .and_then(|digest| object(&digest))
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let names = |state: TestState| {
        let mut found: Vec<String> = all
            .iter()
            .filter(|test| test.state == state)
            .map(|test| format!("{}: {}", test.suite, test.name))
            .collect();
        found.sort();
        found
    };
    let mut passed_tests = names(TestState::Passed);
    if passed_tests.len() > MOST_NAMES {
        passed_tests.clear();
        if let Some(results) = &mut results {
            results.annotations.insert("passedTests", "too many to name here");
        }
    }
    let (warned_tests, failed_tests) = (names(TestState::Flaky), names(TestState::Failed));
    let result = if standing(step) == Standing::Refuted || counts.failed > 0 || !failed_tests.is_empty() {
        Tested::Failed
    } else if counts.flaky > 0 || step.attempts > 1 || standing(step) != Standing::Holds {
        Tested::Warned
    } else {
        Tested::Passed
    };
    Some(TestResult { result, configuration: results.into_iter().collect(), passed_tests, warned_tests, failed_tests })
}
