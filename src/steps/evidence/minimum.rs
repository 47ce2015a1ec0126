//! The minimum that each profile demands: exit 0 with less proves nothing.

use std::collections::BTreeSet;

use crate::steps::event::Doubt;
use crate::steps::evidence::canary::Standing;
use crate::steps::evidence::capture::Captured;
use crate::steps::evidence::code;
use crate::steps::evidence::collapse;
use crate::steps::evidence::collapse::Previous;
use crate::steps::evidence::junit::Junit;
use crate::steps::evidence::listed;
use crate::steps::evidence::report::Naming;
use crate::steps::evidence::report::TestReport;
use crate::steps::outcome::Evidence;
use crate::steps::outcome::TestCounts;
use crate::steps::outcome::TestResult;
use crate::steps::step::Profile;
use crate::steps::step::Step;

/// The step whose claim says that the tests pass.
const TEST: &str = "test";

/// What is known beside the output.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The JUnit file that the step wrote, or why it proves nothing.
    pub junit: Option<Result<&'a Junit, &'a Doubt>>,
    /// How many packages were to be packaged, where that is known.
    pub archives: Option<u64>,
    /// The tests of the last accepted run with the same command.
    pub previous: Option<&'a Previous>,
    /// What the canary did; none where there was none.
    pub canary: Option<&'a Standing>,
    /// How many bytes of output were not kept, because there were too many: what they said is not known.
    pub cut: u64,
    /// The files of the tree.
    pub files: Option<&'a BTreeSet<String>>,
}

/// What the output came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The evidence; its `results` are for the caller, who keeps the object.
    pub evidence: Evidence,
    /// The named results, for the object; none where no tests were read.
    pub results: Option<Vec<TestResult>>,
    /// Whether they are all that was counted.
    pub naming: Naming,
    /// Why this result proves nothing; `canary-passed` among them refuses the run.
    pub unproven: Vec<Doubt>,
    /// What a reader must know.
    pub notes: Vec<Doubt>,
}

impl Judged {
    fn doubt(&mut self, code: &str, message: impl Into<String>) {
        self.unproven.push(Doubt { code: code.to_owned(), message: message.into() });
    }

    fn note(&mut self, code: &str, message: impl Into<String>) {
        self.notes.push(Doubt { code: code.to_owned(), message: message.into() });
    }
}

/// Judges a step by its output. `exit` is none where a signal ended it; only a step that exited with 0 can be doubted.
pub fn judge(step: &Step, exit: Option<i32>, captured: &Captured, known: &Known<'_>) -> Judged {
    let mut judged = Judged::default();
    canary(known.canary, &mut judged);
    let report = merged(step, exit, captured, known, &mut judged);
    if known.cut > 0 && exit == Some(0) && step.profile == Profile::Test {
        judged.doubt(code::EVIDENCE_UNREAD, format!("{} bytes of output were not kept, and so not read", known.cut));
    }
    if let Some(report) = &report {
        tell(report, captured, &mut judged);
    }
    let passed = exit == Some(0);
    match step.profile {
        Profile::Test => tests(passed, report.as_ref(), captured, known, &mut judged),
        Profile::Build if passed && captured.cargo.finished == 0 => {
            judged.doubt(code::EVIDENCE_MISSING, missing(step, "`Finished`"));
        }
        Profile::Fmt if passed => fmt(captured, known, &mut judged),
        Profile::Doc => doc(passed, step, captured, &mut judged),
        Profile::Package => package(passed, captured, known, &mut judged),
        Profile::Semver if passed && captured.cargo.semver_checks == 0 => {
            judged.doubt(code::EVIDENCE_MISSING, "the output names no check that was executed".to_owned());
        }
        Profile::Build | Profile::Fmt | Profile::Semver | Profile::Plain => {}
    }
    if passed && step.profile != Profile::Test {
        beside(step, report.as_ref(), captured, &mut judged);
    }
    judged
}

/// Judges what tests told in a step that is none of tests by its command: a script, say.
fn beside(step: &Step, report: Option<&TestReport>, captured: &Captured, judged: &mut Judged) {
    let is_test = step.name == TEST;
    match report {
        Some(report) if report.counts.executed == 0 && (is_test || !measures(step)) => {
            none_run(report, captured, judged);
        }
        Some(report) if report.counts.failed > 0 => failed_unseen(report, judged),
        None if is_test && runs_none(step, captured) => {
            let message = "the step is called `test`, and its command builds or lists tests and executes none";
            judged.doubt(code::TESTS_NONE_RUN, message);
        }
        _ => {}
    }
}

