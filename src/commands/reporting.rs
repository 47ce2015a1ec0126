//! Keeps the report of a run in the forms that other programs read.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::facts::digest::Digest;
use crate::record::report::RunReport;
use crate::record::store::Store;
use crate::render::run::checked::Checked;
use crate::render::run::junit;
use crate::steps::outcome::TestResult;
use crate::steps::sink::Sink;

/// Keeps the run as `JUnit` XML: its rules, its steps, and the tests of each.
pub(crate) fn junit(store: &Store, report: &RunReport, checked: Option<&Checked>) -> Result<Digest, Error> {
    let results = |digest: Digest| store.objects().read(&digest).ok();
    let tests: BTreeMap<&str, Vec<TestResult>> = report
        .steps
        .iter()
        .filter_map(|step| {
            let bytes = step.evidence.results.and_then(results)?;
            Some((step.step.as_str(), serde_json::from_slice(&bytes).ok()?))
        })
        .collect();
    store.object(junit::render(report, checked, &tests).as_bytes())
}
