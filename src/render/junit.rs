//! `JUnit` XML by the schema of the Jenkins xUnit plugin (`junit-10.xsd`): a suite a group, a case a rule.

use std::fmt::Write as _;

use crate::error::Error;
use crate::judge::report::Judged;
use crate::judge::report::Report;
use crate::judge::report::RuleReport;
use crate::judge::report::Standing;
use crate::judge::report::Verdict;
use crate::render::junit_document::Case;
use crate::render::junit_document::CaseResult;
use crate::render::junit_document::Suite;
use crate::render::junit_document::document;
use crate::render::text;
use crate::render::text::count;

/// Renders a report. What decides is a failure, a demanded claim that is unproven an error; what a claim's standing
/// leaves open is skipped; findings that do not decide stand in the output of their case, notes on the reading in that
/// of a suite of their own.
pub fn render(report: &Report) -> String {
    let mut suites: Vec<Suite> = report
        .rules
        .chunk_by(|one, other| one.group == other.group)
        .map(|rules| Suite {
            name: rules[0].group.to_owned(),
            cases: rules.iter().map(|rule| case(report, rule)).collect(),
            output: String::new(),
        })
        .collect();
    let as_a_whole = whole(report, &suites);
    if !as_a_whole.cases.is_empty() || !as_a_whole.output.is_empty() {
        suites.push(as_a_whole);
    }
    document(&suites)
}

/// What is said of the check as a whole: its notes, and an error where nothing was compared and so no case tells that
/// nothing is proven.
fn whole(report: &Report, suites: &[Suite]) -> Suite {
    let told = suites.iter().flat_map(|suite| &suite.cases).any(|case| case.has("error"));
    let mut cases = Vec::new();
    if report.verdict == Verdict::Unproven && !told {
        let message = "unproven: nothing was compared".to_owned();
        let result = CaseResult { kind: "error", of: "unproven".to_owned(), message, text: String::new() };
        cases.push(Case::of_check(vec![result]));
    }
    let output = report.subject.notes.iter().map(|note| format!("note: {note}\n")).collect();
    Suite { name: "governed".to_owned(), cases, output }
}

/// Renders a failure of ours as one case with its errors.
pub fn render_error(error: &Error) -> String {
    let cases = vec![Case::of_check(error.all().map(fault).collect())];
    document(&[Suite { name: "governed".to_owned(), cases, output: String::new() }])
}

fn fault(error: &Error) -> CaseResult {
    let mut text = error.to_string();
    for (name, value) in [("place", &error.place), ("help", &error.help)] {
        if let Some(value) = value {
            let _ = write!(text, "\n{name}: {value}");
        }
    }
    CaseResult { kind: "error", of: error.code.to_owned(), message: error.to_string(), text }
}

fn case(report: &Report, rule: &RuleReport) -> Case {
    let findings: Vec<&Judged> = report.findings.iter().filter(|judged| judged.rule == rule.rule).collect();
    let (deciding, quiet): (Vec<&Judged>, Vec<&Judged>) = findings.iter().partition(|judged| report.decides(judged));
    let mut case = Case {
        name: rule.rule.to_owned(),
        class: format!("governed.{}", rule.group),
        results: Vec::new(),
        output: quiet.iter().map(|judged| described(judged)).collect(),
    };
    if !deciding.is_empty() {
        let message = match deciding.as_slice() {
            [one] => one.finding.message.clone(),
            [first, ..] => format!("{}: {}", count(deciding.len(), "finding"), first.finding.message),
            [] => String::new(),
        };
        let text = deciding.iter().map(|judged| described(judged)).collect();
        case.results.push(CaseResult { kind: "failure", of: rule.rule.to_owned(), message, text });
    } else if rule.standing == Standing::Unproven || (rule.demanded && !rule.unproven.is_empty()) {
        let whys: Vec<&str> = rule.unproven.iter().map(|unproven| unproven.why.as_str()).collect();
        let kind = if rule.demanded { "error" } else { "skipped" };
        let message = format!("unproven: {}", whys.first().copied().unwrap_or("no fact of this kind"));
        case.results.push(CaseResult { kind, of: "unproven".to_owned(), message, text: whys.join("\n") });
    } else if rule.standing == Standing::Absent {
        let message = format!("absent: no fact for: {}", rule.claim);
        case.results.push(CaseResult { kind: "skipped", of: "absent".to_owned(), message, text: String::new() });
    }
    case
}

/// A finding as lines: level and message, both places with their labels, why.
fn described(judged: &Judged) -> String {
    let finding = &judged.finding;
    let state = match (&judged.waiver, judged.new) {
        (Some(waiver), _) => format!(" (waived: {})", waiver.reason),
        (None, false) => " (inherited)".to_owned(),
        (None, true) => String::new(),
    };
    let mut text = format!("{}: {}{state}\n", judged.level.as_str(), finding.message);
    for (word, place) in
        std::iter::once(("at", &finding.at)).chain(finding.against.iter().map(|place| ("against", place)))
    {
        let label = if place.label.is_empty() { String::new() } else { format!(" ({})", place.label) };
        let _ = writeln!(text, "  {word} {}{label}", text::spot(place));
    }
    if let Some(why) = &finding.why {
        let _ = writeln!(text, "  why: {why}");
    }
    text
}