/// Whether a command measures: where a benchmark has a harness of its own, the tests beside it are all ignored.
fn measures(step: &Step) -> bool {
    let mut words = step.argv.iter().flat_map(|word| word.split(|character: char| !character.is_alphanumeric()));
    words.any(|word| word == "bench")
}

/// Whether a command that told of no test is one of cargo that runs none, or started suites that told nothing.
fn runs_none(step: &Step, captured: &Captured) -> bool {
    step.profile != Profile::Plain || listed::lists(&step.argv) || captured.suites_started > 0
}

fn canary(standing: Option<&Standing>, judged: &mut Judged) {
    match standing {
        None => {}
        Some(Standing::Failed) => judged.evidence.canary_failed = Some(true),
        Some(Standing::Passed) => {
            judged.evidence.canary_failed = Some(false);
            let message = "the canary, which must fail, passed: this environment turns failures into passes".to_owned();
            judged.doubt(code::CANARY_PASSED, message);
        }
        Some(Standing::Unread(why)) => {
            judged.doubt(code::CANARY_UNREAD, format!("the canary could not be built or read: {why}"));
        }
    }
}

/// The tests by the best witness: the JUnit file of this very run where there is one, else the output.
fn merged(
    step: &Step,
    exit: Option<i32>,
    captured: &Captured,
    known: &Known<'_>,
    judged: &mut Judged,
) -> Option<TestReport> {
    let told = captured.tests.clone();
    let junit = match known.junit {
        None => return told,
        Some(Err(why)) => {
            if exit == Some(0) && step.profile == Profile::Test {
                judged.unproven.push(why.clone());
            }
            return told;
        }
        Some(Ok(junit)) => junit,
    };
    let other = junit.run_id.as_ref().filter(|id| !captured.run_ids.is_empty() && !captured.run_ids.contains(id));
    if let Some(id) = other {
        judged.doubt(code::EVIDENCE_STALE, format!("the JUnit file was written by another run of nextest, {id}"));
        return told;
    }
    match told {
        Some(told) if captured.run_ids.len() == 1 => Some(by_junit(told, junit, judged)),
        Some(told) => Some(told),
        None => Some(junit.report.clone()),
    }
}

/// Takes the names of the JUnit file where it counts the same.
fn by_junit(mut told: TestReport, junit: &Junit, judged: &mut Judged) -> TestReport {
    let (one, other) = (told.counts, junit.report.counts);
    if (one.executed, one.failed, one.flaky) == (other.executed, other.failed, other.flaky) {
        told.results.clone_from(&junit.report.results);
        told.suites.clone_from(&junit.report.suites);
        told.naming = Naming::Complete;
    } else {
        let message = format!("nextest counts {} tests and its JUnit file {}", shown(&one), shown(&other));
        judged.doubt(code::EVIDENCE_UNREAD, message);
    }
    told
}

fn shown(counts: &TestCounts) -> String {
    format!("{} executed, {} failed, {} flaky", counts.executed, counts.failed, counts.flaky)
}

/// Fills in what every profile shows of tests.
fn tell(report: &TestReport, captured: &Captured, judged: &mut Judged) {
    let counts = report.counts;
    judged.evidence.tests = Some(counts);
    judged.results = Some(report.results.clone());
    judged.naming = report.naming;
    if counts.ignored + counts.filtered > 0 {
        let ignored =
            if counts.ignored == 1 { "1 test was".to_owned() } else { format!("{} tests were", counts.ignored) };
        let message = format!("{ignored} ignored and {} left out by a filter", counts.filtered);
        judged.note(code::TESTS_LEFT_OUT, message);
    }
    if counts.flaky > 0 {
        let flaky = if counts.flaky == 1 { "1 test".to_owned() } else { format!("{} tests", counts.flaky) };
        judged.note(code::TESTS_FLAKY, format!("{flaky} failed and passed in another attempt"));
    }
    if captured.suites_silent > 0 {
        let message =
            format!("{} of {} suites told nothing that could be read", captured.suites_silent, captured.suites_started);
        judged.note(code::SUITES_SILENT, message);
    }
}

