//! Reads the plan of a recorded run back from its object: the same steps, on whatever machine.

use std::time::Duration;

use serde::Deserialize;

use crate::steps::step::Origin;
use crate::steps::step::Profile;
use crate::steps::step::Step;
use crate::steps::step::Variance;

#[derive(Deserialize)]
struct Document {
    schema: String,
    steps: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    name: String,
    run: Vec<String>,
    profile: Profile,
    needs: Vec<String>,
    inputs: Option<Vec<String>>,
    env: Vec<String>,
    timeout_s: Option<u64>,
    attempts: u32,
    nondeterminism: Vec<Variance>,
    network: bool,
    outputs: Vec<String>,
    from: String,
}

/// The steps of a plan's object; none where the bytes are no plan that this version knows.
pub fn parse(bytes: &[u8]) -> Option<Vec<Step>> {
    let document: Document = serde_json::from_slice(bytes).ok()?;
    if document.schema != "cargo-governed/steps/1" {
        return None;
    }
    Some(document.steps.into_iter().map(Written::step).collect())
}

impl Written {
    fn step(self) -> Step {
        let origin = "the recorded plan".to_owned();
        Step {
            name: self.name,
            argv: self.run,
            profile: self.profile,
            needs: self.needs,
            inputs: self.inputs,
            env: self.env,
            timeout: self.timeout_s.map(Duration::from_secs),
            attempts: self.attempts,
            nondeterminism: self.nondeterminism,
            network: self.network,
            outputs: self.outputs,
            origin: if self.from == "declared" { Origin::Declared(origin) } else { Origin::Inferred(origin) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::plan::Plan;

    #[test]
    fn a_plan_is_read_back_as_it_was_written() {
        let step = Step {
            name: "test".to_owned(),
            argv: vec!["cargo".to_owned(), "test".to_owned()],
            profile: Profile::Test,
            needs: vec!["build".to_owned()],
            inputs: Some(vec!["src/**".to_owned()]),
            env: vec!["URL".to_owned()],
            timeout: Some(Duration::from_secs(90)),
            attempts: 2,
            nondeterminism: vec![Variance { source: "clock".to_owned(), why: "prints it".to_owned() }],
            network: false,
            outputs: vec!["target/*.txt".to_owned()],
            origin: Origin::Declared("the recorded plan".to_owned()),
        };
        let plan = Plan { steps: vec![step.clone()], left_out: Vec::new() };
        assert_eq!(parse(&plan.bytes()), Some(vec![step]));
        assert_eq!(parse(b"{}"), None);
    }
}
