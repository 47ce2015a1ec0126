//! A run as `JUnit` XML: a suite of the rules, one of the steps, and one for the tests of each step that ran any.
//!
//! It says nothing of times and names no run, so the same results have the same bytes.

use std::collections::BTreeMap;

use crate::record::report::RunReport;
use crate::record::report::StepReport;
use crate::render::junit_document::Case;
use crate::render::junit_document::CaseResult;
use crate::render::junit_document::Suite;
use crate::render::junit_document::document;
use crate::render::run::checked::Checked;
use crate::render::run::checked::Claim;
use crate::render::run::words;
use crate::steps::outcome::TestResult;
use crate::steps::outcome::TestState;

/// Renders a run with what its rules came to and the tests of its steps by name.
pub fn render(report: &RunReport, checked: Option<&Checked>, tests: &BTreeMap<&str, Vec<TestResult>>) -> String {
    let mut suites = Vec::new();
    if let Some(checked) = checked {
        let cases = checked.rules.iter().map(|claim| rule(checked, claim)).collect();
        suites.push(Suite { name: "rules".to_owned(), cases, output: String::new() });
    }
    let cases = report.steps.iter().map(step).collect();
    suites.push(Suite { name: "steps".to_owned(), cases, output: String::new() });
    for (name, results) in tests {
        let cases = results.iter().map(|result| test(name, result)).collect();
        suites.push(Suite { name: format!("step {name}"), cases, output: String::new() });
    }
    document(&suites)
}

fn passed(name: &str, class: String) -> Case {
    Case { name: name.to_owned(), class, results: Vec::new(), output: String::new() }
}

fn result(kind: &'static str, of: &str, message: &str, text: String) -> CaseResult {
    CaseResult { kind, of: of.to_owned(), message: message.to_owned(), text }
}

fn rule(checked: &Checked, claim: &Claim) -> Case {
    let mut case = passed(&claim.rule, "governed.rules".to_owned());
    let told: Vec<String> = checked
        .findings
        .iter()
        .filter(|found| found.rule == claim.rule && found.decides)
        .map(|found| format!("{}:{}: {}", found.at.path, found.at.line, found.message))
        .collect();
    let unproven: Vec<&str> = claim.unproven.iter().map(|unproven| unproven.why.as_str()).collect();
    let standing = claim.standing.as_str();
    if !told.is_empty() {
        case.results.push(result("failure", standing, &claim.claim, told.join("\n")));
    } else if claim.demanded && !unproven.is_empty() {
        case.results.push(result("error", "unproven", &claim.claim, unproven.join("\n")));
    } else if matches!(standing, "unproven" | "absent") {
        case.results.push(result("skipped", standing, &claim.claim, unproven.join("\n")));
    }
    case
}

fn step(step: &StepReport) -> Case {
    let mut case = passed(&step.step, "governed.steps".to_owned());
    let doubts: Vec<String> = step.doubts.iter().map(|doubt| format!("{}: {}", doubt.code, doubt.message)).collect();
    match words::state(step) {
        "passed" | "reused" if doubts.is_empty() => {}
        state @ ("failed" | "timed-out") => {
            let message = step.exit.map_or_else(|| state.to_owned(), |exit| format!("{state} with exit {exit}"));
            case.results.push(result("failure", state, &message, doubts.join("\n")));
        }
        state => case.results.push(result("error", state, "it proves nothing", doubts.join("\n"))),
    }
    case
}

fn test(step: &str, test: &TestResult) -> Case {
    let mut case = passed(&test.name, format!("{step}.{}", test.suite));
    match test.state {
        TestState::Passed => {}
        TestState::Flaky => case.output.push_str("it failed, and passed in another attempt\n"),
        TestState::Failed => case.results.push(result("failure", "failed", "the test failed", String::new())),
        TestState::Ignored => case.results.push(result("skipped", "ignored", "the test is ignored", String::new())),
    }
    case
}
