//! `JUnit` XML by the schema of the Jenkins xUnit plugin (`junit-10.xsd`).
//!
//! Written here, not by quick-junit: that crate adds an attribute to `testsuites` that this schema does not know.

use std::fmt::Write as _;

use crate::render::encode::xml;

/// A suite.
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) cases: Vec<Case>,
    pub(crate) output: String,
}

/// A case, passed where it has no result.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) class: String,
    pub(crate) results: Vec<CaseResult>,
    pub(crate) output: String,
}

/// Why a case has not passed.
pub(crate) struct CaseResult {
    /// `failure`, `error` or `skipped`.
    pub(crate) kind: &'static str,
    pub(crate) of: String,
    pub(crate) message: String,
    pub(crate) text: String,
}

/// Writes the suites.
pub(crate) fn document(suites: &[Suite]) -> String {
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"cargo-governed\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        all().count(),
        all().filter(|case| case.has("failure")).count(),
        all().filter(|case| case.has("error")).count(),
    );
    for suite in suites {
        let with = |kind| suite.cases.iter().filter(|case| case.has(kind)).count();
        let (failures, errors, skipped) = (with("failure"), with("error"), with("skipped"));
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\">",
            xml::text(&suite.name),
            suite.cases.len(),
        );
        for case in &suite.cases {
            case.write(&mut out);
        }
        if !suite.output.is_empty() {
            let _ = writeln!(out, "    <system-out>{}</system-out>", xml::lines(&suite.output));
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

impl Case {
    /// The case that stands for the whole check.
    pub(crate) fn of_check(results: Vec<CaseResult>) -> Self {
        Self { name: "check".to_owned(), class: "governed".to_owned(), results, output: String::new() }
    }

    /// Says whether it has a result of a kind.
    pub(crate) fn has(&self, kind: &str) -> bool {
        self.results.iter().any(|result| result.kind == kind)
    }

    fn write(&self, out: &mut String) {
        let (name, class) = (xml::text(&self.name), xml::text(&self.class));
        if self.results.is_empty() && self.output.is_empty() {
            let _ = writeln!(out, "    <testcase name=\"{name}\" classname=\"{class}\"/>");
            return;
        }
        let _ = writeln!(out, "    <testcase name=\"{name}\" classname=\"{class}\">");
        for CaseResult { kind, of, message, text } in &self.results {
            let (of, message, text) = (xml::text(of), xml::text(message), xml::lines(text));
            let _ = writeln!(out, "      <{kind} type=\"{of}\" message=\"{message}\">{text}</{kind}>");
        }
        if !self.output.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", xml::lines(&self.output));
        }
        out.push_str("    </testcase>\n");
    }
}
