//! What differs between two runs, step by step: for people, and for programs as `cargo-governed/comparison/1`.

use std::fmt::Write as _;

use serde_json::Value;
use serde_json::json;

use crate::steps::explain_key::Difference;

/// Two runs beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The names of the two, as they were asked for.
    pub runs: (String, String),
    /// A row for each step of either.
    pub steps: Vec<Compared>,
}

/// What differs for one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The step.
    pub step: String,
    /// Its word in either run; none where the run does not have it.
    pub words: (Option<&'static str>, Option<&'static str>),
    /// What differs in the key, the first layer first.
    pub differences: Vec<Difference>,
}

/// The word of a step that the plan of a run does not have.
pub(crate) const NOWHERE: &str = "not in the plan";

/// The comparison for people.
pub fn told(comparison: &Comparison) -> String {
    let mut text = String::new();
    for one in &comparison.steps {
        let (before, after) = (one.words.0.unwrap_or(NOWHERE), one.words.1.unwrap_or(NOWHERE));
        let outcome = if before == after { before.to_owned() } else { format!("{before} -> {after}") };
        let _ = writeln!(text, "{}: {outcome}", one.step);
        for difference in &one.differences {
            let _ = writeln!(text, "  {}", difference.line());
        }
    }
    text
}

/// The comparison for programs.
pub fn document(comparison: &Comparison) -> Value {
    let one = |compared: &Compared| {
        json!({
            "step": compared.step,
            "before": compared.words.0,
            "after": compared.words.1,
            "differences": compared.differences.iter().map(|difference| json!({
                "layer": difference.layer.as_str(), "name": difference.name, "line": difference.line(),
            })).collect::<Vec<_>>(),
        })
    };
    json!({
        "schema": "cargo-governed/comparison/1",
        "steps": comparison.steps.iter().map(one).collect::<Vec<_>>(),
    })
}
