//! A `[[step]]` of the policy as a step of the plan, and what is wrong with it in this tree.

use std::time::Duration;

use crate::error::Error;
use crate::facts::Facts;
use crate::facts::path;
use crate::facts::place::Spanned;
use crate::facts::policy::Policy;
use crate::facts::policy::pattern;
use crate::facts::policy::step::Step as Declared;
use crate::facts::policy::vocabulary::nearest;
use crate::steps::catalog::LeftOut;
use crate::steps::catalog::profile;
use crate::steps::policy_text::PolicyText;
use crate::steps::step::Origin;
use crate::steps::step::Step;
use crate::steps::step::Variance;

/// The declared step in full.
pub(super) fn resolve(declared: &Declared, text: PolicyText<'_>) -> Step {
    let argv = values(&declared.run);
    Step {
        name: declared.name.value.clone(),
        profile: profile::of(&argv),
        argv,
        needs: values(&declared.needs),
        inputs: declared.inputs.as_deref().map(values),
        env: values(&declared.env),
        timeout: declared.timeout.as_ref().map(|seconds| Duration::from_secs(seconds.value)),
        attempts: declared.attempts.max(1),
        nondeterminism: declared
            .nondeterminism
            .iter()
            .map(|one| Variance { source: one.source.value.clone(), why: one.why.value.clone() })
            .collect(),
        network: declared.network,
        outputs: values(&declared.outputs),
        origin: Origin::Declared(text.line(declared.span)),
    }
}

fn values(list: &[Spanned<String>]) -> Vec<String> {
    list.iter().map(|one| one.value.clone()).collect()
}

/// What is wrong with the declared steps in a tree, in order of the text.
pub(super) fn faults(
    policy: &Policy,
    text: PolicyText<'_>,
    facts: &Facts,
    steps: &[Step],
    left_out: &[LeftOut],
) -> Vec<Error> {
    let mut faults = Vec::new();
    for (index, step) in policy.steps.iter().enumerate() {
        if step.run.first().is_none_or(|program| program.value.trim().is_empty()) {
            faults.push(text.fault(step.span, format!("step `{}` has no command", step.name.value)));
        }
        if policy.steps[..index].iter().any(|before| before.name.value == step.name.value) {
            faults.push(text.fault(step.name.span, format!("two steps are named `{}`", step.name.value)));
        }
        for need in &step.needs {
            if !steps.iter().any(|known| known.name == need.value) {
                faults.push(unmet(text, &step.name.value, need, steps, left_out));
            }
        }
        let inputs = step.inputs.iter().flatten();
        faults.extend(inputs.filter_map(|glob| unmatched(text, &step.name.value, glob, facts)));
    }
    faults
}

fn unmet(text: PolicyText<'_>, step: &str, need: &Spanned<String>, steps: &[Step], left_out: &[LeftOut]) -> Error {
    let name = &need.value;
    let fault = text.fault(need.span, format!("`{step}` needs `{name}`, which is not in the plan"));
    if let Some(left) = left_out.iter().find(|left| left.step == *name) {
        return fault.help(format!("declare it as a [[step]], or take it out: {}", left.why));
    }
    match nearest(name, steps.iter().map(|step| step.name.as_str())) {
        Some(near) => fault.help(format!("write `{near}`")),
        None => fault.help("declare it as a [[step]], or take it out"),
    }
}

/// A glob over inputs that no file of the tree matches: the step would be said to depend on what is not there.
fn unmatched(text: PolicyText<'_>, step: &str, glob: &Spanned<String>, facts: &Facts) -> Option<Error> {
    let matcher = pattern::glob(&glob.value).ok()?;
    let entries = facts.tree.entries();
    if entries.iter().any(|entry| matcher.is_match(entry.path.as_ref())) {
        return None;
    }
    // What lies in a submodule is not listed.
    let prefix: &str = glob.value.split(['*', '?', '[', '{']).next().unwrap_or_default();
    if facts.tree.hides(&format!("{}/x", prefix.trim_end_matches('/'))) {
        return None;
    }
    let fault = text.fault(glob.span, format!("`inputs` of `{step}` match nothing: `{}`", glob.value));
    let bare = path::join("", &glob.value).unwrap_or_default();
    Some(if facts.tree.has_folder(&bare) && !bare.is_empty() {
        fault.help(format!("write `{bare}/**` for all that is in the folder"))
    } else if glob.value.starts_with("./") {
        fault.help(format!("write `{bare}`: globs count from the root of the tree"))
    } else {
        fault.help("name files that are in the tree, or take the glob out")
    })
}
