//! A JUnit file, as nextest writes it beside its output.

use quick_xml::Reader;
use quick_xml::events::BytesStart;
use quick_xml::events::Event;

use crate::steps::evidence::report::Suite;
use crate::steps::evidence::report::TestReport;
use crate::steps::evidence::report::add;
use crate::steps::evidence::report::count;
use crate::steps::outcome::TestResult;
use crate::steps::outcome::TestState;

/// The most test cases of a file.
const MOST_RESULTS: usize = 500_000;

/// A JUnit file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Junit {
    /// The id of the run that wrote it, where it says so.
    pub run_id: Option<String>,
    /// The tests.
    pub report: TestReport,
}

/// Reads a file; the error is a sentence that says why it proves nothing.
pub fn read(bytes: &[u8]) -> Result<Junit, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the JUnit file is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut reading = Reading::default();
    loop {
        match reader.read_event().map_err(|error| format!("the JUnit file is no XML: {error}"))? {
            Event::Start(element) => {
                reading.depth += 1;
                reading.begin(&element)?;
            }
            Event::Empty(element) => {
                reading.begin(&element)?;
                reading.end(element.name().as_ref());
            }
            Event::End(element) => {
                reading.depth = reading.depth.saturating_sub(1);
                reading.end(element.name().as_ref());
            }
            Event::DocType(_) => return Err("the JUnit file declares entities".to_owned()),
            Event::Eof => break,
            _ => {}
        }
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    junit: Junit,
    announced: Option<u64>,
    suite: String,
    /// The test case that is open, and the worst that was said of it.
    case: Option<TestResult>,
    seen_root: bool,
    cases: u64,
    /// How many elements are open.
    depth: u64,
    states: Vec<TestState>,
}

impl Reading {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        match element.name().as_ref() {
            "testsuites" => {
                self.seen_root = true;
                self.junit.run_id = attribute(element, "uuid")?;
                self.announced = attribute(element, "tests")?.and_then(|number| number.parse().ok());
            }
            "testsuite" => {
                self.seen_root = true;
                self.suite = attribute(element, "name")?.unwrap_or_default();
            }
            "testcase" => {
                let name = attribute(element, "name")?.ok_or("a test case of the JUnit file has no name")?;
                self.case = Some(TestResult { suite: self.suite.clone(), name, state: TestState::Passed });
            }
            "failure" | "error" => self.worsen(TestState::Failed),
            "flakyFailure" | "flakyError" => self.worsen(TestState::Flaky),
            "skipped" => self.worsen(TestState::Ignored),
            _ => {}
        }
        Ok(())
    }

    fn worsen(&mut self, state: TestState) {
        if let Some(case) = &mut self.case {
            case.state = case.state.max(state);
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "testcase" => {
                let Some(case) = self.case.take() else {
                    return;
                };
                self.cases += 1;
                self.states.push(case.state);
                if self.junit.report.results.len() < MOST_RESULTS {
                    self.junit.report.results.push(case);
                }
            }
            "testsuite" => {
                let counts = count(self.states.drain(..));
                add(&mut self.junit.report.counts, &counts);
                self.junit.report.suites.push(Suite { name: std::mem::take(&mut self.suite), counts });
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Result<Junit, String> {
        if !self.seen_root {
            return Err("the file holds no JUnit suites".to_owned());
        }
        if self.depth > 0 {
            return Err("the JUnit file ends before its elements do".to_owned());
        }
        if self.cases > MOST_RESULTS as u64 {
            return Err("the JUnit file holds more tests than are kept by name".to_owned());
        }
        if let Some(announced) = self.announced.filter(|announced| *announced != self.cases) {
            return Err(format!("the JUnit file announces {announced} tests and holds {}", self.cases));
        }
        self.junit.report.settle();
        Ok(self.junit)
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    let fault = |error: &dyn std::fmt::Display| format!("the JUnit file has a faulty attribute: {error}");
    match element.try_get_attribute(name).map_err(|error| fault(&error))? {
        None => Ok(None),
        Some(found) => Ok(Some(quick_xml::escape::unescape(&found.value).map_err(|error| fault(&error))?.into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_and_their_states() {
        let text = r#"<?xml version="1.0"?><testsuites name="nextest-run" tests="4" uuid="u-1">
            <testsuite name="a::cli"><testcase name="ok &lt;x&gt;"/><testcase name="bad"><failure/><rerunFailure/></testcase>
            <testcase name="flaky"><flakyFailure>x</flakyFailure></testcase><testcase name="skip"><skipped/></testcase>
            </testsuite></testsuites>"#;
        let junit = read(text.as_bytes()).expect("a JUnit file");
        assert_eq!(junit.run_id.as_deref(), Some("u-1"));
        let states: Vec<(&str, TestState)> =
            junit.report.results.iter().map(|result| (result.name.as_str(), result.state)).collect();
        assert_eq!(
            states,
            [
                ("bad", TestState::Failed),
                ("flaky", TestState::Flaky),
                ("ok <x>", TestState::Passed),
                ("skip", TestState::Ignored)
            ]
        );
        assert_eq!(junit.report.counts.executed, 3);
    }

    #[test]
    fn what_cannot_be_trusted_is_an_error() {
        for text in [
            "",
            "<x/>",
            "<testsuites tests=\"2\"><testsuite name=\"a\"><testcase name=\"b\"/></testsuite></testsuites>",
            "<testsuites><testsuite><testcase/></testsuite></testsuites>",
            "<testsuites><testsuite name=\"a\">",
            "<!DOCTYPE x [<!ENTITY a \"b\">]><testsuites/>",
            "<testsuites></testsuite>",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
