//! The tests of a step: in-toto test-result v0.1.

use serde::Deserialize;
use serde::Serialize;

use crate::proof::names;
use crate::proof::resource::Resource;
use crate::proof::statement::Predicate;

/// What the tests of one step came to, as the tested code reported it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestResult {
    /// The link of the step, and the object with every result by name.
    pub configuration: Vec<Resource>,
    /// The names of those that failed.
    pub failed_tests: Vec<String>,
    /// The names of those that passed, as `suite: name`, sorted.
    pub passed_tests: Vec<String>,
    /// The result of all of them.
    pub result: Tested,
    /// The names of those that failed and passed in another attempt.
    pub warned_tests: Vec<String>,
}

impl Predicate for TestResult {
    const TYPE: &'static str = names::TEST_RESULT;
}

/// What tests came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tested {
    /// All that ran passed.
    Passed,
    /// Some passed only in another attempt.
    Warned,
    /// Some failed, or the step did.
    Failed,
}
