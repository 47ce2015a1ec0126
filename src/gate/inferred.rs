//! Built-in steps that ask for less than in the base, because what they are inferred from does: a workflow that tests less
//! makes a step that tests less.

use crate::steps::plan::Plan;
use crate::steps::step::Origin;
use crate::steps::step::Step;

/// The steps that take their command from workflows.
const FROM_WORKFLOWS: &[&str] = &["fmt", "clippy", "test", "doc"];
/// Words that may go with the file that they are about.
const MAY_GO: &[&str] = &["--locked", "--frozen"];
/// Words that narrow whatever they are added to.
const NARROWS: &[&str] = &["--no-default-features", "--no-deps", "--no-run"];

/// What is weaker, a sentence each.
pub(super) fn weaker(before: &Plan, after: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    let inferred = |step: &&Step| matches!(step.origin, Origin::Inferred(_));
    for step in before.steps.iter().filter(inferred).filter(|step| FROM_WORKFLOWS.contains(&step.name.as_str())) {
        let name = &step.name;
        match after.step(name) {
            None => found.push(format!("the built-in step {name} is not planned any more")),
            Some(own) if is_less(step, own) => {
                let (now, then) = (own.argv.join(" "), step.argv.join(" "));
                found.push(format!("the built-in step {name} runs `{now}` in place of `{then}`"));
            }
            Some(_) => {}
        }
    }
    found
}

fn is_less(then: &Step, now: &Step) -> bool {
    let lost = then.argv.iter().any(|word| !MAY_GO.contains(&word.as_str()) && !now.argv.contains(word));
    lost || now.argv.iter().any(|word| NARROWS.contains(&word.as_str()) && !then.argv.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::step::Profile;

    fn plan(argv: &[&str]) -> Plan {
        let step = Step {
            name: "test".to_owned(),
            argv: argv.iter().map(|word| (*word).to_owned()).collect(),
            profile: Profile::Test,
            needs: Vec::new(),
            inputs: None,
            env: Vec::new(),
            timeout: None,
            attempts: 1,
            nondeterminism: Vec::new(),
            network: true,
            outputs: Vec::new(),
            origin: Origin::Inferred("ci.yml runs it".to_owned()),
        };
        Plan { steps: vec![step], left_out: Vec::new() }
    }

    #[test]
    fn fewer_words_are_less_and_more_are_not() {
        let base = plan(&["cargo", "test", "--workspace", "--locked"]);
        for (argv, expected) in [
            (&["cargo", "test", "--workspace", "--locked"][..], 0),
            (&["cargo", "test", "--workspace", "--all-features"], 0),
            (&["cargo", "test", "--locked"], 1),
            (&["cargo", "test", "--workspace", "--no-default-features"], 1),
        ] {
            assert_eq!(weaker(&base, &plan(argv)).len(), expected, "{argv:?}");
        }
        assert_eq!(weaker(&base, &Plan::default()).len(), 1);
        assert_eq!(weaker(&Plan::default(), &base).len(), 0);
    }
}
