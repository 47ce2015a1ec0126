//! What will run: a policy and the facts of a tree in, the steps in order or the faults with their places out.
//!
//! Pure: the same policy, tree and optional tools give the same plan, and the same bytes of it on every machine.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::facts::Facts;
use crate::facts::digest::Digest;
use crate::facts::place::Span;
use crate::facts::policy::Policy;
use crate::steps::catalog;
use crate::steps::catalog::Called;
use crate::steps::catalog::Ground;
use crate::steps::catalog::LeftOut;
use crate::steps::declared;
use crate::steps::order;
use crate::steps::order::Disorder;
use crate::steps::policy_text::PolicyText;
use crate::steps::step::Origin;
use crate::steps::step::Profile;
use crate::steps::step::Step;
use crate::steps::step::Variance;

/// The format of the bytes of a plan.
const SCHEMA: &str = "cargo-governed/steps/1";
/// Programs that decide what is inferred: asked for before a plan is made, and never for more than whether they are there.
pub const OPTIONAL_TOOLS: &[&str] = &["cargo-semver-checks"];

/// The steps of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, each behind those that it needs; else inferred ones first, then in order of the policy's text.
    pub steps: Vec<Step>,
    /// The built-in steps that are not among them.
    pub left_out: Vec<LeftOut>,
}

impl Plan {
    /// The step of a name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The plan as canonical JSON: one line, keys in a fixed order, nothing in it of the machine.
    pub fn bytes(&self) -> Vec<u8> {
        let document = Document { schema: SCHEMA, steps: self.steps.iter().map(Definition::of).collect() };
        let mut bytes = serde_json::to_vec(&document).expect("a plan has string keys, and nothing else can fail");
        bytes.push(b'\n');
        bytes
    }

    /// The digest of [`Plan::bytes`].
    pub fn digest(&self) -> Digest {
        Digest::of(&self.bytes())
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    steps: Vec<Definition<'a>>,
}

/// The definition of a step as plain data: what the plan holds, and the policy layer of a key.
#[derive(Serialize)]
struct Definition<'a> {
    name: &'a str,
    run: &'a [String],
    profile: Profile,
    needs: &'a [String],
    inputs: Option<&'a [String]>,
    env: &'a [String],
    timeout_s: Option<u64>,
    attempts: u32,
    nondeterminism: &'a [Variance],
    network: bool,
    outputs: &'a [String],
    from: &'static str,
}

impl<'a> Definition<'a> {
    fn of(step: &'a Step) -> Self {
        Self {
            name: &step.name,
            run: &step.argv,
            profile: step.profile,
            needs: &step.needs,
            inputs: step.inputs.as_deref(),
            env: &step.env,
            timeout_s: step.timeout.map(|timeout| timeout.as_secs()),
            attempts: step.attempts,
            nondeterminism: &step.nondeterminism,
            network: step.network,
            outputs: &step.outputs,
            from: match step.origin {
                Origin::Declared(_) => "declared",
                Origin::Inferred(_) => "inferred",
            },
        }
    }
}

/// The definition of a step as plain data: what the plan holds, and the policy layer of a key.
pub fn definition(step: &Step) -> Value {
    serde_json::to_value(Definition::of(step)).expect("a step has string keys, and nothing else can fail")
}

/// Makes the plan of a tree. All faults are told at once.
pub fn plan(policy: &Policy, text: PolicyText<'_>, facts: &Facts, installed: &BTreeSet<String>) -> Result<Plan, Error> {
    let mut steps: Vec<Step> = Vec::new();
    let mut left_out: Vec<LeftOut> = Vec::new();
    for (name, called) in inferred(facts, installed) {
        let declared = policy.steps.iter().any(|step| step.name.value == name);
        match called {
            _ if declared => {}
            _ if !policy.run.infer => {
                left_out.push(LeftOut { step: name.to_owned(), why: "[run] infer is false".to_owned() });
            }
            Called::For(step) => steps.push(*step),
            Called::Not(why) => left_out.push(LeftOut { step: name.to_owned(), why }),
        }
    }
    steps.extend(policy.steps.iter().map(|step| declared::resolve(step, text)));
    let mut faults = declared::faults(policy, text, facts, &steps, &left_out);
    let order = match order::topological(&steps) {
        Ok(order) => order,
        Err(Disorder { circle }) => {
            let first = policy.steps.iter().find(|step| circle.contains(&step.name.value));
            let way = circle.iter().chain(circle.first()).cloned().collect::<Vec<_>>().join(" -> ");
            let span = first.map_or_else(Span::default, |step| step.name.span);
            faults.push(text.fault(span, format!("steps need each other: {way}")));
            Vec::new()
        }
    };
    if let Some(first) = gathered(faults) {
        return Err(first);
    }
    let steps = order.into_iter().map(|index| steps[index].clone()).collect();
    Ok(Plan { steps, left_out })
}

fn inferred(facts: &Facts, installed: &BTreeSet<String>) -> Vec<(&'static str, Called)> {
    match Ground::of(facts) {
        Some(ground) => catalog::infer(&ground, installed),
        None => crate::facts::policy::step::INFERRED
            .iter()
            .map(|name| (*name, Called::Not("the tree has no package of its own".to_owned())))
            .collect(),
    }
}

fn gathered(faults: Vec<Error>) -> Option<Error> {
    let mut faults = faults.into_iter();
    let first = faults.next()?;
    Some(Error { also: faults.collect(), ..first })
}

/// The named steps of a plan and all that they need; every step where no name is given.
pub fn select(plan: &Plan, names: &[String]) -> Result<Plan, Error> {
    if names.is_empty() {
        return Ok(plan.clone());
    }
    let mut chosen: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = names.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        let step = plan.step(name).ok_or_else(|| unknown(plan, name))?;
        if chosen.insert(&step.name) {
            open.extend(step.needs.iter().map(String::as_str));
        }
    }
    let steps = plan.steps.iter().filter(|step| chosen.contains(step.name.as_str())).cloned().collect();
    Ok(Plan { steps, left_out: plan.left_out.clone() })
}

fn unknown(plan: &Plan, name: &str) -> Error {
    let error = Error::usage("unknown-step", format!("find the step `{name}` in the plan"));
    if let Some(left) = plan.left_out.iter().find(|left| left.step == name) {
        return error.help(format!("it is not in the plan, because {}", left.why));
    }
    let names: Vec<&str> = plan.steps.iter().map(|step| step.name.as_str()).collect();
    match crate::facts::policy::vocabulary::nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("write `{near}`")),
        None => error.help(format!("name one of {}", names.join(", "))),
    }
}