fn tests(passed: bool, report: Option<&TestReport>, captured: &Captured, known: &Known<'_>, judged: &mut Judged) {
    let Some(report) = report else {
        if passed {
            no_report(captured, judged);
        }
        return;
    };
    let counts = report.counts;
    if counts.executed == 0 && (passed || report.cut_short.is_empty()) {
        none_run(report, captured, judged);
    }
    if !passed {
        return;
    }
    if !report.cut_short.is_empty() {
        let message = format!("{} began and never said how it ended", report.cut_short.join(", "));
        judged.doubt(code::TESTS_CUT_SHORT, message);
    }
    if counts.failed > 0 {
        failed_unseen(report, judged);
    }
    for why in &report.unread {
        judged.doubt(code::EVIDENCE_UNREAD, why.as_str());
    }
    if let Some(previous) = known.previous.filter(|_| counts.executed > 0) {
        let none = BTreeSet::new();
        let loss = collapse::loss(report, previous, known.files.unwrap_or(&none));
        if let Some(message) = loss.collapsed {
            judged.doubt(code::TESTS_COLLAPSED, message);
        } else if !loss.gone.is_empty() {
            judged.note(code::SUITES_GONE, format!("gone since {}: {}", previous.run, loss.gone.join(", ")));
        }
    }
}

fn none_run(report: &TestReport, captured: &Captured, judged: &mut Judged) {
    let counts = report.counts;
    let message = format!(
        "no test was executed in {} suites; {} ignored, {} left out by a filter",
        report.suites.len().max(captured.suites_started),
        counts.ignored,
        counts.filtered
    );
    judged.doubt(code::TESTS_NONE_RUN, message);
}

fn failed_unseen(report: &TestReport, judged: &mut Judged) {
    let message = format!("{} tests failed, and the step exited with 0", report.counts.failed);
    judged.doubt(code::TESTS_FAILED_UNSEEN, message);
}

fn no_report(captured: &Captured, judged: &mut Judged) {
    if captured.suites_started > 0 {
        let message = format!(
            "{} suites ran under a harness of their own and told nothing that could be read",
            captured.suites_started
        );
        judged.doubt(code::EVIDENCE_UNREAD, message);
    } else if captured.cargo.finished > 0 {
        judged.doubt(code::TESTS_NONE_RUN, "the tests were built and none was executed");
    } else {
        judged.doubt(code::EVIDENCE_UNREAD, "nothing in the output could be read as the result of a test");
    }
}

fn fmt(captured: &Captured, known: &Known<'_>, judged: &mut Judged) {
    if captured.cargo.formatted == 0 && known.canary.is_none() {
        let message = "nothing shows that rustfmt read a file, and no canary was run beside it";
        judged.doubt(code::EVIDENCE_MISSING, message);
    }
}

fn doc(passed: bool, step: &Step, captured: &Captured, judged: &mut Judged) {
    let files = captured.cargo.generated.max(captured.cargo.documented);
    judged.evidence.files = Some(files);
    if !passed || files > 0 {
        return;
    }
    if captured.cargo.finished > 0 {
        judged.doubt(code::DOCS_NONE, "cargo finished and documented no crate");
    } else {
        judged.doubt(code::EVIDENCE_MISSING, missing(step, "`Generated`"));
    }
}

fn package(passed: bool, captured: &Captured, known: &Known<'_>, judged: &mut Judged) {
    let written = captured.cargo.archives;
    judged.evidence.files = Some(written);
    let wanted = known.archives.unwrap_or(1).max(1);
    if passed && written < wanted {
        judged.doubt(
            code::ARCHIVES_MISSING,
            format!("{written} archives were written, {wanted} packages are to be packaged"),
        );
    }
}

/// Why a line that cargo always prints is not there.
fn missing(step: &Step, line: &str) -> String {
    let quiet = step.argv.iter().take_while(|word| word.as_str() != "--").any(|word| {
        matches!(word.as_str(), "-q" | "--quiet") || word.len() > 1 && word.starts_with("-q") && !word.starts_with("--")
    });
    let why = if quiet { ": the command says `--quiet`, which hides it" } else { "" };
    format!("no line {line} shows that cargo did its work{why}")
}
