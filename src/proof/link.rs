//! What a step did: in-toto link v0.3, with our own by-products.

use serde::Deserialize;
use serde::Serialize;

use crate::proof::names;
use crate::proof::resource::Resource;
use crate::proof::resource::Sha256;
use crate::proof::statement::Predicate;

/// One step of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What came of it.
    pub byproducts: Byproducts,
    /// The program and its arguments; empty where it never began.
    pub command: Vec<String>,
    /// The machine. What the step saw of the environment is among the materials, by digest alone.
    pub environment: Environment,
    /// What the result depends on: everything that the key of the step names.
    pub materials: Vec<Resource>,
    /// The step.
    pub name: String,
}

impl Predicate for Link {
    const TYPE: &'static str = names::LINK;
}

/// The machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The architecture.
    pub arch: String,
    /// The system.
    pub os: String,
    /// The run.
    pub run: String,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Byproducts {
    /// How many attempts began in the run that executed it.
    pub attempts: u32,
    /// Whether the canary failed, as it must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary_failed: Option<bool>,
    /// How long all attempts of the run took together.
    pub duration_ms: u64,
    /// The exit code; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// How many executions under the same key the record holds that did not end well, this run's own among them.
    pub failures: u64,
    /// The isolation that was reached.
    pub isolation: String,
    /// The files that it made and the record keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Resource>,
    /// The run that executed it, where this one reused its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reused_from: Option<Reused>,
    /// The signal that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// `passed`, `failed`, `timed-out`, `interrupted` or `not-run`.
    pub state: String,
    /// Standard error, secrets taken out.
    pub stderr: Stream,
    /// Standard output, secrets taken out.
    pub stdout: Stream,
    /// The tests, counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<Counts>,
    /// Why it proves nothing though it passed, or why it never began.
    pub unproven: Vec<String>,
}

/// Where a reused result comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reused {
    /// When it was executed.
    pub at: String,
    /// The line of the ledger that holds the result.
    pub line: u64,
    /// The run.
    pub run: String,
}

/// One stream: its bytes are those of the objects, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// How many bytes were kept.
    pub bytes: u64,
    /// The objects.
    pub sha256: Vec<Sha256>,
}

/// Tests, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// How many ran.
    pub executed: u64,
    /// How many failed.
    pub failed: u64,
    /// How many a filter left out.
    pub filtered: u64,
    /// How many failed and passed in another attempt.
    pub flaky: u64,
    /// How many were ignored.
    pub ignored: u64,
    /// How many passed.
    pub passed: u64,
}
